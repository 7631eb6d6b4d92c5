// Learners with a generative model: what so many samples must and can achieve, and how the number grows with the
// discount. Model-based learning pays 1 / (1 - gamma)^3, plain Q-learning 1 / (1 - gamma)^4.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/lower_bounds.h"
#include "proofs_checks/bounds/generative.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/generative/run.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::GenerativeAgent;
using online::GenerativeTask;
using online::GenerativeWorld;
using online::SampleSource;

/// One start, one loop; the plan of experiments/papers/tabular-regret/generative.toml has the same.
GenerativeTask loop_task(double discount, int copies, double advantage = 0) {
  return {mdp::generative_gadget(
              {.states = 1, .actions = 1, .discount = discount, .advantage = advantage, .copies = copies})
              .model,
          discount};
}

double error_of(const GenerativeTask& task, GenerativeAgent& agent, std::int64_t samples, const Stream& stream) {
  return online::run_generative(task, agent, stream, {.samples = samples, .checkpoints = {samples}})[0].value_error;
}

double error_of(const GenerativeTask& task, std::string_view learner, const std::vector<Setting>& settings,
                std::int64_t samples, const Stream& stream) {
  const auto agent =
      online::find_generative(learner).make(online::world_of(task, samples), settings, stream.child("learner"));
  return error_of(task, *agent, samples, stream);
}

double mean_error(const GenerativeTask& task, std::string_view learner, const std::vector<Setting>& settings,
                  std::int64_t samples, const Stream& stream, int runs) {
  double sum = 0;
  for (int run = 0; run < runs; ++run)
    sum += error_of(task, learner, settings, samples, stream.child(static_cast<std::uint64_t>(run)));
  return sum / runs;
}

// --- Enough samples --------------------------------------------------------------------------------------------------

/// Runs with `thinning` times fewer samples than the theorem asks for: how many end with an error above epsilon.
Measurement azar(const Effort& effort, double thinning) {
  std::int64_t violated = 0, trials = 0;
  double worst = 0;
  std::vector<GenerativeTask> tasks;
  tasks.push_back(loop_task(0.8, 2));
  tasks.push_back(loop_task(0.9, 1));
  tasks.emplace_back(mdp::garnet({.states = 5, .actions = 2, .successors = 3, .seed = 3}).model, 0.8);
  for (const GenerativeTask& task : tasks) {
    const double epsilon = 0.9;
    const double pairs = static_cast<double>(task.num_choices());
    const auto samples = bounds::azar_samples_per_choice(
        {.states = pairs, .actions = 1, .discount = task.discount(), .epsilon = epsilon, .delta = 0.05});
    for (int run = 0; run < effort.pick(10, 100); ++run) {
      const auto fewer = std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(samples) / thinning));
      const double error = error_of(task, "empirical-qvi", {}, fewer, effort.run(trials));
      worst = std::max(worst, error / epsilon);
      if (error > epsilon) ++violated;
      ++trials;
    }
  }
  return never(violated, trials, 0.05, fmt::format("largest error / epsilon {:.3g}", worst));
}

Claim enough_samples_claim() {
  return {.id = "empirical-qvi-samples",
          .family = "tabular-regret",
          .statement = "68 ln(12SA/delta) / ((1-gamma)^3 eps^2) samples of each choice make empirical QVI eps-accurate",
          .page = page_path("generative-model"),
          .theorem = "Azar, Munos and Kappen 2013, Theorem 1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return azar(effort, 1); },
          .controls = {{"starved", "a hundred-thousandth of the samples",
                        [](const Effort& effort) { return azar(effort, 1e5); }}}};
}

// --- One over the root of the samples --------------------------------------------------------------------------------

/// Draws once and takes the same samples for all others.
class OneSample final : public GenerativeAgent {
 public:
  OneSample(const GenerativeWorld& world, std::unique_ptr<GenerativeAgent> inner)
      : GenerativeAgent(world), inner_(std::move(inner)) {}
  void learn(SampleSource& source, std::int64_t /*rounds*/) override {
    if (!std::exchange(drawn_, true)) inner_->learn(source, kFirst);
  }
  void plan() override {
    inner_->plan();
    estimates().assign(inner_->q().begin(), inner_->q().end());
  }

 private:
  static constexpr std::int64_t kFirst = 100;
  std::unique_ptr<GenerativeAgent> inner_;
  bool drawn_ = false;
};

/// The slope of the log of the mean error over seeds against log samples, for each of several batches of seeds.
Measurement root_rate(const Effort& effort, bool control) {
  const GenerativeTask task = loop_task(0.9, 2);
  const std::vector<std::int64_t> at = {2000, 4000, 8000, 16'000, 32'000, 64'000};
  const std::vector<double> x(at.begin(), at.end());
  const int runs = effort.pick(40, 200);
  std::vector<double> slopes;
  for (int batch = 0; batch < effort.pick(16, 30); ++batch) {
    std::vector<double> sums(at.size(), 0.0);
    for (int run = 0; run < runs; ++run) {
      const Stream stream = effort.run(batch).child(static_cast<std::uint64_t>(run));
      const GenerativeWorld world = online::world_of(task, at.back());
      auto agent = online::find_generative("empirical-qvi").make(world, {}, stream.child("learner"));
      if (control) agent = std::make_unique<OneSample>(world, std::move(agent));
      const auto rows = online::run_generative(task, *agent, stream, {.samples = at.back(), .checkpoints = at});
      for (std::size_t i = 0; i < rows.size(); ++i) sums[i] += rows[i].value_error;
    }
    slopes.push_back(power_line(x, sums).slope);
  }
  return slope_within(slopes, -0.6, -0.4, "mean error of empirical QVI against samples, 2000 to 64000");
}

Claim root_rate_claim() {
  return {.id = "empirical-qvi-rate",
          .family = "tabular-regret",
          .statement = "The error of empirical QVI falls as one over the root of the samples",
          .page = page_path("generative-model"),
          .theorem = "Azar, Munos and Kappen 2013, Theorems 1 and 3",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return root_rate(effort, false); },
          .controls = {{"same-sample", "the first hundred samples of a choice stand for all others",
                        [](const Effort& effort) { return root_rate(effort, true); }}}};
}

// --- The power of 1 / (1 - gamma) ------------------------------------------------------------------------------------

/// Twice the slope of log mean error in log 1 / (1 - gamma) at a fixed number of samples: since errors fall as one over
/// the root of the samples, the samples for a fixed error grow with that power.
Measurement horizon_power(const Effort& effort, std::string_view learner, int copies, double lowest, double highest) {
  constexpr std::int64_t kSamples = 10'000;
  const std::vector<double> horizons = {8, 16, 32};
  std::vector<GenerativeTask> tasks;
  for (const double horizon : horizons) tasks.push_back(loop_task(1 - 1 / horizon, copies));
  const int runs = effort.pick(60, 300);
  std::vector<double> powers;
  for (int batch = 0; batch < effort.pick(16, 30); ++batch) {
    std::vector<double> errors;
    for (const GenerativeTask& task : tasks)
      errors.push_back(mean_error(task, learner, {}, kSamples, effort.run(batch), runs));
    powers.push_back(2 * power_line(horizons, errors).slope);
  }
  return slope_within(powers, lowest, highest,
                      fmt::format("{} on the gadget, 1 / (1 - gamma) from 8 to 32, {} samples", learner, kSamples));
}

Claim cube_claim() {
  const auto measured = [](std::string_view learner) {
    return [learner](const Effort& effort) { return horizon_power(effort, learner, 2, 2.6, 3.4); };
  };
  return {.id = "model-based-cube",
          .family = "tabular-regret",
          .statement = "Samples of empirical QVI for a fixed error grow as 1 / (1 - gamma)^3",
          .page = page_path("generative-model"),
          .theorem = "Azar, Munos and Kappen 2013, Theorems 1 and 3",
          .kind = Kind::kRate,
          .measure = measured("empirical-qvi"),
          .controls = {{"q-learning", "Q-learning in its place", measured("q-learning")}}};
}

Claim fourth_power_claim() {
  const auto measured = [](std::string_view learner, int copies) {
    return [learner, copies](const Effort& effort) { return horizon_power(effort, learner, copies, 3.6, 4.4); };
  };
  return {.id = "q-learning-fourth-power",
          .family = "tabular-regret",
          .statement = "Samples of Q-learning for a fixed error grow as 1 / (1 - gamma)^4 where equal choices compete",
          .page = page_path("generative-model"),
          .theorem = "Li, Cai, Chen, Wei and Chi 2021, Theorems 1 and 3",
          .kind = Kind::kRate,
          .measure = measured("q-learning", 2),
          .controls = {{"model-based", "empirical QVI in its place", measured("empirical-qvi", 2)},
                       {"one-choice", "loops with one choice: nothing to overestimate, the power is 3",
                        measured("q-learning", 1)}}};
}

// --- No method does better -------------------------------------------------------------------------------------------

/// Knows the model.
class Told final : public GenerativeAgent {
 public:
  Told(const GenerativeTask& task, const GenerativeWorld& world) : GenerativeAgent(world) {
    for (std::size_t c = 0; c < estimates().size(); ++c)
      estimates()[c] = task.to_unit_value(task.optimal_q(static_cast<std::int64_t>(c)));
  }
  void learn(SampleSource& /*source*/, std::int64_t /*rounds*/) override {}
};

/// The error of each seed, averaged over the two gadgets of the bound and divided by it.
std::vector<double> two_point_errors(const Effort& effort, std::string_view learner, double discount,
                                     std::int64_t samples) {
  const double apart = bounds::two_point_advantage(discount, static_cast<double>(samples));
  const double bound = bounds::two_point_error(discount, static_cast<double>(samples));
  std::vector<double> errors(static_cast<std::size_t>(effort.pick(100, 500)), 0.0);
  for (const double advantage : {0.0, apart}) {
    const GenerativeTask task = loop_task(discount, 1, advantage);
    const GenerativeWorld world = online::world_of(task, samples);
    for (std::size_t seed = 0; seed < errors.size(); ++seed) {
      const Stream stream = effort.stream.child(seed);
      const std::unique_ptr<GenerativeAgent> agent =
          learner.empty() ? std::make_unique<Told>(task, world)
                          : online::find_generative(learner).make(world, {}, stream.child("learner"));
      errors[seed] += error_of(task, *agent, samples, stream) / (2 * bound);
    }
  }
  return errors;
}

Measurement two_points(const Effort& effort, const std::vector<std::string_view>& learners) {
  Measurement least{.measured = std::numeric_limits<double>::infinity(), .bound = 1};
  for (const std::string_view learner : learners) {
    for (const double discount : {0.8, 0.95}) {
      for (const std::int64_t samples : {100, 3000}) {
        const Measurement m = mean_against(two_point_errors(effort, learner, discount, samples), 1,
                                           fmt::format("smallest error / bound: {}, gamma {}, {} samples",
                                                       learner.empty() ? "told" : learner, discount, samples));
        if (margin(Kind::kAbove, m) < margin(Kind::kAbove, least)) least = m;
      }
    }
  }
  return least;
}

Claim lower_bound_claim() {
  const auto all = [](const Effort& effort) {
    std::vector<std::string_view> learners;
    for (const online::GenerativeLearner& learner : online::generative_table()) learners.push_back(learner.name);
    return two_points(effort, learners);
  };
  return {.id = "generative-lower-bound",
          .family = "tabular-regret",
          .statement = "Over two gadgets every learner's mean error is of order 1 / sqrt((1 - gamma)^3 n) at least",
          .page = page_path("generative-model"),
          .theorem = "Azar, Munos and Kappen 2013, Theorem 3, with the constants of Le Cam's two points",
          .kind = Kind::kAbove,
          .measure = all,
          .controls = {{"told", "a learner that is told the model",
                        [](const Effort& effort) { return two_points(effort, {""}); }}}};
}

// --- The reference values of variance reduction ----------------------------------------------------------------------

/// The error of variance-reduced Q-learning over that of Q-learning with the same samples, seed by seed.
Measurement reduction(const Effort& effort, const std::vector<Setting>& settings) {
  const GenerativeTask task = loop_task(0.95, 2);
  constexpr std::int64_t kSamples = 600'000;
  std::vector<double> ratios;
  for (int seed = 0; seed < effort.pick(24, 200); ++seed) {
    const Stream stream = effort.run(seed);
    ratios.push_back(error_of(task, "variance-reduced-q-learning", settings, kSamples, stream) /
                     error_of(task, "q-learning", {}, kSamples, stream));
  }
  return mean_against(ratios, 0.9, "error over that of Q-learning, gamma 0.95, 600000 samples of each choice");
}

Claim reduction_claim() {
  return {.id = "variance-reduction",
          .family = "tabular-regret",
          .statement = "After three epochs variance-reduced Q-learning has a smaller error than Q-learning",
          .page = page_path("generative-model"),
          .theorem = "Wainwright 2019 (variance-reduced Q-learning), Theorem 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return reduction(effort, {}); },
          .controls = {{"few-samples", "a millionth of the samples for recentring: errors of the reference stay",
                        [](const Effort& effort) {
                          return reduction(effort, {{"recentring", "0.000001"}});
                        }}}};
}

}  // namespace

std::vector<Claim> generative_claims() {
  return {enough_samples_claim(), root_rate_claim(),   cube_claim(),
          fourth_power_claim(),   lower_bound_claim(), reduction_claim()};
}

}  // namespace bellwether::claims
