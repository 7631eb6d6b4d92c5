#include "solvers/online/linear/vtr.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/learner.h"
#include "solvers/online/linear/mixture_features.h"
#include "solvers/online/linear/radius.h"

namespace bellwether::online {
namespace {

LinearSize size_of(const EpisodicWorld& world, const MixtureFeatures& features, double delta) {
  return {.dimension = static_cast<double>(features.dimension()),
          .horizon = static_cast<double>(world.horizon),
          .episodes = static_cast<double>(world.episodes),
          .delta = delta};
}

double dot(const Eigen::VectorXd& theta, const std::vector<double>& x) {
  return theta.dot(Eigen::Map<const Eigen::VectorXd>(x.data(), theta.size()));
}

/// The backward pass that both learners share.
class Vtr : public LinearAgent {
 public:
  explicit Vtr(const EpisodicWorld& world) : LinearAgent(world), features_(world), x_(length()) {}

  std::optional<double> optimistic_value(int state) const override { return value(0, state); }

 protected:
  /// Q_h = r + <phi_V, theta> + radius |phi_V|.
  void fit(int stage, const MixtureRegression& regression, double radius) {
    for (std::int64_t c = 0; c < world().num_choices(); ++c) {
      const Ridge& ridge = regression.of(features_.block(c));
      features_.expected(c, values(stage + 1), x_);
      q(stage)[c] = mean_reward(stage, c) + dot(ridge.theta(), x_) + radius * std::sqrt(ridge.squared_norm(x_));
    }
    settle(stage);
  }
  std::size_t length() const { return static_cast<std::size_t>(features_.dimension()); }
  double ellipsoids(int regressions) const { return static_cast<double>(features_.blocks()) * regressions; }

  MixtureFeatures features_;
  std::vector<double> x_;
};

class UcrlVtr final : public Vtr {
 public:
  UcrlVtr(const EpisodicWorld& world, const UcrlVtrOptions& options);

  void plan(std::int64_t episode) override;
  void learn(std::span<const Step> steps) override;

 private:
  std::size_t part(int stage) const { return regressions_.size() == 1 ? 0 : static_cast<std::size_t>(stage); }
  bool due();

  std::vector<MixtureRegression> regressions_;  ///< one, or one a stage
  std::vector<LazySwitch> switches_;            ///< of each; none: a plan an episode
  double radius_;
  bool planned_ = false;
};

UcrlVtr::UcrlVtr(const EpisodicWorld& world, const UcrlVtrOptions& options) : Vtr(world) {
  const int parts = world.same_at_every_stage ? 1 : world.horizon;
  require_room(features_, parts);
  regressions_.assign(static_cast<std::size_t>(parts), MixtureRegression(features_, options.lambda));
  if (options.growth > 1) switches_.assign(static_cast<std::size_t>(parts), LazySwitch(options.growth));
  radius_ = Constant("ucrl-vtr", options.constant, kUcrlVtrPractical).factor() *
            vtr_radius(size_of(world, features_, options.delta), options.lambda,
                       features_.parameter_bound(options.theta_norm), ellipsoids(parts));
}

bool UcrlVtr::due() {
  bool due = !planned_ || switches_.empty();
  for (std::size_t i = 0; i < switches_.size(); ++i) due |= switches_[i].due(regressions_[i].log_det_growth());
  return due;
}

void UcrlVtr::plan(std::int64_t /*episode*/) {
  if (!due()) return;
  for (int h = world().horizon - 1; h >= 0; --h) fit(h, regressions_[part(h)], radius_);
  planned_ = true;
}

// The regressors of a step are those of the values that were believed in when it was made: they are added now and never
// computed again.
void UcrlVtr::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const double* next = values(h + 1);
    features_.expected(step.choice, next, x_);
    regressions_[part(h)].add(features_.block(step.choice), x_, next[step.next]);
  }
}

class UcrlVtrPlus final : public Vtr {
 public:
  UcrlVtrPlus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options);

  void plan(std::int64_t episode) override;
  void learn(std::span<const Step> steps) override;

 private:
  struct Stage {
    MixtureRegression value, square;  ///< weighted, for V; unweighted, for V^2
  };
  void add(Stage& stage, const double* next, const Step& step);

  LinearSize size_;
  double bound_, scale_;
  VtrPlusRadii radii_ = {};
  std::vector<Stage> stages_;
  std::vector<double> next_square_, x_square_;
};

UcrlVtrPlus::UcrlVtrPlus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options)
    : Vtr(world),
      size_(size_of(world, features_, options.delta)),
      bound_(features_.parameter_bound(options.theta_norm)),
      scale_(Constant("ucrl-vtr-plus", options.constant, kUcrlVtrPlusPractical).factor()),
      next_square_(static_cast<std::size_t>(world.num_states())),
      x_square_(length()) {
  require_room(features_, 2 * world.horizon);
  const MixtureRegression empty(features_, 1 / (bound_ * bound_));
  stages_.assign(static_cast<std::size_t>(world.horizon), Stage{empty, empty});
}

void UcrlVtrPlus::plan(std::int64_t episode) {
  radii_ = vtr_plus_radii(size_, bound_, ellipsoids(world().horizon), episode + 1);
  for (int h = world().horizon - 1; h >= 0; --h)
    fit(h, stages_[static_cast<std::size_t>(h)].value, scale_ * radii_.value);
}

void UcrlVtrPlus::learn(std::span<const Step> steps) {
  for (std::size_t h = 0; h < steps.size(); ++h) add(stages_[h], values(static_cast<int>(h) + 1), steps[h]);
}

void UcrlVtrPlus::add(Stage& stage, const double* next, const Step& step) {
  for (std::size_t s = 0; s < next_square_.size(); ++s) next_square_[s] = next[s] * next[s];
  features_.expected(step.choice, next, x_);
  features_.expected(step.choice, next_square_.data(), x_square_);
  const std::int64_t block = features_.block(step.choice);
  const Ridge &value = stage.value.of(block), &square = stage.square.of(block);
  const double variance =
      vtr_plus_variance(size_.horizon, size_.dimension, dot(value.theta(), x_), dot(square.theta(), x_square_),
                        scale_ * radii_.variance * std::sqrt(value.squared_norm(x_)),
                        scale_ * radii_.square * std::sqrt(square.squared_norm(x_square_)));
  const double y = next[step.next];
  stage.value.add(block, x_, y, 1 / variance);
  stage.square.add(block, x_square_, y * y);
}

}  // namespace

double vtr_plus_variance(double H, double dimension, double mean, double square, double value_error,
                         double square_error) {
  const double first = std::clamp(mean, 0.0, H), variance = std::clamp(square, 0.0, H * H) - first * first;
  const double error = std::min(H * H, 2 * H * value_error) + std::min(H * H, square_error);
  return std::max(H * H / dimension, variance + error);
}

std::unique_ptr<LinearAgent> ucrl_vtr(const EpisodicWorld& world, const UcrlVtrOptions& options) {
  require_valid("ucrl-vtr", options);
  return std::make_unique<UcrlVtr>(world, options);
}

std::unique_ptr<EpisodicAgent> make_ucrl_vtr(const EpisodicWorld& world, const UcrlVtrOptions& options,
                                             const Stream& /*stream*/) {
  return ucrl_vtr(world, options);
}

std::unique_ptr<LinearAgent> ucrl_vtr_plus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options) {
  require_valid("ucrl-vtr-plus", options);
  return std::make_unique<UcrlVtrPlus>(world, options);
}

std::unique_ptr<EpisodicAgent> make_ucrl_vtr_plus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options,
                                                  const Stream& /*stream*/) {
  return ucrl_vtr_plus(world, options);
}

}  // namespace bellwether::online
