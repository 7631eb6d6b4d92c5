#include "solvers/mirror/finite_certificate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/rounding.h"
#include "mdp/evaluate/finite.h"
#include "mdp/horizon.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers::mirror {
namespace {

const mdp::TabularMdp& stage(const Problem& problem, int h) {
  return problem.stages.empty() ? problem.model : problem.stages[static_cast<std::size_t>(h)];
}

mdp::FiniteHorizonMdp task_of(const Problem& problem) {
  if (problem.stages.empty()) return {problem.model, problem.horizon};
  return mdp::FiniteHorizonMdp(problem.stages);
}

/// At least sign * (T_h v)(s) for every v within its errors, and how much more than sign * V^pi_h(s) that can be.
struct Backup {
  std::vector<double> high;
  double excess = -std::numeric_limits<double>::infinity();
};

Backup back_up(const Problem& problem, int h, const mdp::Evaluation& now, const mdp::Evaluation& next) {
  const mdp::TabularMdp& model = stage(problem, h);
  const Table q = choice_values(model, problem.discount, next.value);
  const double sign = problem.sign(), largest = next.value.lpNorm<Eigen::Infinity>() * (1 + 0x1p-48);
  const double carried = round_up(round_up(problem.discount) * next.gap()) * (1 + 0x1p-48);
  Backup result{std::vector<double>(static_cast<std::size_t>(model.num_states()))};
  for (int s = 0; s < model.num_states(); ++s) {
    double high = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double magnitude = std::abs(model.reward(c)) + problem.discount * largest;
      const auto length = static_cast<std::int64_t>(model.successors(c).size());
      const double slack = discounted::row_error(length) * magnitude + discounted::kUnderflow;
      high = std::max(high, round_up(sign * q[static_cast<std::size_t>(c)] + slack));
    }
    high = round_up(high + carried);
    result.high[static_cast<std::size_t>(s)] = high;
    result.excess = std::max(result.excess, round_up(round_up(high - sign * now.value[s]) + now.error[s]));
  }
  return result;
}

}  // namespace

void certify_stages(const Problem& problem, mdp::StagePolicy policy, double tolerance, Status otherwise,
                    Solution& solution) {
  const std::vector<mdp::Evaluation> v = mdp::evaluate_finite(task_of(problem), policy, problem.discount);
  const double sign = problem.sign();
  double later = 0;  // e_{h+1}, times the discount
  Backup first;
  solution.residual = 0;
  for (int h = problem.horizon - 1; h >= 0; --h) {
    const auto i = static_cast<std::size_t>(h);
    first = back_up(problem, h, v[i], v[i + 1]);
    solution.residual = std::max(solution.residual, first.excess);
    if (h > 0) later = round_up(round_up(problem.discount) * round_up(std::max(first.excess, 0.0) + later));
  }
  const auto states = static_cast<Eigen::Index>(first.high.size());
  solution.lower.resize(states);
  solution.upper.resize(states);
  solution.value.resize(states);
  double gap = 0;
  for (Eigen::Index s = 0; s < states; ++s) {
    const double low = round_down(sign * v[0].value[s] - v[0].error[s]);
    const double high = std::max(low, round_up(first.high[static_cast<std::size_t>(s)] + later));
    solution.lower[s] = sign > 0 ? low : -high;
    solution.upper[s] = sign > 0 ? high : -low;
    solution.value[s] = solution.lower[s] + (solution.upper[s] - solution.lower[s]) / 2;
    gap = std::max(
        {gap, round_up(solution.upper[s] - solution.value[s]), round_up(solution.value[s] - solution.lower[s])});
    if (!std::isfinite(high - low)) gap = std::numeric_limits<double>::infinity();
  }
  solution.gap = gap;
  solution.stages = std::move(policy);
  solution.status = gap <= tolerance ? Status::kConverged : otherwise;
  if (std::isfinite(gap)) return;
  solution.lower.resize(0);
  solution.upper.resize(0);
  solution.status = Status::kNumericalTrouble;
  solution.note = "Numbers grew beyond the range of double precision, so nothing is proven; scale the rewards down.";
}

std::int64_t certificate_work(const Problem& problem) {
  std::int64_t sum = 0;
  for (int h = 0; h < problem.horizon; ++h) sum += 2 * stage(problem, h).num_transitions();
  return sum;
}

void bound_by_rewards(const Problem& problem, mdp::StagePolicy policy, Solution& solution) {
  double low = 0, high = 0;
  // A product and a sum a stage, the reading of two numbers, and rows that miss one by a little.
  const double share = rounding_error(8 * static_cast<std::int64_t>(problem.horizon) + 16);
  double least = 0, most = 0;
  for (int h = problem.horizon - 1; h >= 0; --h) {
    if (h == problem.horizon - 1 || !problem.stages.empty()) {
      least = most = 0;
      for (const double reward : stage(problem, h).reward()) {
        least = std::min(least, reward);
        most = std::max(most, reward);
      }
    }
    low = least + problem.discount * low;
    high = most + problem.discount * high;
  }
  low = round_down(low * (1 + share));
  high = round_up(high * (1 + share));
  const Eigen::Index states = problem.model.num_states();
  solution.lower.setConstant(states, low);
  solution.upper.setConstant(states, high);
  const double middle = low / 2 + high / 2;
  solution.value.setConstant(states, middle);
  solution.gap = round_up(std::max(high - middle, middle - low));
  if (!std::isfinite(solution.gap)) {
    solution.lower.resize(0);
    solution.upper.resize(0);
  }
  solution.stages = std::move(policy);
  solution.status = Status::kStoppedByCaller;
  solution.note = "Stopped before the policy was evaluated; the bounds are those of the rewards alone.";
}

}  // namespace bellwether::solvers::mirror
