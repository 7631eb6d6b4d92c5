#include "solvers/exact/rational/exact_bellman.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

#include "core/rounding.h"

namespace bellwether::solvers::rational {
namespace {

// Sums of the numerators over one denominator each; long multiplications happen once per denominator, not per term.
class GroupedSum {
 public:
  void add(int group, const mpz_class& factor, const mpz_class& numerator) {
    auto place = std::find_if(parts_.begin(), parts_.end(), [&](const auto& part) { return part.first == group; });
    if (place == parts_.end()) place = parts_.insert(parts_.end(), {group, mpz_class(0)});
    mpz_addmul(place->second.get_mpz_t(), factor.get_mpz_t(), numerator.get_mpz_t());
  }

  Fraction total(const std::vector<mpz_class>& denominator) const {
    Fraction sum{0, 1};
    for (const auto& [group, part] : parts_) accumulate(sum, part, denominator[group]);
    return sum;
  }

  static void accumulate(Fraction& sum, const mpz_class& numerator, const mpz_class& denominator) {
    const mpz_class common = lcm(sum.denominator, denominator);
    sum.numerator *= common / sum.denominator;
    sum.numerator += numerator * (common / denominator);
    sum.denominator = common;
  }

 private:
  std::vector<std::pair<int, mpz_class>> parts_;
};

int compare(const Fraction& a, const Fraction& b) {
  return cmp(mpz_class(a.numerator * b.denominator), mpz_class(b.numerator * a.denominator));
}

/// NaN beyond the range of doubles: no enclosure made of it decides anything, so the comparison is exact.
std::vector<double> nearest_values(const RationalVector& x) {
  RoundedVector rounded = round_vector(x);
  for (std::size_t i = 0; i < rounded.nearest.size(); ++i) {
    if (std::isinf(rounded.lower[i]) || std::isinf(rounded.upper[i]))
      rounded.nearest[i] = std::numeric_limits<double>::quiet_NaN();
  }
  return rounded.nearest;
}

}  // namespace

SystemBuilder::SystemBuilder(const ExactProcess& process) : process_(process) { system_.name = process.name; }

void SystemBuilder::add(std::span<const int> unknown, int s, std::int64_t choice, int extra, bool reward) {
  const ExactRows& rows = process_.rows;
  const mpz_class scale = process_.discount.get_den() * rows.denominator[choice];
  std::map<int, mpz_class> row;  // successors may repeat
  mpz_class to_target = 0;
  if (unknown[s] >= 0) row[unknown[s]] += scale;
  if (extra >= 0) row[extra] += scale;
  for (auto k = rows.view.choice_begin[choice]; k < rows.view.choice_begin[choice + 1]; ++k) {
    const int successor = rows.view.successor[k];
    if (process_.boundary[successor] == Boundary::kTarget)
      to_target += rows.numerator[k];
    else if (unknown[successor] >= 0)
      row[unknown[successor]] -= process_.discount.get_num() * rows.numerator[k];
  }
  for (auto& [column, value] : row) {
    if (sgn(value) == 0) continue;
    system_.column.push_back(column);
    system_.value.push_back(std::move(value));
  }
  system_.row_begin.push_back(static_cast<std::int64_t>(system_.column.size()));
  mpq_class rhs = process_.discount.get_num() * to_target * process_.target_value;
  if (reward) rhs += scale * rows.reward[choice];
  system_.rhs.push_back(std::move(rhs));
}

RationalSystem SystemBuilder::finish(std::vector<int> last) {
  system_.last = std::move(last);
  return std::move(system_);
}

RationalVector evaluate(const ExactProcess& process, std::span<const std::int64_t> policy, WorkLimit& limit,
                        LiftingStats& stats) {
  const int num_states = process.num_states();
  std::vector<int> unknown(num_states, -1);
  int size = 0;
  for (int s = 0; s < num_states; ++s)
    if (process.boundary[s] == Boundary::kFree) unknown[s] = size++;
  SystemBuilder builder(process);
  for (int s = 0; s < num_states; ++s)
    if (unknown[s] >= 0) builder.add(unknown, s, policy[s], -1, true);
  auto solved = solve_by_classes(builder.finish({}), limit, stats);
  if (!solved) throw std::logic_error("evaluate: a policy that leaves its states surely has a regular system");

  RationalVector result;
  result.denominator = std::move(solved->denominator);
  const int integers = static_cast<int>(result.denominator.size());
  result.denominator.emplace_back(1);
  for (int s = 0; s < num_states; ++s) {
    const bool target = process.boundary[s] == Boundary::kTarget;
    result.class_of.push_back(unknown[s] >= 0 ? solved->class_of[unknown[s]] : integers);
    result.numerator.push_back(unknown[s] >= 0 ? std::move(solved->numerator[unknown[s]])
                                               : mpz_class(target ? process.target_value : 0));
  }
  return result;
}

ChoiceComparison::ChoiceComparison(const ExactProcess& process, const RationalVector& x, const RationalVector* gain,
                                   bool reward)
    : process_(process),
      x_(x),
      gain_(gain),
      reward_(reward),
      approximate_(nearest_values(x)),
      discount_(process.discount.get_d()) {
  if (gain != nullptr) approximate_gain_ = nearest_values(*gain);
}

// |computed - exact| with every input within 2 u of its rational (u = 2^-53) and one rounding an operation: at most
// 6 relative errors a term and n + 3 in the sums, of the sum of absolute values.
ChoiceComparison::Enclosure ChoiceComparison::enclosure(int s, std::int64_t choice) const {
  const ExactRows& rows = process_.rows;
  double sum = 0, magnitude = 0, underflow = 0;
  const auto begin = rows.view.choice_begin[choice], end = rows.view.choice_begin[choice + 1];
  for (auto k = begin; k < end; ++k) {
    const double x = approximate_[rows.view.successor[k]], term = rows.approximate[k] * x;
    sum += term;
    magnitude += std::abs(term);
    underflow += std::abs(x);
  }
  Enclosure result{discount_ * sum, discount_ * magnitude};
  if (reward_) {
    const double r = rows.reward[choice].get_d();
    result.value += r;
    result.error += std::abs(r);
  }
  if (gain_ != nullptr) {
    result.value -= approximate_gain_[s];
    result.error += std::abs(approximate_gain_[s]);
  }
  result.error *= 2 * rounding_error(end - begin + 12);
  result.error += 0x1p-1000 * (underflow + static_cast<double>(end - begin + 4));
  return result;
}

Fraction ChoiceComparison::exact(int s, std::int64_t choice) const {
  const ExactRows& rows = process_.rows;
  const mpz_class scale = process_.discount.get_den() * rows.denominator[choice];
  GroupedSum groups;
  for (auto k = rows.view.choice_begin[choice]; k < rows.view.choice_begin[choice + 1]; ++k) {
    const int successor = rows.view.successor[k];
    groups.add(x_.class_of[successor], mpz_class(process_.discount.get_num() * rows.numerator[k]),
               x_.numerator[successor]);
  }
  if (gain_ != nullptr) groups.add(gain_->class_of[s], mpz_class(-scale), gain_->numerator[s]);
  Fraction result = groups.total(x_.denominator);
  if (reward_) {
    const mpq_class& r = rows.reward[choice];
    GroupedSum::accumulate(result, scale * r.get_num(), r.get_den());
  }
  result.denominator *= scale;
  return result;
}

ChoiceComparison::Outcome ChoiceComparison::best(int s, std::int64_t incumbent, std::span<const char> allowed) const {
  Outcome result{incumbent, {incumbent}};
  Enclosure best_enclosure{approximate_[s], std::abs(approximate_[s]) * kUnitRoundoff * 4 + 0x1p-1000};
  Fraction best_value{x_.numerator[s], x_.denominator_of(s)};
  for (auto choice = process_.first_choice(s); choice < process_.first_choice(s + 1); ++choice) {
    if (choice == incumbent || (!allowed.empty() && !allowed[choice])) continue;
    const Enclosure here = enclosure(s, choice);
    if (here.below(best_enclosure)) continue;
    Fraction value = exact(s, choice);
    ++exact_comparisons_;
    const int order = compare(value, best_value);
    if (order < 0) continue;
    if (order > 0) {
      result = {choice, {}};
      best_enclosure = here;
      best_value = std::move(value);
    }
    result.tight.push_back(choice);
  }
  std::sort(result.tight.begin(), result.tight.end());
  return result;
}

std::int64_t ChoiceComparison::first_best(int s, mpq_class& value) const {
  const auto begin = process_.first_choice(s), end = process_.first_choice(s + 1);
  std::vector<Enclosure> enclosures;
  std::size_t highest = 0;
  for (auto choice = begin; choice < end; ++choice) {
    enclosures.push_back(enclosure(s, choice));
    const Enclosure &here = enclosures.back(), &top = enclosures[highest];
    if (here.value - here.error > top.value - top.error) highest = enclosures.size() - 1;
  }
  std::int64_t best = -1;
  Fraction best_value;
  for (auto choice = begin; choice < end; ++choice) {
    if (enclosures[choice - begin].below(enclosures[highest])) continue;
    Fraction here = exact(s, choice);
    ++exact_comparisons_;
    if (best >= 0 && compare(here, best_value) <= 0) continue;
    best = choice;
    best_value = std::move(here);
  }
  value = mpq_class(best_value.numerator, best_value.denominator);
  value.canonicalize();
  return best;
}

}  // namespace bellwether::solvers::rational
