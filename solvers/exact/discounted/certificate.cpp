#include "solvers/exact/discounted/certificate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/rounding.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using discounted::Enclosure;

/// What is enclosed beside V*.
enum class Subject { kGreedyPolicy, kGivenPolicy, kPolicyValueAlone };

/// The reward earned for ever in a state that cannot be left, when that does not depend on an arbitrary policy.
std::optional<double> reward_for_ever(const Problem& problem, int s, Subject subject, std::int32_t choice) {
  if (!discounted::cannot_be_left(problem.model, s)) return std::nullopt;
  const std::int64_t first = problem.model.first_choice(s), last = problem.model.first_choice(s + 1);
  const double reward = problem.model.reward(first + choice);
  if (subject == Subject::kGreedyPolicy) return reward;  // greedy by reward in such a state
  for (std::int64_t c = first; c < last; ++c)
    if (problem.model.reward(c) != reward) return std::nullopt;
  return reward;
}

/// Encloses each row's q and from them a state's Tv and T_pi v. Works on sign * q, so larger is better.
class Enclose {
 public:
  struct Results {
    Eigen::VectorXd lower, upper, half_width;  // of T_pi v and Tv
    std::vector<std::int32_t> choice;
    explicit Results(std::size_t states)
        : lower(static_cast<Eigen::Index>(states)), upper(lower), half_width(lower), choice(states) {}
  };

  Enclose(const Problem& problem, std::span<const double> v, Subject subject, const mdp::Policy* policy, Results& out)
      : problem_(problem), largest_(largest_of(v)), subject_(subject), policy_(policy), out_(&out) {}

  template <class Q>
  double operator()(int s, std::int64_t first, std::int64_t last, Q&& q) const {
    const double sign = problem_.sign();
    double best = 0, best_slack = 0, far = -std::numeric_limits<double>::infinity();
    std::int64_t which = first;
    const bool stays = discounted::cannot_be_left(problem_.model, s);
    for (std::int64_t c = first; c < last; ++c) {
      const double x = sign * q(c), e = row_slack(c);
      far = std::max(far, x + e);
      // Where the play never leaves, the reward decides; adding the value could hide a difference.
      const bool better = stays ? sign * problem_.model.reward(c) > sign * problem_.model.reward(which) : x > best;
      if (c == first || better) {
        best = x;
        best_slack = e;
        which = c;
      }
    }
    const Enclosure own = subject_ == Subject::kGreedyPolicy ? Enclosure{best - best_slack, best + best_slack}
                                                             : played(s, first, last, q);
    const double near = round_down(own.low);
    far = round_up(subject_ == Subject::kPolicyValueAlone ? own.high : far);
    out_->choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(which - first);
    out_->half_width[s] = (far - near) / 2;
    out_->lower[s] = sign > 0 ? near : -far;
    out_->upper[s] = sign > 0 ? far : -near;
    return sign * best;
  }

 private:
  /// The largest |v| stands for the row's own: a second gather would cost as much as the backup, and the bounds take
  /// the worst row anyway.
  double row_slack(std::int64_t c) const {
    const double magnitude = std::abs(problem_.model.reward(c)) + problem_.discount * largest_;
    const auto length = static_cast<std::int64_t>(problem_.model.successors(c).size());
    return discounted::row_error(length) * magnitude + discounted::kUnderflow;
  }

  /// The given policy's sign * T_pi v: weights divided by their sum, with the rounding of both sums.
  template <class Q>
  Enclosure played(int s, std::int64_t first, std::int64_t last, Q&& q) const {
    const double sign = problem_.sign();
    if (policy_->is_deterministic()) {
      const std::int64_t c = first + policy_->choices()[static_cast<std::size_t>(s)];
      return {sign * q(c) - row_slack(c), sign * q(c) + row_slack(c)};
    }
    double total = 0, mean = 0, slack = 0, magnitude = 0;
    for (std::int64_t c = first; c < last; ++c) {
      const double weight = policy_->probability(problem_.model, s, c);
      if (weight == 0) continue;
      total += weight;
      mean += weight * sign * q(c);
      magnitude += weight * std::abs(q(c));
      slack += weight * row_slack(c);
    }
    const double error = (slack + 2 * rounding_error(last - first + 3) * magnitude) / total * (1 + 1e-12);
    return {mean / total - error, mean / total + error};
  }

  /// A little more than the sum of p |v| over any row can be.
  static double largest_of(std::span<const double> v) {
    double largest = 0;
    for (const double x : v) largest = std::max(largest, std::abs(x));
    return largest * (1 + 0x1p-48);
  }

  const Problem& problem_;
  double largest_;
  Subject subject_;
  const mdp::Policy* policy_;
  Results* out_;
};

/// a - b rounded up; equal numbers are no distance apart.
double distance_up(double a, double b) { return a == b ? 0 : round_up(a - b); }

/// Applies lower + tail * min d and upper + tail * max d, then takes the middle.
void close_interval(const Problem& problem, std::span<const double> v, Subject subject, Enclose::Results& rows,
                    Certificate& out) {
  const std::int64_t states = problem.model.num_states();
  const Enclosure tail = discounted::discount_tail(problem.discount);
  Enclosure d{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (int s = 0; s < states; ++s) {
    d.low = std::min(d.low, round_down(rows.lower[s] - v[static_cast<std::size_t>(s)]));
    d.high = std::max(d.high, round_up(rows.upper[s] - v[static_cast<std::size_t>(s)]));
  }
  const Enclosure shift = discounted::outward_product(tail, d);
  out.gap = 0;
  for (int s = 0; s < states; ++s) {
    const auto reward = reward_for_ever(problem, s, subject, rows.choice[static_cast<std::size_t>(s)]);
    const Enclosure at = reward ? discounted::value_of_staying(*reward, tail)
                                : discounted::outward_sum({rows.lower[s], rows.upper[s]}, shift);
    rows.lower[s] = at.low;
    rows.upper[s] = at.high;
    out.value[s] = at.low + (at.high - at.low) / 2;
    out.gap = std::max({out.gap, distance_up(at.high, out.value[s]), distance_up(out.value[s], at.low)});
    if (!std::isfinite(at.high - at.low)) out.gap = std::numeric_limits<double>::infinity();
  }
  // The state with the widest backup alone makes max d - min d that wide.
  out.rounding = rows.half_width.maxCoeff() * (1 + tail.low);
}

Certificate enclose(const Problem& problem, std::span<const double> v, Subject subject, const mdp::Policy* policy) {
  Certificate out;
  out.value = Eigen::VectorXd(static_cast<Eigen::Index>(v.size()));
  Enclose::Results rows(v.size());
  const Enclose choose(problem, v, subject, policy, rows);
  out.residual = mdp::backup_with_change(problem.model, problem.discount, v, discounted::view(out.value),
                                         mdp::Expectation{}, choose)
                     .residual();
  close_interval(problem, v, subject, rows, out);
  out.lower = std::move(rows.lower);
  out.upper = std::move(rows.upper);
  out.policy = policy ? *policy : mdp::Policy::deterministic(std::move(rows.choice));
  return out;
}

}  // namespace

Certificate certify(const Problem& problem, std::span<const double> v) {
  return enclose(problem, v, Subject::kGreedyPolicy, nullptr);
}

Certificate certify(const Problem& problem, std::span<const double> v, const mdp::Policy& policy) {
  policy.require_fits(problem.model);
  return enclose(problem, v, Subject::kGivenPolicy, &policy);
}

Certificate certify_policy_value(const Problem& problem, std::span<const double> v, const mdp::Policy& policy) {
  policy.require_fits(problem.model);
  return enclose(problem, v, Subject::kPolicyValueAlone, &policy);
}

void conclude(Solution& solution, Certificate& proof, const Ending& ending) {
  const auto add_note = [&](const std::string& sentence) {
    if (!solution.note.empty()) solution.note += ' ';
    solution.note += sentence;
  };
  const bool proven = std::isfinite(proof.gap);
  if (!proven) {
    solution.status = Status::kNumericalTrouble;
    add_note("Numbers grew beyond the range of double precision, so nothing is proven; scale the rewards down.");
  } else if (proof.gap <= ending.tolerance) {
    solution.status = Status::kConverged;
  } else if (ending.stopped) {
    solution.status = Status::kStoppedByCaller;
  } else if (ending.rounding_limited) {
    solution.status = Status::kRoundingLimited;
    add_note(
        fmt::format("Rounding made these bounds {:.1e} at this size of values and discount, more than the tolerance of "
                    "{:.1e}.",
                    proof.rounding, ending.tolerance));
  } else {
    solution.status = Status::kBudgetExhausted;
  }
  solution.value = std::move(proof.value);
  if (proven) {
    solution.lower = std::move(proof.lower);
    solution.upper = std::move(proof.upper);
    solution.gap = proof.gap;
  }
  solution.residual = proof.residual;
}

}  // namespace bellwether::solvers
