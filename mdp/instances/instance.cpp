#include "mdp/instances/instance.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

namespace bellwether::mdp {

std::string_view to_string(Objective objective) {
  switch (objective) {
    case Objective::kDiscounted:
      return "discounted";
    case Objective::kFinite:
      return "finite";
    case Objective::kTotal:
      return "total";
    case Objective::kReach:
      return "reach";
    case Objective::kAverage:
      return "average";
  }
  return "discounted";
}

std::string_view to_string(Quantity quantity) {
  switch (quantity) {
    case Quantity::kOptimum:
      return "optimum";
    case Quantity::kUniform:
      return "uniform policy";
    case Quantity::kBiasSpan:
      return "bias span";
    case Quantity::kDiameter:
      return "diameter";
  }
  return "optimum";
}

Rule discount_rule() { return {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_high = true}; }

Question discounted(double discount) { return {.objective = Objective::kDiscounted, .discount = discount}; }
Question finite(int horizon) { return {.objective = Objective::kFinite, .horizon = horizon}; }
Question total() { return {.objective = Objective::kTotal}; }
Question reach(std::string label) { return {.objective = Objective::kReach, .target = std::move(label)}; }
Question average() { return {.objective = Objective::kAverage}; }

Question minimised(Question question) {
  question.minimise = true;
  return question;
}

KnownFact known_optimum(Question question, double value, std::string how, std::string exact) {
  KnownFact fact;
  fact.question = std::move(question);
  fact.value = value;
  fact.how = std::move(how);
  fact.exact = std::move(exact);
  return fact;
}

KnownFact known_uniform(Question question, double value, std::string how) {
  KnownFact fact = known_optimum(std::move(question), value, std::move(how));
  fact.quantity = Quantity::kUniform;
  return fact;
}

KnownFact known_bias_span(double value, std::string how) {
  KnownFact fact = known_optimum({}, value, std::move(how));
  fact.quantity = Quantity::kBiasSpan;
  return fact;
}

KnownFact known_diameter(double value, std::string how) {
  KnownFact fact = known_optimum({}, value, std::move(how));
  fact.quantity = Quantity::kDiameter;
  return fact;
}

std::string to_text(const Question& question) {
  std::string text(to_string(question.objective));
  if (question.objective == Objective::kReach) text += fmt::format(" '{}'", question.target);
  if (question.objective == Objective::kFinite) text += fmt::format(", horizon {}", question.horizon);
  if (question.discount != 1) text += fmt::format(", discount {}", question.discount);
  if (question.minimise) text += ", minimised";
  return text;
}

namespace {

TabularMdp negated(const TabularMdp& model) {
  std::vector<double> rewards(model.reward().begin(), model.reward().end());
  for (double& r : rewards) r = -r;
  return model.with_expected_rewards(std::move(rewards));
}

}  // namespace

NamedInstance as_maximisation(NamedInstance instance) {
  if (!instance.question.minimise) return instance;
  instance.question.minimise = false;
  instance.model = negated(instance.model);
  for (TabularMdp& stage : instance.stages) stage = negated(stage);
  return instance;
}

}  // namespace bellwether::mdp
