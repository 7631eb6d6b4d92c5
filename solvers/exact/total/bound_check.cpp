#include "solvers/exact/total/bound_check.h"

#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/graph/end_components.h"
#include "mdp/graph/induced_chain.h"

namespace bellwether::solvers {
namespace {

/// The claim turned into maximise form.
class Checker {
 public:
  Checker(const Problem& problem, bool must_reach, const mdp::Policy& policy, const Eigen::VectorXd& lower,
          const Eigen::VectorXd& upper)
      : model_(problem.model),
        policy_(policy),
        reach_(problem.criterion == Criterion::kReach),
        must_reach_(must_reach),
        sign_(problem.sign()),
        target_(mdp::state_set(problem.model, problem.target)),
        lower_(problem.maximise() ? lower : Eigen::VectorXd(-upper)),
        upper_(problem.maximise() ? upper : Eigen::VectorXd(-lower)) {}

  BoundCheck run() {
    for (int s = 0; s < model_.num_states() && result_.holds; ++s) check_state(s);
    if (result_.holds && !must_reach_) check_resting_places();
    if (result_.holds) check_recurrent_classes();
    return result_;
  }

 private:
  double terminal_value() const { return reach_ ? sign_ : 0.0; }
  double reward(std::int64_t c) const { return reach_ ? 0.0 : sign_ * model_.reward(c); }
  bool is_target(int s) const { return target_[static_cast<std::size_t>(s)] != 0; }
  bool is_given(int s) const { return std::isinf(lower_[s]) && lower_[s] == upper_[s]; }

  void fail(int s, std::string reason) { result_ = {.holds = false, .reason = std::move(reason), .state = s}; }

  /// sum p (v(next) - v(s)) + r sum(p) as an interval that contains the true number.
  std::pair<double, double> advantage(std::int64_t c, int s, const Eigen::VectorXd& v) const {
    const auto next = model_.successors(c);
    const auto probability = model_.probabilities(c);
    double sum = 0, magnitude = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      const double term = probability[i] * (v[next[i]] - v[s]);
      sum += term;
      magnitude += std::abs(term);
    }
    const double r = reward(c);
    if (magnitude == 0 && r == 0) return {0, 0};
    // Terms: a difference, a product, n sums. Reward: 5 u of reading, row sums within 8 u of one, the last sum.
    const auto n = static_cast<std::int64_t>(next.size());
    const double error = rounding_error(n + 4) * magnitude + rounding_error(16) * std::abs(r) + 1e-305;
    return {sum + r - error, sum + r + error};
  }

  bool touches(std::int64_t c, const Eigen::VectorXd& v, double value) const {
    for (const std::int32_t next : model_.successors(c))
      if (v[next] == value) return true;
    return false;
  }

  void check_state(int s) {
    if (!(lower_[s] <= upper_[s])) return fail(s, "the lower bound exceeds the upper bound");
    if (is_target(s)) {
      if (upper_[s] < terminal_value()) fail(s, "the bound is below the value of the target");
      if (lower_[s] > terminal_value()) fail(s, "the bound is above the value of the target");
      return;
    }
    if (is_given(s)) return;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (!std::isfinite(lower_[s]) || !std::isfinite(upper_[s])) return fail(s, "a bound is infinite on one side");
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
      if (touches(c, upper_, -kInfinity)) continue;  // leads to certain ruin
      if (touches(c, upper_, kInfinity)) return fail(s, "a choice leads to a state of infinite value");
      if (advantage(c, s, upper_).second > 0) return fail(s, fmt::format("choice {} beats the upper bound", c));
    }
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
      if (policy_.probability(model_, s, c) == 0) continue;
      if (touches(c, lower_, -kInfinity)) return fail(s, "the policy leads to a state of infinite loss");
      if (!policy_.is_deterministic()) return fail(s, "the policy must be deterministic");
      if (!touches(c, lower_, kInfinity) && advantage(c, s, lower_).first < 0) {
        return fail(s, "the policy does not support the lower bound");
      }
    }
  }

  /// Components of zero-reward choices: a play may rest there and is worth 0.
  void check_resting_places() {
    mdp::ChoiceSet still(static_cast<std::size_t>(model_.num_choices()), 0);
    for (int s = 0; s < model_.num_states(); ++s) {
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        still[static_cast<std::size_t>(c)] = !is_target(s) && reward(c) == 0;
      }
    }
    const mdp::EndComponents parts = mdp::maximal_end_components(model_, mdp::ReverseTransitions(model_), still);
    for (const std::int32_t s : parts.members) {
      if (upper_[s] < 0) return fail(s, "a play may rest here for 0, above the upper bound");
    }
  }

  void check_recurrent_classes() {
    mdp::MarkovChain chain = mdp::induced_chain(model_, policy_);
    // Targets end the play: their rows become self-loops. A row has at least one entry, the others may stay duplicates.
    for (int s = 0; s < model_.num_states(); ++s) {
      if (!is_target(s)) continue;
      const auto row = static_cast<std::size_t>(s);
      std::fill(chain.successor.begin() + chain.row_begin[row], chain.successor.begin() + chain.row_begin[row + 1], s);
    }
    const mdp::RecurrentClasses classes = mdp::recurrent_classes(chain);
    for (int s = 0; s < model_.num_states() && result_.holds; ++s) {
      if (classes.class_of[static_cast<std::size_t>(s)] < 0 || is_target(s) || is_given(s)) continue;
      if (must_reach_) return fail(s, "the policy stays here and never reaches the goal");
      if (!reach_ && chain.reward[static_cast<std::size_t>(s)] != 0)
        return fail(s, "the policy collects here for ever");
      if (lower_[s] > 0) return fail(s, "the policy rests here for 0, below the lower bound");
    }
  }

  const mdp::TabularMdp& model_;
  const mdp::Policy& policy_;
  bool reach_, must_reach_;
  double sign_;
  mdp::StateSet target_;
  Eigen::VectorXd lower_, upper_;
  BoundCheck result_;
};

}  // namespace

BoundCheck check_total_bounds(const Problem& problem, bool must_reach_goal, const mdp::Policy& policy,
                              const Eigen::VectorXd& lower, const Eigen::VectorXd& upper) {
  require_valid(problem);
  if (problem.criterion != Criterion::kReach && problem.criterion != Criterion::kTotal) {
    throw InvalidOption("check_total_bounds: the criterion must be reach or total");
  }
  if (lower.size() != problem.model.num_states() || upper.size() != problem.model.num_states()) {
    throw InvalidOption(fmt::format("check_total_bounds: bounds of {} and {} states for a model of {}", lower.size(),
                                    upper.size(), problem.model.num_states()));
  }
  policy.require_fits(problem.model);
  return Checker(problem, must_reach_goal, policy, lower, upper).run();
}

}  // namespace bellwether::solvers
