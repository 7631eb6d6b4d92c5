// Learners that stop by themselves: what their answers lose, and when they stop.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "proofs_checks/tabular_regret/theorems.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/exploration/reward_free.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

std::vector<Setting> stopping_at(double epsilon, std::string_view constant, double delta = kDelta) {
  return {{"constant", std::string(constant)},
          {"delta", fmt::format("{}", delta)},
          {"epsilon", fmt::format("{}", epsilon)}};
}

// --- Answers ---------------------------------------------------------------------------------------------------------

/// What a policy loses from the start, by exact evaluation.
double loss_of(const EpisodicTask& task, const online::EpisodicPolicy& policy) {
  online::PolicyValue value(task);
  value.update(policy, task.horizon() - 1);
  double loss = 0;
  for (int s = 0; s < task.num_states(); ++s)
    loss += task.initial()[static_cast<std::size_t>(s)] * (task.optimal_value(0, s) - value.initial_value(s));
  return loss;
}

/// The task with other rewards, drawn: some rows pay 1 and the others nothing.
EpisodicTask rewarded(const EpisodicTask& task, Stream& stream) {
  std::vector<mdp::TabularMdp> stages;
  for (int h = 0; h < task.horizon(); ++h) {
    std::vector<double> rewards;
    for (std::int64_t c = 0; c < task.num_choices(); ++c) rewards.push_back(stream.uniform() < 0.5 ? 0.0 : 1.0);
    stages.push_back(task.model(h).with_expected_rewards(std::move(rewards)));
  }
  return EpisodicTask(std::move(stages));
}

/// The most that the learnt model's policies lose for rewards that are drawn after the exploration.
double loss_for_any_rewards(const EpisodicTask& task, const online::LearntModel& model, Stream draws) {
  online::EpisodicPolicy policy(task.state_begin(), task.horizon());
  double worst = 0;
  for (int i = 0; i < 100; ++i) {
    const EpisodicTask other = rewarded(task, draws);
    std::vector<double> rewards;
    for (int h = 0; h < other.horizon(); ++h)
      for (std::int64_t c = 0; c < other.num_choices(); ++c) rewards.push_back(other.model(h).reward(c));
    model.plan(rewards, policy);
    worst = std::max(worst, loss_of(other, policy));
  }
  return worst;
}

/// How answers are looked at: RF-Express takes millions of episodes where others take thousands.
struct AnswerCheck {
  std::string learner;
  std::string_view theorem, whose;
  double epsilon;
  double delta = kDelta;
  Tier tier = Tier::kFast;
  int runs = 16, full_runs = 200;
};

Measurement wrong_answers(const Effort& effort, const AnswerCheck& check, std::string_view constant) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const EpisodicTask task = fork(2);
  std::int64_t runs = 0, wrong = 0;
  double worst = 0, longest = 0;
  for (int seed = 0; seed < effort.pick(check.runs, check.full_runs); ++seed) {
    const Stream stream = effort.run(seed);
    const auto agent = agent_of(task, check.learner, stopping_at(check.epsilon, constant, check.delta), kMost, stream);
    const online::EpisodicRun run = play(task, *agent, kMost, stream);
    double loss = run.answer_loss;
    if (const auto* explorer = dynamic_cast<const online::RewardFreeAgent*>(agent.get()))
      loss = std::max(loss, loss_for_any_rewards(task, explorer->learnt(), stream.child("rewards")));
    ++runs;
    if (!run.finished || loss > check.epsilon) ++wrong;
    worst = std::max(worst, loss);
    longest = std::max(longest, static_cast<double>(run.last.episodes));
  }
  return never(wrong, runs, check.delta,
               fmt::format("answers that lose more than {}, or none; the worst loses {:.2g}, {:.2g} episodes at most",
                           check.epsilon, worst, longest));
}

Claim answer_claim(const AnswerCheck& check) {
  return {.id = check.learner + "-answer",
          .family = "tabular-regret",
          .statement = fmt::format("When {} stops {} loses at most epsilon, with probability 1 - delta", check.learner,
                                   check.whose),
          .page = page_path(online::find_episodic(check.learner).page),
          .theorem = std::string(check.theorem),
          .kind = Kind::kNever,
          .tier = check.tier,
          .measure = [check](const Effort& effort) { return wrong_answers(effort, check, "theory"); },
          .controls = {{"no-width", "believes what it has seen once",
                        [check](const Effort& effort) { return wrong_answers(effort, check, "0"); }}}};
}

// --- How long it takes -----------------------------------------------------------------------------------------------

/// Plays what another agent plays; that one learns from the first episodes alone.
class Frozen final : public online::EpisodicAgent {
 public:
  Frozen(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner)
      : EpisodicAgent(online::world_of(task, 1)), task_(task), inner_(std::move(inner)) {}
  void plan(std::int64_t episode) override {
    if (episode > kFew) return;
    inner_->plan(episode);
    copy_policy(task_, inner_->policy(), policy());
  }
  void learn(std::span<const online::Step> steps) override {
    if (learnt_ < kFew) inner_->learn(steps);
    ++learnt_;
  }
  bool finished() const override { return inner_->finished(); }

 private:
  static constexpr std::int64_t kFew = 10;
  const EpisodicTask& task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::int64_t learnt_ = 0;
};

/// A bound that fails so seldom that no run of the suite may be later.
constexpr double kRareDelta = 1e-6;

/// Stopping times over the theorem's bound, of runs that are held to it.
class StoppingTimes {
 public:
  explicit StoppingTimes(const StoppingTheorem& theorem) : theorem_(theorem) {}

  double epsilon_of(const EpisodicTask& task) const { return theorem_.precision * task.horizon(); }
  double bound_of(const EpisodicTask& task) const {
    bounds::EpisodicSize size = size_of(task);
    size.delta = kRareDelta;
    return theorem_.bound(size, epsilon_of(task));
  }
  /// The theorem's learner, asked for a share of the epsilon that the bound is for.
  std::unique_ptr<online::EpisodicAgent> learner_for(const EpisodicTask& task, double share,
                                                     const Stream& stream) const {
    return agent_of(task, theorem_.learner, stopping_at(share * epsilon_of(task), "theory", kRareDelta), most(task),
                    stream);
  }
  /// Plays until the learner stops, or the bound is well passed.
  void run(const EpisodicTask& task, online::EpisodicAgent& agent, const Stream& stream) {
    const auto row = play(task, agent, most(task), stream).last;
    largest_ = std::max(largest_, static_cast<double>(row.episodes) / bound_of(task));
    longest_ = std::max(longest_, row.episodes);
    ++runs_;
  }
  Measurement measurement() const {
    return {.measured = largest_,
            .bound = 1,
            .replicates = runs_,
            .detail = fmt::format("longest run / bound; {} episodes at most", longest_)};
  }

 private:
  std::int64_t most(const EpisodicTask& task) const { return static_cast<std::int64_t>(1.1 * bound_of(task)) + 1; }

  const StoppingTheorem& theorem_;
  double largest_ = 0;
  std::int64_t longest_ = 0, runs_ = 0;
};

Measurement stopping_times(const Effort& effort, const StoppingTheorem& theorem, double share) {
  StoppingTimes times(theorem);
  for (const EpisodicTask& task : {all_or_nothing(theorem.horizon), tiny_task(0).task, fork(2)}) {
    for (int seed = 0; seed < effort.pick(3, 30); ++seed) {
      const Stream stream = effort.run(seed);
      times.run(task, *times.learner_for(task, share, stream), stream);
    }
  }
  return times.measurement();
}

Measurement frozen_stopping_times(const Effort& effort, const StoppingTheorem& theorem) {
  StoppingTimes times(theorem);
  const EpisodicTask task = all_or_nothing(theorem.horizon);
  Frozen frozen(task, times.learner_for(task, 1, effort.stream));
  times.run(task, frozen, effort.stream);
  return times.measurement();
}

Claim episodes_claim(const StoppingTheorem& theorem) {
  const std::string learner(theorem.learner);
  Claim claim = {.id = learner + "-episodes",
                 .family = "tabular-regret",
                 .statement = fmt::format("{} stops before {}, with probability 1 - delta", learner, theorem.formula),
                 .page = page_path(online::find_episodic(learner).page),
                 .theorem = std::string(theorem.theorem),
                 .kind = Kind::kBelow,
                 .measure = [theorem](const Effort& effort) { return stopping_times(effort, theorem, 1); },
                 .controls = {{"frozen", "learns from ten episodes alone: its widths shrink no further",
                               [theorem](const Effort& effort) { return frozen_stopping_times(effort, theorem); }}}};
  if (theorem.horizon > 1)  // its bound is near enough
    claim.controls.push_back({"asks-for-more", "stops at a fifteenth of epsilon, and is held to the bound for epsilon",
                              [theorem](const Effort& effort) { return stopping_times(effort, theorem, 1.0 / 15); }});
  return claim;
}

}  // namespace

std::vector<Claim> stopping_claims() {
  std::vector<Claim> table = {
      answer_claim({"rf-ucrl", "Kaufmann et al. 2021, Theorem 5", "the best policy for any rewards", 0.3}),
      answer_claim({.learner = "rf-express",
                    .theorem = "Menard et al. 2021, Theorem 1",
                    .whose = "the best policy for any rewards",
                    .epsilon = 0.35,
                    .delta = kRareDelta,
                    .tier = Tier::kFull,
                    .runs = 4,
                    .full_runs = 4}),
      answer_claim({"bpi-ucbvi", "Menard et al. 2021, Theorem 2", "its policy", 0.3})};
  for (const StoppingTheorem& theorem : stopping_theorems()) table.push_back(episodes_claim(theorem));
  return table;
}

}  // namespace bellwether::claims
