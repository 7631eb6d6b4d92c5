#include "solvers/exact/average/diameter.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::solvers {
namespace {

constexpr std::int64_t kBatch = 64;

/// The farthest state from one target.
struct Farthest {
  double lower = 0, upper = 0;
  std::int32_t from = -1, to = -1;
};

Farthest farthest_from(const mdp::TabularMdp& unit, std::int32_t target, double tolerance) {
  const Problem problem{
      .model = unit, .criterion = Criterion::kTotal, .direction = Direction::kMinimise, .target = {target}};
  const Solution steps = total_auto(problem, {}, {.tolerance = tolerance});
  Farthest out{.to = target};
  if (steps.lower.size() == 0) return {0, std::numeric_limits<double>::infinity(), -1, target};
  for (int s = 0; s < unit.num_states(); ++s) {
    if (s == target) continue;
    if (out.from < 0 || steps.lower[s] > out.lower) out.from = s;
    out.lower = std::max(out.lower, steps.lower[s]);
    out.upper = std::max(out.upper, steps.upper[s]);
  }
  return out;
}

}  // namespace

Diameter diameter(const mdp::TabularMdp& model, double tolerance, const std::function<bool(std::int64_t)>& go_on) {
  const std::int64_t states = model.num_states();
  if (states > kMostStatesForDiameter) {
    throw InvalidOption(
        fmt::format("diameter: the model has {} states, at most {} are possible (a shortest-path problem for each)",
                    states, kMostStatesForDiameter));
  }
  if (states == 1) return {};
  const mdp::TabularMdp unit =
      model.with_expected_rewards(std::vector<double>(static_cast<std::size_t>(model.num_choices()), 1.0), "steps");
  Diameter out;
  for (std::int64_t first = 0; first < states; first += kBatch) {
    const std::int64_t count = std::min(kBatch, states - first);
    std::vector<Farthest> found(static_cast<std::size_t>(count));
    parallel_for(count, 50 * count * model.num_transitions(), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        found[static_cast<std::size_t>(i)] = farthest_from(unit, static_cast<std::int32_t>(first + i), tolerance);
    });
    for (const Farthest& f : found) {
      if (out.from < 0 || f.lower > out.lower) {
        out.from = f.from;
        out.to = f.to;
      }
      out.lower = std::max(out.lower, f.lower);
      out.upper = std::max(out.upper, f.upper);
    }
    if (out.lower == std::numeric_limits<double>::infinity()) return out;
    if (go_on && first + count < states && !go_on(first + count)) {
      out.upper = std::numeric_limits<double>::infinity();
      out.status = Status::kStoppedByCaller;
      return out;
    }
  }
  if (out.upper - out.lower > 2 * tolerance) out.status = Status::kRoundingLimited;
  return out;
}

}  // namespace bellwether::solvers
