// Certificates: learners that bound what their own policy is worth, from below and above, while they learn.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/optimistic/euler.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

/// Before every episode: low <= V^pi_0 <= V*_0 <= high in every state?
class Auditor final : public online::EpisodicAgent {
 public:
  Auditor(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner)
      : EpisodicAgent(online::world_of(task, 1)), task_(task), inner_(std::move(inner)), value_(task) {
    value_.update(policy(), task.horizon() - 1);
  }
  void plan(std::int64_t episode) override {
    inner_->plan(episode);
    copy_policy(task_, inner_->policy(), policy());
    value_.update(inner_->policy(), inner_->policy().take_changed());
    bool enclosed = true;
    for (int s = 0; s < task_.num_states(); ++s) {
      const double rounding = 1e-12 * (1 + task_.horizon());
      const double low = task_.from_unit_value(0, inner_->pessimistic_value(s).value());
      const double high = task_.from_unit_value(0, inner_->optimistic_value(s).value());
      enclosed = enclosed && low <= value_.initial_value(s) + rounding;
      enclosed = enclosed && value_.initial_value(s) <= task_.optimal_value(0, s) + rounding;
      enclosed = enclosed && task_.optimal_value(0, s) <= high + rounding;
      narrowest_ = std::min(narrowest_, high - low);
    }
    if (!enclosed) ++violations_;
  }
  void learn(std::span<const online::Step> steps) override { inner_->learn(steps); }

  std::int64_t violations() const { return violations_; }
  double narrowest() const { return narrowest_; }

 private:
  const EpisodicTask& task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  online::PolicyValue value_;
  std::int64_t violations_ = 0;
  double narrowest_ = std::numeric_limits<double>::infinity();
};

Measurement broken_enclosure(const Effort& effort, std::string_view learner, std::string_view constant) {
  std::vector<Tally> tallies;
  double narrowest = std::numeric_limits<double>::infinity();
  std::vector<NamedTask> tasks = homogeneous_tasks(effort);
  tasks.push_back(tiny_task(30'000));
  for (const NamedTask& on : tasks) {
    Tally& tally = tallies.emplace_back(Tally{.on = on.name, .runs = effort.pick(10, 100)});
    for (std::int64_t seed = 0; seed < tally.runs; ++seed) {
      const Stream stream = effort.run(seed);
      Auditor auditor(on.task, agent_of(on.task, learner, with_constant(constant), on.episodes, stream));
      play(on.task, auditor, on.episodes, stream);
      if (auditor.violations() > 0) ++tally.broken;
      narrowest = std::min(narrowest, auditor.narrowest() / on.task.horizon());
    }
  }
  Measurement m = never_anywhere(tallies, kDelta);
  m.detail = fmt::format("runs on {} with a wrong certificate; the narrowest was {:.2g} H wide", m.detail, narrowest);
  return m;
}

/// One claim a registered learner that bounds its own policy from below, too.
Claim enclosure_claim(const online::EpisodicLearner& row) {
  const std::string learner(row.name);
  return {.id = learner + "-certificate",
          .family = "tabular-regret",
          .statement = fmt::format(
              "{}: V_low <= V^pi_k <= V* <= V_up in every state and episode, probability 1 - delta", learner),
          .page = page_path(row.page),
          .theorem = std::string(row.title),
          .kind = Kind::kNever,
          .measure = [learner](const Effort& effort) { return broken_enclosure(effort, learner, "theory"); },
          .controls = {{"no-bonus", "the same learner with its bonuses set to zero",
                        [learner](const Effort& effort) { return broken_enclosure(effort, learner, "0"); }}}};
}

bool is_certified(const online::EpisodicLearner& learner) {
  const NamedTask on = tiny_task(10);
  return agent_of(on.task, learner.name, {}, on.episodes, Stream(0))->pessimistic_value(0).has_value();
}

// --- Promises before every episode -----------------------------------------------------------------------------------

/// Plays what another agent plays and says that it loses a share of what the other says.
class Understatement final : public online::EpisodicAgent {
 public:
  Understatement(const EpisodicTask& task, std::unique_ptr<online::EpisodicAgent> inner, double share)
      : EpisodicAgent(online::world_of(task, 1)), task_(task), inner_(std::move(inner)), share_(share) {}
  void plan(std::int64_t episode) override {
    inner_->plan(episode);
    copy_policy(task_, inner_->policy(), policy());
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
  std::vector<Tally> tallies;
  double certified = 0, lost = 0;
  std::vector<NamedTask> tasks = homogeneous_tasks(effort);
  tasks.push_back(tiny_task(20'000));
  for (const int horizon : {1, 2, 4, 8}) tasks.push_back({"all or nothing", all_or_nothing(horizon), 500});
  for (const NamedTask& on : tasks) {
    // A fifth of a control's runs break: it needs many.
    Tally& tally = tallies.emplace_back(Tally{.on = on.name, .runs = effort.pick(30, 50)});
    for (std::int64_t seed = 0; seed < tally.runs; ++seed) {
      const Stream stream = effort.run(seed);
      std::vector<Setting> settings = with_constant(constant);
      if (online::find_episodic(learner).protocol == Protocol::kStopping) settings.emplace_back("epsilon", "1e-9");
      Understatement agent(on.task, agent_of(on.task, learner, settings, on.episodes, stream), share);
      const online::EpisodicRow row = play(on.task, agent, on.episodes, stream).last;
      if (row.broken_certificates > 0) ++tally.broken;
      certified += row.certified;
      lost += row.value_regret;
    }
  }
  Measurement m = never_anywhere(tallies, kDelta);
  m.detail =
      fmt::format("runs on {} with an episode that lost more than its certificate; certified {:.2g}, lost {:.2g}",
                  m.detail, certified, lost);
  return m;
}

Claim promise_claim(const online::EpisodicLearner& row) {
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
  return agent_of(on.task, learner.name, {}, on.episodes, Stream(0))->certificate(0).has_value();
}

}  // namespace

std::vector<Claim> certificate_claims() {
  std::vector<Claim> table;
  for (const online::EpisodicLearner& learner : online::episodic_table())
    if (is_certified(learner)) table.push_back(enclosure_claim(learner));
  for (const online::EpisodicLearner& learner : online::episodic_table())
    if (certifies(learner)) table.push_back(promise_claim(learner));
  return table;
}

}  // namespace bellwether::claims
