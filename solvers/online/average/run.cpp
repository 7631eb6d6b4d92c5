#include "solvers/online/average/run.h"

#include <algorithm>
#include <cmath>

#include "solvers/online/checkpoints.h"

namespace bellwether::online {
namespace {

constexpr std::int64_t kStepsBetweenLooks = 1 << 16;
constexpr std::size_t kPiece = 4096;  // steps between two calls of learn(), at most

class Loop {
 public:
  Loop(const AverageTask& task, AverageAgent& agent, const Stream& stream)
      : task_(task),
        agent_(agent),
        moves_(stream.child("environment")),
        choices_(stream.child("choices")),
        left_(static_cast<std::size_t>(task.num_choices())),
        state_(task.simulator().draw_initial(moves_)) {
    steps_.reserve(kPiece);
  }

  /// Plays on until `until` steps have been played.
  void play(std::int64_t until) {
    while (row_.steps < until) {
      if (epoch_over_) plan();
      play_epoch(until);
      teach();
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
  }

  void play_epoch(std::int64_t until) {
    const Epoch& epoch = agent_.epoch();
    const bool randomised = !epoch.probability.empty();
    const std::int64_t end = std::min(until, epoch_end_);
    std::int64_t t = row_.steps;
    while (t < end) {
      const std::int32_t c = randomised ? draw_choice(epoch) : epoch.choice[static_cast<std::size_t>(state_)];
      const mdp::Step outcome = task_.simulator().draw_step(c, moves_);
      steps_.push_back({state_, c, outcome.next, task_.to_unit(outcome.reward)});
      row_.gap_regret += task_.gap(c);
      row_.reward_regret += task_.gain() - outcome.reward;
      state_ = outcome.next;
      ++t;
      if (--left_[static_cast<std::size_t>(c)] <= 0) {
        epoch_over_ = true;
        break;
      }
      if (steps_.size() == kPiece) teach();
    }
    row_.steps = t;
    if (t >= epoch_end_) epoch_over_ = true;
  }

  /// The learner sees what has been played since it was last shown something.
  void teach() {
    if (!steps_.empty()) agent_.learn(steps_);
    steps_.clear();
  }

  std::int32_t draw_choice(const Epoch& epoch) {
    const auto begin = task_.model().state_begin();
    const auto s = static_cast<std::size_t>(state_);
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
  std::vector<AverageStep> steps_;
  std::vector<std::int64_t> left_;  ///< of each choice: how often it may still be taken in this epoch
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
