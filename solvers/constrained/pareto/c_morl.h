#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/problem.h"

namespace bellwether::solvers {

/// The problem "maximise objective `l`, every other objective i at least at_least[i]" (the entry of l is not used).
ConstrainedProblem epsilon_constraint(const MultiObjectiveProblem& problem, int l, const Objectives& at_least);

/// Solves it by the linear program, then, among its optima, for the largest sum of all objectives: the point found is
/// Pareto-optimal among all policies up to the tolerance. Nothing when no policy meets the thresholds.
struct Extension {
  bool found = false;
  FrontPoint point = {};
};
Extension extend_by_program(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                            double tolerance = 1e-7);

/// Thresholds of C-MORL: a share beta of each value that the point has, on the safe side of negative ones:
/// G - (1 - beta) |G|.
Objectives relaxed(const Objectives& point, double beta);

struct BarrierOptions {
  double sharpness = 20;
  int steps = 2000;
};
template <class Field>
void describe(BarrierOptions& o, Field&& field) {
  field("sharpness", o.sharpness, above(0), "t: the barrier is log / t, its optimum within (m - 1) / t");
  field("steps", o.steps, at_least(1), "natural gradient steps at most");
}

/// The same by interior points (C-MORL-IPO): natural policy gradient on J_l + (1/t) sum of log(J_i - threshold_i), each
/// step shortened until all thresholds keep being exceeded and the sum grows. `start` must exceed them. Discounted
/// problems.
struct BarrierRun {
  FrontPoint point = {};
  double smallest_slack = 0;  ///< of all iterates; positive
  int steps = 0;
};
BarrierRun extend_by_barrier(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                             const mdp::Policy& start, const BarrierOptions& options = {});

struct CMorlOptions {
  int divisions = 2;
  int selected = 6;
  double beta = 0.9;
  int rounds = 3;
  int buffer = 200;
  std::string form = "program";
  double sharpness = 20;
};
template <class Field>
void describe(CMorlOptions& o, Field&& field) {
  field("divisions", o.divisions, at_least(1), "of each weight in the grid of the first stage: 2 is a step of 0.5");
  field("selected", o.selected, at_least(1), "points extended in a round, those farthest from their neighbours first");
  field("beta", o.beta, inside(0, 1), "share of the other objectives that an extension keeps");
  field("rounds", o.rounds, at_least(0), "of the second stage");
  field("buffer", o.buffer, at_least(2), "points kept, the most crowded ones dropped first");
  field("form", o.form, one_of({"program", "barrier"}), "extensions by the linear program or by interior points");
  field("sharpness", o.sharpness, above(0), "of the barrier");
}

struct CMorlResult {
  std::vector<FrontPoint> points;               ///< none dominated
  std::vector<std::vector<Objectives>> fronts;  ///< after the first stage and after each round
  std::int64_t solves = 0;
};

/// C-MORL (Liu et al. 2025) with exact solvers in both stages: one policy for each weight of a grid, then rounds that
/// select points by crowding distance and extend each in every objective (docs/papers/multi-objective.md, "C-MORL").
/// Criteria as for the linear program, without stages that differ; the barrier for discounted problems.
CMorlResult c_morl(const MultiObjectiveProblem& problem, const CMorlOptions& options = {});

}  // namespace bellwether::solvers
