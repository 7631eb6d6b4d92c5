#pragma once

#include <Eigen/Core>

#include "solvers/linear/feature_chain.h"

namespace bellwether::solvers {

// What methods of temporal differences converge to, or fail to, computed from the model: docs/papers/
// linear-function-approximation.md, "What is sought". |v|_D^2 = sum over s of D(s) v(s)^2.

/// A = Phi^T D (I - g L P)^-1 (I - g P) Phi, b = Phi^T D (I - g L P)^-1 r, C = Phi^T D Phi; g the discount, L lambda:
/// the expected update of TD(lambda) is b - A w. With D the long-run law of a behaviour policy this is what importance
/// weighted traces see as well.
struct TdMoments {
  Eigen::MatrixXd a, c;
  Eigen::VectorXd b;
};
TdMoments td_moments(const FeatureChain& chain, double lambda = 0);

/// The values of the target policy, (I - g P)^-1 r.
Eigen::VectorXd true_values(const FeatureChain& chain);
/// The weights whose values are nearest to `values` in |.|_D; of several the shortest.
Eigen::VectorXd nearest_weights(const FeatureChain& chain, const Eigen::VectorXd& values);
/// w with A w = b. Where A is singular, the shortest of least |A w - b|.
Eigen::VectorXd td_fixed_point(const TdMoments& moments);
/// argmin |r + g P Phi w - Phi w|_D.
Eigen::VectorXd bellman_residual_weights(const FeatureChain& chain);

/// The rank of Phi in the states where D is above zero: below the dimension, weights are not unique.
int feature_rank(const FeatureChain& chain);

/// |v|_D.
double weighted_norm(const FeatureChain& chain, const Eigen::VectorXd& v);
/// (b - A w)^T C^+ (b - A w): the squared distance of Phi w from the projection of its backup.
double projected_bellman_error(const TdMoments& moments, const Eigen::VectorXd& w);
/// |r + g P Phi w - Phi w|_D^2.
double bellman_error(const FeatureChain& chain, const Eigen::VectorXd& w);

/// g (1 - L) / (1 - g L): the contraction of the backup of TD(lambda) in |.|_D on policy.
double lambda_contraction(double discount, double lambda);
/// The least real part of the eigenvalues of A restricted to the span of features: expected updates w += a (b - A w)
/// with small a converge when it is positive and diverge when it is negative.
double stability(const TdMoments& moments);

/// How weights follow single steps.
enum class TdMethod {
  kTd,    ///< w += a (r + g phi'w - phi w) phi
  kGtd2,  ///< w += a (phi - g phi') (phi u), u follows C^-1 (b - A w)
  kTdc    ///< w += a (delta phi - g phi' (phi u)), the same u
};

/// Weights, with the second vector of kGtd2 and kTdc.
struct TdWeights {
  Eigen::VectorXd w, u;
};
/// The mean over D of one update: with step a of w and step `second` of u.
void expected_update(TdMethod method, const TdMoments& moments, double step, double second, TdWeights& weights);

}  // namespace bellwether::solvers
