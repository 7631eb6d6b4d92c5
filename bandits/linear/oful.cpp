#include "bandits/linear/oful.h"

#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {

Oful::Oful(const World& world, const OfulOptions& options)
    : factor_(Constant("oful", options.constant, kEllipsoidPractical).factor()),
      radius_(world, options.lambda, failure_probability(options.delta, world), options.radius == "log-det"),
      model_(world, options.lambda),
      lazy_(1 + options.growth),
      fixed_(world.same_features),
      index_(world.arms) {
  if (options.growth > 0) ahead_.emplace(world.dimension, options.lambda);
}

int Oful::choose(const Round& round) {
  if (chosen_ && fixed_ && ahead_) return arm_;  // nothing has changed
  model_.look(round);
  index_ = model_.means() + radius() * model_.squared_norms().sqrt();
  arm_ = first_largest(index_);
  chosen_ = true;
  return arm_;
}

void Oful::learn(const Feedback& feedback) {
  if (!ahead_) {
    model_.learn(feedback.feature, feedback.reward);
    ++switches_;
    return;
  }
  ahead_->add(feedback.feature, feedback.reward);
  if (!lazy_.due(ahead_->log_det_growth())) return;
  model_.take(*ahead_);
  chosen_ = false;
  ++switches_;
}

std::unique_ptr<Agent> make_oful(const World& world, const OfulOptions& options, const Stream&) {
  require_features("oful", world);
  require_linear("oful", world);
  require_sigma("oful", world);
  return std::make_unique<Oful>(world, options);
}

}  // namespace bellwether::bandits
