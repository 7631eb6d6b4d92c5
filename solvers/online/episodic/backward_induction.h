#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/reader_masks.h"

namespace bellwether::online {

/// The most that a value of stage h can be: what H - h steps earn, what is earned after the first of them, or H.
enum class Cap { kToGo, kAfterStep, kHorizon };

struct InductionOptions {
  bool per_stage = false;    ///< a row of statistics a stage and choice, else one a choice
  bool monotone = false;     ///< no Q ever rises again: the smaller of the new value and the last
  bool incremental = true;   ///< only what changed is computed again; the values are the same, bit for bit
  bool trust_unseen = true;  ///< rows never taken are worth the most there is; otherwise nothing
  Cap cap = Cap::kToGo;
};

/// The planner that optimistic learners share. With V_H = 0, for h = H-1 .. 0,
///   Q_h(c) = min{most(h), rule.value(h, c, V_{h+1}), the last Q_h(c) when monotone},   V_h(s) = max over c of Q_h(c),
/// where most(h) is H - h unless another cap is asked for, and the rule computes what its statistics and its bonus make
/// of V_{h+1}. Ties go to the first choice.
///
/// A row is computed again only when something it reads has changed: its statistics (touch), or what a state that was
/// seen behind it (link) is worth at the next stage. What waits is one bit a row, so a plan costs the rows that changed
/// and H C / 64 words.
class BackwardInduction {
 public:
  BackwardInduction(const EpisodicWorld& world, const InductionOptions& options);

  /// The statistics of this row changed.
  void touch(int stage, std::int64_t choice) {
    std::uint64_t* words = per_stage_ ? waiting_.data() + at(stage, 0, words_) : touched_.data();
    words[choice >> 6] |= bit(choice);
    seen_[at(per_stage_ ? stage : 0, choice >> 6, words_)] |= bit(choice);
  }
  /// `next` was seen behind this row for the first time.
  void link(int stage, std::int64_t choice, std::int32_t next) {
    readers_.add(at(per_stage_ ? stage : 0, next, states_), choice);
  }
  /// Rows of `stage` with this successor read something else of it than before.
  void touch_readers(int stage, std::int32_t next) {
    readers_.mark(at(per_stage_ ? stage : 0, next, states_), waiting_.data() + at(stage, 0, words_));
  }

  /// Brings all values up to date. The rule has
  ///   double value(int stage, std::int64_t choice, const double* next_values): Q of a row with statistics;
  ///   bool settle(int stage, int state, std::int64_t best): told of every state with a row that was computed; true
  ///     when something else that rows of the stage before read of the state has changed.
  template <class Rule>
  void plan(Rule& rule);

  int horizon() const { return horizon_; }
  /// The cap of a stage's values.
  double most(int stage) const {
    if (cap_ == Cap::kHorizon) return horizon_;
    return cap_ == Cap::kToGo ? horizon_ - stage : horizon_ - stage - 1;
  }
  double q(int stage, std::int64_t choice) const { return q_[at(stage, choice, choices_)]; }
  double value(int stage, int state) const { return v_[at(stage, state, states_)]; }
  const double* values(int stage) const { return v_.data() + at(stage, 0, states_); }

 private:
  static std::uint64_t bit(std::int64_t i) { return ReaderMasks::bit(i); }
  static std::size_t at(std::int64_t row, std::int64_t column, std::int64_t columns) {
    return static_cast<std::size_t>(row * columns + column);
  }
  template <class Rule>
  bool compute_rows(Rule& rule, int stage);
  template <class Rule>
  void settle_states(Rule& rule, int stage);

  std::span<const std::int64_t> state_begin_;
  std::int64_t states_, choices_, words_;  ///< words: of one bit a choice
  int horizon_;
  bool per_stage_, monotone_, incremental_;
  Cap cap_;
  std::vector<std::int32_t> state_of_;
  std::vector<double> q_, v_;
  std::vector<std::uint64_t> waiting_;         ///< a bit a stage and choice
  std::vector<std::uint64_t> touched_;         ///< a bit a choice: waits at every stage
  std::vector<std::uint64_t> seen_;            ///< rows that have statistics
  std::vector<std::uint64_t> states_waiting_;  ///< a bit a state, of the stage at work
  ReaderMasks readers_;                        ///< of each state (and stage): the rows with this successor
};

template <class Rule>
void BackwardInduction::plan(Rule& rule) {
  for (int h = horizon_ - 1; h >= 0; --h)
    if (compute_rows(rule, h)) settle_states(rule, h);
  for (std::uint64_t& word : touched_) word = 0;
}

template <class Rule>
bool BackwardInduction::compute_rows(Rule& rule, int stage) {
  double* q = q_.data() + at(stage, 0, choices_);
  const double* next = values(stage + 1);
  const double most = this->most(stage);
  std::uint64_t* waiting = waiting_.data() + at(stage, 0, words_);
  const std::uint64_t* besides = incremental_ ? touched_.data() : seen_.data() + at(per_stage_ ? stage : 0, 0, words_);
  bool any = false;
  for (std::int64_t w = 0; w < words_; ++w) {
    std::uint64_t bits = waiting[w] | besides[w];
    if (bits == 0) continue;
    any = true;
    waiting[w] = 0;
    for (; bits != 0; bits &= bits - 1) {
      const std::int64_t c = 64 * w + std::countr_zero(bits);
      double x = rule.value(stage, c, next);
      x = x < most ? x : most;
      if (monotone_) x = x < q[c] ? x : q[c];
      q[c] = x;
      const std::int32_t s = state_of_[static_cast<std::size_t>(c)];
      states_waiting_[static_cast<std::size_t>(s >> 6)] |= bit(s);
    }
  }
  return any;
}

template <class Rule>
void BackwardInduction::settle_states(Rule& rule, int stage) {
  const double* q = q_.data() + at(stage, 0, choices_);
  double* v = v_.data() + at(stage, 0, states_);
  for (std::size_t w = 0; w < states_waiting_.size(); ++w) {
    std::uint64_t bits = states_waiting_[w];
    states_waiting_[w] = 0;
    for (; bits != 0; bits &= bits - 1) {
      const int s = static_cast<int>(64 * w) + std::countr_zero(bits);
      std::int64_t best = state_begin_[static_cast<std::size_t>(s)];
      const std::int64_t last = state_begin_[static_cast<std::size_t>(s) + 1];
      for (std::int64_t c = best + 1; c < last; ++c) best = q[c] > q[best] ? c : best;
      bool changed = q[best] != v[s];
      v[s] = q[best];
      changed |= rule.settle(stage, s, best);
      if (changed && stage > 0) touch_readers(stage - 1, s);
    }
  }
}

/// A learner that plays the greedy policy of a backward induction.
class InductionAgent : public EpisodicAgent {
 public:
  InductionAgent(const EpisodicWorld& world, const InductionOptions& options)
      : EpisodicAgent(world), world_(world), per_stage_(options.per_stage), induction_(world, options) {}

  const BackwardInduction& values() const { return induction_; }

 protected:
  const EpisodicWorld& world() const { return world_; }
  BackwardInduction& induction() { return induction_; }
  /// The row of statistics.
  std::int64_t row(int stage, std::int64_t choice) const {
    return per_stage_ ? stage * world_.num_choices() + choice : choice;
  }
  std::int64_t num_rows() const { return per_stage_ ? world_.horizon * world_.num_choices() : world_.num_choices(); }

 private:
  EpisodicWorld world_;
  bool per_stage_;
  BackwardInduction induction_;
};

}  // namespace bellwether::online
