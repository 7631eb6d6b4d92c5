#include "solvers/online/model_free/ucb_advantage.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/learner.h"

namespace bellwether::online {
namespace {

double variance(double sum, double square, double count) {
  const double mean = sum / count;
  return std::max(0.0, square / count - mean * mean);
}

class UcbAdvantage final : public EpisodicAgent {
 public:
  UcbAdvantage(const EpisodicWorld& world, const AdvantageBonus& bonus, std::int64_t reference_visits)
      : EpisodicAgent(world),
        world_(world),
        bonus_(bonus),
        reference_visits_(reference_visits),
        begin_(world.state_begin.begin(), world.state_begin.end()),
        states_(static_cast<std::size_t>(world.num_states())),
        choices_(static_cast<std::size_t>(world.num_choices())),
        cells_(choices_ * static_cast<std::size_t>(world.horizon)),
        visits_(states_ * static_cast<std::size_t>(world.horizon), 0),
        value_(states_ * (static_cast<std::size_t>(world.horizon) + 1), 0.0) {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      cells_[i].q = world.horizon - static_cast<double>(i / choices_);
      cells_[i].stage_length = world.horizon;
    }
    for (std::size_t i = 0; i < visits_.size(); ++i) value_[i] = world.horizon - static_cast<double>(i / states_);
    reference_ = value_;
  }

  void plan(std::int64_t /*episode*/) override {}

  void learn(std::span<const Step> steps) override {
    for (int h = 0; h < world_.horizon; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      const std::size_t here = static_cast<std::size_t>(h) * states_ + static_cast<std::size_t>(step.state);
      const std::size_t next = (static_cast<std::size_t>(h) + 1) * states_ + static_cast<std::size_t>(step.next);
      Cell& cell = cells_[static_cast<std::size_t>(h) * choices_ + static_cast<std::size_t>(step.choice)];
      cell.add(value_[next], reference_[next]);
      if (cell.in_stage == cell.stage_length) {
        end_stage(cell, world_.mean_reward[static_cast<std::size_t>(world_.row(h, step.choice))]);
        choose(h, step.state);
      }
      if (++visits_[here] == reference_visits_) reference_[here] = value_[here];
    }
  }

  std::optional<double> optimistic_value(int state) const override { return value_[static_cast<std::size_t>(state)]; }

 private:
  struct Cell {
    double q = 0;
    std::int64_t visits = 0, in_stage = 0, stage_length = 0;
    double reference = 0, reference_square = 0;             ///< sums over all visits
    double value = 0, advantage = 0, advantage_square = 0;  ///< sums over the stage

    void add(double next, double next_reference) {
      const double over = next - next_reference;
      ++visits;
      ++in_stage;
      reference += next_reference;
      reference_square += next_reference * next_reference;
      value += next;
      advantage += over;
      advantage_square += over * over;
    }
  };

  void end_stage(Cell& cell, double reward) {
    const auto n = static_cast<double>(cell.visits), m = static_cast<double>(cell.in_stage);
    const double plain = cell.value / m + bonus_.of_stage(m);
    const double decomposed = cell.reference / n + cell.advantage / m +
                              bonus_.of_decomposition(n, m, variance(cell.reference, cell.reference_square, n),
                                                      variance(cell.advantage, cell.advantage_square, m));
    cell.q = std::min({reward + plain, reward + decomposed, cell.q});
    cell.in_stage = 0;
    cell.stage_length = next_stage_length(world_.horizon, cell.stage_length);
    cell.value = cell.advantage = cell.advantage_square = 0;
  }

  void choose(int h, std::int32_t state) {
    const auto stage = static_cast<std::size_t>(h), s = static_cast<std::size_t>(state);
    const Cell* row = cells_.data() + stage * choices_;
    std::int64_t best = begin_[s];
    for (std::int64_t c = best + 1; c < begin_[s + 1]; ++c)
      if (row[c].q > row[best].q) best = c;
    value_[stage * states_ + s] = row[best].q;
    policy().play(h, state, best);
  }

  EpisodicWorld world_;
  AdvantageBonus bonus_;
  std::int64_t reference_visits_;
  std::vector<std::int64_t> begin_;
  std::size_t states_, choices_;
  std::vector<Cell> cells_;                ///< a triple (h, c) each
  std::vector<std::int64_t> visits_;       ///< of (h, s)
  std::vector<double> value_, reference_;  ///< V_h(s) and its reference, and zeros for stage H
};

}  // namespace

AdvantageBonus::AdvantageBonus(const EpisodicWorld& world, double delta, double factor)
    : horizon_(world.horizon), factor_(factor) {
  const double steps = static_cast<double>(world.episodes) * horizon_;
  // ln(2/p) in parts: T^4 may be large.
  log_ = std::log(8 * steps / delta) + std::log(horizon_ * horizon_ * steps * steps * steps + 3);
  const double visits = factor * factor * static_cast<double>(world.num_choices()) * std::pow(horizon_, 6) * log_;
  reference_visits_ = static_cast<std::int64_t>(std::ceil(std::clamp(visits, 1.0, 0x1p62)));
}

double AdvantageBonus::of_stage(double m) const { return factor_ * 2 * std::sqrt(horizon_ * horizon_ * log_ / m); }

double AdvantageBonus::of_decomposition(double n, double m, double reference_variance,
                                        double advantage_variance) const {
  const double by_n = log_ / n, by_m = log_ / m;
  const double spread = 2 * std::sqrt(reference_variance * by_n) + 2 * std::sqrt(advantage_variance * by_m);
  const double rest = by_n + by_m + std::pow(by_n, 0.75) + std::pow(by_m, 0.75);
  return factor_ * (spread + 5 * horizon_ * rest);
}

std::unique_ptr<EpisodicAgent> make_ucb_advantage(const EpisodicWorld& world, const UcbAdvantageOptions& options,
                                                  const Stream& /*stream*/) {
  require_valid("ucb-advantage", options);
  const Constant constant("ucb-advantage", options.constant, kUcbAdvantagePractical);
  const AdvantageBonus bonus(world, options.delta, constant.factor());
  return std::make_unique<UcbAdvantage>(
      world, bonus, options.reference_visits > 0 ? options.reference_visits : bonus.reference_visits());
}

}  // namespace bellwether::online
