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
/// so many streams may share one; it holds 20 bytes a transition beside the model.
///
/// Rewards come from the model's laws; without laws, from the transition taken, or else they are the expected ones.
class Simulator {
 public:
  explicit Simulator(TabularMdp model);

  const TabularMdp& model() const { return model_; }

  std::int32_t draw_initial(Stream& stream) const { return start_.sample(stream); }

  /// The state that follows `choice` (numbered through the model): the fast path for those who need no reward.
  std::int32_t draw_next(std::int64_t choice, Stream& stream) const { return draw(row(choice), stream).next; }

  /// Where the row of a choice lies: whoever plays a policy looks it up once a state.
  struct Row {
    std::int64_t first = 0;
    std::uint64_t size = 0;
  };
  Row row(std::int64_t choice) const {
    return {choice_begin_[choice], static_cast<std::uint64_t>(choice_begin_[choice + 1] - choice_begin_[choice])};
  }

  Step draw_step(std::int64_t choice, Stream& stream) const { return draw_step(choice, row(choice), stream); }
  Step draw_step(std::int64_t choice, const Row& row, Stream& stream) const {
    const Drawn drawn = draw(row, stream);
    if (!plain_) return with_reward(choice, drawn, stream);
    return {drawn.next, reward_[choice], transition(choice, drawn)};
  }

 private:
  /// An AliasCell whose numbers are already looked up.
  struct Cell {
    std::uint64_t threshold;
    std::int32_t own, other;  ///< the successors that the two parts of the cell draw
  };
  struct Drawn {
    std::int64_t cell;
    bool own;
    std::int32_t next;
  };

  /// As sample_alias(), draw by draw. The next step waits for the successor and for nothing else here: a selection
  /// instead of a jump, since no processor predicts it.
  Drawn draw(const Row& row, Stream& stream) const {
    if (row.size == 1) return {row.first, true, cell_[static_cast<std::size_t>(row.first)].own};
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{stream()} * row.size;
    const std::int64_t place = row.first + static_cast<std::int64_t>(product >> 64);
    const Cell cell = cell_[place];
    const bool own = static_cast<std::uint64_t>(product) < cell.threshold;
    return {place, own, own ? cell.own : cell.other};
  }

  std::int64_t transition(std::int64_t choice, const Drawn& drawn) const {
    const std::int64_t other = choice_begin_[choice] + alias_[static_cast<std::size_t>(drawn.cell)];
    return drawn.own ? drawn.cell : other;
  }

  Step with_reward(std::int64_t choice, const Drawn& drawn, Stream& stream) const;
  double draw_reward(std::int64_t choice, std::int64_t transition, Stream& stream) const;
  double draw_finite(std::int64_t choice, Stream& stream) const;

  TabularMdp model_;
  AliasTable start_;
  std::vector<Cell> cell_;           ///< one a transition
  std::vector<std::int32_t> alias_;  ///< of each cell: the place in the row of what `other` stands for
  const std::int64_t* choice_begin_;
  const double* reward_;
  bool plain_;  ///< every reward is the expected one of its choice
};

}  // namespace bellwether::mdp
