// How learners are measured: the loop's own promises, on every registered learner.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

constexpr const char* kPage = "docs/papers/tabular-regret.md";

// --- What must have no regret at all ---------------------------------------------------------------------------------

/// The largest regret, by value and by gaps, of a learner that should have none.
Measurement regret_of(const Effort& effort, std::string_view learner) {
  double worst = 0;
  std::int64_t runs = 0;
  for (const NamedTask& on : homogeneous_tasks(effort)) {
    for (int seed = 0; seed < effort.pick(5, 50); ++seed) {
      const auto last = play(on.task, learner, {}, 200, effort.run(seed)).last;
      worst = std::max({worst, std::abs(last.value_regret), std::abs(last.gap_regret)});
      ++runs;
    }
  }
  return {.measured = worst, .bound = 0, .replicates = runs, .detail = "largest regret of 200 episodes, exactly"};
}

Claim optimal_claim() {
  return {
      .id = "optimal-no-regret",
      .family = "tabular-regret",
      .statement = "The optimal policy has regret zero, exactly",
      .page = kPage,
      .theorem = "definition of regret",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return regret_of(effort, "optimal"); },
      .controls = {{"uniform", "plays at random", [](const Effort& effort) { return regret_of(effort, "uniform"); }}}};
}

/// The largest regret over all learners on models with so many choices a state.
Measurement regret_with_choices(const Effort& effort, int choices) {
  double worst = 0;
  std::int64_t runs = 0;
  const auto garnet = mdp::garnet({.states = 6, .actions = choices, .successors = 3});
  const EpisodicTask task(garnet.model, 7);
  std::string where = "no learner";
  for (const online::EpisodicLearner& learner : online::episodic_table()) {
    const auto last = play(task, learner.name, {}, effort.pick(20, 200), effort.stream).last;
    const double regret = std::max(std::abs(last.value_regret), std::abs(last.gap_regret));
    if (regret > worst) {
      worst = regret;
      where = learner.name;
    }
    ++runs;
  }
  return {.measured = worst, .bound = 0, .replicates = runs, .detail = fmt::format("largest regret: {}", where)};
}

Claim single_choice_claim() {
  return {.id = "single-choice-no-regret",
          .family = "tabular-regret",
          .statement = "Where every state has one choice, no learner has any regret",
          .page = kPage,
          .theorem = "definition of regret",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return regret_with_choices(effort, 1); },
          .controls = {{"two-choices", "gives every state two choices",
                        [](const Effort& effort) { return regret_with_choices(effort, 2); }}}};
}

// --- Three ways to count regret --------------------------------------------------------------------------------------

/// value-regret and `other` have the same mean: differences of the two, one a seed, around zero.
Measurement same_mean(const Effort& effort, const std::function<double(const online::EpisodicRow&)>& other) {
  std::vector<double> difference;
  const EpisodicTask task(mdp::riverswim({.bernoulli = true}).model, 12);
  for (int seed = 0; seed < effort.pick(200, 5000); ++seed) {
    const auto last = play(task, "uniform", {}, 50, effort.run(seed)).last;
    difference.push_back((last.value_regret - other(last)) / last.value_regret);
  }
  // |mean| <= half width, written as a slope that has 0 in its interval: measured is |mean|, the bound its half width.
  Measurement result = mean_against(difference, 0);
  result.bound = result.uncertainty;
  result.measured = std::abs(result.measured);
  result.uncertainty = 0;
  result.detail = "mean relative difference, against its 99.9 % interval";
  return result;
}

Claim regrets_agree_claim() {
  return {.id = "regrets-agree",
          .family = "tabular-regret",
          .statement = "Regret by values, by gaps of what was played and by rewards received have one mean",
          .page = kPage,
          .theorem = "performance-difference lemma; tower rule",
          .kind = Kind::kEqual,
          .measure =
              [](const Effort& effort) {
                const Measurement gaps = same_mean(effort, [](const auto& row) { return row.gap_regret; });
                const Measurement rewards = same_mean(effort, [](const auto& row) { return row.reward_regret; });
                return gaps.bound - gaps.measured < rewards.bound - rewards.measured ? gaps : rewards;
              },
          .controls = {{"five-percent", "counts five percent too few gaps", [](const Effort& effort) {
                          return same_mean(effort, [](const auto& row) { return 0.95 * row.gap_regret; });
                        }}}};
}

// --- Common noise ----------------------------------------------------------------------------------------------------

using Record = std::vector<online::Step>;

Record library_loop(const EpisodicTask& task, const online::EpisodicLearner& learner, std::int64_t episodes,
                    const Stream& stream) {
  const auto world = online::world_of(task, episodes);
  Recorder recorder(task, world, learner.make(task, world, {}, stream.child("learner")));
  play(task, recorder, episodes, stream);
  return recorder.steps();
}

/// A loop in which agent and environment draw from one stream in turn.
Record shared_stream_loop(const EpisodicTask& task, const online::EpisodicLearner& learner, std::int64_t episodes,
                          const Stream& stream) {
  Stream draws = stream;
  const auto agent = learner.make(task, online::world_of(task, episodes), {}, stream.child("learner"));
  Record record;
  for (std::int64_t k = 0; k < episodes; ++k) {
    agent->plan(k);
    const std::size_t begin = record.size();
    std::int32_t s = task.simulator(0).draw_initial(draws);
    for (int h = 0; h < task.horizon(); ++h) {
      std::int32_t c = agent->policy().choice(h, s);
      if (agent->policy().randomised()) {
        const auto first = task.model(h).first_choice(s);
        c = static_cast<std::int32_t>(
            first + static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(task.model(h).num_choices(s)))));
      }
      const mdp::Step outcome = task.simulator(h).draw_step(c, draws);
      record.push_back({s, c, outcome.next, outcome.reward});
      s = outcome.next;
    }
    agent->learn(std::span(record).subspan(begin));
  }
  return record;
}

/// Every learner against the uniform one: in each episode both must start in the same state and, as long as they have
/// chosen alike, see the same rewards and next states, whatever happened in the episodes before.
Measurement common_noise(const Effort& effort, Record (*loop)(const EpisodicTask&, const online::EpisodicLearner&,
                                                              std::int64_t, const Stream&)) {
  const std::int64_t episodes = effort.pick(60, 600);
  std::int64_t compared = 0, violated = 0;
  for (const NamedTask& on : homogeneous_tasks(effort)) {
    const auto horizon = static_cast<std::size_t>(on.task.horizon());
    const Record reference = loop(on.task, online::find_episodic("uniform"), episodes, effort.stream);
    for (const online::EpisodicLearner& learner : online::episodic_table()) {
      const Record record = loop(on.task, learner, episodes, effort.stream);
      for (std::size_t begin = 0; begin < std::min(record.size(), reference.size()); begin += horizon) {
        bool alike = record[begin].state == reference[begin].state;
        for (std::size_t i = begin; alike && i < begin + horizon && record[i].choice == reference[i].choice; ++i)
          alike = record[i].next == reference[i].next && record[i].reward == reference[i].reward;
        ++compared;
        if (!alike) ++violated;
      }
    }
  }
  return never(violated, compared, 0, "episodes in which two learners met different noise");
}

Claim common_noise_claim() {
  return {.id = "common-noise",
          .family = "tabular-regret",
          .statement = "All learners meet the same noise: alike in choices, alike in rewards and next states",
          .page = kPage,
          .theorem = "common random numbers (docs/papers/tabular-regret.md)",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return common_noise(effort, library_loop); },
          .controls = {{"shared-stream", "lets agent and environment draw from one stream in turn",
                        [](const Effort& effort) { return common_noise(effort, shared_stream_loop); }}}};
}

// --- Threads ---------------------------------------------------------------------------------------------------------

/// Everything that is computed in parallel, as one long row of numbers. `own_streams`: every replicate draws from its
/// own child stream; else from that of the worker that has it.
std::vector<double> computed_with(const Effort& effort, int threads, bool own_streams) {
  const ThreadCount guard(threads);
  const auto replicates = static_cast<std::int64_t>(effort.pick(12, 60));
  const EpisodicTask task(mdp::riverswim().model, 10);
  std::vector<std::string_view> learners;
  for (const online::EpisodicLearner& learner : online::episodic_table()) learners.push_back(learner.name);
  std::vector<double> results(static_cast<std::size_t>(replicates) * learners.size());
  parallel_for(static_cast<std::int64_t>(results.size()), 1'000'000, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto learner = learners[static_cast<std::size_t>(i / replicates)];
      const std::int64_t worker = i * threads / static_cast<std::int64_t>(results.size());
      const Stream stream = effort.stream.child(static_cast<std::uint64_t>(own_streams ? i % replicates : worker));
      results[static_cast<std::size_t>(i)] = play(task, learner, {}, 30, stream).last.reward_regret;
    }
  });
  const solvers::Problem large{.model = mdp::garnet({.states = 20'000, .actions = 3}).model, .discount = 0.9};
  const solvers::Solution solution = solvers::value_iteration(large, {}, {.max_iterations = 5});
  results.insert(results.end(), solution.value.begin(), solution.value.end());
  results.push_back(solution.gap);
  results.push_back(parallel_reduce(
      1'000'000, 1'000'000, 0.0,
      [](std::int64_t begin, std::int64_t end) {
        double sum = 0;
        for (std::int64_t i = begin; i < end; ++i) sum += 1 / (1.0 + static_cast<double>(i));
        return sum;
      },
      [](double a, double b) { return a + b; }));
  return results;
}

Measurement across_threads(const Effort& effort, bool own_streams) {
  const std::vector<double> one = computed_with(effort, 1, own_streams);
  std::int64_t different = 0, compared = 0;
  for (const int threads : {2, 3, 8}) {
    const std::vector<double> many = computed_with(effort, threads, own_streams);
    for (std::size_t i = 0; i < one.size(); ++i) {
      ++compared;
      if (!(one[i] == many[i])) ++different;
    }
  }
  return never(different, compared, 0, "numbers that differ between 1 and 2, 3 or 8 threads");
}

Claim threads_claim() {
  return {.id = "thread-count",
          .family = "tabular-regret",
          .statement = "Runs and solvers give the same bits with 1, 2, 3 and 8 threads",
          .page = kPage,
          .theorem = "streams by meaning, reductions in fixed order (docs/papers/tabular-regret.md)",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return across_threads(effort, true); },
          .controls = {{"stream-a-worker", "gives every worker a stream of its own",
                        [](const Effort& effort) { return across_threads(effort, false); }}},
          .needs_all_threads = true};
}

}  // namespace

std::vector<Claim> measurement_claims() {
  return {optimal_claim(), single_choice_claim(), regrets_agree_claim(), common_noise_claim(), threads_claim()};
}

}  // namespace bellwether::claims
