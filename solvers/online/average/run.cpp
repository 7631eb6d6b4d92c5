#include "solvers/online/average/run.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/checkpoints.h"

namespace bellwether::online {
namespace {

constexpr std::int64_t kStepsBetweenLooks = 1 << 16;
constexpr std::size_t kPiece = 512;  // steps between two calls of learn(), at most: what stays in the first cache

class Loop {
 public:
  Loop(const AverageTask& task, AverageAgent& agent, const Stream& stream)
      : task_(task),
        agent_(agent),
        moves_(stream.child("environment")),
        choices_(stream.child("choices")),
        rows_(static_cast<std::size_t>(task.num_states())),
        left_(static_cast<std::size_t>(task.num_choices())),
        state_(task.simulator().draw_initial(moves_)) {}

  /// Plays on until `until` steps have been played.
  void play(std::int64_t until) {
    while (row_.steps < until) {
      if (epoch_over_) plan();
      play_epoch(until);
    }
  }

  const AverageRow& row() const { return row_; }

 private:
  void plan() {
    agent_.plan(row_.steps, state_);
    ++row_.epochs;
    const auto believed = agent_.optimistic_gain();
    // Rounding alone is no violation.
    if (believed && *believed < task_.unit_gain() - 1e-12) ++row_.violations;
    const Epoch& epoch = agent_.epoch();
    left_ = epoch.most;
    epoch_end_ = epoch.longest > std::numeric_limits<std::int64_t>::max() - row_.steps
                     ? std::numeric_limits<std::int64_t>::max()
                     : row_.steps + epoch.longest;
    epoch_over_ = false;
    if (!epoch.probability.empty()) return;
    for (std::size_t s = 0; s < rows_.size(); ++s) rows_[s] = task_.simulator().row(epoch.choice[s]);
  }

  void play_epoch(std::int64_t until) {
    const bool randomised = !agent_.epoch().probability.empty();
    const std::int64_t end = std::min(until, epoch_end_);
    while (row_.steps < end && !epoch_over_) {
      const std::int64_t most = std::min<std::int64_t>(end - row_.steps, kPiece);
      teach(randomised ? play_steps<true>(most) : play_steps<false>(most));
    }
    if (row_.steps >= epoch_end_) epoch_over_ = true;
  }

  /// Plays `most` steps, or until the epoch is over; how many.
  template <bool kRandomised>
  std::size_t play_steps(std::int64_t most) {
    const Epoch& epoch = agent_.epoch();
    const mdp::Simulator& simulator = task_.simulator();
    const double gain = task_.gain();
    // Copies, which no store of the loop can change.
    Stream moves = moves_;
    std::int32_t state = state_;
    double gap_regret = row_.gap_regret, reward_regret = row_.reward_regret;
    std::size_t played = 0;
    while (played < static_cast<std::size_t>(most)) {
      const std::int32_t c = kRandomised ? draw_choice(epoch, state) : epoch.choice[static_cast<std::size_t>(state)];
      const mdp::Simulator::Row row = kRandomised ? simulator.row(c) : rows_[static_cast<std::size_t>(state)];
      const mdp::Step outcome = simulator.draw_step(c, row, moves);
      steps_[played++] = {state, c, outcome.next, task_.to_unit(outcome.reward)};
      gap_regret += task_.gap(c);
      reward_regret += gain - outcome.reward;
      state = outcome.next;
      if (--left_[static_cast<std::size_t>(c)] <= 0) {
        epoch_over_ = true;
        break;
      }
    }
    moves_ = moves;
    state_ = state;
    row_.gap_regret = gap_regret;
    row_.reward_regret = reward_regret;
    row_.steps += static_cast<std::int64_t>(played);
    return played;
  }

  void teach(std::size_t played) { agent_.learn(std::span(steps_).first(played)); }

  std::int32_t draw_choice(const Epoch& epoch, std::int32_t state) {
    const auto begin = task_.model().state_begin();
    const auto s = static_cast<std::size_t>(state);
    double left = choices_.uniform();
    for (std::int64_t c = begin[s]; c < begin[s + 1] - 1; ++c) {
      left -= epoch.probability[static_cast<std::size_t>(c)];
      if (left < 0) return static_cast<std::int32_t>(c);
    }
    return static_cast<std::int32_t>(begin[s + 1] - 1);
  }

  const AverageTask& task_;
  AverageAgent& agent_;
  Stream moves_, choices_;
  std::array<AverageStep, kPiece> steps_;
  std::vector<mdp::Simulator::Row> rows_;  ///< of each state: the row of the choice that is played
  std::vector<std::int64_t> left_;         ///< of each choice: how often it may still be taken in this epoch
  std::int64_t epoch_end_ = 0;
  bool epoch_over_ = true;
  std::int32_t state_;
  AverageRow row_;
};

}  // namespace

AverageWorld world_of(const AverageTask& task, std::int64_t steps) {
  AverageWorld world{.state_begin = task.model().state_begin(), .steps = steps, .mean_reward = task.unit_rewards()};
  for (int s = 0; s < task.num_states(); ++s)
    world.largest_num_actions = std::max(world.largest_num_actions, task.model().num_choices(s));
  return world;
}

std::vector<AverageRow> run_average(const AverageTask& task, AverageAgent& agent, const Stream& stream,
                                    const AverageRunOptions& options) {
  const std::vector<std::int64_t> checkpoints =
      options.checkpoints.empty() ? log_checkpoints(options.steps) : options.checkpoints;
  Loop loop(task, agent, stream);
  std::vector<AverageRow> rows;
  rows.reserve(checkpoints.size());
  for (const std::int64_t checkpoint : checkpoints) {
    while (loop.row().steps < checkpoint) {
      loop.play(std::min(checkpoint, loop.row().steps + kStepsBetweenLooks));
      if (options.observer && !options.observer(loop.row().steps)) return rows;
    }
    rows.push_back(loop.row());
  }
  return rows;
}

}  // namespace bellwether::online
