#include "solvers/online/model_free/optimistic_q_learning.h"

#include <vector>

#include "core/learner.h"

namespace bellwether::online {
namespace {

/// Derived in docs/papers/optimistic-q-learning.md; the theorem says "some absolute constant".
constexpr double kHoeffding = 2, kBernstein = 4;

double cube(double x) { return x * x * x; }

template <class Bonus>
class UcbQ final : public EpisodicAgent {
 public:
  UcbQ(const EpisodicWorld& world, const Bonus& bonus)
      : EpisodicAgent(world),
        bonus_(bonus),
        begin_(world.state_begin.begin(), world.state_begin.end()),
        states_(static_cast<std::size_t>(world.num_states())),
        choices_(static_cast<std::size_t>(world.num_choices())),
        horizon_(world.horizon),
        cells_(choices_ * static_cast<std::size_t>(horizon_)),
        value_(states_ * (static_cast<std::size_t>(horizon_) + 1), 0.0) {
    for (int h = 0; h < horizon_; ++h) {
      const auto stage = static_cast<std::size_t>(h);
      for (std::size_t c = 0; c < choices_; ++c) cells_[stage * choices_ + c].q = horizon_ - h;
      for (std::size_t s = 0; s < states_; ++s) value_[stage * states_ + s] = horizon_ - h;
    }
  }

  void plan(std::int64_t /*episode*/) override {}

  // In order of the stages, so that V_(h+1) is that of before this episode, as if learning went on during play.
  void learn(std::span<const Step> steps) override {
    for (int h = 0; h < horizon_; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      const auto stage = static_cast<std::size_t>(h);
      Cell& cell = cells_[stage * choices_ + static_cast<std::size_t>(step.choice)];
      const double next = value_[(stage + 1) * states_ + static_cast<std::size_t>(step.next)];
      const double rate = q_learning_rate(horizon_, ++cell.visits);
      const double bonus = bonus_(cell.memory, cell.visits, rate, next);
      cell.q = (1 - rate) * cell.q + rate * (step.reward + next + bonus);
      choose(h, step.state);
    }
  }

  std::optional<double> optimistic_value(int state) const override { return value_[static_cast<std::size_t>(state)]; }

 private:
  struct Cell {
    double q = 0;
    std::int64_t visits = 0;
    [[no_unique_address]] typename Bonus::Memory memory;
  };

  // V = min(H - h, max_a Q).
  void choose(int h, std::int32_t state) {
    const auto stage = static_cast<std::size_t>(h), s = static_cast<std::size_t>(state);
    const Cell* row = cells_.data() + stage * choices_;
    std::int64_t best = begin_[s];
    for (std::int64_t c = best + 1; c < begin_[s + 1]; ++c)
      if (row[c].q > row[best].q) best = c;
    value_[stage * states_ + s] = std::min(static_cast<double>(horizon_ - h), row[best].q);
    policy().play(h, state, best);
  }

  Bonus bonus_;
  std::vector<std::int64_t> begin_;
  std::size_t states_, choices_;
  int horizon_;
  std::vector<Cell> cells_;    ///< a triple (h, c) each
  std::vector<double> value_;  ///< V_h(s), and V_H = 0
};

}  // namespace

double q_learning_log(const EpisodicWorld& world, double delta) {
  const double steps = static_cast<double>(world.episodes) * world.horizon;
  return std::log(static_cast<double>(world.num_choices()) * steps / delta);
}

HoeffdingBonus::HoeffdingBonus(const EpisodicWorld& world, double delta, double factor)
    : scale_(factor * kHoeffding * std::sqrt(cube(world.horizon) * q_learning_log(world, delta))) {}

BernsteinBonus::BernsteinBonus(const EpisodicWorld& world, double delta, double factor)
    : factor_(factor * kBernstein), horizon_(world.horizon) {
  const double log = q_learning_log(world, delta), cubed = cube(horizon_);
  spread_ = horizon_ * log;
  bias_ = std::sqrt(cubed * cubed * horizon_ * static_cast<double>(world.num_choices())) * log;
  hoeffding_ = std::sqrt(cubed * log);
}

std::unique_ptr<EpisodicAgent> make_ucb_q_hoeffding(const EpisodicWorld& world, const UcbQOptions& options,
                                                    const Stream& /*stream*/) {
  require_valid("ucb-q-hoeffding", options);
  const Constant constant("ucb-q-hoeffding", options.constant, kUcbQHoeffdingPractical);
  return std::make_unique<UcbQ<HoeffdingBonus>>(world, HoeffdingBonus(world, options.delta, constant.factor()));
}

std::unique_ptr<EpisodicAgent> make_ucb_q_bernstein(const EpisodicWorld& world, const UcbQOptions& options,
                                                    const Stream& /*stream*/) {
  require_valid("ucb-q-bernstein", options);
  const Constant constant("ucb-q-bernstein", options.constant, kUcbQBernsteinPractical);
  return std::make_unique<UcbQ<BernsteinBonus>>(world, BernsteinBonus(world, options.delta, constant.factor()));
}

}  // namespace bellwether::online
