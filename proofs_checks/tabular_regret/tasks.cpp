#include "proofs_checks/tabular_regret/tasks.h"

#include <utility>

#include <fmt/format.h>

#include "mdp/instances/deep_sea.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {

std::vector<NamedTask> homogeneous_tasks(const Effort& effort) {
  std::vector<NamedTask> tasks;
  tasks.push_back({"riverswim", online::EpisodicTask(mdp::riverswim().model, 20)});
  tasks.push_back({"deep-sea", online::EpisodicTask(mdp::deep_sea({.size = 5}).model, 5)});
  Stream stream = effort.stream.child("garnets");
  for (int i = 0; i < effort.pick(1, 5); ++i) {
    const mdp::TabularMdp garnet =
        mdp::garnet(
            {.states = 8, .actions = 3, .successors = 3, .seed = static_cast<std::int64_t>(stream.below(1'000'000))})
            .model;
    const std::vector<double> anywhere(static_cast<std::size_t>(garnet.num_states()), 1.0 / garnet.num_states());
    tasks.push_back({fmt::format("garnet {}", i), online::EpisodicTask(garnet.with_initial(anywhere), 10)});
  }
  return tasks;
}

online::EpisodicRun play(const online::EpisodicTask& task, online::EpisodicAgent& agent, std::int64_t episodes,
                         const Stream& stream) {
  return online::run_episodes(task, agent, stream, {.episodes = episodes});
}

online::EpisodicRun play(const online::EpisodicTask& task, std::string_view learner,
                         const std::vector<Setting>& settings, std::int64_t episodes, const Stream& stream) {
  const auto agent =
      online::find_episodic(learner).make(task, online::world_of(task, episodes), settings, stream.child("learner"));
  return play(task, *agent, episodes, stream);
}

std::string page_path(std::string_view page) {
  return page.starts_with("docs/") ? std::string(page) : fmt::format("docs/papers/{}.md", page);
}

Recorder::Recorder(const online::EpisodicWorld& world, std::unique_ptr<online::EpisodicAgent> inner)
    : EpisodicAgent(world),
      state_begin_(world.state_begin.begin(), world.state_begin.end()),
      inner_(std::move(inner)) {}

void Recorder::plan(std::int64_t episode) {
  inner_->plan(episode);
  const online::EpisodicPolicy& plays = inner_->policy();
  const int states = static_cast<int>(state_begin_.size()) - 1;
  for (int h = 0; h < plays.horizon(); ++h) {
    if (plays.randomised()) {
      for (std::int64_t c = 0; c < state_begin_.back(); ++c) policy().play_with(h, c, plays.probability(h, c));
    } else {
      for (int s = 0; s < states; ++s) policy().play(h, s, plays.choice(h, s));
    }
  }
}

void Recorder::learn(std::span<const online::Step> steps) {
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  inner_->learn(steps);
}

}  // namespace bellwether::claims
