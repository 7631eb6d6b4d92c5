#include "proofs_checks/tabular_regret/tasks.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/instances/deep_sea.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {

std::vector<NamedTask> homogeneous_tasks(const Effort& effort) {
  std::vector<NamedTask> tasks;
  tasks.push_back(
      {"riverswim", online::EpisodicTask(mdp::riverswim().model, 20), effort.pick<std::int64_t>(300, 3000)});
  tasks.push_back(
      {"deep-sea", online::EpisodicTask(mdp::deep_sea({.size = 5}).model, 5), effort.pick<std::int64_t>(300, 3000)});
  Stream stream = effort.stream.child("garnets");
  for (int i = 0; i < effort.pick(1, 5); ++i) {
    const mdp::TabularMdp garnet =
        mdp::garnet(
            {.states = 8, .actions = 3, .successors = 3, .seed = static_cast<std::int64_t>(stream.below(1'000'000))})
            .model;
    const std::vector<double> anywhere(static_cast<std::size_t>(garnet.num_states()), 1.0 / garnet.num_states());
    tasks.push_back({fmt::format("garnet {}", i), online::EpisodicTask(garnet.with_initial(anywhere), 10),
                     effort.pick<std::int64_t>(300, 3000)});
  }
  return tasks;
}

online::EpisodicRun play(const online::EpisodicTask& task, online::EpisodicAgent& agent, std::int64_t episodes,
                         const Stream& stream) {
  return online::run_episodes(task, agent, stream, {.episodes = episodes});
}

online::EpisodicRun play(const online::EpisodicTask& task, std::string_view learner,
                         const std::vector<Setting>& settings, std::int64_t episodes, const Stream& stream) {
  return play(task, *agent_of(task, learner, settings, episodes, stream), episodes, stream);
}

std::string page_path(std::string_view page) {
  return page.starts_with("docs/") ? std::string(page) : fmt::format("docs/papers/{}.md", page);
}

NamedTask tiny_task(std::int64_t episodes) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 0.5}, {1, 0.5}}).add_choice(0, 0.1, {{0, 1.0}});
  builder.add_choice(1, 0.3, {{1, 0.7}, {0, 0.3}}).add_choice(1, 0.2, {{1, 0.2}, {0, 0.8}});
  builder.initial({0.5, 0.5});
  return {"tiny", online::EpisodicTask(std::move(builder).build(), 2), episodes};
}

online::EpisodicTask fork(int horizon) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 0.7}, {1, 0.3}}).add_choice(0, 0.0, {{0, 0.3}, {1, 0.7}});
  builder.add_choice(1, 1.0, {{1, 0.8}, {0, 0.2}}).add_choice(1, 0.6, {{1, 0.2}, {0, 0.8}});
  builder.start_in(0);
  return {std::move(builder).build(), horizon};
}

online::EpisodicTask all_or_nothing(int horizon) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 1.0, {{0, 1.0}});
  return {std::move(builder).build(), horizon};
}

bounds::EpisodicSize size_of(const online::EpisodicTask& task, std::int64_t episodes) {
  return {.states = static_cast<double>(task.num_states()),
          .actions = static_cast<double>(task.largest_num_actions()),
          .horizon = static_cast<double>(task.horizon()),
          .episodes = static_cast<double>(episodes),
          .delta = kDelta};
}

std::vector<Setting> with_constant(std::string_view constant) {
  return {{"constant", std::string(constant)}, {"delta", fmt::format("{}", kDelta)}};
}

std::unique_ptr<online::EpisodicAgent> agent_of(const online::EpisodicTask& task, std::string_view learner,
                                                const std::vector<Setting>& settings, std::int64_t episodes,
                                                const Stream& stream) {
  return online::find_episodic(learner).make(task, online::world_of(task, episodes), settings, stream.child("learner"));
}

void copy_policy(const online::EpisodicTask& task, const online::EpisodicPolicy& from, online::EpisodicPolicy& to) {
  for (int h = 0; h < from.horizon(); ++h) {
    if (from.randomised()) {
      for (std::int64_t c = 0; c < task.num_choices(); ++c) to.play_with(h, c, from.probability(h, c));
    } else {
      for (int s = 0; s < task.num_states(); ++s) to.play(h, s, from.choice(h, s));
    }
  }
}

Recorder::Recorder(const online::EpisodicTask& task, const online::EpisodicWorld& world,
                   std::unique_ptr<online::EpisodicAgent> inner)
    : EpisodicAgent(world), task_(&task), inner_(std::move(inner)) {}

void Recorder::plan(std::int64_t episode) {
  inner_->plan(episode);
  copy_policy(*task_, inner_->policy(), policy());
}

void Recorder::learn(std::span<const online::Step> steps) {
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  inner_->learn(steps);
}

Witness::Witness(const online::EpisodicTask& task, const online::EpisodicWorld& world,
                 std::unique_ptr<online::EpisodicAgent> inner)
    : EpisodicAgent(world), task_(&task), inner_(std::move(inner)) {}

void Witness::plan(std::int64_t episode) {
  inner_->plan(episode);
  copy_policy(*task_, inner_->policy(), policy());
  ++episodes_;
  bool low = false, informative = false;
  for (int s = 0; s < task_->num_states(); ++s) {
    const std::optional<double> believed = inner_->optimistic_value(s);
    if (!believed) throw InvalidOption("the learner has no optimistic value to look at");
    const double best = task_->optimal_value(0, s);
    // Rounding alone is no violation: both numbers are sums of `horizon` terms.
    low = low || task_->from_unit_value(0, *believed) < best - 1e-12 * (1 + std::abs(best));
    informative = informative || *believed < task_->horizon() * (1 - 1e-12);
  }
  if (low) ++violations_;
  if (informative) ++informative_;
}

}  // namespace bellwether::claims
