#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli/planner.h"
#include "apps/cli/question.h"
#include "solvers/constrained/solution.h"
#include "solvers/constrained/vector_planner.h"

namespace bellwether::cli {

/// A point as the user counts: costs positive.
struct ShownPoint {
  std::vector<solvers::Bounded> value;
  solvers::constrained::AnyPolicy policy = {};
  std::vector<std::int32_t> plan = {};  ///< of a deterministic play: the choice of each stage, within its state
};

struct Front {
  std::vector<ShownPoint> points;
  std::string proof;
  bool joined = true;      ///< what lies between two points can be had by drawing
  std::string limit = {};  ///< of what was looked at, where not all was
};

/// What the terminal, JSON, CSV and the figure say of a front, with its hypervolume.
std::shared_ptr<const Addition> front_addition(const Question& question, Front front);

}  // namespace bellwether::cli
