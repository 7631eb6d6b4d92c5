#include "solvers/exact/discounted/component_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/parallel.h"
#include "core/rounding.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers::discounted {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Enclosure hull(const Enclosure& a, const Enclosure& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

/// What a shift by x inside a component that keeps the play with probability `stay` adds up to.
Enclosure tail_for(double discount, const Enclosure& stay) {
  const Enclosure whole = discount_tail(discount);
  const Enclosure rate{round_down(discount) * stay.low, round_up(round_up(discount) * stay.high)};
  const double low = stay.low >= 1 ? whole.low : geometric_tail({std::max(0.0, round_down(rate.low)), 0}).low;
  const double high = stay.high >= 1 || rate.high >= 1 ? whole.high : geometric_tail({0, rate.high}).high;
  return {std::min(low, whole.low), std::min(high, whole.high)};
}

}  // namespace

ComponentSolver::ComponentSolver(Run& run, const mdp::Components& components)
    : run_(run),
      problem_(run.problem()),
      components_(components),
      value_(Eigen::VectorXd::Zero(problem_.model.num_states())),
      near_(value_),
      far_(value_),
      choice_(static_cast<std::size_t>(value_.size())),
      next_(static_cast<std::size_t>(value_.size())),
      slack_(static_cast<std::size_t>(value_.size())) {}

bool ComponentSolver::is_cyclic(int k) const {
  if (components_.size_of(k) > 1) return true;
  const int s = components_.members_of(k)[0];
  for (std::int64_t c = problem_.model.first_choice(s); c < problem_.model.first_choice(s + 1); ++c) {
    if (std::ranges::find(problem_.model.successors(c), s) != problem_.model.successors(c).end()) return true;
  }
  return false;
}

std::int64_t ComponentSolver::transitions_of(int k) const {
  const auto begin = problem_.model.choice_begin();
  std::int64_t sum = 0;
  for (const std::int32_t s : components_.members_of(k)) {
    sum += begin[static_cast<std::size_t>(problem_.model.first_choice(s + 1))] -
           begin[static_cast<std::size_t>(problem_.model.first_choice(s))];
  }
  return sum;
}

/// One row's q with members at `value_` and exits at the ends of their bounds, in the problem's sign.
ComponentSolver::Row ComponentSolver::enclose_row(int k, std::int64_t choice) const {
  const auto successors = problem_.model.successors(choice);
  const auto probabilities = problem_.model.probabilities(choice);
  const double sign = problem_.sign();
  double middle = 0, near = 0, far = 0, magnitude = 0, stay = 0;
  bool leaves = false;
  for (std::size_t i = 0; i < successors.size(); ++i) {
    const std::int32_t s = successors[i];
    const double p = probabilities[i], v = sign * value_[s];
    const bool member = components_.component[static_cast<std::size_t>(s)] == k;
    const double low = member ? v : near_[s], high = member ? v : far_[s];
    middle += p * v;
    near += p * low;
    far += p * high;
    magnitude += p * std::max(std::abs(low), std::abs(high));
    stay += member ? p : 0;
    leaves = leaves || !member;
  }
  const double reward = sign * problem_.model.reward(choice), discount = problem_.discount;
  const double share = row_error(static_cast<std::int64_t>(successors.size()));
  return {.middle = reward + discount * middle,
          .near = reward + discount * near,
          .far = reward + discount * far,
          .slack = share * (std::abs(reward) + discount * magnitude) + kUnderflow,
          .stay_low = leaves ? std::max(0.0, stay * (1 - share)) : 1,
          .stay_high = leaves ? std::min(1.0, stay * (1 + share)) : 1};
}

/// Bounds of T on one state, the greedy choice, and the hull of its rows' probabilities of staying.
void ComponentSolver::enclose_state(int k, int s, Enclosure& stay) {
  const std::int64_t first = problem_.model.first_choice(s), last = problem_.model.first_choice(s + 1);
  double far = -kInfinity;
  Row best{};
  for (std::int64_t c = first; c < last; ++c) {
    const Row row = enclose_row(k, c);
    far = std::max(far, row.far + row.slack);
    stay = hull(stay, {row.stay_low, row.stay_high});
    if (c == first || row.middle > best.middle) {
      best = row;
      choice_[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - first);
    }
  }
  near_[s] = round_down(best.near - best.slack);
  far_[s] = round_up(far);
  slack_[static_cast<std::size_t>(s)] = best.slack;
  next_[static_cast<std::size_t>(s)] = problem_.sign() * best.middle;
}

Enclosure ComponentSolver::tail_of(int k) const {
  const auto members = components_.members_of(k);
  const Enclosure stay = parallel_reduce(
      static_cast<std::int64_t>(members.size()), transitions_of(k), Enclosure{1, 0},
      [&](std::int64_t begin, std::int64_t end) {
        Enclosure hulled{1, 0};
        for (std::int64_t i = begin; i < end; ++i) {
          const int s = members[static_cast<std::size_t>(i)];
          for (std::int64_t c = problem_.model.first_choice(s); c < problem_.model.first_choice(s + 1); ++c) {
            const Row row = enclose_row(k, c);
            hulled = hull(hulled, {row.stay_low, row.stay_high});
          }
        }
        return hulled;
      },
      hull);
  return tail_for(problem_.discount, stay);
}

/// Jacobi sweeps over the members, exits fixed, until the bounds inside are `width` apart from their middle.
void ComponentSolver::value_iteration(int k, double width) {
  const auto members = components_.members_of(k);
  const std::int64_t transitions = transitions_of(k);
  const Enclosure tail = tail_of(k);
  const std::int64_t states = problem_.model.num_states();
  const auto size = static_cast<std::int64_t>(members.size());
  StandstillGuard guard = StandstillGuard::of_sweeps(problem_.discount);
  run_.read(transitions);
  while (run_.more()) {
    const mdp::Change change = with_choose(problem_, [&](const auto& choose) {
      return parallel_reduce(
          size, transitions, mdp::Change{},
          [&](std::int64_t begin, std::int64_t end) {
            mdp::Change part;
            for (std::int64_t i = begin; i < end; ++i) {
              const int s = members[static_cast<std::size_t>(i)];
              next_[static_cast<std::size_t>(s)] =
                  mdp::backup_state(problem_.model, problem_.discount, view(value_), mdp::Expectation{}, choose, s);
              part.add(value_[s], next_[static_cast<std::size_t>(s)]);
            }
            return part;
          },
          mdp::Change::join);
    });
    for (const std::int32_t s : members) value_[s] = next_[static_cast<std::size_t>(s)];
    backups_ += size;
    run_.read(transitions);
    run_.advance_to(backups_ / states, change.residual());
    const Enclosure shift = outward_product(tail, {change.low, change.high});
    const double reached = (shift.high - shift.low) / 2;
    const double floor = run_.error().slack(change.largest) * (1 + tail.high);
    if (reached <= width || reached <= 0.25 * floor || guard.stands_still(reached)) break;
  }
}

/// (r + discount sum over exits) / (1 - discount P(s|s,a)), the best over a: what a lone state with a loop is worth.
double ComponentSolver::best_of_staying(int s) const {
  double best = -kInfinity;
  for (std::int64_t c = problem_.model.first_choice(s); c < problem_.model.first_choice(s + 1); ++c) {
    const auto successors = problem_.model.successors(c);
    const auto probabilities = problem_.model.probabilities(c);
    double leave = 0, stay = 0;
    for (std::size_t i = 0; i < successors.size(); ++i) {
      (successors[i] == s ? stay : leave) += probabilities[i] * (successors[i] == s ? 1 : value_[successors[i]]);
    }
    const double q =
        (problem_.model.reward(c) + problem_.discount * leave) / (1 - problem_.discount * std::min(stay, 1.0));
    best = std::max(best, problem_.sign() * q);
  }
  return problem_.sign() * best;
}

void ComponentSolver::settle(int s, double near, double far) {
  near_[s] = near;
  far_[s] = far;
  value_[s] = problem_.sign() * (near + (far - near) / 2);
}

/// One backup of each member encloses the component (see close_interval in certificate.cpp; the exits bring their own
/// bounds along, and a shift inside dies away at the rate of staying).
void ComponentSolver::close_bounds(int k) {
  const auto members = components_.members_of(k);
  const Enclosure none{1, 0};
  const Enclosure stay = parallel_reduce(
      static_cast<std::int64_t>(members.size()), transitions_of(k), none,
      [&](std::int64_t begin, std::int64_t end) {
        Enclosure hulled = none;
        for (std::int64_t i = begin; i < end; ++i) enclose_state(k, members[static_cast<std::size_t>(i)], hulled);
        return hulled;
      },
      hull);
  backups_ += static_cast<std::int64_t>(members.size());
  run_.read(transitions_of(k));
  const double sign = problem_.sign();
  Enclosure d{kInfinity, -kInfinity};
  for (const std::int32_t s : members) {
    residual_ = std::max(residual_, std::abs(next_[static_cast<std::size_t>(s)] - value_[s]));
    d.low = std::min(d.low, round_down(near_[s] - sign * value_[s]));
    d.high = std::max(d.high, round_up(far_[s] - sign * value_[s]));
  }
  const Enclosure shift = outward_product(tail_for(problem_.discount, stay), d);
  for (const std::int32_t s : members) {
    const Enclosure at = outward_sum({near_[s], far_[s]}, shift);
    settle(s, at.low, at.high);
  }
}

void ComponentSolver::solve(int k, double width) {
  const auto members = components_.members_of(k);
  const int s = members[0];
  if (members.size() == 1 && cannot_be_left(problem_.model, s)) {
    // As in certify(): the reward earned for ever, exactly 0 in a terminal state.
    const std::int64_t first = problem_.model.first_choice(s);
    double best = problem_.sign() * problem_.model.reward(first);
    choice_[static_cast<std::size_t>(s)] = 0;
    for (std::int64_t c = first + 1; c < problem_.model.first_choice(s + 1); ++c) {
      if (problem_.sign() * problem_.model.reward(c) <= best) continue;
      best = problem_.sign() * problem_.model.reward(c);
      choice_[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - first);
    }
    const Enclosure at = value_of_staying(best, discount_tail(problem_.discount));
    settle(s, at.low, at.high);
    slack_[static_cast<std::size_t>(s)] = 0;
    ++backups_;
    run_.read(transitions_of(k));
    return;
  }
  if (members.size() > 1) {
    value_iteration(k, width);
  } else if (is_cyclic(k)) {
    value_[s] = best_of_staying(s);
    ++backups_;
    run_.read(transitions_of(k));
  }
  close_bounds(k);
}

Certificate ComponentSolver::take_certificate() {
  const double sign = problem_.sign();
  Certificate proof;
  proof.lower = sign > 0 ? near_ : Eigen::VectorXd(-far_);
  proof.upper = sign > 0 ? far_ : Eigen::VectorXd(-near_);
  proof.value = std::move(value_);
  proof.gap = 0;
  proof.residual = residual_;
  for (Eigen::Index s = 0; s < proof.value.size(); ++s) {
    const double half = std::max(proof.upper[s] - proof.value[s], proof.value[s] - proof.lower[s]);
    proof.gap = std::isfinite(half) ? std::max(proof.gap, half == 0 ? 0 : round_up(half)) : kInfinity;
    if (proof.gap == kInfinity) break;
  }
  proof.rounding = *std::ranges::max_element(slack_) * (1 + discount_tail(problem_.discount).high);
  proof.policy = mdp::Policy::deterministic(std::move(choice_));
  return proof;
}

}  // namespace bellwether::solvers::discounted
