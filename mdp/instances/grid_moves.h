#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {

// Grids number their cells row by row. Directions 0, 1, 2, 3 are up, right, down, left.

/// The cell one step away, or the cell itself at the border.
inline int grid_neighbour(int cell, int direction, int rows, int columns) {
  const int row = cell / columns, column = cell % columns;
  switch (direction) {
    case 0:
      return row > 0 ? cell - columns : cell;
    case 1:
      return column + 1 < columns ? cell + 1 : cell;
    case 2:
      return row + 1 < rows ? cell + columns : cell;
    default:
      return column > 0 ? cell - 1 : cell;
  }
}

/// Directions with probabilities when `direction` slips to either side with probability slip / 2.
inline std::array<std::pair<int, double>, 3> slippery(int direction, double slip) {
  return {{{direction, 1 - slip}, {(direction + 3) % 4, slip / 2}, {(direction + 1) % 4, slip / 2}}};
}

/// The row of one slippery move: at most three successors, equal ones added up.
class SlipRow {
 public:
  void add(int next, double probability) {
    if (probability == 0) return;
    for (std::size_t i = 0; i < size_; ++i) {
      if (entries_[i].next != next) continue;
      entries_[i].probability += probability;
      return;
    }
    entries_[size_++] = {next, probability};
  }

  std::span<const Entry> entries() const { return {entries_.data(), size_}; }

 private:
  std::array<Entry, 3> entries_{};
  std::size_t size_ = 0;
};

}  // namespace bellwether::mdp
