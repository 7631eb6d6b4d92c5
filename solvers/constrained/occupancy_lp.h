#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers {

struct OccupancyLpOptions {
  bool sensitivity = true;
  std::string method = "automatic";
  std::string structure = "auto";
};

template <class Field>
void describe(OccupancyLpOptions& o, Field&& field) {
  field("sensitivity", o.sensitivity, any_value(), "also find the limits between which the multipliers stay");
  field("method", o.method, one_of({"automatic", "primal", "dual", "barrier"}), "what Clp runs");
  field("structure", o.structure, one_of({"auto", "unichain", "multichain"}),
        "average: one balance for models whose states all reach each other, or one that says who ends where");
}

/// The linear program over occupancy measures (docs/papers/constrained-mdps.md, "The linear program"), solved by Clp
/// and then proven: multipliers by an exact planner, the policy by exact evaluation. Discounted, finite horizon
/// (stationary or stage-dependent) and average (the note says which of its two programs). Cost: one row a state (and
/// stage), one column a choice; a few thousand of them are comfortable. InvalidOption beyond 200,000 columns.
ConstrainedSolution occupancy_lp(const ConstrainedProblem& problem, const OccupancyLpOptions& options = {},
                                 const SolveOptions& run = {});

namespace constrained {

/// The program itself, in units of about one; what other planners build upon.
class OccupancyProgram {
 public:
  /// `multichain` for the average alone. `forbidden[c]` != 0 fixes the occupancy of a choice (of the stationary model)
  /// at zero.
  OccupancyProgram(const Lagrangian& on, bool multichain, std::vector<char> forbidden = {});

  struct Answer {
    lp::LpStatus status = lp::LpStatus::kTrouble;
    std::vector<double> x = {};            ///< occupancies: one a choice, stage by stage
    std::vector<double> y = {};            ///< multichain average: the way there
    double value = 0;                      ///< V_r, to be maximised, as Clp computed it
    std::vector<double> multipliers = {};  ///< y_i >= 0 of V_ci <= d_i
    std::vector<double> state_value = {};  ///< multipliers of the flow rows, one a state (and stage), to be maximised
    std::vector<double> reduced = {};      ///< reduced costs of x, in units of about one: 0 where x may be positive
    std::int64_t iterations = 0;
  };
  Answer solve(const lp::LpOptions& options) const;

  /// How far the limit of budget `i` may be moved, down or up, with the same multipliers.
  double range(const Answer& at, int i, bool up, const lp::LpOptions& options) const;
  /// The multipliers on one side of a limit at which they change: among those that are optimal at `at` the ones that
  /// price budget `i` least (up) or highest, with their reduced costs. kInfeasible: nothing costs less.
  Answer beside(const Answer& at, int i, bool up, const lp::LpOptions& options) const;
  /// The limit that the program reads: one that no policy reaches is drawn near, so that Clp can tell it from others.
  double limit(int i) const { return std::min(on_.limit(i), 2 * on_.cost_scale(i)); }

  std::int64_t num_columns() const;

 private:
  struct Restriction;
  struct Rows;
  lp::LinearProgram build(const Restriction& restriction) const;
  Rows add_rows(const Restriction& restriction, lp::LinearProgram& program) const;
  void add_column(const Restriction& restriction, double cost, std::int64_t choice, std::size_t column,
                  lp::LinearProgram& program) const;
  bool priced(const Answer& at, std::size_t i) const;
  bool used_up(const Answer& at, std::size_t i) const;
  std::vector<double> multipliers(const lp::LpResult& result) const;
  void add_occupancies(const Restriction& restriction, const Rows& rows, lp::LinearProgram& program) const;
  void add_ways(const Restriction& restriction, const Rows& rows, lp::LinearProgram& program) const;

  const Lagrangian& on_;
  bool multichain_;
  std::vector<char> forbidden_;
  double reward_unit_;
  std::vector<double> cost_unit_;
};

/// The policy of an answer: stationary, or one a stage. Where no occupancy is left, `y` decides, else the first choice.
AnyPolicy policy_of(const Lagrangian& on, const OccupancyProgram::Answer& answer);

}  // namespace constrained

}  // namespace bellwether::solvers
