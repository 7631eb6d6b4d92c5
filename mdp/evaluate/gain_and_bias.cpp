#include "mdp/evaluate/gain_and_bias.h"

#include <algorithm>
#include <cstdint>
#include <limits>
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

/// Solves A x = b for many b, each refined once.
class Factors {
 public:
  Factors(Eigen::Index size, const Triplets& entries) : a_(size, size) {
    a_.setFromTriplets(entries.begin(), entries.end());
    if (size <= kDense) {
      dense_.compute(Eigen::MatrixXd(a_));
    } else {
      sparse_.compute(a_);
      if (sparse_.info() != Eigen::Success) throw InvalidModel("the linear system of a policy could not be factorised");
    }
  }

  Eigen::VectorXd solve(const Eigen::VectorXd& right) const {
    const Eigen::VectorXd x = once(right);
    const Eigen::VectorXd rest = right - a_ * x;
    return x + once(rest);
  }

 private:
  Eigen::VectorXd once(const Eigen::VectorXd& right) const {
    if (a_.rows() <= kDense) return dense_.solve(right);
    return sparse_.solve(right);
  }

  Eigen::SparseMatrix<double> a_;
  Eigen::PartialPivLU<Eigen::MatrixXd> dense_;
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> sparse_;
};

class Evaluation {
 public:
  Evaluation(const MarkovChain& chain, GainAndBias& out)
      : chain_(chain), out_(out), place_(static_cast<std::size_t>(chain.num_states()), -1) {}

  // g + h(s) = r(s) + sum P h on a class, h = 0 in its first state: that column of I - P makes room for g.
  void solve_class(std::span<const std::int32_t> members) {
    number(members);
    const auto size = static_cast<Eigen::Index>(members.size());
    Triplets entries;
    Eigen::VectorXd right(size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      entries.emplace_back(i, 0, 1.0);
      if (i != 0) entries.emplace_back(i, i, 1.0);
      each_successor(s, [&](std::int32_t to, double p) {
        if (place_[static_cast<std::size_t>(to)] != 0)
          entries.emplace_back(i, place_[static_cast<std::size_t>(to)], -p);
      });
      right[i] = chain_.reward[static_cast<std::size_t>(s)];
    }
    const Eigen::VectorXd x = Factors(size, entries).solve(right);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      out_.gain[s] = x[0];
      out_.bias[s] = i == 0 ? 0 : x[i];
    }
    forget(members);
  }

  // (I - P_TT) g = P_TR g_R first, then (I - P_TT) h = r - g + P_TR h_R, with the same matrix.
  void solve_transient(std::span<const std::int32_t> members) {
    if (members.empty()) return;
    number(members);
    const auto size = static_cast<Eigen::Index>(members.size());
    Triplets entries;
    Eigen::VectorXd entered = Eigen::VectorXd::Zero(size), right(size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const std::int32_t s = members[static_cast<std::size_t>(i)];
      entries.emplace_back(i, i, 1.0);
      right[i] = chain_.reward[static_cast<std::size_t>(s)];
      each_successor(s, [&](std::int32_t to, double p) {
        const std::int32_t column = place_[static_cast<std::size_t>(to)];
        if (column >= 0) {
          entries.emplace_back(i, column, -p);
        } else {
          entered[i] += p * out_.gain[to];
          right[i] += p * out_.bias[to];
        }
      });
    }
    const Factors factors(size, entries);
    const Eigen::VectorXd gain = between_classes(members, factors.solve(entered));
    const Eigen::VectorXd bias = factors.solve(right - gain);
    for (Eigen::Index i = 0; i < size; ++i) {
      out_.gain[members[static_cast<std::size_t>(i)]] = gain[i];
      out_.bias[members[static_cast<std::size_t>(i)]] = bias[i];
    }
    forget(members);
  }

 private:
  /// Gains of transient states cut to those of the classes they may end in: exact where all of these are equal, which
  /// keeps policy iteration from taking rounding for improvement.
  Eigen::VectorXd between_classes(std::span<const std::int32_t> members, Eigen::VectorXd gain) const {
    const mdp::Components components = strongly_connected_components(chain_.graph());
    Eigen::VectorXd low = out_.gain, high = out_.gain;
    for (int k = 0; k < components.count(); ++k) {  // a component comes after those it leads to
      const auto inside = components.members_of(k);
      if (out_.classes.class_of[static_cast<std::size_t>(inside[0])] >= 0) continue;
      double least = std::numeric_limits<double>::infinity(), most = -least;
      for (const std::int32_t s : inside) {
        each_successor(s, [&](std::int32_t to, double) {
          if (components.component[static_cast<std::size_t>(to)] == k) return;
          least = std::min(least, low[to]);
          most = std::max(most, high[to]);
        });
      }
      for (const std::int32_t s : inside) {
        low[s] = least;
        high[s] = most;
      }
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      double& g = gain[static_cast<Eigen::Index>(i)];
      g = std::clamp(g, low[members[i]], high[members[i]]);
    }
    return gain;
  }

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
