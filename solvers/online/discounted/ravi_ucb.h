#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
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
  double theta_norm = 1;
};

template <class Field>
void describe(RaviUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("eta_factor", o.eta_factor, above(0), "factor on the step size sqrt(ln A / (H^3 K))");
  field("rule", o.rule, one_of({"regularised", "greedy", "full"}),
        "of an epoch: one regularised backup; one without regularisation; value iteration to the end");
  field("theta_norm", o.theta_norm, above(0), "upper bound on |theta| of a mixture");
}

inline constexpr double kRaviUcbPractical = 0.1;

/// No protocol of `run` has epochs that end by chance, so it stands in no table of learners.
inline constexpr std::string_view kRaviUcbElsewhere =
    "ravi-ucb plays a discounted model in epochs that end by chance, which `run` has no protocol for; `reproduce "
    "ravi-ucb` plays it, in C++ run_ravi_ucb (docs/papers/ravi-ucb.md)";

/// pi'(a|x) = pi(a|x) exp(eta Q(x,a)) / Z, V(x) = ln(Z) / eta, in logarithms. `log_policy` is by choices.
void regularised_step(std::span<const std::int64_t> state_begin, std::span<const double> q, double eta,
                      std::span<double> log_policy, std::span<double> value);

/// What the learner is told. Mean rewards lie in [0, 1], 0 < discount < 1.
struct EpochWorld {
  std::span<const std::int64_t> state_begin;
  std::span<const double> mean_reward;
  double discount = 0.9;
  std::int64_t epochs = 1;

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  double horizon() const { return 1 / (1 - discount); }
};

/// The step size of theory, sqrt(ln A / (H^3 K)), A the most choices of a state (2 at least).
double ravi_step_size(const EpochWorld& world);

class RaviUcb {
 public:
  RaviUcb(const EpochWorld& world, std::unique_ptr<TransitionEstimate> estimate, const RaviUcbOptions& options);

  double probability(std::int64_t choice) const;
  std::span<const double> values() const { return value_; }
  double eta() const { return eta_; }
  const TransitionEstimate& estimate() const { return *estimate_; }
  /// gamma times the width of P^ V_k, times the constant.
  double bonus(std::int64_t choice) const;

  void observe(std::int64_t choice, std::int32_t next) { estimate_->observe(choice, next, value_); }
  /// The epoch is over: pi_{k+1}, V_{k+1}.
  void end_epoch();

 private:
  void backup();
  double greedy_step();

  EpochWorld world_;
  std::unique_ptr<TransitionEstimate> estimate_;
  double scale_, eta_;
  std::string rule_;
  std::vector<double> q_, log_policy_, value_;
};

}  // namespace bellwether::online
