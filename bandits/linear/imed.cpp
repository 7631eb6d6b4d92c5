#include "bandits/linear/imed.h"

#include <cmath>
#include <limits>

#include "bandits/linear/model.h"
#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class LinImed final : public Agent {
 public:
  LinImed(const World& world, const LinImedOptions& options)
      : factor_(Constant("lin-imed", options.constant, kEllipsoidPractical).factor()),
        radius_(world, options.lambda, failure_probability(options.delta, world), true),
        model_(world, options.lambda) {}

  int choose(const Round& round) override {
    model_.look(round);
    const double radius = factor_ * radius_.at(model_.ridge()), square = radius * radius;
    const int leader = first_largest(model_.means());
    const double most = model_.means()[leader];
    int chosen = leader;
    double least = std::numeric_limits<double>::infinity();
    for (int a = 0; a < round.arms; ++a) {
      const double width = square * model_.squared_norms()[a], gap = most - model_.means()[a];
      if (!(width > 0)) continue;  // an arm whose mean is known has index infinity
      const double index = (a == leader ? 0 : gap * gap / width) - std::log(width);
      if (index < least) {
        least = index;
        chosen = a;
      }
    }
    return chosen;
  }

  void learn(const Feedback& feedback) override { model_.learn(feedback.feature, feedback.reward); }

 private:
  double factor_;
  Radius radius_;
  LinearModel model_;
};

}  // namespace

std::unique_ptr<Agent> make_lin_imed(const World& world, const LinImedOptions& options, const Stream&) {
  require_features("lin-imed", world);
  require_linear("lin-imed", world);
  require_sigma("lin-imed", world);
  return std::make_unique<LinImed>(world, options);
}

}  // namespace bellwether::bandits
