#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "core/parallel.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

// One pass over the rows serves every planner. `nature` turns a row and a vector of values into a number: the
// expectation here, elsewhere the worst case over a set, a risk measure, a learner's optimistic model. `choose` turns
// the values of a state's choices into the state's value: best, policy average, soft-max.

/// Nature's plainest answer: sum of p(s') v(s'). The terms are added in an order that depends on the length of the row
/// alone: two interleaved sums, so that an addition need not wait for the one before. (Unrolling by row length and
/// vector gathers were measured and are slower on short rows.)
struct Expectation {
  double operator()(std::span<const std::int32_t> successor, std::span<const double> probability,
                    std::span<const double> v) const {
    return sum(successor, probability, [&](std::int32_t s) { return v[static_cast<std::size_t>(s)]; });
  }

  /// The sum of p(s') value(s') in the same order, for values that are computed on the way.
  template <class Value>
  static double sum(std::span<const std::int32_t> successor, std::span<const double> probability, const Value& value) {
    const std::size_t length = successor.size();
    double even = 0, odd = 0;
    std::size_t i = 0;
    for (; i + 1 < length; i += 2) {
      even += probability[i] * value(successor[i]);
      odd += probability[i + 1] * value(successor[i + 1]);
    }
    if (i < length) even += probability[i] * value(successor[i]);
    return even + odd;
  }
};

/// The best choice: first of equals. `q(c)` is the value of the choice with model-wide number c.
struct Largest {
  template <class Q>
  double operator()(int /*state*/, std::int64_t first, std::int64_t last, Q&& q) const {
    double best = q(first);
    for (std::int64_t c = first + 1; c < last; ++c) {
      const double x = q(c);
      if (x > best) best = x;
    }
    return best;
  }
};

struct Smallest {
  template <class Q>
  double operator()(int /*state*/, std::int64_t first, std::int64_t last, Q&& q) const {
    double best = q(first);
    for (std::int64_t c = first + 1; c < last; ++c) {
      const double x = q(c);
      if (x < best) best = x;
    }
    return best;
  }
};

/// The average under a policy.
class PolicyAverage {
 public:
  PolicyAverage(const TabularMdp& model, const Policy& policy) : model_(&model), policy_(&policy) {}

  template <class Q>
  double operator()(int state, std::int64_t first, std::int64_t last, Q&& q) const {
    if (policy_->is_deterministic()) return q(first + policy_->choices()[static_cast<std::size_t>(state)]);
    double sum = 0;
    for (std::int64_t c = first; c < last; ++c) {
      const double weight = policy_->probability(*model_, state, c);
      if (weight > 0) sum += weight * q(c);
    }
    return sum;
  }

 private:
  const TabularMdp* model_;
  const Policy* policy_;
};

/// The value of one state: choose over its choices c of r(c) + discount * nature(row c, v).
template <class Nature, class Choose>
double backup_state(const TabularMdp& model, double discount, std::span<const double> v, const Nature& nature,
                    const Choose& choose, int s) {
  return choose(s, model.first_choice(s), model.first_choice(s + 1), [&](std::int64_t c) {
    return model.reward(c) + discount * nature(model.successors(c), model.probabilities(c), v);
  });
}

/// out(s) = choose over c of r(c) + discount * nature(row c, v). Runs in parallel; every thread count gives the same
/// bits. `v` and `out` must not overlap.
template <class Nature, class Choose>
void backup(const TabularMdp& model, double discount, std::span<const double> v, std::span<double> out,
            const Nature& nature, const Choose& choose) {
  parallel_for(model.num_states(), model.num_transitions(), [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
      out[static_cast<std::size_t>(s)] = backup_state(model, discount, v, nature, choose, s);
    }
  });
}

/// What a sweep did: the extremes of out(s) - v(s) and the largest |v(s)| or |out(s)|.
struct Change {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  double largest = 0;

  void add(double from, double to) {
    const double d = to - from;
    low = std::min(low, d);
    high = std::max(high, d);
    largest = std::max(largest, std::max(std::abs(from), std::abs(to)));
  }
  static Change join(const Change& a, const Change& b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high), std::max(a.largest, b.largest)};
  }
  double residual() const { return std::max(-low, high); }
};

/// backup() that also says what changed.
template <class Nature, class Choose>
Change backup_with_change(const TabularMdp& model, double discount, std::span<const double> v, std::span<double> out,
                          const Nature& nature, const Choose& choose) {
  return parallel_reduce(
      model.num_states(), model.num_transitions(), Change{},
      [&](std::int64_t begin, std::int64_t end) {
        Change change;
        for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
          const auto i = static_cast<std::size_t>(s);
          out[i] = backup_state(model, discount, v, nature, choose, s);
          change.add(v[i], out[i]);
        }
        return change;
      },
      Change::join);
}

}  // namespace bellwether::mdp
