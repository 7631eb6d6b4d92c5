#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "core/parallel.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

// One pass over the rows serves every planner. `nature` turns a row and a vector of values into a number: the
// expectation here, elsewhere the worst case over a set, a risk measure, a learner's optimistic model. `choose` turns
// the values of a state's choices into the state's value: best, policy average, soft-max.

/// Asks memory for the entries of rows to come. Rows lie one behind the other, but the gathers of the values keep every
/// outstanding miss of a core busy and leave none for the hardware to run ahead along the rows; with short rows that
/// costs up to a third of a sweep. (Distances of 32 to 64 entries do equally well.)
inline void fetch_ahead(const std::int32_t* successor, const double* probability) {
  constexpr int kEntries = 48;
  __builtin_prefetch(successor + kEntries);
  __builtin_prefetch(probability + kEntries);
}

/// Nature's plainest answer: sum of p(s') v(s'). The terms are added in an order that depends on the length of the row
/// alone: two interleaved sums, so that an addition need not wait for the one before. (A switch on the length of each
/// row and vector gathers were measured and are slower on short rows; runs of rows of one length are faster, see
/// back_up_run.)
struct Expectation {
  double operator()(std::span<const std::int32_t> successor, std::span<const double> probability,
                    std::span<const double> v) const {
    fetch_ahead(successor.data(), probability.data());
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

  /// The same sum, bit for bit, of a row whose length is known when it is compiled.
  template <int Length>
  static double fixed_sum(const std::int32_t* successor, const double* probability, const double* v) {
    double even = 0, odd = 0;
    for (int i = 0; i + 1 < Length; i += 2) {
      even += probability[i] * v[successor[i]];
      odd += probability[i + 1] * v[successor[i + 1]];
    }
    if constexpr (Length % 2 == 1) even += probability[Length - 1] * v[successor[Length - 1]];
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
      best = x > best ? x : best;  // no branch to mispredict
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
      best = x < best ? x : best;
    }
    return best;
  }
};

/// The best choice, larger sign * q being better, and which it was: first of equals.
struct Greedy {
  double sign;
  std::int32_t* choice;  ///< of each state, counted within it

  template <class Q>
  double operator()(int state, std::int64_t first, std::int64_t last, Q&& q) const {
    double best = q(first);
    std::int64_t which = first;
    for (std::int64_t c = first + 1; c < last; ++c) {
      const double x = q(c);
      if (sign * x > sign * best) {
        best = x;
        which = c;
      }
    }
    choice[state] = static_cast<std::int32_t>(which - first);
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

/// A nature that has to know which choice it answers: value(c, v) is all that choice c is worth, reward included.
template <class Nature>
concept ChoiceNature = requires(const Nature& nature, std::int64_t choice, std::span<const double> v) {
  { nature.value(choice, v) } -> std::convertible_to<double>;
};

/// The value of one state: choose over its choices c of r(c) + discount * nature(row c, v).
template <class Nature, class Choose>
double backup_state(const TabularMdp& model, double discount, std::span<const double> v, const Nature& nature,
                    const Choose& choose, int s) {
  return choose(s, model.first_choice(s), model.first_choice(s + 1), [&](std::int64_t c) {
    if constexpr (ChoiceNature<Nature>)
      return nature.value(c, v);
    else
      return model.reward(c) + discount * nature(model.successors(c), model.probabilities(c), v);
  });
}

namespace detail {

/// visit(s, value of s) for states begin .. end-1 whose rows all have `Length` entries: where a row begins is known.
template <int Length, class Choose, class Visit>
void back_up_run(const TabularMdp& model, double discount, const double* v, const Choose& choose, std::int64_t begin,
                 std::int64_t end, const Visit& visit) {
  const std::int64_t* state_begin = model.state_begin().data();
  const std::int64_t origin = state_begin[begin];
  const std::int64_t offset = model.choice_begin()[static_cast<std::size_t>(origin)];
  const std::int32_t* successor = model.successor().data() + offset;
  const double* probability = model.probability().data() + offset;
  const double* reward = model.reward().data();
  for (std::int64_t s = begin; s < end; ++s) {
    if constexpr (Length <= 4) {  // one line holds two rows or more
      const std::int64_t at = (state_begin[s] - origin) * Length;
      fetch_ahead(successor + at, probability + at);
    }
    visit(s, choose(static_cast<int>(s), state_begin[s], state_begin[s + 1], [&](std::int64_t c) {
            const std::int64_t at = (c - origin) * Length;
            if constexpr (Length > 4) fetch_ahead(successor + at, probability + at);
            return reward[c] + discount * Expectation::fixed_sum<Length>(successor + at, probability + at, v);
          }));
  }
}

/// visit(s, value of s) for states begin .. end-1.
template <class Nature, class Choose, class Visit>
void back_up_states(const TabularMdp& model, double discount, std::span<const double> v, const Nature& nature,
                    const Choose& choose, std::int64_t begin, std::int64_t end, const Visit& visit) {
  for (std::int64_t s = begin; s < end; ++s)
    visit(s, backup_state(model, discount, v, nature, choose, static_cast<int>(s)));
}

/// Expectations over runs of rows of one length, up to kLongestFixed, take the way that is made for it.
template <class Choose, class Visit>
void back_up_states(const TabularMdp& model, double discount, std::span<const double> v, const Expectation& nature,
                    const Choose& choose, std::int64_t begin, std::int64_t end, const Visit& visit) {
  constexpr int kLongestFixed = 10;  // longer rows have loops that cost little beside their work
  for (const RowRun& run : model.row_runs()) {
    const std::int64_t from = std::max<std::int64_t>(begin, run.begin), to = std::min<std::int64_t>(end, run.end);
    if (from >= to) continue;
    const auto done = [&]<int... Shorter>(std::integer_sequence<int, Shorter...>) {
      return ((run.length == Shorter + 1 &&
               (back_up_run<Shorter + 1>(model, discount, v.data(), choose, from, to, visit), true)) ||
              ...);
    };
    if (done(std::make_integer_sequence<int, kLongestFixed>{})) continue;
    for (std::int64_t s = from; s < to; ++s)
      visit(s, backup_state(model, discount, v, nature, choose, static_cast<int>(s)));
  }
}

}  // namespace detail

/// out(s) = choose over c of r(c) + discount * nature(row c, v). Runs in parallel; every thread count gives the same
/// bits. `v` and `out` must not overlap.
template <class Nature, class Choose>
void backup(const TabularMdp& model, double discount, std::span<const double> v, std::span<double> out,
            const Nature& nature, const Choose& choose) {
  parallel_for(model.num_states(), model.num_transitions(), [&](std::int64_t begin, std::int64_t end) {
    detail::back_up_states(model, discount, v, nature, choose, begin, end,
                           [&](std::int64_t s, double value) { out[static_cast<std::size_t>(s)] = value; });
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
        detail::back_up_states(model, discount, v, nature, choose, begin, end, [&](std::int64_t s, double value) {
          out[static_cast<std::size_t>(s)] = value;
          change.add(v[static_cast<std::size_t>(s)], value);
        });
        return change;
      },
      Change::join);
}

}  // namespace bellwether::mdp
