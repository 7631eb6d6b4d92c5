#include "solvers/online/episodic/run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/checkpoints.h"
#include "solvers/online/episodic/draw.h"
#include "solvers/online/episodic/value.h"

namespace bellwether::online {
namespace {

/// Calls to the observer are this many steps apart.
constexpr std::int64_t kStepsBetweenLooks = 1 << 14;

class Loop {
 public:
  Loop(const EpisodicTask& task, EpisodicAgent& agent, const Stream& stream)
      : task_(task),
        agent_(agent),
        value_(task),
        environment_(stream.child("environment")),
        choices_(stream.child("choices")),
        steps_(static_cast<std::size_t>(task.horizon())) {
    value_.update(agent.policy(), task.horizon() - 1);
  }

  /// False, and nothing is played, when the learner has finished.
  bool play_one(std::int64_t episode, double epsilon) {
    agent_.plan(episode);
    const int changed = agent_.policy().take_changed();
    if (changed >= 0 && episode > 0) ++row_.policy_changes;
    value_.follow(agent_.policy(), changed);
    if (agent_.finished()) return false;
    Stream moves = environment_.child(static_cast<std::uint64_t>(episode));
    const int start = task_.simulator(0).draw_initial(moves);
    count_regret(start, epsilon);
    play(start, moves);
    agent_.learn(steps_);
    ++row_.episodes;
    return true;
  }

  /// Asks for the learner's answer and what it is worth.
  void take_answer(EpisodicRun& run) {
    agent_.answer();
    value_.follow(agent_.policy(), agent_.policy().take_changed());
    double loss = 0, promised = 0;
    for (int s = 0; s < task_.num_states(); ++s) {
      const double weight = task_.initial()[static_cast<std::size_t>(s)];
      if (weight == 0) continue;
      loss += weight * (task_.optimal_value(0, s) - value_.initial_value(s));
      promised += weight * agent_.certificate(s).value_or(std::numeric_limits<double>::quiet_NaN());
    }
    run.answer_loss = loss;
    run.answer_certificate = task_.from_unit_loss(promised);
  }

  const EpisodicRow& row() const { return row_; }

 private:
  void count_regret(int start, double epsilon) {
    const double best = task_.optimal_value(0, start);
    const double loss = best - value_.initial_value(start);
    row_.value_regret += loss;
    row_.reward_regret += best;
    if (loss > epsilon) ++row_.mistakes;
    // Rounding alone is no violation: both numbers are sums of `horizon` terms.
    const auto believed = agent_.optimistic_value(start);
    const double rounding = 1e-12 * (1 + std::abs(best));
    if (believed && task_.from_unit_value(0, *believed) < best - rounding) ++row_.violations;
    if (const auto promised = agent_.certificate(start)) {
      row_.certified += task_.from_unit_loss(*promised);
      if (task_.from_unit_loss(*promised) < loss - rounding) ++row_.broken_certificates;
    }
  }

  void play(int start, Stream& moves) {
    const EpisodicPolicy& policy = agent_.policy();
    std::int32_t s = start;
    for (int h = 0; h < task_.horizon(); ++h) {
      const std::int32_t c = policy.randomised() ? drawn_choice(task_, policy, h, s, choices_) : policy.choice(h, s);
      const mdp::Step outcome = task_.simulator(h).draw_step(c, moves);
      steps_[static_cast<std::size_t>(h)] = {s, c, outcome.next, task_.to_unit(outcome.reward)};
      row_.gap_regret += task_.gap(h, c);
      row_.reward_regret -= outcome.reward;
      s = outcome.next;
    }
  }

  const EpisodicTask& task_;
  EpisodicAgent& agent_;
  PolicyValue value_;
  Stream environment_, choices_;
  std::vector<Step> steps_;
  EpisodicRow row_;
};

}  // namespace

EpisodicWorld world_of(const EpisodicTask& task, std::int64_t episodes) {
  return {.state_begin = task.state_begin(),
          .horizon = task.horizon(),
          .largest_num_actions = task.largest_num_actions(),
          .same_at_every_stage = task.same_at_every_stage(),
          .episodes = episodes,
          .mean_reward = task.unit_rewards(),
          .initial = task.initial(),
          .features = task.linear().features.get(),
          .mixture = task.linear().mixture.get()};
}

EpisodicRun run_episodes(const EpisodicTask& task, EpisodicAgent& agent, const Stream& stream,
                         const EpisodicRunOptions& options) {
  const std::vector<std::int64_t> checkpoints =
      options.checkpoints.empty() ? log_checkpoints(options.episodes) : options.checkpoints;
  Loop loop(task, agent, stream);
  EpisodicRun run;
  run.rows.reserve(checkpoints.size());
  std::int64_t next_look = kStepsBetweenLooks;
  for (std::int64_t k = 0; k < options.episodes; ++k) {
    if (!loop.play_one(k, options.epsilon)) {
      run.finished = true;
      break;
    }
    if (run.rows.size() < checkpoints.size() && k + 1 == checkpoints[run.rows.size()]) run.rows.push_back(loop.row());
    if (options.observer && (k + 1) * task.horizon() >= next_look) {
      next_look += kStepsBetweenLooks;
      if (!options.observer(k + 1)) break;
    }
  }
  run.last = loop.row();
  loop.take_answer(run);
  return run;
}

}  // namespace bellwether::online
