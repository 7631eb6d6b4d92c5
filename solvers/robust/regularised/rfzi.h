#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/options.h"
#include "core/stream.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

// The Kullback-Leibler case from data (docs/papers/rfzi.md). With Z(s,a) = E exp(-beta V(s')) the regularised equation
// becomes one for expectations,
//
//   Z(s,a) = E exp( -beta max_a' [ r(s',a') - (discount / beta) log Z(s',a') ] ),
//
// so Z is learned by plain regression, without a dual problem inside. What is kept is the certainty equivalent
// U = -(1/beta) log Z, which neither under- nor overflows: V(s) = max_a r + discount U. Rewards are maximised.

/// A transition that was seen, or a share of one.
struct OfflineSample {
  std::int64_t choice = 0;
  std::int32_t next = 0;
  double weight = 1;
};

/// So many draws: a choice by `law` (uniform when empty), its successor by the model.
std::vector<OfflineSample> draw_offline(const mdp::TabularMdp& model, std::int64_t count, Stream stream,
                                        std::span<const double> law = {});
/// Infinitely many: each transition with its probability.
std::vector<OfflineSample> exact_offline(const mdp::TabularMdp& model, std::span<const double> law = {});

struct RfziOptions {
  double beta = 1;
  std::int64_t iterations = 200;
  double ridge = 1e-9;
  /// Rows of features, one a choice, for linear regression of Z; a mean for each choice when empty.
  Eigen::MatrixXd features = {};
};

template <class Field>
void describe(RfziOptions& o, Field&& field) {
  field("beta", o.beta, at_least(0), "1 / price of nature's deviations; 0 is fitted Q iteration");
  field("iterations", o.iterations, at_least(1), "regressions");
  field("ridge", o.ridge, at_least(0), "of linear regressions, as a share of the mean squared feature");
}

struct RfziResult {
  std::vector<double> certainty;  ///< U, one a choice
  Eigen::VectorXd value;          ///< max_a r + discount U
  mdp::Policy policy;             ///< greedy
  double change = 0;              ///< of U in the last iteration
};

/// Robust fitted Z iteration. The model lends its choices and rewards, the samples its transitions. Choices without
/// samples keep the least value there can be, r_min / (1 - discount); U is clipped to [r_min, r_max] / (1 - discount).
/// InvalidModel when a sample does not fit the model; InvalidOption when features do not.
RfziResult rfzi(const mdp::TabularMdp& model, double discount, std::span<const OfflineSample> samples,
                const RfziOptions& options = {});

/// The fixed point itself from the model's rows, until U is known to `tolerance` (or rounding stops it).
RfziResult z_fixed_point(const mdp::TabularMdp& model, double discount, double beta, double tolerance = 1e-12);

}  // namespace bellwether::solvers
