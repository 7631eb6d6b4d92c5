#include "solvers/online/linear/lsvi.h"

#include <vector>

#include "core/learner.h"
#include "core/sampling.h"
#include "solvers/online/linear/radius.h"
#include "solvers/online/linear/stage_regression.h"

namespace bellwether::online {
namespace {

/// What the three learners differ in.
struct Rule {
  double lambda = 1;
  double radius = 0;  ///< of the bonus or, with samples, of the noise
  int samples = 0;    ///< perturbed fits; 0: a bonus
  double epsilon = 0;
  double growth = 1;
  bool known_rewards = false;
};

class Lsvi final : public LinearAgent {
 public:
  Lsvi(const EpisodicWorld& world, const Rule& rule, const Stream& noise);

  void plan(std::int64_t episode) override;
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override {
    return rule_.samples == 0 && rule_.epsilon == 0 ? std::optional(value(0, state)) : std::nullopt;
  }

 private:
  bool due();
  void fit(int stage);
  void perturb(const StageRegression& regression, Stream& noise, Eigen::MatrixXd::ColXpr q);

  Rule rule_;
  Stream noise_;
  std::vector<StageRegression> stages_;
  std::vector<LazySwitch> switches_;  ///< one a stage; none: a plan an episode
  bool planned_ = false;
  Eigen::VectorXd target_, draw_, fit_, by_choice_;
};

Lsvi::Lsvi(const EpisodicWorld& world, const Rule& rule, const Stream& noise)
    : LinearAgent(world), rule_(rule), noise_(noise) {
  const auto features = features_of(world, 2 * world.horizon);
  for (int h = 0; h < world.horizon; ++h) {
    stages_.emplace_back(features, rule.lambda);
    if (rule.growth > 1) switches_.emplace_back(rule.growth);
  }
  target_.resize(features->dimension());
  draw_.resize(features->dimension());
}

bool Lsvi::due() {
  bool due = !planned_ || switches_.empty();
  for (std::size_t h = 0; h < switches_.size(); ++h) due |= switches_[h].due(stages_[h].log_det_growth());
  return due;
}

void Lsvi::plan(std::int64_t episode) {
  if (!due()) return;
  for (int h = world().horizon - 1; h >= 0; --h) {
    fit(h);
    if (rule_.samples > 0) {
      Stream noise = noise_.child(static_cast<std::uint64_t>(episode)).child(static_cast<std::uint64_t>(h));
      perturb(stages_[static_cast<std::size_t>(h)], noise, q(h));
    }
    if (rule_.known_rewards)
      for (std::int64_t c = 0; c < world().num_choices(); ++c) q(h)[c] += mean_reward(h, c);
    settle(h, rule_.epsilon);
  }
  planned_ = true;
}

void Lsvi::fit(int stage) {
  StageRegression& regression = stages_[static_cast<std::size_t>(stage)];
  using enum StageRegression::Target;
  regression.target(rule_.known_rewards ? kValue : kReturn, values(stage + 1), target_);
  fit_ = regression.solve(target_);
  q(stage).noalias() = regression.features().matrix() * fit_;
  if (rule_.samples == 0) q(stage).array() += rule_.radius * regression.squared_norms().sqrt();
}

void Lsvi::perturb(const StageRegression& regression, Stream& noise, Eigen::MatrixXd::ColXpr q) {
  by_choice_ = q;
  for (int m = 0; m < rule_.samples; ++m) {
    for (double& x : draw_) x = sample_normal(noise);
    target_.noalias() = rule_.radius * regression.ridge().root() * draw_ + fit_;
    if (m == 0) {
      q.noalias() = regression.features().matrix() * target_;
    } else {
      by_choice_.noalias() = regression.features().matrix() * target_;
      q = q.cwiseMax(by_choice_);
    }
  }
}

void Lsvi::learn(std::span<const Step> steps) {
  for (std::size_t h = 0; h < steps.size(); ++h) stages_[h].add(steps[h].choice, steps[h].next, steps[h].reward);
}

double theory_radius(const EpisodicWorld& world, double delta, double lambda) {
  const double d = world.features != nullptr ? world.features->dimension() : static_cast<double>(world.num_choices());
  return lsvi_radius({.dimension = d,
                      .horizon = static_cast<double>(world.horizon),
                      .episodes = static_cast<double>(world.episodes),
                      .delta = delta},
                     lambda);
}

}  // namespace

std::unique_ptr<LinearAgent> lsvi_ucb(const EpisodicWorld& world, const LsviUcbOptions& options) {
  require_valid("lsvi-ucb", options);
  const double factor = Constant("lsvi-ucb", options.constant, kLsviUcbPractical).factor();
  return std::make_unique<Lsvi>(world,
                                Rule{.lambda = options.lambda,
                                     .radius = factor * theory_radius(world, options.delta, options.lambda),
                                     .growth = options.growth,
                                     .known_rewards = options.known_rewards},
                                Stream(0));
}

std::unique_ptr<EpisodicAgent> make_lsvi_ucb(const EpisodicWorld& world, const LsviUcbOptions& options,
                                             const Stream& /*stream*/) {
  return lsvi_ucb(world, options);
}

std::unique_ptr<EpisodicAgent> make_lsvi_phe(const EpisodicWorld& world, const LsviPheOptions& options,
                                             const Stream& stream) {
  require_valid("lsvi-phe", options);
  const double factor = Constant("lsvi-phe", options.constant, kLsviPhePractical).factor();
  return std::make_unique<Lsvi>(world,
                                Rule{.lambda = options.lambda,
                                     .radius = factor * theory_radius(world, options.delta, options.lambda),
                                     .samples = options.samples,
                                     .known_rewards = options.known_rewards},
                                stream);
}

std::unique_ptr<EpisodicAgent> make_lsvi_epsilon_greedy(const EpisodicWorld& world,
                                                        const LsviEpsilonGreedyOptions& options, const Stream& stream) {
  require_valid("lsvi-epsilon-greedy", options);
  return std::make_unique<Lsvi>(
      world, Rule{.lambda = options.lambda, .epsilon = options.epsilon, .known_rewards = options.known_rewards},
      stream);
}

}  // namespace bellwether::online
