#include "solvers/exact/rational/block_solve.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mdp/graph/components.h"

namespace bellwether::solvers::rational {
namespace {

class ClassSolver {
 public:
  ClassSolver(const RationalSystem& system, WorkLimit& limit, LiftingStats& stats)
      : system_(system),
        limit_(limit),
        stats_(stats),
        local_(system.size(), -1),
        classes_(mdp::strongly_connected_components({system.row_begin, system.column})) {
    x_.class_of = classes_.component;
    x_.numerator.resize(system.size());
    x_.denominator.resize(classes_.count(), 1);
  }

  std::optional<RationalVector> solve() {
    for (int index = 0; index < classes_.count(); ++index)
      if (!solve_class(index)) return std::nullopt;
    return std::move(x_);
  }

 private:
  // The rows of one class in lowest terms, and what turns each right-hand side into an integer.
  struct Scaling {
    std::vector<mpz_class> content;     // of each row
    std::vector<mpq_class> rhs;         // divided by the content
    std::map<int, mpz_class> cofactor;  // common / denominator, for each class referred to
    mpz_class common = 1;
  };

  bool solve_class(int index);
  Scaling scaling(int index) const;
  IntegerSystem integer_system(int index, const Scaling& scale);
  void store(int index, CommonFractions&& x, const mpz_class& common);

  const RationalSystem& system_;
  WorkLimit& limit_;
  LiftingStats& stats_;
  std::vector<int> local_;
  mdp::Components classes_;
  RationalVector x_;
};

ClassSolver::Scaling ClassSolver::scaling(int index) const {
  Scaling result;
  for (int i : classes_.members_of(index)) {
    mpz_class content = 0;
    for (auto k = system_.row_begin[i]; k < system_.row_begin[i + 1]; ++k) {
      content = gcd(content, system_.value[k]);
      const int other = x_.class_of[system_.column[k]];
      if (other != index) result.cofactor.try_emplace(other);
    }
    if (sgn(content) == 0) content = 1;  // an empty row: singular, found by the elimination
    result.rhs.emplace_back(system_.rhs[i] / content);
    result.common = lcm(result.common, result.rhs.back().get_den());
    result.content.push_back(std::move(content));
  }
  for (auto& [other, cofactor] : result.cofactor) result.common = lcm(result.common, x_.denominator[other]);
  for (auto& [other, cofactor] : result.cofactor) cofactor = result.common / x_.denominator[other];
  return result;
}

IntegerSystem ClassSolver::integer_system(int index, const Scaling& scale) {
  IntegerSystem result;
  result.name = system_.name;
  const auto members = classes_.members_of(index);
  for (std::size_t j = 0; j < members.size(); ++j) local_[members[j]] = static_cast<int>(j);
  mpz_class known;
  std::map<int, mpz_class> sum;  // over the known entries, class by class, so that the long products are few
  for (std::size_t j = 0; j < members.size(); ++j) {
    const int i = members[j];
    sum.clear();
    for (auto k = system_.row_begin[i]; k < system_.row_begin[i + 1]; ++k) {
      const int column = system_.column[k];
      known = system_.value[k] / scale.content[j];
      if (x_.class_of[column] != index) {
        sum[x_.class_of[column]] += known * x_.numerator[column];
      } else {
        result.column.push_back(local_[column]);
        result.value.push_back(known);
      }
    }
    result.row_begin.push_back(static_cast<std::int64_t>(result.column.size()));
    known = scale.rhs[j].get_num() * (scale.common / scale.rhs[j].get_den());
    for (const auto& [other, part] : sum) known -= part * scale.cofactor.at(other);
    result.rhs.push_back(known);
  }
  for (int i : system_.last)
    if (x_.class_of[i] == index) result.last = local_[i];
  return result;
}

void ClassSolver::store(int index, CommonFractions&& x, const mpz_class& common) {
  mpz_class denominator = x.denominator * common, factor = denominator;
  if (sgn(denominator) < 0) {
    denominator = -denominator;
    for (auto& entry : x.numerator) entry = -entry;
  }
  for (const auto& entry : x.numerator) {
    factor = gcd(factor, entry);
    if (factor == 1) break;
  }
  const auto members = classes_.members_of(index);
  for (std::size_t j = 0; j < members.size(); ++j) x_.numerator[members[j]] = x.numerator[j] / factor;
  x_.denominator[index] = denominator / factor;
}

bool ClassSolver::solve_class(int index) {
  const Scaling scale = scaling(index);
  const double words = static_cast<double>(mpz_size(scale.common.get_mpz_t())) + 1;
  const auto size = static_cast<double>(classes_.size_of(index));
  limit_.charge(size * (200 + 40 * words), size * (64 + 16 * words), system_.name);
  IntegerSystem system = integer_system(index, scale);
  if (system.size() == 1) {
    if (system.value.empty() || sgn(system.value[0]) == 0) return false;
    store(index, {{system.rhs[0]}, system.value[0]}, scale.common);
    return true;
  }
  auto x = solve_by_lifting(system, limit_, stats_);
  if (!x) return false;
  store(index, *std::move(x), scale.common);
  return true;
}

}  // namespace

mpq_class RationalVector::entry(int i) const {
  mpq_class result(numerator[i], denominator_of(i));
  result.canonicalize();
  return result;
}

std::optional<RationalVector> solve_by_classes(const RationalSystem& system, WorkLimit& limit, LiftingStats& stats) {
  return ClassSolver(system, limit, stats).solve();
}

}  // namespace bellwether::solvers::rational
