// Learners of the long run: optimism of gains, few epochs, regret under the explicit bound.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/garnet.h"
#include "mdp/instances/lower_bounds.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/long_run.h"
#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "proofs_checks/tabular_regret/theorems.h"
#include "solvers/exact/average/diameter.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::AverageAgent;
using online::AverageTask;
using online::AverageWorld;

struct LongTask {
  std::string name;
  AverageTask task;
  double diameter;
};

LongTask long_task(std::string name, const mdp::TabularMdp& model) {
  return {std::move(name), AverageTask(model), solvers::diameter(model).upper};
}

/// Two states, stay or switch; staying in the second pays 1: the diameter is 1, so that the theorem's bound drops below
/// T soonest.
LongTask stay_or_switch() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(1, 0.0, {{0, 1.0}}).add_choice(1, 1.0, {{1, 1.0}});
  return long_task("stay-or-switch", std::move(builder).build());
}

std::vector<LongTask> long_tasks(const Effort& effort) {
  std::vector<LongTask> tasks;
  tasks.push_back(long_task("riverswim", mdp::riverswim({.bernoulli = true}).model));
  tasks.push_back(long_task("jao-gadget", mdp::jao_gadget({.diameter = 5, .advantage = 0.2}).model));
  tasks.push_back(stay_or_switch());
  Stream stream = effort.stream.child("garnets");
  for (int i = 0; i < effort.pick(1, 5); ++i) {
    const auto seed = static_cast<std::int64_t>(stream.below(1'000'000));
    tasks.push_back(
        long_task(fmt::format("dense {}", i), mdp::random_dense({.states = 4, .actions = 3, .seed = seed}).model));
  }
  return tasks;
}

online::AverageRow play_long(const AverageTask& task, AverageAgent& agent, std::int64_t steps, const Stream& stream) {
  return online::run_average(task, agent, stream, {.steps = steps, .checkpoints = {steps}}).back();
}

online::AverageRow play_long(const AverageTask& task, std::string_view learner, const std::vector<Setting>& settings,
                             std::int64_t steps, const Stream& stream) {
  const auto agent =
      online::find_average(learner).make(task, online::world_of(task, steps), settings, stream.child("learner"));
  return play_long(task, *agent, steps, stream);
}

// --- Optimism --------------------------------------------------------------------------------------------------------

/// Settings that make the learner's theorem true of this task: SCAL must be told a span.
std::vector<Setting> theory_for(std::string_view learner, const LongTask& on, std::string_view constant) {
  std::vector<Setting> settings = {{"constant", std::string(constant)}, {"delta", fmt::format("{}", kDelta)}};
  if (learner == "scal") settings.emplace_back("span_bound", fmt::format("{}", on.task.bias_span() * 1.0001));
  return settings;
}

Measurement broken_gain_optimism(const Effort& effort, std::string_view learner, std::string_view constant) {
  std::vector<Tally> tasks;
  std::int64_t epochs = 0, low = 0;
  for (const LongTask& on : long_tasks(effort)) {
    // Without widths the model counted in RiverSwim has absorbing parts at first, where no planning converges.
    if (constant == "0" && on.name == "riverswim") continue;
    Tally& tally = tasks.emplace_back(Tally{.on = on.name, .runs = effort.pick(20, 200)});
    for (std::int64_t seed = 0; seed < tally.runs; ++seed) {
      const auto row = play_long(on.task, learner, theory_for(learner, on, constant), effort.pick(20'000, 300'000),
                                 effort.run(seed));
      if (row.violations > 0) ++tally.broken;
      low += row.violations;
      epochs += row.epochs;
    }
  }
  Measurement m = never_anywhere(tasks, kDelta);
  m.detail =
      fmt::format("runs on {} in which some epoch believed less than g*; {} of {} epochs", m.detail, low, epochs);
  return m;
}

Claim gain_optimism_claim(const GainTheorem& theorem) {
  const std::string learner(theorem.learner);
  return {.id = learner + "-optimism",
          .family = "tabular-regret",
          .statement =
              fmt::format("{} believes in a gain of at least g* in every epoch, with probability 1 - delta", learner),
          .page = page_path(online::find_average(learner).page),
          .theorem = std::string(theorem.theorem),
          .kind = Kind::kNever,
          .measure = [learner](const Effort& effort) { return broken_gain_optimism(effort, learner, "theory"); },
          .controls = {{"no-width", "the same learner with confidence widths of zero",
                        [learner](const Effort& effort) { return broken_gain_optimism(effort, learner, "0"); }}}};
}

// --- Epochs ----------------------------------------------------------------------------------------------------------

/// Plans like another agent, but anew every `longest` steps.
class Restless final : public AverageAgent {
 public:
  Restless(const AverageWorld& world, std::unique_ptr<AverageAgent> inner, std::int64_t longest)
      : AverageAgent(world), inner_(std::move(inner)), longest_(longest) {}
  void plan(std::int64_t step, int state) override {
    inner_->plan(step, state);
    epoch() = inner_->epoch();
    epoch().longest = std::min(epoch().longest, longest_);
  }
  void learn(std::span<const online::AverageStep> steps) override { inner_->learn(steps); }

 private:
  std::unique_ptr<AverageAgent> inner_;
  std::int64_t longest_;
};

/// The largest number of epochs / bound, over the learners that plan when visits have doubled.
Measurement epochs(const Effort& effort, bool restless) {
  double worst = 0;
  std::int64_t runs = 0;
  std::string where;
  for (const LongTask& on : long_tasks(effort)) {
    for (const GainTheorem& theorem : gain_theorems()) {
      for (const std::int64_t steps : {100, 3000, 30'000}) {
        const AverageWorld world = online::world_of(on.task, steps);
        auto agent =
            online::find_average(theorem.learner)
                .make(on.task, world, theory_for(theorem.learner, on, "theory"), effort.stream.child("learner"));
        if (restless) agent = std::make_unique<Restless>(world, std::move(agent), 20);
        const auto row = play_long(on.task, *agent, steps, effort.stream);
        // The proof counts choices: S A where all states have A.
        const double choices = static_cast<double>(on.task.num_choices());
        const double allowed =
            bounds::ucrl2_episodes({.states = choices, .actions = 1, .steps = static_cast<double>(steps)});
        ++runs;
        if (static_cast<double>(row.epochs) / allowed > worst) {
          worst = static_cast<double>(row.epochs) / allowed;
          where = fmt::format("{} on {}, T = {}", theorem.learner, on.name, steps);
        }
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = fmt::format("most epochs / bound: {}", where)};
}

Claim epochs_claim() {
  return {.id = "doubling-epochs",
          .family = "tabular-regret",
          .statement = "Learners that plan when visits double have at most S A log2(8 T / (S A)) epochs",
          .page = page_path("ucrl"),
          .theorem = "Jaksch, Ortner and Auer 2010, Proposition 18",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return epochs(effort, false); },
          .controls = {
              {"restless", "plans anew every 20 steps", [](const Effort& effort) { return epochs(effort, true); }}}};
}

// --- Regret ----------------------------------------------------------------------------------------------------------

/// Plays the first choice of every state for ever.
class StubbornInTheLongRun final : public AverageAgent {
 public:
  using AverageAgent::AverageAgent;
  void plan(std::int64_t, int) override {}
  void learn(std::span<const online::AverageStep>) override {}
};

bounds::LongRunSize size_of(const LongTask& on, std::int64_t steps) {
  double actions = 0;
  for (int s = 0; s < on.task.num_states(); ++s) actions = std::max(actions, 1.0 * on.task.model().num_choices(s));
  return {.states = static_cast<double>(on.task.num_states()),
          .actions = actions,
          .diameter = on.diameter,
          .steps = static_cast<double>(steps),
          .delta = kDelta};
}

Measurement ucrl2_regret(const Effort& effort, bool learns) {
  std::vector<Shares> tasks;
  const auto look = [&](const LongTask& on, std::int64_t steps) {
    Shares& shares = tasks.emplace_back(Shares{.on = fmt::format("{}, T = {}", on.name, steps)});
    for (int seed = 0; seed < effort.pick(10, 50); ++seed) {
      StubbornInTheLongRun stubborn(online::world_of(on.task, steps));
      const auto row = learns ? play_long(on.task, "ucrl2", theory_for("ucrl2", on, "theory"), steps, effort.run(seed))
                              : play_long(on.task, stubborn, steps, effort.run(seed));
      shares.of_bound.push_back(row.reward_regret / bounds::ucrl2_regret(size_of(on, steps)));
    }
  };
  // T = 300,000 is half as much again as the bound on this task.
  look(stay_or_switch(), 300'000);
  for (const LongTask& on : long_tasks(effort)) look(on, effort.pick(50'000, 1'000'000));
  return never_above(tasks, kDelta);
}

Claim ucrl2_regret_claim() {
  return {.id = "ucrl2-regret",
          .family = "tabular-regret",
          .statement = "Regret(T) of ucrl2 <= 34 D S sqrt(A T ln(T/delta)) with probability 1 - delta",
          .page = page_path("ucrl"),
          .theorem = "Jaksch, Ortner and Auer 2010, Theorem 2",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return ucrl2_regret(effort, true); },
          .controls = {{"never-learns", "plays the first choice for ever, where T has passed the bound",
                        [](const Effort& effort) { return ucrl2_regret(effort, false); }}}};
}

}  // namespace

std::vector<Claim> long_run_claims() {
  std::vector<Claim> table;
  for (const GainTheorem& theorem : gain_theorems()) table.push_back(gain_optimism_claim(theorem));
  table.push_back(epochs_claim());
  table.push_back(ucrl2_regret_claim());
  return table;
}

}  // namespace bellwether::claims
