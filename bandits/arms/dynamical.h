#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// x' = A x + B u + noise, y = <omega, x> + <theta, u> + noise, noise normal with standard deviation sigma in every
/// coordinate.
struct DynamicalSystem {
  Eigen::MatrixXd a, b;
  Eigen::VectorXd omega, theta;
  double sigma = 0.01;
};

/// What a constant action earns a round in the long run is <h, u>: theta + B^T (I - A)^-T omega.
Eigen::VectorXd markov_parameter(const DynamicalSystem& system);
double spectral_radius(const Eigen::MatrixXd& a);

/// Numbers that learners of such a system may be told.
struct DynamicalBounds {
  double rho = 0;                                  ///< spectral radius of A
  double phi = 1;                                  ///< sup over t of |A^t| / rho^t
  double theta = 0, omega = 0, b = 0, action = 0;  ///< norms; of actions the largest
  double sigma = 0;
  /// Of hidden states without noise, if rho_bar bounds the spectral radius.
  double state(double rho_bar) const { return phi * action * b / (1 - rho_bar); }
};

/// A linear bandit with hidden linear dynamics (Mussi, Metelli, Restelli 2023): arms are actions u from a finite set,
/// rewards the outputs y. Means are expected outputs given the actions so far, the state before the first round being
/// 0. The comparator is the best constant action at its long-run reward, <h, u*>, which no policy exceeds in the long
/// run.
class DynamicalBandit : public Bandit {
 public:
  /// Row i of `actions` is an action. InvalidOption when sizes differ, a number is not finite, sigma is not above 0 or
  /// the spectral radius of A is not below 1.
  DynamicalBandit(DynamicalSystem system, const Eigen::MatrixXd& actions);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const DynamicalSystem& system() const { return system_; }
  int actions() const { return static_cast<int>(features_.size()) / static_cast<int>(system_.theta.size()); }
  Eigen::Map<const Eigen::VectorXd> action(int arm) const;
  std::span<const double> features() const { return features_; }   ///< of all actions, one after the other
  const Eigen::VectorXd& parameter() const { return parameter_; }  ///< h
  int best() const { return best_; }
  double best_value() const { return best_value_; }  ///< <h, u*>
  const DynamicalBounds& bounds() const { return bounds_; }

 private:
  DynamicalSystem system_;
  std::vector<double> features_;
  Eigen::VectorXd parameter_;
  DynamicalBounds bounds_;
  int best_ = 0;
  double best_value_ = 0;
};

}  // namespace bellwether::bandits
