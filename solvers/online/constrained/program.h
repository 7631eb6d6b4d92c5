#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/lp/linear_program.h"
#include "solvers/online/constrained/task.h"

namespace bellwether::online {

/// Rows of a model as a learner takes it to be, for each stage and choice (place h * C + c). A row without entries ends
/// the episode.
struct EstimatedRows {
  struct Entry {
    std::int32_t next;
    double probability;
    double width = 0;  ///< half the width of the interval of the probability; of interval programs alone
  };
  std::vector<std::vector<Entry>> row;
};

/// What a linear program over the occupancies of a finite horizon is to do:
///   maximise sum of q_h(c) reward_h(c)   subject to   sum of q_h(c) cost_i,h(c) <= limit_i.
struct ProgramTask {
  std::span<const double> reward;                  ///< place h * C + c
  std::vector<std::span<const double>> cost = {};  ///< one a constraint, the same places
  std::vector<double> limit = {};
  /// Instead: maximise the least room below the limits.
  bool most_room = false;
};

struct ProgramAnswer {
  lp::LpStatus status = lp::LpStatus::kTrouble;
  double value = 0;
  std::vector<double> occupancy = {};  ///< place h * C + c
};

/// The program with the rows as they are: a variable a stage and choice.
ProgramAnswer solve_program(const EpisodicWorld& world, const EstimatedRows& rows, const ProgramTask& task);

/// The program that also chooses the rows, each probability within its interval: a variable z_h(c, s') a stage, choice
/// and successor with (p - width) sum_y z_h(c, y) <= z_h(c, s') <= (p + width) sum_y z_h(c, y). Rows without entries
/// may lead anywhere.
ProgramAnswer solve_interval_program(const EpisodicWorld& world, const EstimatedRows& rows, const ProgramTask& task);

/// The policy of occupancies; where there are none, `elsewhere` (place h * C + c).
void play_occupancy(const EpisodicWorld& world, std::span<const double> occupancy, std::span<const double> elsewhere,
                    EpisodicPolicy& policy);

}  // namespace bellwether::online
