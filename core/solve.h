#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

namespace bellwether {

/// How a run ended.
enum class Status {
  kNotRun,           ///< nothing in the result means anything
  kConverged,        ///< the proven gap is at most the tolerance
  kRoundingLimited,  ///< as close as double arithmetic can prove; the gap says how close
  kBudgetExhausted,  ///< the iteration limit came first; values and gap are valid
  kStoppedByCaller,  ///< the observer said stop; values and gap are valid
  kInfeasible,       ///< no policy meets the requirement
  kUnbounded,        ///< the optimum is infinite; the note says where
  kNumericalTrouble  ///< the method broke down; the note says how
};

/// "converged", "rounding_limited", ... as --json prints it.
constexpr std::string_view to_string(Status status) {
  switch (status) {
    case Status::kNotRun:
      return "not_run";
    case Status::kConverged:
      return "converged";
    case Status::kRoundingLimited:
      return "rounding_limited";
    case Status::kBudgetExhausted:
      return "budget_exhausted";
    case Status::kStoppedByCaller:
      return "stopped";
    case Status::kInfeasible:
      return "infeasible";
    case Status::kUnbounded:
      return "unbounded";
    case Status::kNumericalTrouble:
      return "numerical_trouble";
  }
  return "not_run";
}

/// One line of a run's history.
struct TraceRow {
  std::int64_t iteration = 0;
  double gap = std::numeric_limits<double>::infinity();  ///< proven; infinity where none is known yet
  double residual = std::numeric_limits<double>::infinity();
  std::int64_t work = 0;  ///< transitions read so far
};

/// Called after each iteration of a solver; returning false stops the run, which then returns its best certified
/// answer. An empty observer costs nothing.
using Observer = std::function<bool(const TraceRow&)>;

/// Keeps rows at log-spaced iterations (1, 2, 3, ..., then about `per_decade` a decade), so long runs stay small.
class TraceRecorder {
 public:
  explicit TraceRecorder(int per_decade = 40) : growth_(1.0 + 2.302585 / per_decade) {}

  void record(const TraceRow& row) {
    if (row.iteration < next_) return;
    rows_.push_back(row);
    const auto grown = static_cast<std::int64_t>(static_cast<double>(row.iteration) * growth_);
    next_ = grown > row.iteration ? grown : row.iteration + 1;
  }

  std::vector<TraceRow> take() { return std::move(rows_); }

 private:
  double growth_;
  std::int64_t next_ = 0;
  std::vector<TraceRow> rows_;
};

}  // namespace bellwether
