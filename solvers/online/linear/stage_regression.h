#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <Eigen/Core>

#include "core/ridge.h"
#include "mdp/linear/feature_map.h"

namespace bellwether::online {

/// Least squares of one stage on the features of choices, for targets that change from plan to plan: observations are
/// summed by choice and next state, so that a fit costs nothing that grows with their number. The norms of all choices
/// follow every observation by a rank-one change.
class StageRegression {
 public:
  StageRegression(std::shared_ptr<const mdp::FeatureMap> features, double lambda);

  /// The choice paid `reward` and led to `next`.
  void add(std::int64_t choice, std::int32_t next, double reward, double weight = 1);

  /// Into `out`: sum over what was seen of weight phi y, with y = v(next), its square, or reward + v(next).
  enum class Target { kValue, kSquare, kReturn };
  void target(Target target, const double* v, Eigen::VectorXd& out);

  /// Lambda^-1 b, valid until the next call.
  const Eigen::VectorXd& solve(const Eigen::VectorXd& b);

  /// |phi(c)|^2 in the norm of Lambda^-1, of all choices.
  const Eigen::ArrayXd& squared_norms() const { return norms_; }
  double log_det_growth() const { return ridge_.log_det_growth(); }
  const Ridge& ridge() const { return ridge_; }
  const mdp::FeatureMap& features() const { return *features_; }

 private:
  struct Seen {
    std::int32_t next;
    double weight;
  };
  struct Row {
    double reward = 0;  ///< sum of weight times reward
    std::vector<Seen> seen = {};
  };
  void measure();

  std::shared_ptr<const mdp::FeatureMap> features_;
  Ridge ridge_;
  Eigen::ArrayXd norms_;
  std::vector<Row> rows_;
  Eigen::VectorXd by_choice_, image_, solution_;
};

}  // namespace bellwether::online
