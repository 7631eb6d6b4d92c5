#include "mdp/simulate/rollout.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/simulate/policy_sampler.h"

namespace bellwether::mdp {
namespace {

void require_valid(const ReturnOptions& o) {
  if (o.episodes < 2)
    throw InvalidOption(fmt::format("estimate_return: 'episodes' is {}, must be at least 2", o.episodes));
  if (o.steps < 0) throw InvalidOption(fmt::format("estimate_return: 'steps' is {}, must be at least 0", o.steps));
  if (!(o.discount >= 0 && o.discount <= 1))
    throw InvalidOption(fmt::format("estimate_return: 'discount' is {}, must be between 0 and 1", o.discount));
}

/// Elementary operations, about; only whether threads pay depends on it.
std::int64_t work_of(const ReturnOptions& o) {
  return static_cast<std::int64_t>(std::min(1e18, 20.0 * static_cast<double>(o.episodes) * (1.0 + o.steps)));
}

/// Mean and sum of squared deviations of a part of the sample (Chan, Golub and LeVeque 1979 join two).
struct Moments {
  double count = 0, mean = 0, squares = 0;

  void add(double x) {
    count += 1;
    const double delta = x - mean;
    mean += delta / count;
    squares += delta * (x - mean);
  }
  static Moments join(const Moments& a, const Moments& b) {
    if (a.count == 0) return b;
    if (b.count == 0) return a;
    const double count = a.count + b.count, delta = b.mean - a.mean;
    return {count, a.mean + delta * b.count / count, a.squares + b.squares + delta * delta * a.count * b.count / count};
  }
};

/// play(stream of the episode) returns the episode's sum.
template <class Play>
ReturnEstimate estimate(const ReturnOptions& options, const Stream& stream, const Play& play) {
  const Moments all = parallel_reduce(
      options.episodes, work_of(options), Moments{},
      [&](std::int64_t first, std::int64_t last) {
        Moments part;
        for (std::int64_t i = first; i < last; ++i) part.add(play(stream.child(static_cast<std::uint64_t>(i))));
        return part;
      },
      Moments::join);
  return {all.mean, std::sqrt(all.squares / (all.count - 1) / all.count), options.episodes};
}

/// The discounted sum of one play. choose(step, state, stream) names the choice; moved(step, s) hears what happened.
template <class Choose, class Moved>
double play_episode(const Simulator& simulator, const ReturnOptions& options, Stream& stream, const Choose& choose,
                    const Moved& moved) {
  std::int32_t s = simulator.draw_initial(stream);
  double sum = 0, weight = 1;
  for (int t = 0; t < options.steps; ++t) {
    const Step step = simulator.draw_step(choose(t, s, stream), stream);
    sum += weight * step.reward;
    weight *= options.discount;
    s = step.next;
    moved(step);
  }
  return sum;
}

std::vector<PolicySampler> samplers(const TabularMdp& model, const std::vector<Policy>& policies) {
  std::vector<PolicySampler> result;
  for (const Policy& policy : policies) result.emplace_back(model, policy);
  return result;
}

}  // namespace

Trajectory rollout(const Simulator& simulator, const Policy& policy, int steps, Stream stream) {
  if (steps < 0) throw InvalidOption(fmt::format("rollout: 'steps' is {}, must be at least 0", steps));
  const PolicySampler sampler(simulator.model(), policy);
  Trajectory play;
  play.states.push_back(simulator.draw_initial(stream));
  for (int t = 0; t < steps; ++t) {
    play.choices.push_back(sampler.draw(play.states.back(), stream));
    const Step step = simulator.draw_step(play.choices.back(), stream);
    play.rewards.push_back(step.reward);
    play.states.push_back(step.next);
  }
  return play;
}

ReturnEstimate estimate_return(const Simulator& simulator, const Policy& policy, const ReturnOptions& options,
                               const Stream& stream) {
  require_valid(options);
  const PolicySampler sampler(simulator.model(), policy);
  return estimate(options, stream, [&](Stream draws) {
    return play_episode(
        simulator, options, draws, [&](int, std::int32_t s, Stream& own) { return sampler.draw(s, own); },
        [](const Step&) {});
  });
}

ReturnEstimate estimate_return(const Simulator& simulator, const StagePolicy& policy, const ReturnOptions& options,
                               const Stream& stream) {
  require_valid(options);
  if (policy.size() != static_cast<std::size_t>(options.steps)) {
    throw InvalidModel(
        fmt::format("estimate_return: {} policies for {} steps; one a stage is needed", policy.size(), options.steps));
  }
  const std::vector<PolicySampler> stages = samplers(simulator.model(), policy);
  return estimate(options, stream, [&](Stream draws) {
    return play_episode(
        simulator, options, draws,
        [&](int t, std::int32_t s, Stream& own) { return stages[static_cast<std::size_t>(t)].draw(s, own); },
        [](const Step&) {});
  });
}

ReturnEstimate estimate_return(const Simulator& simulator, const FiniteMemoryPolicy& policy,
                               const ReturnOptions& options, const Stream& stream) {
  require_valid(options);
  policy.require_fits(simulator.model());
  const std::vector<PolicySampler> nodes = samplers(simulator.model(), policy.policy);
  std::vector<double> first;
  for (int node = 0; node < policy.num_nodes(); ++node) first.push_back(policy.initial_probability(node));
  const AliasTable start(first);
  return estimate(options, stream, [&](Stream draws) {
    int node = start.sample(draws);
    return play_episode(
        simulator, options, draws,
        [&](int, std::int32_t s, Stream& own) { return nodes[static_cast<std::size_t>(node)].draw(s, own); },
        [&](const Step& step) { node = policy.next_node(node, step.transition, step.next); });
  });
}

}  // namespace bellwether::mdp
