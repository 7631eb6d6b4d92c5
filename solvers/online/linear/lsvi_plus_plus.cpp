#include "solvers/online/linear/lsvi_plus_plus.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/learner.h"
#include "solvers/online/linear/radius.h"
#include "solvers/online/linear/stage_regression.h"

namespace bellwether::online {
namespace {

class LsviPlusPlus final : public LinearAgent {
 public:
  LsviPlusPlus(const EpisodicWorld& world, const LsviPlusPlusOptions& options);

  void plan(std::int64_t episode) override;
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override { return value(0, state); }
  std::optional<double> pessimistic_value(int state) const override { return low_values_(state, 0); }

 private:
  struct Stage {
    Stage(const std::shared_ptr<const mdp::FeatureMap>& features, double lambda);

    StageRegression regression;
    LazySwitch doubled{2};
    Eigen::VectorXd value, square, low;  ///< sums of weight phi V(s'), of the values of the last plan
  };

  bool due();
  void fit(int stage);
  double weight(Stage& stage, std::int64_t choice);
  void add(Stage& stage, int h, const Step& step);

  double scale_;
  PlusPlusRadii radii_;
  std::vector<Stage> stages_;
  Eigen::MatrixXd least_q_, most_low_q_, low_values_;
  Eigen::VectorXd low_q_;
  bool planned_ = false;
};

LsviPlusPlus::Stage::Stage(const std::shared_ptr<const mdp::FeatureMap>& features, double lambda)
    : regression(features, lambda), value(Eigen::VectorXd::Zero(features->dimension())), square(value), low(value) {}

LsviPlusPlus::LsviPlusPlus(const EpisodicWorld& world, const LsviPlusPlusOptions& options)
    : LinearAgent(world),
      scale_(Constant("lsvi-ucb-plus-plus", options.constant, kLsviPlusPlusPractical).factor()),
      most_low_q_(Eigen::MatrixXd::Zero(world.num_choices(), world.horizon)),
      low_values_(Eigen::MatrixXd::Zero(world.num_states(), world.horizon + 1)) {
  const auto features = features_of(world, 2 * world.horizon);
  const double H = world.horizon, lambda = 1 / (H * H);
  radii_ = plus_plus_radii({.dimension = static_cast<double>(features->dimension()),
                            .horizon = H,
                            .episodes = static_cast<double>(world.episodes),
                            .delta = options.delta},
                           lambda);
  radii_ = {scale_ * radii_.optimistic, scale_ * radii_.pessimistic, scale_ * radii_.square};
  least_q_ = Eigen::MatrixXd::Constant(world.num_choices(), world.horizon, H);
  for (int h = 0; h < world.horizon; ++h) stages_.emplace_back(features, lambda);
}

bool LsviPlusPlus::due() {
  bool due = !planned_;
  for (Stage& stage : stages_) due |= stage.doubled.due(stage.regression.log_det_growth());
  return due;
}

void LsviPlusPlus::plan(std::int64_t /*episode*/) {
  if (!due()) return;
  for (int h = world().horizon - 1; h >= 0; --h) fit(h);
  planned_ = true;
}

void LsviPlusPlus::fit(int stage) {
  Stage& at = stages_[static_cast<std::size_t>(stage)];
  StageRegression& regression = at.regression;
  const auto phi = regression.features().matrix();
  const double* low = low_values_.col(stage + 1).data();
  using enum StageRegression::Target;
  regression.target(kValue, values(stage + 1), at.value);
  regression.target(kSquare, values(stage + 1), at.square);
  regression.target(kValue, low, at.low);
  q(stage).noalias() = phi * regression.solve(at.value);
  low_q_.noalias() = phi * regression.solve(at.low);
  const auto norms = regression.squared_norms().sqrt();
  q(stage).array() += radii_.optimistic * norms;
  low_q_.array() -= radii_.pessimistic * norms;
  for (std::int64_t c = 0; c < world().num_choices(); ++c) {
    const double r = mean_reward(stage, c);
    double &upper = least_q_(c, stage), &lower = most_low_q_(c, stage);
    q(stage)[c] = upper = std::min(upper, r + q(stage)[c]);
    lower = std::max(lower, r + low_q_[c]);
  }
  settle(stage);
  for (int s = 0; s < world().num_states(); ++s) {
    const auto first = world().state_begin[static_cast<std::size_t>(s)],
               last = world().state_begin[static_cast<std::size_t>(s) + 1];
    low_values_(s, stage) =
        std::min<double>(world().horizon - stage, most_low_q_.col(stage).segment(first, last - first).maxCoeff());
  }
}

/// 1 / sb^2 of a choice, before its observation is added.
double LsviPlusPlus::weight(Stage& stage, std::int64_t choice) {
  StageRegression& regression = stage.regression;
  const auto phi = regression.features().matrix().row(choice);
  VarianceTerms terms{.norm = std::sqrt(regression.squared_norms()[choice]),
                      .horizon = static_cast<double>(world().horizon),
                      .dimension = static_cast<double>(phi.size()),
                      .correction = std::pow(scale_, 4),
                      .pessimistic_radius = radii_.pessimistic,
                      .square_radius = radii_.square};
  terms.mean = phi.dot(regression.solve(stage.value));
  terms.square = phi.dot(regression.solve(stage.square));
  terms.low = phi.dot(regression.solve(stage.low));
  return 1 / plus_plus_variance(terms);
}

void LsviPlusPlus::learn(std::span<const Step> steps) {
  for (std::size_t h = 0; h < steps.size(); ++h) add(stages_[h], static_cast<int>(h), steps[h]);
}

void LsviPlusPlus::add(Stage& stage, int h, const Step& step) {
  const double w = weight(stage, step.choice), v = values(h + 1)[step.next];
  const auto phi = stage.regression.features().matrix().row(step.choice).transpose();
  stage.value += w * v * phi;
  stage.square += w * v * v * phi;
  stage.low += w * low_values_(step.next, h + 1) * phi;
  stage.regression.add(step.choice, step.next, 0, w);
}

}  // namespace

double plus_plus_variance(const VarianceTerms& t) {
  const double H = t.horizon, H2 = H * H, d3 = t.correction * std::pow(t.dimension, 3);
  const double mean = std::clamp(t.mean, 0.0, H), variance = std::clamp(t.square, 0.0, H2) - mean * mean;
  const double error = std::min(t.square_radius * t.norm, H2) + std::min(2 * H * t.pessimistic_radius * t.norm, H2);
  const double drift = std::min(4 * d3 * H2 * (t.mean - t.low + 2 * t.pessimistic_radius * t.norm), d3 * H2 * H);
  return std::max({variance + error + drift + H, H, 4 * d3 * d3 * H2 * H2 * t.norm});
}

std::unique_ptr<EpisodicAgent> make_lsvi_plus_plus(const EpisodicWorld& world, const LsviPlusPlusOptions& options,
                                                   const Stream& /*stream*/) {
  require_valid("lsvi-ucb-plus-plus", options);
  return std::make_unique<LsviPlusPlus>(world, options);
}

}  // namespace bellwether::online
