#include <algorithm>
#include <cmath>

#include "experiments/own/study.h"
#include "experiments/plot/gnuplot.h"
using namespace bellwether;

struct Mine : online::EpisodicAgent {  // Q-learning that starts at the top and comes down as slowly as it dares
  explicit Mine(const online::EpisodicWorld& world)
      : EpisodicAgent(world), world_(world), q_(world.horizon * world.num_choices()), visits_(q_.size()) {
    for (int i = 0; i < static_cast<int>(q_.size()); ++i) q_[i] = world.horizon - i / world.num_choices();
  }
  void plan(std::int64_t) override {
    for (int h = 0; h < world_.horizon; ++h)
      for (int s = 0; s < world_.num_states(); ++s) policy().play(h, s, best(h, s));
  }
  void learn(std::span<const online::Step> steps) override {
    for (int h = 0, H = world_.horizon; h < H; ++h) {
      const auto [state, choice, next, reward] = steps[h];
      const double n = ++visits_[at(h, choice)], later = h + 1 < H ? q_[at(h + 1, best(h + 1, next))] : 0;
      double& q = q_[at(h, choice)];
      q += (H + 1) / (H + n) * (std::min<double>(H - h, reward + later + 0.3 / std::sqrt(n)) - q);
    }
  }
  std::size_t at(int h, std::int64_t choice) const { return h * world_.num_choices() + choice; }
  std::int64_t best(int h, int s) const {
    const auto first = q_.begin() + at(h, world_.state_begin[s]), last = q_.begin() + at(h, world_.state_begin[s + 1]);
    return world_.state_begin[s] + (std::max_element(first, last) - first);
  }
  online::EpisodicWorld world_;
  std::vector<double> q_, visits_;
};

int main() {
  const experiments::Plan plan{.instances = {experiments::parse_entry("riverswim:horizon=20")},
                               .learners = {experiments::parse_entry("ucb-q-hoeffding:constant=practical")},
                               .episodes = 10000};
  const auto make = [](const auto& world, const Stream&) { return std::make_unique<Mine>(world); };
  return experiments::draw(experiments::study(plan, {{"mine", make}}).regret_figure(), "regret.svg").has_value();
}
