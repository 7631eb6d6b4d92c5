// Reward-free exploration: what it promises of the learnt model, and that it does not look at rewards.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/checkpoints.h"
#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/exploration/reward_free.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

std::vector<Setting> never_stopping(std::string_view constant) {
  std::vector<Setting> settings = with_constant(constant);
  settings.emplace_back("epsilon", "1e-9");
  return settings;
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

/// Every deterministic policy of a task with two choices in each state; of a long task those that do the same at every
/// stage.
void for_all_policies(const EpisodicTask& task, online::EpisodicPolicy& policy, const std::function<void()>& look) {
  constexpr int kMostPlaces = 12;
  const int states = task.num_states(), all = task.horizon() * states;
  const int places = all <= kMostPlaces ? all : states;
  for (int code = 0; code < 1 << places; ++code) {
    for (int place = 0; place < all; ++place) {
      const int h = place / states, s = place % states;
      policy.play(h, s, task.state_begin()[static_cast<std::size_t>(s)] + (code >> (place % places) & 1));
    }
    look();
  }
}

/// Plays what a reward-free learner plays; before some of the episodes it compares what the learner says of its model,
/// times `share`, with the error for every policy and its worst rewards.
class ErrorWitness final : public online::EpisodicAgent {
 public:
  ErrorWitness(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner, std::vector<std::int64_t> looks,
               double share)
      : EpisodicAgent(online::world_of(task, looks.back())),
        task_(task),
        inner_(std::move(inner)),
        looks_(std::move(looks)),
        share_(share),
        any_(task.state_begin(), task.horizon()) {}

  void plan(std::int64_t episode) override {
    inner_->plan(episode);
    copy_policy(task_, inner_->policy(), policy());
    if (!std::ranges::binary_search(looks_, episode) && episode != 0) return;
    const auto& explorer = dynamic_cast<const online::RewardFreeAgent&>(*inner_);
    for (int s = 0; s < task_.num_states(); ++s) {
      if (task_.initial()[static_cast<std::size_t>(s)] == 0) continue;
      const double said = share_ * explorer.value_error(s);
      ++looked_;
      if (said < task_.horizon()) ++informative_;
      for_all_policies(task_, any_, [&] {
        const double error = worst_error(task_, explorer.learnt(), any_, s);
        broken_ = broken_ || error > said + 1e-12;
        closest_ = std::max(closest_, said > 0 ? error / said : 0.0);
      });
    }
  }
  void learn(std::span<const online::Step> steps) override { inner_->learn(steps); }

  bool broken() const { return broken_; }
  double closest() const { return closest_; }
  std::int64_t looked() const { return looked_; }
  /// Looks at which the learner said less than H, which is true of every model.
  std::int64_t informative() const { return informative_; }

 private:
  const EpisodicTask& task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::vector<std::int64_t> looks_;
  double share_;
  online::EpisodicPolicy any_;
  bool broken_ = false;
  double closest_ = 0;
  std::int64_t looked_ = 0, informative_ = 0;
};

/// Where errors are looked for.
struct ErrorCheck {
  std::string learner;
  std::vector<NamedTask> tasks;
  int runs, full_runs;
  bool evenly = false;  ///< looks at a hundred episodes that lie evenly, else on a logarithmic grid
};

std::vector<std::int64_t> looks_of(const ErrorCheck& check, std::int64_t episodes) {
  if (!check.evenly) return log_checkpoints(episodes);
  std::vector<std::int64_t> looks;
  const std::int64_t many = std::min<std::int64_t>(100, episodes);
  for (std::int64_t i = 1; i <= many; ++i) looks.push_back(episodes * i / many - 1);
  return looks;
}

/// The widths of RF-UCRL are below H after a hundred episodes.
ErrorCheck ucrl_check(const Effort& effort) {
  const std::int64_t episodes = effort.pick<std::int64_t>(3000, 100'000);
  return {
      .learner = "rf-ucrl", .tasks = {tiny_task(episodes), {"fork", fork(3), episodes}}, .runs = 20, .full_runs = 200};
}

/// What RF-Express says is below H = 2 after some three hundred thousand episodes. The root on what nothing was seen of
/// makes it more than twice the truth on a short task; on one of a hundred stages it is not.
ErrorCheck express_check(const Effort& effort) {
  return {.learner = "rf-express",
          .tasks = {{"fork", fork(2), effort.pick<std::int64_t>(1'000'000, 10'000'000)},
                    {"all or nothing", all_or_nothing(100), 10}},
          .runs = 8,
          .full_runs = 40,
          .evenly = true};
}

Measurement broken_errors(const Effort& effort, const ErrorCheck& check, std::string_view constant, double share) {
  std::vector<Tally> tasks;
  std::int64_t looked = 0, informative = 0;
  double closest = 0;
  for (const NamedTask& on : check.tasks) {
    Tally& tally = tasks.emplace_back(Tally{.on = on.name, .runs = effort.pick(check.runs, check.full_runs)});
    for (std::int64_t seed = 0; seed < tally.runs; ++seed) {
      const Stream stream = effort.run(seed);
      ErrorWitness witness(on.task, agent_of(on.task, check.learner, never_stopping(constant), on.episodes, stream),
                           looks_of(check, on.episodes), share);
      play(on.task, witness, on.episodes, stream);
      if (witness.broken()) ++tally.broken;
      closest = std::max(closest, witness.closest());
      looked += witness.looked();
      informative += witness.informative();
    }
  }
  Measurement m = never_anywhere(tasks, kDelta);
  m.detail = fmt::format(
      "runs on {} with an error above the learner's bound, which says less than H in {:.0f} % of the looks; the worst "
      "error was {:.2g} of it",
      m.detail, 100.0 * static_cast<double>(informative) / static_cast<double>(looked), closest);
  return m;
}

using CheckOf = ErrorCheck (*)(const Effort&);

Claim error_claim(std::string_view name, std::string_view theorem, CheckOf check, std::string_view narrow,
                  std::string narrow_words) {
  const std::string learner(name);
  return {.id = learner + "-error",
          .family = "tabular-regret",
          .statement = fmt::format("{}: in its model every policy is worth what it is, up to the learner's bound, "
                                   "whatever the rewards are",
                                   learner),
          .page = page_path(online::find_episodic(learner).page),
          .theorem = std::string(theorem),
          .kind = Kind::kNever,
          .measure = [check](const Effort& effort) { return broken_errors(effort, check(effort), "theory", 1); },
          .controls = {{"half", "half of what the learner says",
                        [check](const Effort& effort) { return broken_errors(effort, check(effort), "theory", 0.5); }},
                       {"narrow", std::move(narrow_words), [check, narrow](const Effort& effort) {
                          return broken_errors(effort, check(effort), narrow, 1);
                        }}}};
}

std::vector<Claim> error_claims() {
  return {error_claim("rf-ucrl", "Kaufmann et al. 2021, Lemma 1", ucrl_check, "0.05",
                      "widths a twentieth of the theorem's"),
          error_claim("rf-express", "Menard et al. 2021, Lemma 1", express_check, "1e-6",
                      "widths a millionth of the theorem's")};
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
                        agent_of(*task, learner, never_stopping("practical"), episodes, effort.stream));
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

}  // namespace

std::vector<Claim> reward_free_claims() {
  std::vector<Claim> table = error_claims();
  table.push_back(blind_claim());
  return table;
}

}  // namespace bellwether::claims
