// Identities between values of policies: performance difference, simulation lemma, regret as a sum of gaps.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/evaluate/discounted.h"
#include "mdp/evaluate/finite.h"
#include "mdp/evaluate/occupancy.h"
#include "mdp/instances/deep_sea.h"
#include "mdp/instances/lower_bounds.h"
#include "mdp/instances/riverswim.h"
#include "mdp/operators.h"
#include "proofs_checks/bounds/planning.h"
#include "proofs_checks/planning/claims.h"
#include "proofs_checks/planning/models.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::claims {
namespace {

constexpr const char* kEvaluation = "docs/papers/policy-evaluation.md";
/// Both sides are computed to about 1e-12 of the size of the values.
constexpr double kAgreement = 1e-9;

// --- Performance difference ------------------------------------------------------------------------------------------

/// sum over (s, a) of x(s, a) (Q^pi(s, a) - V^pi(s)).
double weighted_advantage(const Case& on, const mdp::Evaluation& v, const std::vector<double>& mass) {
  double sum = 0;
  for (int s = 0; s < on.model().num_states(); ++s) {
    for (std::int64_t c = on.model().first_choice(s); c < on.model().first_choice(s + 1); ++c) {
      const double q =
          on.model().reward(c) +
          on.discount() * mdp::Expectation{}(on.model().successors(c), on.model().probabilities(c), view(v.value));
      sum += mass[static_cast<std::size_t>(c)] * (q - v.value[s]);
    }
  }
  return sum;
}

enum class Weights { kNewPolicy, kOldPolicy, kNormalised };

/// The largest difference between V^new - V^old and the advantages of old summed over the occupancy of new, relative to
/// the values.
Measurement performance_difference(const Effort& effort, Weights weights) {
  double worst = 0;
  std::int64_t pairs = 0;
  for (const Case& on : discounted_cases(effort)) {
    Stream stream = effort.stream.child(on.name);
    const std::vector<double> start = on.model().initial();
    for (int i = 0; i < effort.pick(5, 50); ++i) {
      const mdp::PolicyChain before(on.model(), drawn_randomised_policy(on.model(), stream));
      const mdp::PolicyChain after(on.model(), drawn_policy(on.model(), stream));
      const mdp::Evaluation old_value = mdp::evaluate_discounted(before, on.discount());
      const mdp::Evaluation new_value = mdp::evaluate_discounted(after, on.discount());
      const auto& played = weights == Weights::kOldPolicy ? before : after;
      double sum = weighted_advantage(on, old_value, mdp::discounted_occupancy(played, on.discount()).choice);
      if (weights == Weights::kNormalised) sum *= 1 - on.discount();
      const double difference = new_value.expected(start) - old_value.expected(start);
      worst = std::max(worst, std::abs(difference - sum) / (norm(view(old_value.value)) + norm(view(new_value.value))));
      ++pairs;
    }
  }
  return {.measured = worst, .bound = kAgreement, .replicates = pairs, .detail = "largest relative difference"};
}

Claim performance_difference_claim() {
  return {.id = "performance-difference",
          .family = "planning",
          .statement = "V^new - V^old is the sum of old's advantages over the occupancy of new",
          .page = kEvaluation,
          .theorem = "Kakade and Langford 2002, Lemma 6.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return performance_difference(effort, Weights::kNewPolicy); },
          .controls = {{"old-occupancy", "weighs the advantages by the occupancy of the old policy",
                        [](const Effort& effort) { return performance_difference(effort, Weights::kOldPolicy); }},
                       {"normalised", "takes the occupancy that sums to one",
                        [](const Effort& effort) { return performance_difference(effort, Weights::kNormalised); }}}};
}

// --- Simulation lemma ------------------------------------------------------------------------------------------------

/// Two models and how far they lie apart.
struct ModelPair {
  mdp::TabularMdp first, second;
  double reward_error, row_error;
};

/// The model with rewards moved by up to `by` and, where `mix` > 0, each row moved towards one of its successors.
ModelPair perturbed(const mdp::TabularMdp& model, double by, double mix, Stream& stream) {
  mdp::ModelData data = model.data();
  std::vector<double> reward(data.rewards.front().expected.begin(), data.rewards.front().expected.end());
  for (double& r : reward) r += by;
  std::vector<double> probability(data.probability.begin(), data.probability.end());
  double row_error = 0;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto begin = static_cast<std::size_t>(data.choice_begin[static_cast<std::size_t>(c)]);
    const std::size_t length = model.successors(c).size();
    const std::size_t favoured = begin + stream.below(length);
    double moved = 0;
    for (std::size_t i = begin; i < begin + length; ++i) {
      const double target = i == favoured ? 1.0 : 0.0, before = probability[i];
      probability[i] += mix * (target - before);
      moved += std::abs(probability[i] - before);
    }
    row_error = std::max(row_error, moved);
  }
  data.rewards = {{.name = "reward", .expected = std::move(reward), .by_transition = {}}};
  data.reward_laws = {};
  data.probability = std::move(probability);
  return {model, mdp::TabularMdp(std::move(data)), std::abs(by), row_error};
}

double span(const mdp::Evaluation& v) { return v.value.maxCoeff() - v.value.minCoeff(); }

/// The largest |V - V'| / bound over policies.
Measurement simulation_lemma(const Effort& effort, const std::function<double(double, double, double, double)>& bound) {
  double worst = 0;
  std::int64_t pairs = 0;
  for (const Case& on : discounted_cases(effort)) {
    Stream stream = effort.stream.child(on.name);
    for (const auto& [by, mix] : std::vector<std::pair<double, double>>{{0.1, 0}, {0, 0.01}, {0, 0.3}, {-0.05, 0.1}}) {
      const ModelPair models = perturbed(on.model(), by, mix, stream);
      for (int i = 0; i < effort.pick(3, 30); ++i) {
        const mdp::Policy policy = drawn_policy(on.model(), stream);
        const auto first = mdp::evaluate_discounted(mdp::PolicyChain(models.first, policy), on.discount());
        const auto second = mdp::evaluate_discounted(mdp::PolicyChain(models.second, policy), on.discount());
        const double rounding =
            first.gap() + second.gap() + 1e-12 * (norm(view(first.value)) + norm(view(second.value)));
        const double apart = distance(view(first.value), view(second.value));
        worst = std::max(
            worst, (apart - rounding) / bound(models.reward_error, models.row_error, span(second), on.discount()));
        ++pairs;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = pairs, .detail = "largest difference of values / bound"};
}

Claim simulation_claim() {
  return {.id = "simulation-lemma",
          .family = "planning",
          .statement = "Values in two models differ by at most (e_r + gamma e_P span(V)/2) / (1-gamma)",
          .page = kEvaluation,
          .theorem = "Kearns and Singh 2002, Lemma 4",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return simulation_lemma(effort, bounds::simulation_lemma); },
          .controls = {{"one-step", "forgets that errors add up over 1/(1 - gamma) steps",
                        [](const Effort& effort) {
                          return simulation_lemma(effort, [](double r, double p, double s, double d) {
                            return (1 - d) * bounds::simulation_lemma(r, p, s, d);
                          });
                        }},
                       {"rewards-only", "forgets the rows", [](const Effort& effort) {
                          return simulation_lemma(effort, [](double r, double, double s, double d) {
                            return bounds::simulation_lemma(r, 1e-6, s, d);
                          });
                        }}}};
}

// --- Regret is the expected sum of gaps ------------------------------------------------------------------------------

mdp::FiniteHorizonMdp finite_model(const online::EpisodicTask& task) {
  if (task.same_at_every_stage()) return {task.model(0), task.horizon()};
  std::vector<mdp::TabularMdp> stages;
  for (int h = 0; h < task.horizon(); ++h) stages.push_back(task.model(h));
  return mdp::FiniteHorizonMdp(std::move(stages));
}

std::vector<online::EpisodicTask> episodic_tasks(const Effort& effort) {
  std::vector<online::EpisodicTask> tasks;
  tasks.emplace_back(mdp::riverswim().model, 20);
  tasks.emplace_back(mdp::deep_sea({.size = 8}).model, 8);
  tasks.emplace_back(mdp::hard_tree().stages);
  Stream stream = effort.stream.child("garnets");
  for (int i = 0; i < effort.pick(3, 30); ++i) tasks.emplace_back(drawn_garnet(12, 3, 4, stream), 5 + 10 * i);
  return tasks;
}

/// V*_0 - V^pi_0 against the sum over stages and choices of x_{h + late}(c) gap_h(c).
Measurement gap_identity(const Effort& effort, int late) {
  double worst = 0;
  std::int64_t policies = 0;
  for (const online::EpisodicTask& task : episodic_tasks(effort)) {
    const mdp::FiniteHorizonMdp model = finite_model(task);
    Stream stream = effort.stream.child("policies");
    for (int i = 0; i < effort.pick(10, 100); ++i) {
      mdp::StagePolicy policy;
      for (int h = 0; h < task.horizon(); ++h) {
        policy.push_back(i % 2 == 0 ? drawn_policy(model.stage(h), stream)
                                    : drawn_randomised_policy(model.stage(h), stream));
      }
      const double regret = task.optimum() - mdp::evaluate_finite(model, policy).front().expected(task.initial());
      const auto mass = mdp::finite_occupancy(model, policy);
      double gaps = 0;
      for (int h = 0; h < task.horizon(); ++h) {
        const auto& x = mass[static_cast<std::size_t>(std::min(h + late, task.horizon() - 1))].choice;
        for (std::int64_t c = 0; c < task.num_choices(); ++c) gaps += x[static_cast<std::size_t>(c)] * task.gap(h, c);
      }
      worst = std::max(worst, std::abs(regret - gaps));
      ++policies;
    }
  }
  return {.measured = worst, .bound = kAgreement, .replicates = policies, .detail = "largest difference"};
}

Claim gap_identity_claim() {
  return {.id = "regret-is-gaps",
          .family = "planning",
          .statement = "The regret of a policy is the expected sum of the gaps V*_h - Q*_h of what it plays",
          .page = "docs/papers/finite-horizon.md",
          .theorem = "performance-difference lemma against the optimal policy (Kakade and Langford 2002)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return gap_identity(effort, 0); },
          .controls = {{"next-stage", "weighs the gaps of a stage by the occupancy of the next",
                        [](const Effort& effort) { return gap_identity(effort, 1); }}}};
}

}  // namespace

std::vector<Claim> identity_claims() {
  return {performance_difference_claim(), simulation_claim(), gap_identity_claim()};
}

}  // namespace bellwether::claims
