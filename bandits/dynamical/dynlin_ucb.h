#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bandits/agent.h"
#include "bandits/arms/dynamical.h"
#include "core/options.h"
#include "core/ridge.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// A tenth of the width: a label, no theorem.
inline constexpr double kDynLinPractical = 0.1;

/// DynLin-UCB (Mussi, Metelli, Restelli 2023; docs/papers/dynlin-ucb.md).
struct DynLinOptions {
  double rho = -1, lambda = 0;
  std::string radius = "dynamic", update = "last", constant = "theory";
};

template <class Field>
void describe(DynLinOptions& o, Field&& field) {
  field("rho", o.rho, between(-1, 0.999999), "known bound of the spectral radius; negative: what it is");
  field("lambda", o.lambda, at_least(0), "of the regularisation; 0: ln T");
  field("radius", o.radius, one_of({"dynamic", "static"}),
        "static: that of a linear bandit without dynamics, to be taken with rho=0");
  field("update", o.update, one_of({"last", "all"}), "which rounds of an epoch are learnt from");
  field("constant", o.constant, any_value(), "factor on the radius: theory, practical or a number");
}

/// floor(ln m / ln(1 / rho)): rounds of epoch m after its first; 0 when rho is 0.
std::int64_t settling_rounds(std::int64_t epoch, double rho);

/// The radius beta_t = c1 ln(e (t + 1)) / sqrt(lambda) + c2 sqrt(lambda)
///                     + sqrt(2 s^2 (ln T + (d / 2) ln(1 + t U^2 / (d lambda)))).
struct DynLinRadius {
  double c1 = 0, c2 = 0, sigma = 0, lambda = 1, action = 1;
  double dimension = 1, log_rounds = 0;

  double at(std::int64_t round) const;
};
DynLinRadius dynamic_radius(const DynamicalBounds& bounds, double rho_bar, double lambda, int dimension,
                            std::int64_t rounds);
/// c1 = 0, c2 = Theta, s = sigma: what it is without dynamics.
DynLinRadius static_radius(const DynamicalBounds& bounds, double lambda, int dimension, std::int64_t rounds);

class DynLinUcb final : public Agent {
 public:
  DynLinUcb(const DynamicalBandit& bandit, std::int64_t rounds, const DynLinOptions& options, double factor);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;

  const Eigen::VectorXd& estimate() const { return ridge_.theta(); }
  Eigen::MatrixXd precision() const { return ridge_.precision(); }  ///< V
  double radius(std::int64_t round) const { return factor_ * radius_.at(round); }
  std::int64_t epoch() const { return epoch_; }

 private:
  void add(int arm, double reward);
  void refresh();

  const DynamicalBandit& bandit_;
  double rho_, factor_;
  bool all_rounds_;
  DynLinRadius radius_;
  Ridge ridge_;
  std::vector<double> score_, squared_norm_;  // <h^, u> and |u|^2 in the norm of V^-1, of every action
  std::int64_t epoch_ = 0, left_ = 0;
  int arm_ = 0;
};

/// InvalidOption for a bandit without hidden dynamics.
std::unique_ptr<Agent> make_dynlin_ucb(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                       const Stream& stream);

// Baselines without options.

/// The best constant action: knows h.
std::unique_ptr<Agent> make_dynlin_expert(const Bandit& bandit, const World& world,
                                          const std::vector<Setting>& settings, const Stream& stream);
/// The action that brings most at once: knows theta.
std::unique_ptr<Agent> make_dynlin_myopic(const Bandit& bandit, const World& world,
                                          const std::vector<Setting>& settings, const Stream& stream);

}  // namespace bellwether::bandits
