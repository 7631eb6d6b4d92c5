// Learners that know what they know: errors and losses that they promise, and when they stop.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/stopping.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/checkpoints.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/exploration/reward_free.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

constexpr double kDelta = 0.05;

std::vector<Setting> settings_of(std::string_view constant, double epsilon) {
  return {{"constant", std::string(constant)},
          {"delta", fmt::format("{}", kDelta)},
          {"epsilon", fmt::format("{}", epsilon)}};
}

std::unique_ptr<online::EpisodicAgent> agent_of(const EpisodicTask& task, std::string_view learner,
                                                const std::vector<Setting>& settings, std::int64_t episodes,
                                                const Stream& stream) {
  return online::find_episodic(learner).make(task, online::world_of(task, episodes), settings, stream.child("learner"));
}

/// Two states; what a choice leads to matters more than what it pays, and the first is the wrong one.
EpisodicTask fork(int horizon) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 0.7}, {1, 0.3}}).add_choice(0, 0.0, {{0, 0.3}, {1, 0.7}});
  builder.add_choice(1, 1.0, {{1, 0.8}, {0, 0.2}}).add_choice(1, 0.6, {{1, 0.2}, {0, 0.8}});
  builder.start_in(0);
  return {std::move(builder).build(), horizon};
}

/// One state, the first choice pays nothing and the second 1: a policy can lose everything.
EpisodicTask all_or_nothing(int horizon) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 1.0, {{0, 1.0}});
  return {std::move(builder).build(), horizon};
}

bounds::EpisodicSize size_of(const EpisodicTask& task) {
  return {.states = static_cast<double>(task.num_states()),
          .actions = static_cast<double>(task.largest_num_actions()),
          .horizon = static_cast<double>(task.horizon()),
          .delta = kDelta};
}

// --- The error of a learnt model -------------------------------------------------------------------------------------

/// How often a policy is in each row (stage and choice), by the probabilities p(stage, choice, next).
template <class Next>
std::vector<double> occupancy(const EpisodicTask& task, const online::EpisodicPolicy& policy, int start, Next&& next) {
  const auto choices = static_cast<std::size_t>(task.num_choices());
  std::vector<double> rows(choices * static_cast<std::size_t>(task.horizon()));
  std::vector<double> here(static_cast<std::size_t>(task.num_states()));
  here[static_cast<std::size_t>(start)] = 1;
  for (int h = 0; h < task.horizon(); ++h) {
    std::vector<double> there(here.size());
    for (int s = 0; s < task.num_states(); ++s) {
      const std::int32_t c = policy.choice(h, s);
      rows[static_cast<std::size_t>(h) * choices + static_cast<std::size_t>(c)] += here[static_cast<std::size_t>(s)];
      next(h, c, [&](std::int32_t to, double p) {
        there[static_cast<std::size_t>(to)] += p * here[static_cast<std::size_t>(s)];
      });
    }
    here = std::move(there);
  }
  return rows;
}

/// The largest |V^pi_0 in the model - V^pi_0| over all rewards in [0, 1]: each row has its own, so they are 1 where the
/// one is in a row more often than the other.
double worst_error(const EpisodicTask& task, const online::LearntModel& model, const online::EpisodicPolicy& policy,
                   int start) {
  const auto truth = occupancy(task, policy, start, [&](int h, std::int32_t c, auto&& add) {
    const auto successors = task.model(h).successors(c);
    for (std::size_t i = 0; i < successors.size(); ++i) add(successors[i], task.model(h).probabilities(c)[i]);
  });
  const auto learnt = occupancy(task, policy, start, [&](int h, std::int32_t c, auto&& add) {
    const std::int64_t row = model.row(h, c);
    for (const auto& [next, count] : model.counts().successors(row))
      add(next, count / static_cast<double>(model.counts().visits(row)));
  });
  double more = 0, less = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    more += std::max(0.0, learnt[i] - truth[i]);
    less += std::max(0.0, truth[i] - learnt[i]);
  }
  return std::max(more, less);
}

/// Every deterministic policy of a task with two choices in each state.
void for_all_policies(const EpisodicTask& task, online::EpisodicPolicy& policy, const std::function<void()>& look) {
  const int places = task.horizon() * task.num_states();
  for (int code = 0; code < 1 << places; ++code) {
    for (int place = 0; place < places; ++place) {
      const int h = place / task.num_states(), s = place % task.num_states();
      policy.play(h, s, task.state_begin()[static_cast<std::size_t>(s)] + (code >> place & 1));
    }
    look();
  }
}

/// Plays what a reward-free learner plays; before the episodes of a logarithmic grid it compares what the learner says
/// of its model, times `share`, with the error for every policy and its worst rewards.
class ErrorWitness final : public online::EpisodicAgent {
 public:
  ErrorWitness(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner, std::int64_t episodes,
               double share)
      : EpisodicAgent(online::world_of(task, episodes)),
        task_(task),
        inner_(std::move(inner)),
        looks_(online::log_checkpoints(episodes)),
        share_(share),
        any_(task.state_begin(), task.horizon()) {}

  void plan(std::int64_t episode) override {
    inner_->plan(episode);
    for (int h = 0; h < task_.horizon(); ++h)
      for (int s = 0; s < task_.num_states(); ++s) policy().play(h, s, inner_->policy().choice(h, s));
    if (!std::ranges::binary_search(looks_, episode) && episode != 0) return;
    const auto& explorer = dynamic_cast<const online::RewardFreeAgent&>(*inner_);
    for_all_policies(task_, any_, [&] {
      for (int s = 0; s < task_.num_states(); ++s) {
        if (task_.initial()[static_cast<std::size_t>(s)] == 0) continue;
        const double error = worst_error(task_, explorer.learnt(), any_, s);
        const double said = share_ * explorer.value_error(s);
        broken_ = broken_ || error > said + 1e-12;
        closest_ = std::max(closest_, said > 0 ? error / said : 0.0);
      }
    });
  }
  void learn(std::span<const online::Step> steps) override { inner_->learn(steps); }

  bool broken() const { return broken_; }
  double closest() const { return closest_; }

 private:
  const EpisodicTask& task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::vector<std::int64_t> looks_;
  double share_;
  online::EpisodicPolicy any_;
  bool broken_ = false;
  double closest_ = 0;
};

Measurement broken_errors(const Effort& effort, std::string_view learner, std::string_view constant, double share) {
  std::int64_t runs = 0, broken = 0;
  double closest = 0;
  const std::int64_t episodes = effort.pick<std::int64_t>(3000, 100'000);
  for (const EpisodicTask& task : {tiny_task(0).task, fork(3)}) {
    for (int seed = 0; seed < effort.pick(20, 200); ++seed) {
      const Stream stream = effort.stream.child(static_cast<std::uint64_t>(seed));
      ErrorWitness witness(task, agent_of(task, learner, settings_of(constant, 1e-9), episodes, stream), episodes,
                           share);
      play(task, witness, episodes, stream);
      ++runs;
      if (witness.broken()) ++broken;
      closest = std::max(closest, witness.closest());
    }
  }
  return never(broken, runs, kDelta,
               fmt::format("runs with an error above the learner's bound; the worst was {:.2g} of it", closest));
}

Claim error_claim(std::string_view name, std::string_view theorem, std::vector<Control> controls) {
  const std::string learner(name);
  return {.id = learner + "-error",
          .family = "tabular-regret",
          .statement = fmt::format("{}: in its model every policy is worth what it is, up to the learner's bound, "
                                   "whatever the rewards are",
                                   learner),
          .page = page_path(online::find_episodic(learner).page),
          .theorem = std::string(theorem),
          .kind = Kind::kNever,
          .measure = [learner](const Effort& effort) { return broken_errors(effort, learner, "theory", 1); },
          .controls = std::move(controls)};
}

std::vector<Claim> error_claims() {
  return {error_claim("rf-ucrl", "Kaufmann et al. 2021, Lemma 1",
                      {{"half", "half of what the learner says",
                        [](const Effort& effort) { return broken_errors(effort, "rf-ucrl", "theory", 0.5); }},
                       {"narrow", "widths a twentieth of the theorem's",
                        [](const Effort& effort) { return broken_errors(effort, "rf-ucrl", "0.05", 1); }}}),
          error_claim("rf-express", "Menard et al. 2021, Lemma 1",
                      {{"narrow", "widths a ten-millionth of the theorem's",
                        [](const Effort& effort) { return broken_errors(effort, "rf-express", "1e-7", 1); }}})};
}

// --- Exploration does not look at rewards ----------------------------------------------------------------------------

/// Steps that differ when the same noise meets two tasks that differ in their rewards alone.
Measurement steps_that_differ(const Effort& effort, const std::vector<std::string_view>& learners) {
  const std::int64_t episodes = effort.pick<std::int64_t>(500, 20'000);
  const EpisodicTask one = fork(3);
  std::vector<double> rewards = {0.7, 0.2, 0.0, 1.0};
  const EpisodicTask other(one.model(0).with_expected_rewards(std::move(rewards)), one.horizon());
  std::int64_t differ = 0;
  for (const std::string_view learner : learners) {
    std::vector<std::vector<online::Step>> histories;
    for (const EpisodicTask* task : {&one, &other}) {
      Recorder recorder(*task, online::world_of(*task, episodes),
                        agent_of(*task, learner, settings_of("practical", 1e-9), episodes, effort.stream));
      play(*task, recorder, episodes, effort.stream);
      histories.push_back(recorder.steps());
    }
    for (std::size_t i = 0; i < histories[0].size(); ++i)
      differ += histories[0][i].choice != histories[1][i].choice || histories[0][i].next != histories[1][i].next;
  }
  return {.measured = static_cast<double>(differ),
          .bound = 0,
          .replicates = static_cast<std::int64_t>(learners.size()),
          .detail = "steps that differ when rewards do"};
}

Claim blind_claim() {
  return {.id = "reward-free-blind",
          .family = "tabular-regret",
          .statement = "Reward-free learners explore alike whatever the rewards are",
          .page = page_path("reward-free-exploration"),
          .theorem = "Jin, Krishnamurthy, Simchowitz and Yu 2020: the protocol",
          .kind = Kind::kEqual,
          .measure =
              [](const Effort& effort) {
                return steps_that_differ(effort, {"rf-ucrl", "rf-express"});
              },
          .controls = {{"sees-rewards", "a learner that looks for the best policy",
                        [](const Effort& effort) { return steps_that_differ(effort, {"bpi-ucbvi"}); }}}};
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

Measurement wrong_answers(const Effort& effort, std::string_view learner, std::string_view constant, double epsilon) {
  constexpr std::int64_t kMost = 5'000'000;
  const EpisodicTask task = fork(2);
  std::int64_t runs = 0, wrong = 0;
  double worst = 0, longest = 0;
  for (int seed = 0; seed < effort.pick(16, 200); ++seed) {
    const Stream stream = effort.stream.child(static_cast<std::uint64_t>(seed));
    const auto agent = agent_of(task, learner, settings_of(constant, epsilon), kMost, stream);
    const online::EpisodicRun run = play(task, *agent, kMost, stream);
    double loss = run.answer_loss;
    if (const auto* explorer = dynamic_cast<const online::RewardFreeAgent*>(agent.get()))
      loss = std::max(loss, loss_for_any_rewards(task, explorer->learnt(), stream.child("rewards")));
    ++runs;
    if (!run.finished || loss > epsilon) ++wrong;
    worst = std::max(worst, loss);
    longest = std::max(longest, static_cast<double>(run.last.episodes));
  }
  return never(wrong, runs, kDelta,
               fmt::format("answers that lose more than {}, or none; the worst loses {:.2g}, {:.2g} episodes at most",
                           epsilon, worst, longest));
}

Claim answer_claim(std::string_view name, std::string_view theorem, std::string_view whose, double epsilon) {
  const std::string learner(name);
  return {
      .id = learner + "-answer",
      .family = "tabular-regret",
      .statement = fmt::format("When {} stops {} loses at most epsilon, with probability 1 - delta", learner, whose),
      .page = page_path(online::find_episodic(learner).page),
      .theorem = std::string(theorem),
      .kind = Kind::kNever,
      .measure = [=](const Effort& effort) { return wrong_answers(effort, learner, "theory", epsilon); },
      .controls = {{"no-width", "believes what it has seen once",
                    [=](const Effort& effort) { return wrong_answers(effort, learner, "0", epsilon); }}}};
}

// --- How long it takes -----------------------------------------------------------------------------------------------

/// Runs of RF-UCRL that take longer than the bound for epsilon when they are asked for a share of it.
Measurement late_stops(const Effort& effort, double share) {
  std::int64_t runs = 0, late = 0;
  double largest = 0;
  for (const EpisodicTask& task : {tiny_task(0).task, fork(3)}) {
    for (const double epsilon : {1.0, 0.75}) {
      const double bound = bounds::rf_ucrl_episodes(size_of(task), epsilon);
      const auto most = static_cast<std::int64_t>(bound) + 1;
      for (int seed = 0; seed < effort.pick(3, 30); ++seed) {
        const Stream stream = effort.stream.child(static_cast<std::uint64_t>(seed));
        const auto run = play(task, "rf-ucrl", settings_of("theory", share * epsilon), most, stream);
        ++runs;
        if (!run.finished) ++late;
        largest = std::max(largest, static_cast<double>(run.last.episodes) / bound);
      }
    }
  }
  return never(late, runs, kDelta,
               fmt::format("runs that took longer than the bound; the longest took {:.2g} of it", largest));
}

Claim episodes_claim() {
  return {.id = "rf-ucrl-episodes",
          .family = "tabular-regret",
          .statement =
              "rf-ucrl stops after at most 18 (1 + sqrt 2)^2 H^2 (H - 1)^2 S A beta / eps^2 episodes, with "
              "probability 1 - delta",
          .page = page_path("reward-free-exploration"),
          .theorem = "Kaufmann et al. 2021, Theorem 5",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return late_stops(effort, 1); },
          .controls = {{"asks-for-more", "stops at a fifteenth of epsilon, and is held to the bound for epsilon",
                        [](const Effort& effort) { return late_stops(effort, 1.0 / 15); }}}};
}

// --- Certificates ----------------------------------------------------------------------------------------------------

/// Plays what another agent plays and says that it loses a share of what the other says.
class Understatement final : public online::EpisodicAgent {
 public:
  Understatement(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner, double share)
      : EpisodicAgent(online::world_of(task, 1)), task_(task), inner_(std::move(inner)), share_(share) {}
  void plan(std::int64_t episode) override {
    inner_->plan(episode);
    for (int h = 0; h < task_.horizon(); ++h)
      for (int s = 0; s < task_.num_states(); ++s) policy().play(h, s, inner_->policy().choice(h, s));
  }
  void learn(std::span<const online::Step> steps) override { inner_->learn(steps); }
  std::optional<double> certificate(int state) const override { return share_ * inner_->certificate(state).value(); }

 private:
  const EpisodicTask& task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  double share_;
};

Measurement broken_certificates(const Effort& effort, std::string_view learner, std::string_view constant,
                                double share) {
  std::int64_t runs = 0, broken = 0;
  double certified = 0, lost = 0;
  std::vector<NamedTask> tasks = homogeneous_tasks(effort);
  tasks.push_back(tiny_task(20'000));
  for (const int horizon : {1, 2, 4, 8}) tasks.push_back({"all or nothing", all_or_nothing(horizon), 500});
  for (const NamedTask& on : tasks) {
    for (int seed = 0; seed < effort.pick(5, 50); ++seed) {
      const Stream stream = effort.stream.child(static_cast<std::uint64_t>(seed));
      std::vector<Setting> settings = settings_of(constant, 1e-9);
      if (online::find_episodic(learner).protocol != online::Protocol::kStopping) settings.pop_back();
      Understatement agent(on.task, agent_of(on.task, learner, settings, on.episodes, stream), share);
      const online::EpisodicRow row = play(on.task, agent, on.episodes, stream).last;
      ++runs;
      if (row.broken_certificates > 0) ++broken;
      certified += row.certified;
      lost += row.value_regret;
    }
  }
  return never(broken, runs, kDelta,
               fmt::format("runs with an episode that lost more than its certificate; certified {:.2g}, lost {:.2g}",
                           certified, lost));
}

Claim certificate_claim(const online::EpisodicLearner& row) {
  const std::string learner(row.name);
  return {
      .id = learner + "-promise",
      .family = "tabular-regret",
      .statement = fmt::format("{}: no episode loses more than its certificate, with probability 1 - delta", learner),
      .page = page_path(row.page),
      .theorem = std::string(row.title),
      .kind = Kind::kNever,
      .measure = [learner](const Effort& effort) { return broken_certificates(effort, learner, "theory", 1); },
      .controls = {{"half", "half of what the learner says",
                    [learner](const Effort& effort) { return broken_certificates(effort, learner, "theory", 0.5); }},
                   {"no-bonus", "the same learner with its bonus set to zero",
                    [learner](const Effort& effort) { return broken_certificates(effort, learner, "0", 1); }}}};
}

bool certifies(const online::EpisodicLearner& learner) {
  const NamedTask on = tiny_task(10);
  return learner.make(on.task, online::world_of(on.task, 10), {}, Stream(0))->certificate(0).has_value();
}

}  // namespace

std::vector<Claim> stopping_claims() {
  std::vector<Claim> table = error_claims();
  table.push_back(blind_claim());
  table.push_back(answer_claim("rf-ucrl", "Kaufmann et al. 2021, Theorem 5", "the best policy for any rewards", 0.3));
  table.push_back(answer_claim("bpi-ucbvi", "Menard et al. 2021, Theorem 2", "its policy", 0.3));
  table.push_back(episodes_claim());
  for (const online::EpisodicLearner& learner : online::episodic_table())
    if (certifies(learner)) table.push_back(certificate_claim(learner));
  return table;
}

}  // namespace bellwether::claims
