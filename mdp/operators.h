#pragma once

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

/// Nature's plainest answer: sum of p(s') v(s'), added in the order of the row.
struct Expectation {
  double operator()(std::span<const std::int32_t> successor, std::span<const double> probability,
                    std::span<const double> v) const {
    double sum = 0;
    for (std::size_t i = 0; i < successor.size(); ++i)
      sum += probability[i] * v[static_cast<std::size_t>(successor[i])];
    return sum;
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

/// out(s) = choose over c of r(c) + discount * nature(row c, v). Runs in parallel; every thread count gives the same
/// bits. `v` and `out` must not overlap.
template <class Nature, class Choose>
void backup(const TabularMdp& model, double discount, std::span<const double> v, std::span<double> out,
            const Nature& nature, const Choose& choose) {
  parallel_for(model.num_states(), model.num_transitions(), [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
      out[static_cast<std::size_t>(s)] =
          choose(s, model.first_choice(s), model.first_choice(s + 1), [&](std::int64_t c) {
            return model.reward(c) + discount * nature(model.successors(c), model.probabilities(c), v);
          });
    }
  });
}

}  // namespace bellwether::mdp
