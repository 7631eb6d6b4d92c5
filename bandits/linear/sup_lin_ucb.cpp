#include "bandits/linear/sup_lin_ucb.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {

SupLinUcb::SupLinUcb(const World& world, const SupLinUcbOptions& options)
    : active_(static_cast<std::size_t>(world.arms)) {
  const auto rounds = static_cast<double>(world.rounds);
  const int levels = std::max(1, static_cast<int>(std::ceil(std::log2(rounds))));
  // Given the features of a level its noises are independent: one arm's mean is off by sigma sqrt(2 ln(2 / p)) |a| from
  // noise and by sqrt(lambda) S |a| from lambda = 1, p being shared among rounds, arms and levels.
  const double tests = 2 * rounds * world.arms * levels / failure_probability(options.delta, world);
  alpha_ = Constant("sup-lin-ucb", options.constant, kEllipsoidPractical).factor() *
           (world.sigma * std::sqrt(2 * std::log(tests)) + world.parameter_bound);
  fine_ = 1 / std::sqrt(rounds);
  levels_.assign(static_cast<std::size_t>(levels), LinearModel(world, 1));
}

int SupLinUcb::choose(const Round& round) {
  active_.resize(static_cast<std::size_t>(round.arms));
  std::iota(active_.begin(), active_.end(), 0);
  double precision = 1;
  for (int level = 1;; ++level) {
    // Ends: at the last level 2^-s <= 1 / T <= 1 / sqrt(T), and widths are below it or above.
    LinearModel& model = levels_[static_cast<std::size_t>(level) - 1];
    model.look(round);
    precision /= 2;
    const auto width = [&](int arm) { return alpha_ * std::sqrt(model.squared_norms()[arm]); };
    const auto upper = [&](int arm) { return model.means()[arm] + width(arm); };
    const int widest = *std::ranges::max_element(active_, {}, width);
    if (width(widest) <= fine_) {
      kept_ = 0;
      return *std::ranges::max_element(active_, {}, upper);
    }
    if (width(widest) > precision) {
      kept_ = level;
      return widest;
    }
    const double best = upper(*std::ranges::max_element(active_, {}, upper));
    std::erase_if(active_, [&](int arm) { return upper(arm) < best - 2 * precision; });
  }
}

void SupLinUcb::learn(const Feedback& feedback) {
  if (kept_ > 0) levels_[static_cast<std::size_t>(kept_) - 1].learn(feedback.feature, feedback.reward);
}

std::unique_ptr<Agent> make_sup_lin_ucb(const World& world, const SupLinUcbOptions& options, const Stream&) {
  require_features("sup-lin-ucb", world);
  require_linear("sup-lin-ucb", world);
  require_sigma("sup-lin-ucb", world);
  require_prompt("sup-lin-ucb", world);
  return std::make_unique<SupLinUcb>(world, options);
}

}  // namespace bellwether::bandits
