#include <bit>
#include <map>

#include <fmt/format.h>

#include "experiments/engine/content_id.h"
#include "experiments/engine/grid.h"

namespace bellwether::experiments {
namespace {

static_assert(std::endian::native == std::endian::little, "content hashes read arrays as little-endian bytes");

/// The ids of all arrays of a model that a learner can tell apart, one a line.
std::string model_lines(const mdp::TabularMdp& model) {
  const mdp::ModelData& data = model.data();
  const mdp::Column& rewards = data.rewards.front();
  const mdp::RewardDistributions& laws = data.reward_laws;
  std::string text = fmt::format("model {} {} {}\n", model.num_states(), model.num_choices(), model.num_transitions());
  const auto line = [&](std::string_view what, const auto& array) {
    text += fmt::format("{} {} {}\n", what, array.size(), content_id(array.view()));
  };
  line("state_begin", data.state_begin);
  line("choice_begin", data.choice_begin);
  line("successor", data.successor);
  line("probability", data.probability);
  line("expected", rewards.expected);
  line("by_transition", rewards.by_transition);
  line("law", laws.law);
  line("scale", laws.scale);
  line("support_begin", laws.support_begin);
  line("support_values", laws.values);
  line("support_weights", laws.weights);
  line("initial", Array<double>(model.initial()));
  return text;
}

/// What learners of linear models see; nothing for other models.
std::string linear_lines(const mdp::LinearStructure& linear) {
  std::string text;
  if (linear.features != nullptr)
    text += fmt::format("features {} {}\n", linear.features->dimension(), content_id(linear.features->rows().view()));
  if (linear.mixture != nullptr)
    text +=
        fmt::format("mixture {} {} {} {}\n", linear.mixture->dimension(), content_id(linear.mixture->begin().view()),
                    content_id(linear.mixture->successor().view()), content_id(linear.mixture->features().view()));
  return text;
}

}  // namespace

std::string content_hash(const mdp::NamedInstance& instance, int horizon) {
  std::string text = fmt::format("instance, horizon {}\n", horizon);
  if (instance.stages.empty()) text += model_lines(instance.model);
  for (const mdp::TabularMdp& stage : instance.stages) text += model_lines(stage);
  text += linear_lines(instance.linear);
  return content_id(text);
}

std::string content_hash(const bandits::Bandit& bandit) { return content_id("bandit\n" + bandit.content()); }

int instance_version(std::string_view name) {
  // A family whose models change gets a row here, or one more on its number.
  static const std::map<std::string_view, int> raised = {{"lspi-chain", 2}};
  const auto found = raised.find(name);
  return found == raised.end() ? 1 : found->second;
}

}  // namespace bellwether::experiments
