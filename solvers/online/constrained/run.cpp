#include "solvers/online/constrained/run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/checkpoints.h"
#include "solvers/online/episodic/draw.h"

namespace bellwether::online {
namespace {

/// Calls to the observer are this many episodes apart, or less where they are slow.
constexpr std::int64_t kEpisodesBetweenLooks = 64;

class Loop {
 public:
  Loop(const ConstrainedTask& task, ConstrainedAgent& agent, const Stream& stream)
      : task_(task),
        agent_(agent),
        environment_(stream.child("environment")),
        choices_(stream.child("choices")),
        steps_(static_cast<std::size_t>(task.episodes().horizon())),
        worth_(1 + task.constraints().size()),
        other_(worth_.size()) {
    row_.excess.assign(task.constraints().size(), 0.0);
    row_.hard = row_.excess;
  }

  void play_one(std::int64_t episode, const ConstrainedRunOptions& options) {
    agent_.plan(episode);
    evaluate(episode);
    measure();
    if (options.listener) options.listener(episode, worth_);
    play(episode);
    agent_.learn(steps_);
    ++row_.episodes;
    row_.programs = agent_.programs();
  }

  const ConstrainedRow& row() const { return row_; }

 private:
  void evaluate(std::int64_t episode) {
    const bool changed = agent_.policy().take_changed() >= 0;
    if (changed && episode > 0) ++row_.policy_changes;
    const ConstrainedAgent::Coin coin = agent_.coin();
    if (changed || episode == 0 || coin.other != nullptr || mixed_) task_.evaluate(agent_.policy(), worth_);
    mixed_ = coin.other != nullptr;
    if (!mixed_) return;
    task_.evaluate(*coin.other, other_);
    for (std::size_t i = 0; i < worth_.size(); ++i)
      worth_[i] = coin.probability * worth_[i] + (1 - coin.probability) * other_[i];
    const double baseline = coin.baseline ? coin.probability : 1 - coin.probability;
    row_.coin_baseline += coin.baseline;
    row_.coin_mean += baseline;
    row_.coin_variance += baseline * (1 - baseline);
  }

  void measure() {
    const double tolerance = kLimitTolerance * task_.episodes().horizon();
    const double loss = task_.episodes().from_unit_loss(task_.optimum() - worth_[0]);
    row_.regret += loss;
    row_.positive_regret += std::max(0.0, loss);
    bool violated = false, promising = false, broken = false;
    for (std::size_t i = 0; i < task_.constraints().size(); ++i) {
      const EpisodeConstraint& constraint = task_.constraints()[i];
      const double excess = worth_[i + 1] - constraint.limit;
      row_.excess[i] += constraint.unit * excess;
      if (excess > tolerance) row_.hard[i] += constraint.unit * excess;
      violated |= excess > tolerance;
      const auto promised = agent_.cost_bound(static_cast<int>(i));
      promising |= promised.has_value();
      broken |= promised && worth_[i + 1] > *promised + tolerance;
    }
    row_.violating += violated;
    row_.promises += promising;
    row_.broken_bounds += broken;
    const auto believed = agent_.optimistic_optimum();
    row_.estimates += believed.has_value();
    row_.broken_optimism += believed && *believed < task_.optimum() - tolerance;
    const Mode mode = agent_.mode();
    ++(mode == Mode::kBaseline ? row_.baseline : mode == Mode::kMixture ? row_.mixture : row_.own);
  }

  void play(std::int64_t episode) {
    Stream moves = environment_.child(static_cast<std::uint64_t>(episode));
    const EpisodicTask& task = task_.episodes();
    const EpisodicPolicy& policy = agent_.policy();
    std::int32_t s = task.simulator(0).draw_initial(moves);
    for (int h = 0; h < task.horizon(); ++h) {
      const std::int32_t c = policy.randomised() ? drawn_choice(task, policy, h, s, choices_) : policy.choice(h, s);
      const mdp::Step outcome = task.simulator(h).draw_step(c, moves);
      steps_[static_cast<std::size_t>(h)] = {s, c, outcome.next, task.to_unit(outcome.reward)};
      s = outcome.next;
    }
  }

  const ConstrainedTask& task_;
  ConstrainedAgent& agent_;
  Stream environment_, choices_;
  std::vector<Step> steps_;
  std::vector<double> worth_, other_;
  bool mixed_ = false;
  ConstrainedRow row_;
};

double largest(const std::vector<double>& numbers) {
  double most = -std::numeric_limits<double>::infinity();
  for (const double number : numbers) most = std::max(most, number);
  return most;
}

}  // namespace

double ConstrainedRow::largest_excess() const { return largest(excess); }
double ConstrainedRow::largest_hard() const { return largest(hard); }

ConstrainedRun run_constrained(const ConstrainedTask& task, ConstrainedAgent& agent, const Stream& stream,
                               const ConstrainedRunOptions& options) {
  const std::vector<std::int64_t> checkpoints =
      options.checkpoints.empty() ? log_checkpoints(options.episodes) : options.checkpoints;
  Loop loop(task, agent, stream);
  ConstrainedRun run;
  for (std::int64_t k = 0; k < options.episodes; ++k) {
    loop.play_one(k, options);
    if (run.rows.size() < checkpoints.size() && k + 1 == checkpoints[run.rows.size()]) run.rows.push_back(loop.row());
    if (options.observer && (k + 1) % kEpisodesBetweenLooks == 0 && !options.observer(k + 1)) break;
  }
  run.last = loop.row();
  return run;
}

}  // namespace bellwether::online
