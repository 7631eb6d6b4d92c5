#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace bellwether::lp {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// minimise cost * x subject to row_lower <= A x <= row_upper and lower <= x <= upper; A column by column. Bounds may
/// be infinite.
class LinearProgram {
 public:
  /// Appends a row without entries; its number.
  int add_row(double lower, double upper);
  /// Starts a column; its number. Entries that follow belong to it.
  int add_column(double cost, double lower, double upper);
  /// Adds `value` to row `row` of the last column; a row may come twice.
  void add_entry(int row, double value);

  int num_rows() const { return static_cast<int>(row_lower_.size()); }
  int num_columns() const { return static_cast<int>(cost_.size()); }
  std::int64_t num_entries() const { return static_cast<std::int64_t>(value_.size()); }

 private:
  friend struct Door;
  std::vector<double> row_lower_, row_upper_, cost_, lower_, upper_, value_;
  std::vector<int> row_;
  std::vector<std::int64_t> begin_;
  std::vector<std::int64_t>
      place_;  ///< of each row's last entry: in the last column when it is not before begin_.back()
};

enum class LpStatus { kOptimal, kInfeasible, kUnbounded, kStopped, kTrouble };

constexpr const char* to_string(LpStatus status) {
  switch (status) {
    case LpStatus::kOptimal:
      return "optimal";
    case LpStatus::kInfeasible:
      return "infeasible";
    case LpStatus::kUnbounded:
      return "unbounded";
    case LpStatus::kStopped:
      return "stopped at a limit";
    case LpStatus::kTrouble:
      return "numerical trouble";
  }
  return "numerical trouble";
}

struct LpResult {
  LpStatus status = LpStatus::kTrouble;
  double objective = 0;
  std::vector<double> x;             ///< one a column
  std::vector<double> row_dual;      ///< one a row: the derivative of the optimum in the row's active bound
  std::vector<double> reduced_cost;  ///< one a column
  std::int64_t iterations = 0;
};

struct LpOptions {
  std::string method = "automatic";  ///< automatic, primal, dual or barrier
  double seconds = kInfinity;        ///< of this thread's time
  double tolerance = 1e-9;           ///< of feasibility, primal and dual
  std::function<bool(std::int64_t)> keep_going =
      nullptr;  ///< asked with the number of iterations; false stops the solver
};

/// Solved by Clp's simplex (or barrier). The numbers carry the tolerances of the method: nothing here is proven,
/// whoever needs a proof certifies what comes back. InvalidOption for a method that does not exist.
LpResult solve(const LinearProgram& program, const LpOptions& options = {});

}  // namespace bellwether::lp
