#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/pareto/extensions.h"

namespace bellwether::solvers {

struct CMorlOptions {
  int divisions = 2;
  int selected = 6;
  double beta = 0.9;
  int rounds = 3;
  int buffer = 200;
  std::string form = "program";
  double sharpness = 20;
  double radius = 0.01;
};
template <class Field>
void describe(CMorlOptions& o, Field&& field) {
  field("divisions", o.divisions, at_least(1), "of each weight in the grid of the first stage: 2 is a step of 0.5");
  field("selected", o.selected, at_least(1), "points extended in a round, those farthest from their neighbours first");
  field("beta", o.beta, inside(0, 1), "share of the other objectives that an extension keeps");
  field("rounds", o.rounds, at_least(0), "of the second stage");
  field("buffer", o.buffer, at_least(2), "points kept, the most crowded ones dropped first");
  field("form", o.form, one_of({"program", "barrier", "trust-region"}),
        "extensions by the linear program, by interior points or by steps within a trust region");
  field("sharpness", o.sharpness, above(0), "of the barrier");
  field("radius", o.radius, above(0), "of the trust region");
}

struct CMorlResult {
  std::vector<FrontPoint> points;               ///< none dominated
  std::vector<std::vector<Objectives>> fronts;  ///< after the first stage and after each round
  std::int64_t solves = 0;
};

/// C-MORL (Liu et al. 2025) with exact solvers in both stages: one policy for each weight of a grid, then rounds that
/// select points by crowding distance and extend each in every objective (docs/papers/c-morl.md, "C-MORL").
/// Criteria as for the linear program, without stages that differ; the barrier and the trust region for discounted
/// problems.
CMorlResult c_morl(const MultiObjectiveProblem& problem, const CMorlOptions& options = {});

}  // namespace bellwether::solvers
