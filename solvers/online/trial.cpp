#include "solvers/online/trial.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/checkpoints.h"
#include "core/errors.h"
#include "solvers/online/average/run.h"
#include "solvers/online/constrained/run.h"
#include "solvers/online/discounted/run.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/generative/run.h"

namespace bellwether::online {
namespace {

std::shared_ptr<const EpisodicTask> episodic_task(const mdp::NamedInstance& instance, int horizon) {
  if (!instance.stages.empty()) {
    const auto stages = static_cast<int>(instance.stages.size());
    if (horizon != 0 && horizon != stages)
      throw InvalidOption(
          fmt::format("the horizon is {}, but this instance has {} stages of its own", horizon, stages));
    return std::make_shared<const EpisodicTask>(instance.stages, instance.linear);
  }
  if (horizon == 0) horizon = instance.question.horizon;
  if (horizon == 0) throw InvalidOption("this instance has no horizon of its own; episodes need one (--horizon)");
  return std::make_shared<const EpisodicTask>(instance.model, horizon, instance.linear);
}

/// Learners without an optimistic value cannot violate one: no number then.
double only_if(bool exists, double number) { return exists ? number : std::numeric_limits<double>::quiet_NaN(); }

Series play_episodic(const EpisodicTask& task, const EpisodicLearner& learner, const std::vector<Setting>& settings,
                     const Stream& stream, const TrialOptions& options) {
  const auto agent = learner.make(task, world_of(task, options.length), settings, stream.child("learner"));
  const EpisodicRun run = run_episodes(task, *agent, stream,
                                       {.episodes = options.length,
                                        .checkpoints = options.checkpoints,
                                        .epsilon = options.epsilon,
                                        .observer = options.observer});
  Series series{.metrics = metrics_of(learner.protocol)};
  if (learner.protocol == Protocol::kStopping) {
    series.append(run.last.episodes,
                  {run.last.value_regret, run.finished ? 1.0 : 0.0, run.answer_loss, run.answer_certificate});
    return series;
  }
  const bool optimistic = agent->optimistic_value(0).has_value(), certified = agent->certificate(0).has_value();
  for (const EpisodicRow& row : run.rows) {
    series.append(row.episodes, {row.value_regret, row.gap_regret, row.reward_regret, static_cast<double>(row.mistakes),
                                 only_if(optimistic, static_cast<double>(row.violations)),
                                 static_cast<double>(row.policy_changes), only_if(certified, row.certified),
                                 only_if(certified, static_cast<double>(row.broken_certificates))});
  }
  return series;
}

Series play_average(const AverageTask& task, const AverageLearner& learner, const std::vector<Setting>& settings,
                    const Stream& stream, const TrialOptions& options) {
  const auto agent = learner.make(task, world_of(task, options.length), settings, stream.child("learner"));
  Series series{.metrics = metrics_of(Protocol::kAverage)};
  const auto rows =
      run_average(task, *agent, stream,
                  {.steps = options.length, .checkpoints = options.checkpoints, .observer = options.observer});
  for (const AverageRow& row : rows) {
    series.append(row.steps, {row.reward_regret, row.gap_regret, static_cast<double>(row.epochs),
                              only_if(agent->optimistic_gain().has_value(), static_cast<double>(row.violations))});
  }
  return series;
}

Series play_constrained(const ConstrainedTask& task, const ConstrainedLearner& learner,
                        const std::vector<Setting>& settings, const Stream& stream, const TrialOptions& options) {
  const auto agent = learner.make(world_of(task, options.length), settings, stream.child("learner"));
  Series series{.metrics = metrics_of(Protocol::kConstrained)};
  const auto run =
      run_constrained(task, *agent, stream,
                      {.episodes = options.length, .checkpoints = options.checkpoints, .observer = options.observer});
  // Of the whole run: a learner that plays its baseline for a while says nothing about those episodes.
  const bool promises = run.last.promises > 0, optimistic = run.last.estimates > 0;
  for (const ConstrainedRow& row : run.rows) {
    const auto count = [](std::int64_t number) { return static_cast<double>(number); };
    const double episodes = count(row.episodes);
    series.append(row.episodes,
                  {row.regret, row.positive_regret, row.largest_excess(), row.largest_hard(), count(row.violating),
                   only_if(promises, count(row.broken_bounds)), only_if(optimistic, count(row.broken_optimism)),
                   count(row.baseline) / episodes, count(row.mixture) / episodes, count(row.own) / episodes,
                   count(row.policy_changes), count(row.programs)});
  }
  return series;
}

Series play_discounted(const DiscountedTask& task, const DiscountedLearner& learner,
                       const std::vector<Setting>& settings, const Stream& stream, const TrialOptions& options) {
  const auto agent = learner.make(task, options.length, settings);
  const EpochRun run = run_epochs(task, *agent, {.epochs = options.length, .observer = options.observer}, stream);
  Series series{.metrics = metrics_of(Protocol::kDiscounted)};
  for (const std::int64_t k : options.checkpoints.empty() ? log_checkpoints(options.length) : options.checkpoints) {
    const auto last = static_cast<std::size_t>(k - 1);
    if (last >= run.regret.size()) break;  // stopped
    series.append(k, {task.from_unit_loss(run.regret[last]), task.from_unit_loss(run.bonus[last]),
                      static_cast<double>(run.broken_bonuses[last]), static_cast<double>(run.steps[last])});
  }
  return series;
}

Series play_generative(const GenerativeTask& task, const GenerativeLearner& learner,
                       const std::vector<Setting>& settings, const Stream& stream, const TrialOptions& options) {
  const auto agent = learner.make(world_of(task, options.length), settings, stream.child("learner"));
  Series series{.metrics = metrics_of(Protocol::kGenerative)};
  const auto rows =
      run_generative(task, *agent, stream,
                     {.samples = options.length, .checkpoints = options.checkpoints, .observer = options.observer});
  for (const GenerativeRow& row : rows) series.append(row.samples, {row.value_error, row.policy_loss});
  return series;
}

}  // namespace

Arena::Arena(const mdp::NamedInstance& instance, Protocol protocol, int horizon) : protocol_(protocol) {
  const mdp::NamedInstance posed = mdp::as_maximisation(instance);
  if (protocol == Protocol::kAverage) {
    average_ = std::make_shared<const AverageTask>(posed.model);
  } else {
    episodic_ = episodic_task(posed, horizon);
  }
}

std::optional<double> own_discount(const mdp::NamedInstance& instance) {
  if (instance.question.objective == mdp::Objective::kDiscounted && instance.question.discount < 1)
    return instance.question.discount;
  const std::optional<double> recommended = instance.model.data().discount;
  return recommended && *recommended > 0 && *recommended < 1 ? recommended : std::nullopt;
}

namespace {

/// What is given, else the instance's own; `who` needs one, and one model for all stages.
double discount_for(const mdp::NamedInstance& instance, std::optional<double> discount, std::string_view who) {
  if (!instance.stages.empty())
    throw InvalidOption(fmt::format("the stages of this instance differ; {} need one model for all", who));
  if (!discount) discount = own_discount(instance);
  if (!discount)
    throw InvalidOption(fmt::format("this instance has no discount of its own; {} need one (--discount)", who));
  return *discount;
}

}  // namespace

Arena Arena::for_samples(const mdp::NamedInstance& instance, std::optional<double> discount) {
  return Arena(std::make_shared<const GenerativeTask>(mdp::as_maximisation(instance).model,
                                                      discount_for(instance, discount, "samples"), instance.linear));
}

Arena Arena::with_discount(const mdp::NamedInstance& instance, std::optional<double> discount) {
  return Arena(std::make_shared<const DiscountedTask>(mdp::as_maximisation(instance).model,
                                                      discount_for(instance, discount, "episodes that end by chance"),
                                                      instance.linear));
}

Arena Arena::with_constraints(const mdp::NamedInstance& instance, const ConstraintRequest& request, int horizon) {
  return Arena(
      std::make_shared<const ConstrainedTask>(episodic_task(mdp::as_maximisation(instance), horizon), request));
}

std::vector<double> budget_amounts(const mdp::NamedInstance& instance, const ConstraintRequest& request, int horizon) {
  const auto task = episodic_task(mdp::as_maximisation(instance), horizon);
  std::vector<double> amounts;
  for (const ConstraintRequest::Budget& budget : request.budgets) amounts.push_back(budget_amount(*task, budget));
  return amounts;
}

const std::vector<std::string>& metrics_of(Protocol protocol) {
  static const std::vector<std::string> episodic = {"value-regret",   "gap-regret",         "reward-regret",
                                                    "mistakes",       "violations",         "policy-changes",
                                                    "certified-loss", "broken-certificates"};
  static const std::vector<std::string> average = {"reward-regret", "gap-regret", "epochs", "violations"};
  static const std::vector<std::string> stopping = {"value-regret", "finished", "answer-loss", "certified-loss"};
  static const std::vector<std::string> discounted = {"value-regret", "bonuses", "broken-bonuses", "steps"};
  static const std::vector<std::string> generative = {"value-error", "policy-loss"};
  static const std::vector<std::string> constrained = {
      "value-regret", "positive-regret", "violation",     "hard-violation", "violating-episodes", "broken-bounds",
      "violations",   "baseline-share",  "mixture-share", "own-share",      "policy-changes",     "programs"};
  if (protocol == Protocol::kAverage) return average;
  if (protocol == Protocol::kConstrained) return constrained;
  if (protocol == Protocol::kDiscounted) return discounted;
  if (protocol == Protocol::kGenerative) return generative;
  return protocol == Protocol::kStopping ? stopping : episodic;
}

Series play(const Arena& arena, std::string_view learner, const std::vector<Setting>& settings, const Stream& stream,
            const TrialOptions& options) {
  if (arena.average() != nullptr)
    return play_average(*arena.average(), find_average(learner), settings, stream, options);
  if (arena.constrained() != nullptr)
    return play_constrained(*arena.constrained(), find_constrained(learner), settings, stream, options);
  if (arena.discounted() != nullptr)
    return play_discounted(*arena.discounted(), find_discounted(learner), settings, stream, options);
  if (arena.generative() != nullptr)
    return play_generative(*arena.generative(), find_generative(learner), settings, stream, options);
  return play_episodic(*arena.episodic(), find_episodic(learner), settings, stream, options);
}

}  // namespace bellwether::online
