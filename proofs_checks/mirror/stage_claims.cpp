// Softmax gradients stage by stage: the bound of one stage, what its proof rests on, and how stages add up.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/mirror/dynamic_policy_gradient.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/dynamic-policy-gradient.md";

/// Five stages that differ, four states, three choices.
Problem staged(Stream& stream) {
  std::vector<mdp::TabularMdp> stages;
  for (int h = 0; h < 5; ++h)
    stages.push_back(
        mdp::random_dense({.states = 4, .actions = 3, .seed = static_cast<std::int64_t>(stream.below(1'000'000'000))})
            .model);
  return {.model = stages[0], .criterion = Criterion::kFinite, .discount = 1, .horizon = 5, .stages = stages};
}

/// The largest gap of a stage / bound along dynamic policy gradient; at each stage the logits begin at 0, or with the
/// worst choice `ahead`.
Measurement stage_errors(const Effort& effort, double ahead) {
  double worst = 0;
  std::int64_t steps = 0;
  Stream stream = effort.stream.child("models");
  const std::vector<double> mu(4, 0.25);
  for (int i = 0; i < effort.pick(5, 50); ++i) {
    const UnitProblem unit(staged(stream));
    Eigen::VectorXd later = Eigen::VectorXd::Zero(4);
    for (int h = 4; h >= 0; --h) {
      const mdp::TabularMdp& model = unit.stage(h);
      const Table q = choice_values(model, 1, later);
      Table logits(q.size(), 0.0);
      for (int s = 0; s < 4; ++s)
        *(of_state(model, logits, s).begin() +
          (std::ranges::min_element(of_state(model, q, s)) - of_state(model, q, s).begin())) += ahead;
      normalise_logits(model, logits);
      for (int n = 1; n <= effort.pick(3000, 30'000); ++n) {
        const Table gradient = bandit_gradient(model, mu, q, probabilities(logits));
        for (std::size_t c = 0; c < logits.size(); ++c) logits[c] += gradient[c] / (2.0 * (5 - h));
        normalise_logits(model, logits);
        const Table weights = probabilities(logits);
        double gap = 0;
        for (int s = 0; s < 4; ++s) {
          const auto own = of_state(model, q, s), pi = of_state(model, weights, s);
          double v = 0;
          for (std::size_t a = 0; a < own.size(); ++a) v += pi[a] * own[a];
          later[s] = v;
          gap += (*std::ranges::max_element(own) - v) / 4;
        }
        worst = std::max(worst, gap / bounds::dynamic_gradient_error(n, 5 - h, 4, 3));
        ++steps;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = steps, .detail = "largest gap of a stage / bound"};
}

Claim dynamic_claim() {
  return {.id = "dynamic-gradient-rate",
          .family = "mirror",
          .statement = "One stage of dynamic policy gradient: J* - J_n <= 4 (H-h) R S A^2 / n from the uniform policy",
          .page = kPage,
          .theorem = "Klein, Weissmann and Doering 2024",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return stage_errors(effort, 0); },
          .controls = {{"bad-start", "begins with the worst choice far ahead",
                        [](const Effort& effort) { return stage_errors(effort, 10); }}}};
}

// --- What the bound rests on -----------------------------------------------------------------------------------------

/// A stage as a bandit in every state, at drawn logits.
struct StageBandit {
  UnitProblem unit;
  int stage;
  Table q, logits;
  std::vector<double> mu = std::vector<double>(4, .25);

  const mdp::TabularMdp& model() const { return unit.stage(stage); }
  double value(const Table& at) const {
    Table normal = at;
    normalise_logits(model(), normal);
    double sum = 0;
    const Table weights = probabilities(normal);
    for (int s = 0; s < 4; ++s)
      for (std::int64_t c = model().first_choice(s); c < model().first_choice(s + 1); ++c)
        sum += mu[static_cast<std::size_t>(s)] * weights[static_cast<std::size_t>(c)] * q[static_cast<std::size_t>(c)];
    return sum;
  }
};

StageBandit drawn_stage(Stream& stream) {
  const UnitProblem unit(staged(stream));
  const int stage = static_cast<int>(stream.below(5));
  std::vector<Table> weights;
  for (int h = 0; h < 5; ++h) weights.push_back(probabilities(drawn_logits(unit.stage(h), 2, stream)));
  const Table q = choice_values(unit.stage(stage), 1, stage_values(unit, weights)[static_cast<std::size_t>(stage) + 1]);
  return {unit, stage, q, drawn_logits(unit.stage(stage), 4 * stream.uniform(), stream)};
}

/// Stages at which the gradient is smaller than min pi(a*|s) / sqrt(S) times the gap, or than the gap / sqrt(S) alone.
Measurement dominated(const Effort& effort, bool with_probability) {
  std::int64_t violated = 0;
  const int trials = effort.pick(300, 5000);
  Stream stream = effort.stream.child("stages");
  for (int i = 0; i < trials; ++i) {
    const StageBandit at = drawn_stage(stream);
    const Table weights = probabilities(at.logits);
    double norm = 0, least = 1, gap = -at.value(at.logits);
    for (const double g : bandit_gradient(at.model(), at.mu, at.q, weights)) norm += g * g;
    for (int s = 0; s < 4; ++s) {
      const auto own = of_state(at.model(), at.q, s);
      const auto best = std::ranges::max_element(own);
      gap += *best / 4;
      least = std::min(least, of_state(at.model(), weights, s)[static_cast<std::size_t>(best - own.begin())]);
    }
    violated += std::sqrt(norm) * (1 + 1e-9) < (with_probability ? least : 1) * gap / 2;
  }
  return never(violated, trials, 0, "policies whose gap exceeds what the gradient allows");
}

Claim dominated_claim() {
  return {.id = "stage-gradient-domination",
          .family = "mirror",
          .statement = "At one stage |grad J| >= min pi(a*|s) / sqrt(S) (J* - J)",
          .page = kPage,
          .theorem = "Klein, Weissmann and Doering 2024 (weak Polyak-Lojasiewicz inequality)",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return dominated(effort, true); },
          .controls = {{"no-probability", "drops the probability of the best choice: there would be no plateau",
                        [](const Effort& effort) { return dominated(effort, false); }}}};
}

/// The largest |J(y) - J(x) - share <grad, y - x>| / (beta / 2 |y - x|^2), beta = 2 (H - h).
Measurement smooth(const Effort& effort, double share) {
  double worst = 0;
  const int pairs = effort.pick(300, 5000);
  Stream stream = effort.stream.child("pairs");
  for (int i = 0; i < pairs; ++i) {
    const StageBandit at = drawn_stage(stream);
    const Table g = bandit_gradient(at.model(), at.mu, at.q, probabilities(at.logits));
    const double length = std::pow(10, -4 * stream.uniform());
    Table y = at.logits;
    double linear = 0, square = 0;
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double by = length * (2 * stream.uniform() - 1);
      y[k] += by;
      linear += share * g[k] * by;
      square += by * by;
    }
    const double left = std::abs(at.value(y) - at.value(at.logits) - linear);
    worst = std::max(worst, (left - 1e-13) / ((5 - at.stage) * square));
  }
  return {.measured = worst, .bound = 1, .replicates = pairs, .detail = "largest remainder / (beta/2 |y-x|^2)"};
}

Claim smooth_claim() {
  return {.id = "stage-smoothness",
          .family = "mirror",
          .statement = "At one stage J is smooth with 2 (H - h) R",
          .page = kPage,
          .theorem = "Klein, Weissmann and Doering 2024",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return smooth(effort, 1); },
          .controls = {
              {"no-gradient", "leaves the linear term out", [](const Effort& effort) { return smooth(effort, 0); }}}};
}

/// Probability of the best choice under the smallest 1 / A along exact steps on drawn bandits; `ahead`: how far the
/// worst choice begins ahead.
Measurement never_unlearns(const Effort& effort, double ahead) {
  std::int64_t violated = 0;
  const int bandits = effort.pick(300, 2000);
  Stream stream = effort.stream.child("bandits");
  for (int i = 0; i < bandits; ++i) {
    const auto arms = static_cast<std::int64_t>(2 + stream.below(6));
    mdp::TabularMdpBuilder builder(1);
    Table q;
    for (std::int64_t a = 0; a < arms; ++a) {
      q.push_back(stream.uniform());
      builder.add_choice(0, q.back(), {{0, 1.0}});
    }
    const mdp::TabularMdp model = std::move(builder).build();
    Table logits(q.size(), 0.0);
    logits[static_cast<std::size_t>(std::ranges::min_element(q) - q.begin())] = ahead;
    normalise_logits(model, logits);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(q) - q.begin());
    bool fell = false;
    for (int n = 0; n < 200; ++n) {
      const Table weights = probabilities(logits);
      fell |= weights[best] < 1 / static_cast<double>(arms) - 1e-12;
      const Table gradient = bandit_gradient(model, std::vector<double>{1.0}, q, weights);
      for (std::size_t c = 0; c < logits.size(); ++c) logits[c] += gradient[c] / 2;
      normalise_logits(model, logits);
    }
    violated += fell;
  }
  return never(violated, bandits, 0, "bandits on which the best choice fell below 1 / A");
}

Claim never_unlearns_claim() {
  return {.id = "stage-gradient-never-unlearns",
          .family = "mirror",
          .statement = "From the uniform policy the best choice of a stage never falls below probability 1/A",
          .page = kPage,
          .theorem = "Mei et al. 2020, Proposition 2; Klein, Weissmann and Doering 2024",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return never_unlearns(effort, 0); },
          .controls = {{"bad-start", "begins with the worst choice ahead",
                        [](const Effort& effort) { return never_unlearns(effort, 2); }}}};
}

// --- How stages add up -----------------------------------------------------------------------------------------------

/// The largest V*_0 - V_0 over the sum, or the largest, of the largest gaps of the stages.
Measurement added_up(const Effort& effort, bool sum) {
  double worst = 0;
  const int runs = effort.pick(6, 60);
  Stream stream = effort.stream.child("models");
  for (int i = 0; i < runs; ++i) {
    const Problem problem = staged(stream);
    const UnitProblem unit(problem);
    std::vector<Table> last;
    dynamic_policy_gradient(problem, {.steps = 50, .watch = [&](const StageIterate& at) { last = at.weights; }},
                            without_end());
    const auto v = stage_values(unit, last);
    double total = 0, most = 0;
    Eigen::VectorXd best = Eigen::VectorXd::Zero(4);
    for (int h = 4; h >= 0; --h) {
      const auto i_h = static_cast<std::size_t>(h);
      const Table learned = choice_values(unit.stage(h), 1, v[i_h + 1]),
                  optimal = choice_values(unit.stage(h), 1, best);
      double gap = 0;
      for (int s = 0; s < 4; ++s) {
        gap = std::max(gap, std::ranges::max(of_state(unit.stage(h), learned, s)) - v[i_h][s]);
        best[s] = std::ranges::max(of_state(unit.stage(h), optimal, s));
      }
      total += gap;
      most = std::max(most, gap);
    }
    worst = std::max(worst, (best - v[0]).maxCoeff() / (sum ? total : most));
  }
  return {.measured = worst, .bound = 1 + 1e-12, .replicates = runs, .detail = "largest share of the gaps of stages"};
}

Claim added_up_claim() {
  return {.id = "gaps-of-stages-add-up",
          .family = "mirror",
          .statement = "V*_0 - V_0 is at most the sum of the largest one-stage gaps",
          .page = kPage,
          .theorem = "Klein, Weissmann and Doering 2024; performance differences, stage by stage",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return added_up(effort, true); },
          .controls = {{"largest-alone", "takes the largest gap of a stage in place of the sum",
                        [](const Effort& effort) { return added_up(effort, false); }}}};
}

/// The largest distance of the gradient of V_0(mu) from central differences; `reached` false: every stage's is weighed
/// by mu, not by how often a state is reached.
Measurement stage_quotients(const Effort& effort, bool reached) {
  double worst = 0;
  std::int64_t entries = 0;
  Stream stream = effort.stream.child("models");
  for (int i = 0; i < effort.pick(3, 30); ++i) {
    const UnitProblem unit(staged(stream));
    const std::vector<double> mu = drawn_start(4, stream);
    std::vector<Table> logits, weights;
    for (int h = 0; h < 5; ++h) {
      logits.push_back(drawn_logits(unit.stage(h), 2, stream));
      weights.push_back(probabilities(logits.back()));
    }
    StageGradient got = stage_gradient(unit, weights, mu);
    for (std::size_t h = 0; !reached && h < 5; ++h) {
      const mdp::TabularMdp& model = unit.stage(static_cast<int>(h));
      got.gradient[h] = bandit_gradient(model, mu, choice_values(model, 1, got.value[h + 1]), weights[h]);
    }
    for (std::size_t h = 0; h < 5; ++h) {
      for (std::size_t c = 0; c < logits[h].size(); ++c, ++entries) {
        const auto value = [&](double by) {
          Table moved = logits[h];
          moved[c] += by;
          normalise_logits(unit.stage(static_cast<int>(h)), moved);
          std::vector<Table> played = weights;
          played[h] = probabilities(moved);
          return Eigen::Map<const Eigen::VectorXd>(mu.data(), 4).dot(stage_values(unit, played)[0]);
        };
        worst = std::max(worst, std::abs(got.gradient[h][c] - (value(1e-5) - value(-1e-5)) / 2e-5));
      }
    }
  }
  return {.measured = worst, .bound = 1e-8, .replicates = entries, .detail = "largest difference of an entry"};
}

Claim stage_quotients_claim() {
  return {.id = "stage-policy-gradient",
          .family = "mirror",
          .statement = "dV_0(mu)/dtheta_h(s,a) = g^h P(s_h = s) pi_h(a|s) (Q_h - V_h)(s,a), by difference quotients",
          .page = kPage,
          .theorem = "policy gradient theorem, stage by stage",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return stage_quotients(effort, true); },
          .controls = {{"unreached", "weighs the states of every stage by mu",
                        [](const Effort& effort) { return stage_quotients(effort, false); }}}};
}

// --- Optimal stopping ------------------------------------------------------------------------------------------------

/// Offers 1 .. 5 come uniformly; take one, or wait for another, twenty times at most.
Problem stopping() {
  mdp::TabularMdpBuilder builder(6);
  for (int s = 0; s < 5; ++s) {
    builder.add_choice(s, s + 1, {{5, 1.0}});
    builder.add_choice(s, 0, {{0, .2}, {1, .2}, {2, .2}, {3, .2}, {4, .2}});
  }
  builder.add_choice(5, 0, {{5, 1.0}});
  return {.model = std::move(builder).build(), .criterion = Criterion::kFinite, .discount = 1, .horizon = 20};
}

Measurement time_is_needed(bool ignore_time) {
  const Problem problem = stopping();
  const UnitProblem unit(problem);
  std::vector<Table> last;
  simultaneous_policy_gradient(problem,
                               {.steps = 5000,
                                .eta = ignore_time ? .25 : 10,
                                .ignore_time = ignore_time,
                                .watch = [&](const StageIterate& at) { last = at.weights; }},
                               without_end());
  // All rewards are mapped by one line, so losses scale with it.
  Problem mapped = problem;
  mapped.model = unit.model();
  const Eigen::VectorXd best = backward_induction(mapped).value;
  return {.measured = unit.scale() * (best - stage_values(unit, last)[0]).maxCoeff(),
          .bound = .05,
          .detail = "loss in the worst state"};
}

Claim stopping_claim() {
  return {
      .id = "stopping-needs-the-time",
      .family = "mirror",
      .statement = "One policy for all stages loses more than .05 in the stopping problem, after any training",
      .page = kPage,
      .theorem = "Klein, Weissmann and Doering 2024 (why policies must not be stationary)",
      .kind = Kind::kAbove,
      .measure = [](const Effort&) { return time_is_needed(true); },
      .controls = {{"with-time", "trains one policy a stage", [](const Effort&) { return time_is_needed(false); }}}};
}

}  // namespace

std::vector<Claim> stage_claims() {
  return {dynamic_claim(),         dominated_claim(), smooth_claim(),  never_unlearns_claim(),
          stage_quotients_claim(), added_up_claim(),  stopping_claim()};
}

}  // namespace bellwether::claims
