#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <Eigen/Core>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/ridge.h"

namespace bellwether::bandits {

/// The features of a round's arms beside each other. While they are the same in every round they are copied once.
class ArmFeatures {
 public:
  explicit ArmFeatures(const World& world);
  /// True when they are not those of the round before.
  bool look(const Round& round);
  /// K by d, column by column: products with a vector run over the arms.
  const Eigen::MatrixXd& matrix() const { return matrix_; }
  int arms() const { return static_cast<int>(matrix_.rows()); }

 private:
  Eigen::MatrixXd matrix_;
  bool same_, known_ = false;
};

/// Means <theta, a> and squared norms |a|^2_{V^-1} of a round's arms for a regularised least-squares estimate. In a
/// fixed set both follow each observation, O(K d): one product of the features with V^-1 x serves both. A set drawn
/// anew costs O(K d^2) a round.
class LinearModel {
 public:
  LinearModel(const World& world, double lambda) : LinearModel(world, Ridge(world.dimension, lambda)) {}
  LinearModel(const World& world, Ridge start);

  /// Makes means() and squared_norms() those of this round.
  void look(const Round& round);
  void learn(std::span<const double> feature, double reward);
  /// Another estimate in place of this one.
  void take(const Ridge& ridge);

  const Ridge& ridge() const { return ridge_; }
  const Eigen::MatrixXd& features() const { return features_.matrix(); }
  const Eigen::ArrayXd& means() const { return means_; }
  const Eigen::ArrayXd& squared_norms() const { return norms_; }

 private:
  void compute();

  Ridge ridge_;
  ArmFeatures features_;
  Eigen::ArrayXd means_, norms_, along_;
  Eigen::MatrixXd image_;
  bool stale_ = true, follows_;
};

/// beta: |theta^ - theta*|_V <= beta at all times with probability 1 - delta (Abbasi-Yadkori, Pal, Szepesvari 2011).
class Radius {
 public:
  /// `by_determinant`: sigma sqrt(2 ln(1 / delta) + ln(det V / lambda^d)) + sqrt(lambda) S; else what that determinant
  /// can be after t rounds in place of it: d ln(1 + t L^2 / (d lambda)).
  Radius(const World& world, double lambda, double delta, bool by_determinant);

  double at(const Ridge& ridge) const;

 private:
  double sigma_, twice_log_, bias_, dimension_, pace_;
  bool by_determinant_;
};

/// The arm with the largest entry, the first of equals.
int first_largest(const Eigen::ArrayXd& values);

}  // namespace bellwether::bandits
