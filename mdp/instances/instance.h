#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "mdp/linear/linear_structure.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// What is usually asked of a model.
enum class Objective {
  kDiscounted,  ///< sum over t of discount^t r_t
  kFinite,      ///< sum of r_t over `horizon` stages (discounted when discount < 1)
  kTotal,       ///< sum of r_t, undiscounted, until rewards end
  kReach,       ///< probability of reaching the label `target`
  kAverage      ///< long-run reward a step
};

/// "discounted", "finite", "total", "reach", "average": the words of `--criterion` (reach: of `--reach`).
std::string_view to_string(Objective objective);

/// A question about a named instance.
struct Question {
  Objective objective = Objective::kDiscounted;
  double discount = 1;
  int horizon = 0;
  bool minimise = false;
  std::string target = {};  ///< kReach: the label to reach

  friend bool operator==(const Question&, const Question&) = default;
};

/// Discounts of discounted questions: at least 0 and below 1.
Rule discount_rule();

// Short ways to write questions.
Question discounted(double discount);
Question finite(int horizon);
Question total();
Question reach(std::string label);
Question average();
Question minimised(Question question);

/// "discounted, discount 0.99", "finite, horizon 20", "total, minimised".
std::string to_text(const Question& question);

/// What a known number is.
enum class Quantity {
  kOptimum,   ///< the optimal answer to the question, expected over the initial distribution
  kUniform,   ///< the same for the policy that draws its choice uniformly
  kBiasSpan,  ///< largest minus smallest bias of a gain-optimal policy
  kDiameter   ///< largest over s != s' of the least expected time from s to s'
};

std::string_view to_string(Quantity quantity);

/// A number that is known about an instance without running a solver.
struct KnownFact {
  Quantity quantity = Quantity::kOptimum;
  Question question = {};  ///< of kOptimum and kUniform
  double value = 0;        ///< correct to `accuracy`, relative to max(1, |value|)
  std::string how;         ///< "closed form: ...", "published: ...", "computed: ..."
  double accuracy = 1e-9;
  std::string exact = {};  ///< "14/17" where the number has a short exact form
};

// Short ways to write facts.
KnownFact known_optimum(Question question, double value, std::string how, std::string exact = {});
KnownFact known_uniform(Question question, double value, std::string how);
KnownFact known_bias_span(double value, std::string how);
KnownFact known_diameter(double value, std::string how);

/// A model made from a named instance, with what is usually asked of it and what is known about it.
struct NamedInstance {
  TabularMdp model;  ///< the first stage when `stages` is not empty
  Question question = {};
  std::vector<KnownFact> facts = {};
  std::vector<TabularMdp> stages = {};  ///< one a stage, for time-dependent instances
  LinearStructure linear = {};          ///< empty unless the instance is a linear model
};

/// The same question asked of rewards: where costs are minimised, the negated model is maximised.
NamedInstance as_maximisation(NamedInstance instance);

}  // namespace bellwether::mdp
