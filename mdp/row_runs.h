#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace bellwether::mdp {

/// States begin .. end-1, whose rows all have `length` entries; 0 when they differ.
struct RowRun {
  std::int32_t begin = 0, end = 0, length = 0;
};

/// The states of a model cut into runs of rows of one length, found when first asked for. Grids, random models and most
/// generated ones have few: a sweep over a run need not read where rows begin, and its inner loop has a known length.
class RowRuns {
 public:
  std::span<const RowRun> get(std::span<const std::int64_t> state_begin,
                              std::span<const std::int64_t> choice_begin) const;

 private:
  mutable std::once_flag once_;
  mutable std::vector<RowRun> runs_;
};

/// One pass over the choices. Runs too short to pay are joined to runs of length 0.
std::vector<RowRun> find_row_runs(std::span<const std::int64_t> state_begin,
                                  std::span<const std::int64_t> choice_begin);

}  // namespace bellwether::mdp
