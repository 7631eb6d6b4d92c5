#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/alias_table.h"
#include "core/stream.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// What one step brings.
struct Step {
  std::int32_t next = 0;
  double reward = 0;
  std::int64_t transition = 0;  ///< its place in the model's arrays
};

/// Plays a model: initial states, transitions and rewards, all in constant time a draw. Immutable after construction,
/// so many streams may share one; it holds 16 bytes a transition beside the model.
///
/// Rewards come from the model's laws; without laws, from the transition taken, or else they are the expected ones.
class Simulator {
 public:
  explicit Simulator(TabularMdp model);

  const TabularMdp& model() const { return model_; }

  std::int32_t draw_initial(Stream& stream) const { return start_.sample(stream); }

  /// The state that follows `choice` (numbered through the model): the fast path for those who need no reward.
  std::int32_t draw_next(std::int64_t choice, Stream& stream) const {
    const std::span<const AliasCell> row = cells(choice);
    return row[sample_alias(row, stream)].mark;
  }

  Step draw_step(std::int64_t choice, Stream& stream) const {
    const std::span<const AliasCell> row = cells(choice);
    const std::size_t taken = sample_alias(row, stream);
    const std::int64_t transition = choice_begin_[choice] + static_cast<std::int64_t>(taken);
    return {row[taken].mark, plain_ ? reward_[choice] : draw_reward(choice, transition, stream), transition};
  }

 private:
  std::span<const AliasCell> cells(std::int64_t choice) const {
    return {cell_.data() + choice_begin_[choice], cell_.data() + choice_begin_[choice + 1]};
  }
  double draw_reward(std::int64_t choice, std::int64_t transition, Stream& stream) const;
  double draw_finite(std::int64_t choice, Stream& stream) const;

  TabularMdp model_;
  AliasTable start_;
  std::vector<AliasCell> cell_;  ///< one a transition; the mark is the successor
  const std::int64_t* choice_begin_;
  const double* reward_;
  bool plain_;  ///< every reward is the expected one of its choice
};

}  // namespace bellwether::mdp
