#include "bandits/rotting/raw_ucb.h"

#include "bandits/stochastic/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class RawUcb final : public Agent {
 public:
  RawUcb(const World& world, bool all, double factor)
      :  // c(h) = sqrt(2 sigma^2 ln(2 / delta_t) / h) with delta_t = 2 / t^4.
        scale_(factor * require_sub_gaussian("raw-ucb", world) * std::sqrt(8.0)),
        all_(all) {
    for (int arm = 0; arm < world.arms; ++arm) arms_.emplace_back(world.rounds);
  }

  int choose(const Round& round) override {
    const double width = scale_ * std::sqrt(std::log(static_cast<double>(round.number)));
    std::size_t best = 0;
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < arms_.size(); ++a) {
      const double index = arms_[a].index(width, all_);
      if (index > largest) {
        largest = index;
        best = a;
      }
    }
    return static_cast<int>(best);
  }
  void learn(const Feedback& feedback) override { arms_[static_cast<std::size_t>(feedback.arm)].add(feedback.reward); }

 private:
  std::vector<RecentMeans> arms_;
  double scale_;
  bool all_;
};

}  // namespace

std::unique_ptr<Agent> make_raw_ucb(const World& world, const RawUcbOptions& options, const Stream&) {
  const Constant constant("raw-ucb", options.constant, kRawUcbPractical);
  return std::make_unique<RawUcb>(world, options.windows == "all", constant.factor());
}

}  // namespace bellwether::bandits
