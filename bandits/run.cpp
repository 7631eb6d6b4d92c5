#include "bandits/run.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "core/checkpoints.h"

namespace bellwether::bandits {
namespace {

/// How many rounds lie between two questions whether to go on.
constexpr std::int64_t kPatience = std::int64_t{1} << 14;

/// Feedback that has not come yet.
class Post {
 public:
  void send(std::int64_t when, const Feedback& feedback) {
    Letter letter{feedback, {feedback.feature.begin(), feedback.feature.end()}};
    due_.emplace(when, std::move(letter));
  }
  /// Hands over what is due at the end of this round, in the order of the rounds in which it was played.
  void deliver(std::int64_t now, Agent& agent) {
    while (!due_.empty() && due_.begin()->first <= now) {
      Letter& letter = due_.begin()->second;
      letter.feedback.feature = letter.feature;
      agent.learn(letter.feedback);
      due_.erase(due_.begin());
    }
  }

 private:
  struct Letter {
    Feedback feedback;
    std::vector<double> feature;
  };
  std::multimap<std::int64_t, Letter> due_;
};

class Loop {
 public:
  Loop(const Bandit& bandit, Agent& agent, const Stream& stream, const TrialOptions& options)
      : options_(options),
        world_(bandit.world(options.length)),
        means_(bandit.means()),
        agent_(agent),
        game_(bandit.start(options.length, stream.child("environment"))),
        checkpoints_(options.checkpoints.empty() ? log_checkpoints(options.length) : options.checkpoints) {
    if (!means_.empty()) best_ = static_cast<int>(std::ranges::max_element(means_) - means_.begin());
  }

  Run play() {
    std::size_t next_checkpoint = 0;
    for (std::int64_t t = 1; t <= options_.length; ++t) {
      if (world_.kind == Kind::kItems)
        play_items();
      else
        play_arm();
      if (next_checkpoint < checkpoints_.size() && t == checkpoints_[next_checkpoint]) {
        ++next_checkpoint;
        run_.rows.push_back(row(t));
      }
      if (agent_.finished()) {
        run_.finished = true;
        run_.last = row(t);
        break;
      }
      run_.last.rounds = t;
      if (t % kPatience == 0 && options_.observer && !options_.observer(t)) break;
    }
    if (!run_.finished) run_.last = row(run_.last.rounds);
    run_.answer = agent_.answer();
    return std::move(run_);
  }

 private:
  void play_arm() {
    const Round& round = game_->next();
    const int arm = agent_.choose(round);
    count_violation();
    const Outcome outcome = game_->play(arm);
    sum_.switches += arm != last_arm_ && last_arm_ >= 0 ? 1 : 0;
    last_arm_ = arm;
    add(outcome);
    if (!outcome.observed) {
      post_.deliver(round.number, agent_);
      return;
    }
    const Feedback feedback{.round = round.number,
                            .arm = arm,
                            .reward = outcome.reward,
                            .feature = round.dimension > 0 ? round.feature(arm) : std::span<const double>{}};
    if (world_.largest_delay == 0) {
      agent_.learn(feedback);
      return;
    }
    post_.send(round.number + game_->delay(), feedback);
    post_.deliver(round.number, agent_);
  }

  void play_items() {
    const Round& round = game_->next();
    const std::span<const int> items = agent_.choose_items(round);
    rewards_.resize(items.size());
    add(game_->play_items(items, rewards_));
    agent_.learn_items(round.number, items, rewards_);
  }

  void add(const Outcome& outcome) {
    sum_.pseudo_regret += outcome.weight * outcome.regret;
    if (outcome.observed) {
      ++sum_.observed;
      sum_.reward += outcome.weight * outcome.reward;
    }
    comparator_ += outcome.weight * (outcome.mean + outcome.regret);
    sum_.best_rounds += outcome.regret == 0 ? 1 : 0;
    sum_.beaten |= outcome.regret < 0;
  }

  void count_violation() {
    if (best_ < 0) return;
    if (const auto index = agent_.optimistic_mean(best_)) {
      run_.optimistic = true;
      sum_.violations += *index < means_[static_cast<std::size_t>(best_)] ? 1 : 0;
    }
  }

  Row row(std::int64_t rounds) const {
    Row row = sum_;
    row.rounds = rounds;
    row.reward_regret = comparator_ - sum_.reward;
    row.hindsight_regret = game_->best_in_hindsight() - sum_.reward;
    return row;
  }

  const TrialOptions& options_;
  const World world_;
  const std::span<const double> means_;
  Agent& agent_;
  std::unique_ptr<Game> game_;
  const std::vector<std::int64_t> checkpoints_;
  int best_ = -1, last_arm_ = -1;
  double comparator_ = 0;
  Row sum_;
  Run run_;
  Post post_;
  std::vector<double> rewards_;
};

}  // namespace

Run run_rounds(const Bandit& bandit, Agent& agent, const Stream& stream, const TrialOptions& options) {
  return Loop(bandit, agent, stream, options).play();
}

}  // namespace bellwether::bandits
