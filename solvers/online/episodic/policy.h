#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace bellwether::online {

/// The policy of an episode as the loop reads it: for each stage and state one choice (its model-wide number), or for
/// each stage a probability of every choice.
class EpisodicPolicy {
 public:
  /// Plays the first choice everywhere.
  EpisodicPolicy(std::span<const std::int64_t> state_begin, int horizon)
      : states_(state_begin.size() - 1),
        choices_(static_cast<std::size_t>(state_begin.back())),
        horizon_(horizon),
        choice_(states_ * static_cast<std::size_t>(horizon)),
        words_((states_ + 63) / 64),
        changed_states_(words_ * static_cast<std::size_t>(horizon)) {
    for (std::size_t i = 0; i < choice_.size(); ++i) choice_[i] = static_cast<std::int32_t>(state_begin[i % states_]);
  }

  int horizon() const { return horizon_; }
  bool randomised() const { return !probability_.empty(); }
  std::int32_t choice(int stage, int s) const { return choice_[at(stage, s)]; }
  double probability(int stage, std::int64_t c) const { return probability_[row(stage, c)]; }

  void play(int stage, int s, std::int64_t choice) {
    std::int32_t& now = choice_[at(stage, s)];
    if (now == static_cast<std::int32_t>(choice)) return;
    now = static_cast<std::int32_t>(choice);
    changed_states(stage)[static_cast<std::size_t>(s) >> 6] |= std::uint64_t{1} << (s & 63);
    if (stage > changed_) changed_ = stage;
  }
  /// From the first call on the policy is randomised, at every stage; set every choice of every stage.
  void play_with(int stage, std::int64_t choice, double probability) {
    if (probability_.empty()) probability_.assign(choices_ * static_cast<std::size_t>(horizon_), 0.0);
    probability_[row(stage, choice)] = probability;
    std::ranges::fill(changed_states(stage), ~std::uint64_t{0});  // one state, but which is not worth knowing
    if (stage > changed_) changed_ = stage;
  }

  /// The last stage that has changed since the last call, -1 when none has; the loop re-evaluates from there on down.
  int take_changed() {
    const int stage = changed_;
    changed_ = -1;
    return stage;
  }
  /// One bit a state of this stage, set when its choice changed; whoever has seen to it clears them.
  std::span<std::uint64_t> changed_states(int stage) {
    return {changed_states_.data() + static_cast<std::size_t>(stage) * words_, words_};
  }

 private:
  std::size_t at(int stage, int s) const {
    return static_cast<std::size_t>(stage) * states_ + static_cast<std::size_t>(s);
  }
  std::size_t row(int stage, std::int64_t c) const {
    return static_cast<std::size_t>(stage) * choices_ + static_cast<std::size_t>(c);
  }

  std::size_t states_, choices_;
  int horizon_;
  int changed_ = -1;
  std::vector<std::int32_t> choice_;
  std::vector<double> probability_;
  std::size_t words_;
  std::vector<std::uint64_t> changed_states_;
};

}  // namespace bellwether::online
