#include "experiments/own/study.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/checkpoints.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {
namespace {

constexpr std::int64_t kDefaultEpisodes = 1000;  // as a plan that does not say

void require_names(const std::vector<OwnLearner>& own) {
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::string& name = own[i].name;
    if (name.empty() || own[i].make == nullptr)
      throw InvalidOption(fmt::format("own learner {}: needs a name and a function that makes it", i));
    const auto same = [&](const auto& row) { return row.name == name; };
    if (std::ranges::any_of(online::episodic_table(), same) || std::ranges::any_of(online::average_table(), same) ||
        std::count_if(own.begin(), own.end(), same) > 1)
      throw InvalidOption(fmt::format("own learner '{}': the name is taken", name));
  }
}

LearnerVariant variant_of(const OwnLearner& own, const Plan& plan) {
  LearnerVariant variant;
  variant.name = variant.title = variant.label = own.name;
  variant.protocol = Protocol::kEpisodic;
  variant.length = plan.episodes > 0 ? plan.episodes : kDefaultEpisodes;
  variant.checkpoints = plan.checkpoints.empty() ? log_checkpoints(variant.length) : plan.checkpoints;
  return variant;
}

double metric_of(const std::string& name, const online::EpisodicRow& row, bool optimistic) {
  if (name == "value-regret") return row.value_regret;
  if (name == "gap-regret") return row.gap_regret;
  if (name == "reward-regret") return row.reward_regret;
  if (name == "mistakes") return static_cast<double>(row.mistakes);
  if (name == "violations" && optimistic) return static_cast<double>(row.violations);
  if (name == "policy-changes") return static_cast<double>(row.policy_changes);
  return std::numeric_limits<double>::quiet_NaN();
}

Series play_own(const online::EpisodicTask& task, const OwnLearner& own, const LearnerVariant& variant, double epsilon,
                const Stream& stream) {
  const auto agent = own.make(online::world_of(task, variant.length), stream.child("learner"));
  if (agent == nullptr) throw InvalidOption(fmt::format("own learner '{}': its function made none", own.name));
  const auto run = online::run_episodes(
      task, *agent, stream, {.episodes = variant.length, .checkpoints = variant.checkpoints, .epsilon = epsilon});
  Series series{.metrics = online::metrics_of(Protocol::kEpisodic), .at = {}, .values = {}};
  const bool optimistic = agent->optimistic_value(0).has_value();
  for (const online::EpisodicRow& row : run.rows) {
    series.at.push_back(row.episodes);
    for (const std::string& metric : series.metrics) series.values.push_back(metric_of(metric, row, optimistic));
  }
  return series;
}

/// The grid and the results with room for more learners behind those that are there.
Study with_room(const Grid& grid, Results results, const std::vector<OwnLearner>& own) {
  Study wide{.grid = grid,
             .results = {.series = {}, .found = results.found, .computed = results.computed, .notes = {}}};
  for (const OwnLearner& learner : own) wide.grid.learners.push_back(variant_of(learner, grid.plan));
  wide.grid.cells.clear();
  for (std::size_t i = 0; i < grid.instances.size(); ++i)
    for (std::size_t k = 0; k < wide.grid.learners.size(); ++k)
      for (std::size_t s = 0; s < grid.num_seeds(); ++s) {
        const bool old = k < grid.learners.size();
        Cell cell{.instance = i, .learner = k, .seed = grid.plan.seeds[s]};
        cell.key =
            old ? grid.cells[grid.cell(i, k, s)].key
                : fmt::format("own:{} on {} seed {}", wide.grid.learners[k].name, grid.instances[i].hash, cell.seed);
        wide.grid.cells.push_back(std::move(cell));
        wide.results.series.push_back(old ? std::move(results.series[grid.cell(i, k, s)]) : Series{});
      }
  return wide;
}

/// expand() wants a learner: without one the instances are spelled out with a stand-in that goes again.
Grid expanded(Plan plan) {
  if (!plan.learners.empty()) return expand(plan);
  plan.learners.push_back({.name = "uniform"});
  Grid grid = expand(plan);
  grid.plan.learners.clear();
  grid.learners.clear();
  grid.cells.clear();
  return grid;
}

}  // namespace

Figure Study::regret_figure(std::size_t instance) const {
  return learning_curves(grid, results, instance, Protocol::kEpisodic, "regret");
}

Study study(const Plan& plan, const std::vector<OwnLearner>& own, int threads) {
  require_names(own);
  const Grid grid = expanded(plan);
  Study all = with_room(grid, run(grid, "", {.threads = threads}), own);
  std::vector<online::Arena> arenas;
  for (const InstanceVariant& instance : grid.instances)
    arenas.emplace_back(instance.model(), Protocol::kEpisodic, instance.horizon);
  const Stream root = Stream(plan.stream).child("replicate");
  std::vector<std::size_t> mine;
  for (std::size_t c = 0; c < all.grid.cells.size(); ++c)
    if (all.grid.cells[c].learner >= grid.learners.size()) mine.push_back(c);
  const ThreadCount guard(threads > 0 ? threads : thread_count());
  constexpr std::int64_t kAlwaysWorthAThread = std::int64_t{1} << 40;
  parallel_for(static_cast<std::int64_t>(mine.size()), kAlwaysWorthAThread, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Cell& cell = all.grid.cells[mine[static_cast<std::size_t>(i)]];
      all.results.series[mine[static_cast<std::size_t>(i)]] =
          play_own(*arenas[cell.instance].episodic(), own[cell.learner - grid.learners.size()],
                   all.grid.learners[cell.learner], plan.precision(), root.child(cell.seed));
    }
  });
  all.results.computed += static_cast<std::int64_t>(mine.size());
  return all;
}

}  // namespace bellwether::experiments
