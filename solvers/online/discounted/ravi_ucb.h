#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/online/discounted/agent.h"
#include "solvers/online/discounted/task.h"
#include "solvers/online/discounted/transition_estimate.h"

namespace bellwether::online {

// RAVI-UCB (Moulin, Neu 2023; docs/papers/ravi-ucb.md): a discounted model is played in epochs that end with
// probability 1 - discount after each step; after every epoch one regularised backup of what is known, no planning
// loop.

struct RaviUcbOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double eta_factor = 1;
  std::string rule = "regularised";
  std::string knowledge = "counts";
  double theta_norm = 1;
};

template <class Field>
void describe(RaviUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("eta_factor", o.eta_factor, above(0), "factor on the step size sqrt(ln A / (H^3 K))");
  field("rule", o.rule, one_of({"regularised", "greedy", "full"}),
        "of an epoch: one regularised backup; one without regularisation; value iteration to the end");
  field("knowledge", o.knowledge, one_of({"counts", "mixture", "model"}),
        "what transitions are estimated by: counts, the kernels of a linear mixture, or the model itself");
  field("theta_norm", o.theta_norm, above(0), "upper bound on |theta| of a mixture");
}

inline constexpr double kRaviUcbPractical = 0.1;

/// pi'(a|x) = pi(a|x) exp(eta Q(x,a)) / Z, V(x) = ln(Z) / eta, in logarithms. `log_policy` is by choices.
void regularised_step(std::span<const std::int64_t> state_begin, std::span<const double> q, double eta,
                      std::span<double> log_policy, std::span<double> value);

/// The step size of theory, sqrt(ln A / (H^3 K)), A the most choices of a state (2 at least).
double ravi_step_size(const EpochWorld& world);

class RaviUcb final : public DiscountedAgent {
 public:
  RaviUcb(const EpochWorld& world, std::unique_ptr<TransitionEstimate> estimate, const RaviUcbOptions& options);

  double probability(std::int64_t choice) const override;
  std::span<const double> values() const override { return value_; }
  const TransitionEstimate& estimate() const override { return *estimate_; }
  /// gamma times the width of P^ V_k, times the constant.
  double bonus(std::int64_t choice) const override;

  void observe(std::int64_t choice, std::int32_t next) override { estimate_->observe(choice, next, value_); }
  void end_epoch() override;

  double eta() const { return eta_; }

 private:
  void backup();
  double greedy_step();

  EpochWorld world_;
  std::unique_ptr<TransitionEstimate> estimate_;
  double scale_, eta_;
  std::string rule_;
  std::vector<double> q_, log_policy_, value_;
};

/// For so many epochs of the task, which must outlive it. InvalidOption where a mixture is wanted and missing.
std::unique_ptr<RaviUcb> make_ravi_ucb(const DiscountedTask& task, std::int64_t epochs, const RaviUcbOptions& options);

}  // namespace bellwether::online
