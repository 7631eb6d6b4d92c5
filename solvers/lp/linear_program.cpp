#include "solvers/lp/linear_program.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <utility>

#include <coin/ClpEventHandler.hpp>
#include <coin/ClpSimplex.hpp>
#include <coin/ClpSolve.hpp>
#include <coin/CoinPackedMatrix.hpp>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::lp {

int LinearProgram::add_row(double lower, double upper) {
  row_lower_.push_back(lower);
  place_.push_back(-1);
  row_upper_.push_back(upper);
  return num_rows() - 1;
}

int LinearProgram::add_column(double cost, double lower, double upper) {
  begin_.push_back(num_entries());
  cost_.push_back(cost);
  lower_.push_back(lower);
  upper_.push_back(upper);
  return num_columns() - 1;
}

void LinearProgram::add_entry(int row, double value) {
  assert(row >= 0 && row < num_rows() && !cost_.empty());
  std::int64_t& place = place_[static_cast<std::size_t>(row)];
  if (place >= begin_.back()) {
    value_[static_cast<std::size_t>(place)] += value;
    return;
  }
  place = num_entries();
  row_.push_back(row);
  value_.push_back(value);
}

/// What of a program the LP library may see.
struct Door {
  static void load(const LinearProgram& p, ClpSimplex& model) {
    std::vector<CoinBigIndex> begin(p.begin_.begin(), p.begin_.end());
    begin.push_back(static_cast<CoinBigIndex>(p.num_entries()));
    model.loadProblem(p.num_columns(), p.num_rows(), begin.data(), p.row_.data(), p.value_.data(),
                      finite(p.lower_).data(), finite(p.upper_).data(), p.cost_.data(), finite(p.row_lower_).data(),
                      finite(p.row_upper_).data());
  }

  /// The library's own infinity.
  static std::vector<double> finite(std::vector<double> bounds) {
    for (double& b : bounds) b = std::clamp(b, -COIN_DBL_MAX, COIN_DBL_MAX);
    return bounds;
  }
};

namespace {

ClpSolve::SolveType type_of(const std::string& method) {
  if (method == "automatic") return ClpSolve::automatic;
  if (method == "primal") return ClpSolve::usePrimal;
  if (method == "dual") return ClpSolve::useDual;
  if (method == "barrier") return ClpSolve::useBarrier;
  throw InvalidOption(
      fmt::format("linear program: method is '{}', must be automatic, primal, dual or barrier", method));
}

LpStatus status_of(const ClpSimplex& model) {
  switch (model.status()) {
    case 0:
      return LpStatus::kOptimal;
    case 1:
      return LpStatus::kInfeasible;
    case 2:
      return LpStatus::kUnbounded;
    case 3:
    case 5:  // an event handler said so
      return LpStatus::kStopped;
    default:
      return LpStatus::kTrouble;
  }
}

/// Asks at every iteration of Clp whether to go on. Clp copies handlers, so what all copies share lies outside; and the
/// barrier never tells its handler which model it works on, so iterations are counted here.
class StopHandler : public ClpEventHandler {
 public:
  struct Shared {
    std::function<bool(std::int64_t)> keep_going;
    std::int64_t iterations = 0;
    bool stopped = false;
  };
  explicit StopHandler(Shared& shared) : shared_(&shared) {}

  int event(Event what) override {
    constexpr int kStop = 5, kGoOn = -1;
    if (what != endOfIteration && what != endOfFactorization) return kGoOn;
    if (what == endOfIteration) ++shared_->iterations;
    // The crossover that follows a stopped barrier must stop too.
    if (!shared_->stopped && !shared_->keep_going(shared_->iterations)) shared_->stopped = true;
    return shared_->stopped ? kStop : kGoOn;
  }
  ClpEventHandler* clone() const override { return new StopHandler(*this); }

 private:
  Shared* shared_;
};

}  // namespace

LpResult solve(const LinearProgram& program, const LpOptions& options) {
  ClpSimplex model;
  model.setLogLevel(0);
  model.messageHandler()->setLogLevel(0);
  Door::load(program, model);
  model.setPrimalTolerance(options.tolerance);
  model.setDualTolerance(options.tolerance);
  if (std::isfinite(options.seconds)) model.setMaximumSeconds(options.seconds);
  StopHandler::Shared shared{.keep_going = options.keep_going};
  StopHandler handler(shared);
  if (options.keep_going) model.passInEventHandler(&handler);
  ClpSolve how;
  how.setSpecialOption(2, 1);  // leave the handlers of signals alone
  how.setSolveType(type_of(options.method));
  how.setPresolveType(ClpSolve::presolveOff);
  model.initialSolve(how);
  const auto columns = static_cast<std::size_t>(program.num_columns()),
             rows = static_cast<std::size_t>(program.num_rows());
  LpResult result;
  result.status = shared.stopped ? LpStatus::kStopped : status_of(model);
  result.objective = model.objectiveValue();
  result.x.assign(model.primalColumnSolution(), model.primalColumnSolution() + columns);
  result.row_dual.assign(model.dualRowSolution(), model.dualRowSolution() + rows);
  result.reduced_cost.assign(model.dualColumnSolution(), model.dualColumnSolution() + columns);
  result.iterations = model.numberIterations();
  return result;
}

}  // namespace bellwether::lp
