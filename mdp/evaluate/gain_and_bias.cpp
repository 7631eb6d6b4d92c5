#include "mdp/evaluate/gain_and_bias.h"

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/LU>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

constexpr Eigen::Index kDense = 200;

using Triplets = std::vector<Eigen::Triplet<double>>;

/// Solves A x = b for the columns of b, refined once.
Eigen::MatrixXd solve(Eigen::Index size, const Triplets& entries, const Eigen::MatrixXd& right) {
  Eigen::SparseMatrix<double> a(size, size);
  a.setFromTriplets(entries.begin(), entries.end());
  const auto refined = [&](const auto& factors) -> Eigen::MatrixXd {
    const Eigen::MatrixXd x = factors.solve(right);
    const Eigen::MatrixXd rest = right - a * x;
    return x + factors.solve(rest);
  };
  if (size <= kDense) return refined(Eigen::PartialPivLU<Eigen::MatrixXd>(Eigen::MatrixXd(a)));
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> factors;
  factors.compute(a);
  if (factors.info() != Eigen::Success) throw InvalidModel("the linear system of a policy could not be factorised");
  return refined(factors);
}

class Evaluation {
 public:
  Evaluation(const MarkovChain& chain, GainAndBias& out)
      : chain_(chain), out_(out), place_(static_cast<std::size_t>(chain.num_states()), -1) {}

  // g + h(s) = r(s) + sum P h on a class, h = 0 in its first state: that column of I - P makes room for g.
  void solve_class(std::span<const std::int32_t> members) {
    number(members);
    const auto size = static_cast<Eigen::Index>(members.size());
    Triplets entries;
    Eigen::MatrixXd right(size, 1);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      entries.emplace_back(i, 0, 1.0);
      if (i != 0) entries.emplace_back(i, i, 1.0);
      each_successor(s, [&](std::int32_t to, double p) {
        if (place_[static_cast<std::size_t>(to)] != 0)
          entries.emplace_back(i, place_[static_cast<std::size_t>(to)], -p);
      });
      right(i, 0) = chain_.reward[static_cast<std::size_t>(s)];
    }
    const Eigen::MatrixXd x = solve(size, entries, right);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      out_.gain[s] = x(0, 0);
      out_.bias[s] = i == 0 ? 0 : x(i, 0);
    }
    forget(members);
  }

  // (I - P_TT) g = P_TR g_R first, then (I - P_TT) h = r - g + P_TR h_R, with the same matrix.
  void solve_transient(std::span<const std::int32_t> members) {
    if (members.empty()) return;
    number(members);
    const auto size = static_cast<Eigen::Index>(members.size());
    Triplets entries;
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(size, 2);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      entries.emplace_back(i, i, 1.0);
      right(i, 1) = chain_.reward[static_cast<std::size_t>(s)];
      each_successor(s, [&](std::int32_t to, double p) {
        const std::int32_t column = place_[static_cast<std::size_t>(to)];
        if (column >= 0) {
          entries.emplace_back(i, column, -p);
        } else {
          right(i, 0) += p * out_.gain[to];
          right(i, 1) += p * out_.bias[to];
        }
      });
    }
    const Eigen::VectorXd gain = solve(size, entries, right.col(0));
    right.col(1) -= gain;
    const Eigen::VectorXd bias = solve(size, entries, right.col(1));
    for (Eigen::Index i = 0; i < size; ++i) {
      out_.gain[members[static_cast<std::size_t>(i)]] = gain[i];
      out_.bias[members[static_cast<std::size_t>(i)]] = bias[i];
    }
    forget(members);
  }

 private:
  template <class Visit>
  void each_successor(std::int32_t s, const Visit& visit) const {
    const auto state = static_cast<std::size_t>(s);
    for (std::int64_t t = chain_.row_begin[state]; t < chain_.row_begin[state + 1]; ++t)
      visit(chain_.successor[static_cast<std::size_t>(t)], chain_.probability[static_cast<std::size_t>(t)]);
  }
  void number(std::span<const std::int32_t> members) {
    for (std::size_t i = 0; i < members.size(); ++i)
      place_[static_cast<std::size_t>(members[i])] = static_cast<std::int32_t>(i);
  }
  void forget(std::span<const std::int32_t> members) {
    for (const std::int32_t s : members) place_[static_cast<std::size_t>(s)] = -1;
  }

  const MarkovChain& chain_;
  GainAndBias& out_;
  std::vector<std::int32_t> place_;  ///< in the system that is being solved, -1 outside
};

}  // namespace

GainAndBias gain_and_bias(const MarkovChain& chain) {
  const int states = chain.num_states();
  GainAndBias out{Eigen::VectorXd::Zero(states), Eigen::VectorXd::Zero(states), recurrent_classes(chain)};
  Evaluation evaluation(chain, out);
  for (const auto& members : out.classes.members) evaluation.solve_class(members);
  std::vector<std::int32_t> transient;
  for (int s = 0; s < states; ++s)
    if (out.classes.class_of[static_cast<std::size_t>(s)] < 0) transient.push_back(s);
  evaluation.solve_transient(transient);
  return out;
}

}  // namespace bellwether::mdp
