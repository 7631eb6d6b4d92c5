#include "bandits/linear/disjoint.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <Eigen/Core>

#include "bandits/linear/model.h"
#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/learner.h"
#include "core/ridge.h"

namespace bellwether::bandits {
namespace {

class LinUcb final : public Agent {
 public:
  LinUcb(const World& world, const LinUcbOptions& options)
      : alpha_(Constant("lin-ucb", options.constant, kEllipsoidPractical).factor() *
               (1 + std::sqrt(std::log(2 / failure_probability(options.delta, world)) / 2))),
        models_(static_cast<std::size_t>(world.arms), Ridge(world.dimension, options.lambda)),
        index_(world.arms),
        fixed_(world.same_features) {}

  int choose(const Round& round) override {
    for (int a = 0; a < round.arms; ++a)
      if (changed_ < 0 || changed_ == a || !fixed_) index_[a] = index(round, a);
    changed_ = round.arms;  // until something is learnt
    return first_largest(index_);
  }

  void learn(const Feedback& feedback) override {
    models_[static_cast<std::size_t>(feedback.arm)].add(feedback.feature, feedback.reward);
    changed_ = changed_ < static_cast<int>(models_.size()) ? -1 : feedback.arm;  // more than one: all
  }

  std::optional<double> optimistic_mean(int arm) const override { return index_[arm]; }

 private:
  double index(const Round& round, int arm) const {
    const Ridge& model = models_[static_cast<std::size_t>(arm)];
    const auto feature = round.feature(arm);
    const double mean = std::inner_product(feature.begin(), feature.end(), model.theta().begin(), 0.0);
    return mean + alpha_ * std::sqrt(model.squared_norm(feature));
  }

  double alpha_;
  std::vector<Ridge> models_;
  Eigen::ArrayXd index_;
  bool fixed_;
  int changed_ = -1;  // the arm whose model changed since the last choice; -1: any, arms: none
};

}  // namespace

std::unique_ptr<Agent> make_lin_ucb(const World& world, const LinUcbOptions& options, const Stream&) {
  require_features("lin-ucb", world);
  require_linear("lin-ucb", world);
  return std::make_unique<LinUcb>(world, options);
}

}  // namespace bellwether::bandits
