#include "bandits/linear/thompson.h"

#include <cmath>

#include "bandits/linear/model.h"
#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/learner.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

class LinTs final : public Agent {
 public:
  LinTs(const World& world, const LinTsOptions& options, const Stream& stream)
      : factor_(Constant("lin-ts", options.constant, kSamplingPractical).factor() * world.sigma),
        theory_(options.width == "theory"),
        nine_d_(9.0 * world.dimension),
        log_delta_(std::log(failure_probability(options.delta, world))),
        ridge_(world.dimension, options.lambda),
        features_(world),
        noise_(world.dimension),
        drawn_(world.dimension),
        scores_(world.arms),
        stream_(stream) {}

  int choose(const Round& round) override {
    features_.look(round);
    const double spread = theory_ ? std::sqrt(nine_d_ * (std::log(static_cast<double>(round.number)) - log_delta_)) : 1;
    for (double& entry : noise_) entry = sample_normal(stream_);
    ridge_.displace(noise_, factor_ * spread, drawn_);
    scores_.matrix().noalias() = features_.matrix() * drawn_;
    return first_largest(scores_);
  }

  void learn(const Feedback& feedback) override { ridge_.add(feedback.feature, feedback.reward); }

 private:
  double factor_;
  bool theory_;
  double nine_d_, log_delta_;
  Ridge ridge_;
  ArmFeatures features_;
  Eigen::VectorXd noise_, drawn_;
  Eigen::ArrayXd scores_;
  Stream stream_;
};

}  // namespace

std::unique_ptr<Agent> make_lin_ts(const World& world, const LinTsOptions& options, const Stream& stream) {
  require_features("lin-ts", world);
  require_linear("lin-ts", world);
  require_sigma("lin-ts", world);
  return std::make_unique<LinTs>(world, options, stream);
}

}  // namespace bellwether::bandits
