#include "experiments/figures/overlays.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/figures/bandit_overlays.h"
#include "proofs_checks/bounds/episodic.h"
#include "proofs_checks/bounds/generative.h"
#include "proofs_checks/bounds/long_run.h"
#include "solvers/exact/average/diameter.h"

namespace bellwether::experiments {
namespace {

using EpisodicFormula = double (*)(const bounds::EpisodicSize&);

struct EpisodicTheorem {
  std::string_view learner, label;
  bool constants;
  EpisodicFormula formula;
};

constexpr EpisodicTheorem kEpisodic[] = {
    {"ucbvi-ch", "Azar, Osband, Munos 2017, theorem 1", true, bounds::ucbvi_ch_regret},
    {"ucbvi-bf", "Azar, Osband, Munos 2017, theorem 2", true, bounds::ucbvi_bf_regret},
    {"mvp-2024", "Zhang, Chen, Lee, Du 2024", false, bounds::mvp_shape},
    {"ucb-q-hoeffding", "Jin et al. 2018, theorem 1", false, bounds::ucb_q_hoeffding_shape},
    {"ucb-q-bernstein", "Jin et al. 2018, theorem 2", false, bounds::ucb_q_bernstein_shape},
    {"ucb-advantage", "Zhang, Zhou, Ji 2020", false, bounds::ucb_advantage_shape},
    {"psrl", "Osband, Russo, Van Roy 2013 (Bayes)", false, bounds::psrl_bayes_shape},
    {"rlsvi", "Russo 2019", false, bounds::rlsvi_shape},
    {"optimistic-policy-optimisation", "Shani et al. 2020", false, bounds::optimistic_policy_shape},
};

double setting(const std::vector<Setting>& settings, std::string_view name, double otherwise) {
  const auto found = std::ranges::find(settings, name, &Setting::first);
  return found == settings.end() ? otherwise : parse_double(found->second).value_or(otherwise);
}

double most_actions(const mdp::TabularMdp& model) {
  int most = 1;
  for (int s = 0; s < model.num_states(); ++s) most = std::max(most, model.num_choices(s));
  return most;
}

bounds::EpisodicSize episodic_size(const InstanceVariant& instance, const LearnerVariant& learner) {
  const mdp::TabularMdp& model = instance.model().model;
  return {.states = static_cast<double>(model.num_states()),
          .actions = most_actions(model),
          .horizon = static_cast<double>(instance.horizon),
          .episodes = 1,
          .delta = setting(learner.settings, "delta", 0.05)};
}

constexpr int kMostStatesForDiameter = 300;

/// One a model: figures of several learners ask for the same.
std::optional<double> diameter_of(const InstanceVariant& instance) {
  static std::mutex mutex;
  static std::map<std::string, double> known;
  const std::lock_guard lock(mutex);
  if (instance.model().model.num_states() > kMostStatesForDiameter) return std::nullopt;
  if (const auto found = known.find(instance.long_run_hash); found != known.end()) return found->second;
  return known[instance.long_run_hash] = solvers::diameter(instance.model().model, 1e-3).upper;
}

std::optional<bounds::LongRunSize> long_run_size(const InstanceVariant& instance, const LearnerVariant& learner) {
  const auto diameter = diameter_of(instance);
  if (!diameter) return std::nullopt;
  const mdp::TabularMdp& model = instance.model().model;
  return bounds::LongRunSize{.states = static_cast<double>(model.num_states()),
                             .actions = most_actions(model),
                             .diameter = *diameter,
                             .steps = 1,
                             .delta = setting(learner.settings, "delta", 0.05)};
}

std::vector<double> at_each(std::span<const std::int64_t> at, const std::function<double(double)>& formula) {
  std::vector<double> y;
  y.reserve(at.size());
  for (const std::int64_t n : at) y.push_back(formula(static_cast<double>(n)));
  return y;
}

std::optional<Overlay> episodic_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                      std::span<const std::int64_t> at) {
  const auto* theorem = std::ranges::find(kEpisodic, std::string_view(learner.name), &EpisodicTheorem::learner);
  if (theorem == std::end(kEpisodic)) return std::nullopt;
  bounds::EpisodicSize size = episodic_size(instance, learner);
  return Overlay{std::string(theorem->label), theorem->constants, at_each(at, [&](double episodes) {
                   size.episodes = episodes;
                   return theorem->formula(size);
                 })};
}

std::optional<Overlay> long_run_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                      std::span<const std::int64_t> at) {
  if (learner.name != "ucrl2") return std::nullopt;
  auto size = long_run_size(instance, learner);
  if (!size) return std::nullopt;
  return Overlay{"Jaksch, Ortner, Auer 2010, theorem 2", true, at_each(at, [&](double steps) {
                   size->steps = std::max(steps, 2.0);
                   return bounds::ucrl2_regret(*size);
                 })};
}

bounds::GenerativeSize generative_size(const InstanceVariant& instance, double delta) {
  const mdp::TabularMdp& model = instance.model().model;
  // The theorems speak of pairs: as many choices a state as make the number of choices.
  return {.states = static_cast<double>(model.num_states()),
          .actions = static_cast<double>(model.num_choices()) / model.num_states(),
          .discount = instance.discount,
          .delta = delta};
}

/// Where the theorem speaks of errors below 1 only, nothing is promised before.
std::optional<Overlay> generative_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                        std::span<const std::int64_t> at) {
  if (learner.name != "empirical-qvi") return std::nullopt;
  const bounds::GenerativeSize size = generative_size(instance, 0.05);
  return Overlay{"Azar, Munos, Kappen 2013, theorem 1", true, at_each(at, [&](double samples) {
                   const double error = bounds::azar_error(size, samples);
                   return error < 1 ? error : std::numeric_limits<double>::quiet_NaN();
                 })};
}

}  // namespace

std::optional<Overlay> upper_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                   std::span<const std::int64_t> at) {
  if (learner.protocol == Protocol::kEpisodic) return episodic_bound(instance, learner, at);
  if (learner.protocol == Protocol::kAverage) return long_run_bound(instance, learner, at);
  if (learner.protocol == Protocol::kGenerative) return generative_bound(instance, learner, at);
  if (learner.protocol == Protocol::kRounds) return bandit_upper_bound(instance, learner, at);
  return std::nullopt;
}

std::optional<Overlay> sample_size_shape(const InstanceVariant& instance, const LearnerVariant& learner,
                                         std::span<const double> effective_horizon) {
  const bool plain = learner.name == "q-learning";
  if (!plain && learner.name != "empirical-qvi") return std::nullopt;
  bounds::GenerativeSize size{.actions = most_actions(instance.model().model)};
  Overlay shape{plain ? "as in Li et al. 2021" : "as in Azar et al. 2013", false, {}};
  for (const double horizon : effective_horizon) {
    size.discount = 1 - 1 / horizon;
    shape.y.push_back(plain ? bounds::synchronous_q_shape(size) : bounds::generative_lower_shape(size));
  }
  const double power =
      std::log(shape.y.back() / shape.y.front()) / std::log(effective_horizon.back() / effective_horizon.front());
  shape.label = fmt::format("slope {:.0f}, {}", power, shape.label);
  return shape;
}

namespace {

/// The average over the members of this family, with the instance's own advantage: its members differ in where the good
/// choice lies, and no learner knows.
std::optional<Overlay> hard_tree_bound(const InstanceVariant& instance, std::span<const std::int64_t> at) {
  const auto of = [&](std::string_view name) { return setting(instance.settings, name, 0); };
  constexpr double kLargestAdvantage = 0.25;  // the proof's: kl(1/2, 1/2 + x) <= 4 x^2
  const double horizon = of("horizon"), depth = of("depth"), advantage = of("advantage");
  const double waiting = of("waiting") > 0 ? of("waiting") : std::max(std::floor(horizon / 3), 1.0);
  const double ways = std::pow(of("actions"), depth) * waiting;  // L A = A^d
  const double paid = horizon - waiting - depth;
  if (!(advantage <= kLargestAdvantage) || !(paid > 0) || !(ways > 1)) return std::nullopt;
  return Overlay{"lower bound, mean over the family: after Domingues et al. 2021", true,
                 at_each(at, [&](double k) { return bounds::hard_tree_regret(ways, advantage, paid, k); })};
}

/// For the steps that the instance's advantage is hardest for, where the theorem holds.
std::optional<Overlay> jao_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                 std::span<const std::int64_t> at) {
  const double hardest = setting(instance.settings, "hardest_for", 0);
  if (std::ranges::find(at, static_cast<std::int64_t>(hardest)) == at.end()) return std::nullopt;
  const bounds::LongRunSize size{.states = setting(instance.settings, "states", 0),
                                 .actions = setting(instance.settings, "actions", 0),
                                 .diameter = setting(instance.settings, "diameter", 0),
                                 .steps = hardest,
                                 .delta = setting(learner.settings, "delta", 0.05)};
  if (!bounds::jao_applies(size)) return std::nullopt;
  return Overlay{"lower bound for the worst of the family: Jaksch et al. 2010", true, at_each(at, [&](double steps) {
                   return steps == hardest ? bounds::jao_regret(size) : std::numeric_limits<double>::quiet_NaN();
                 })};
}

/// Of loops that are all alike: between them and those with an advantage that so many samples cannot tell.
std::optional<Overlay> two_point_bound(const InstanceVariant& instance, std::span<const std::int64_t> at) {
  if (setting(instance.settings, "advantage", 0) != 0) return std::nullopt;
  const double copies = setting(instance.settings, "copies", 1);
  return Overlay{"lower bound, mean with a neighbour: after Azar et al. 2013", true, at_each(at, [&](double samples) {
                   return bounds::two_point_error(instance.discount, samples * copies);
                 })};
}

}  // namespace

std::optional<Overlay> lower_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                   std::span<const std::int64_t> at) {
  const std::string_view family = std::string_view(instance.id).substr(0, instance.id.find('@'));
  if (learner.protocol == Protocol::kRounds) return bandit_lower_bound(instance, learner, at);
  if (family == "hard-tree" && learner.protocol == Protocol::kEpisodic) return hard_tree_bound(instance, at);
  if (family == "generative-gadget" && learner.protocol == Protocol::kGenerative) return two_point_bound(instance, at);
  if (family == "jao" && learner.protocol == Protocol::kAverage) return jao_bound(instance, learner, at);
  return std::nullopt;
}

}  // namespace bellwether::experiments
