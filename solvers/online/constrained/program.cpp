#include "solvers/online/constrained/program.h"

#include <algorithm>

namespace bellwether::online {
namespace {

/// Rows and columns that both programs have.
class Flow {
 public:
  Flow(const EpisodicWorld& world, const ProgramTask& task) : world_(world), task_(task) {
    for (int h = 0; h < world.horizon; ++h)
      for (int s = 0; s < world.num_states(); ++s) {
        const double mass = h == 0 ? world.initial[static_cast<std::size_t>(s)] : 0;
        program.add_row(mass, mass);
      }
    first_limit_ = program.num_rows();
    for (const double limit : task.limit) program.add_row(-lp::kInfinity, limit);
    if (task.most_room) {
      program.add_column(-1, -lp::kInfinity, lp::kInfinity);
      for (std::size_t i = 0; i < task.limit.size(); ++i) program.add_entry(first_limit_ + static_cast<int>(i), 1);
    }
  }

  /// A column of what leaves state s at stage h through a choice.
  int leave(int h, int s, std::size_t place) {
    const int column = program.add_column(task_.most_room ? 0 : -task_.reward[place], 0, lp::kInfinity);
    program.add_entry(h * world_.num_states() + s, 1);
    for (std::size_t i = 0; i < task_.cost.size(); ++i)
      if (task_.cost[i][place] != 0) program.add_entry(first_limit_ + static_cast<int>(i), task_.cost[i][place]);
    return column;
  }
  /// What of the last column arrives in `next` at stage h + 1.
  void arrive(int h, std::int32_t next, double share) {
    if (h + 1 < world_.horizon) program.add_entry((h + 1) * world_.num_states() + next, -share);
  }

  template <class Visit>
  void for_each_choice(Visit&& visit) const {
    for (int h = 0; h < world_.horizon; ++h)
      for (int s = 0; s < world_.num_states(); ++s)
        for (auto c = world_.state_begin[static_cast<std::size_t>(s)];
             c < world_.state_begin[static_cast<std::size_t>(s) + 1]; ++c)
          visit(h, s, static_cast<std::size_t>(h * world_.num_choices() + c));
  }

  lp::LinearProgram program;

 private:
  const EpisodicWorld& world_;
  const ProgramTask& task_;
  int first_limit_ = 0;
};

ProgramAnswer solved(const lp::LinearProgram& program, const std::vector<std::vector<int>>& columns) {
  const lp::LpResult result = lp::solve(program, {.method = "primal"});
  ProgramAnswer answer{.status = result.status, .value = -result.objective};
  for (const auto& of_place : columns) {
    double sum = 0;
    for (const int column : of_place) sum += std::max(0.0, result.x[static_cast<std::size_t>(column)]);
    answer.occupancy.push_back(sum);
  }
  return answer;
}

}  // namespace

ProgramAnswer solve_program(const EpisodicWorld& world, const EstimatedRows& rows, const ProgramTask& task) {
  Flow flow(world, task);
  std::vector<std::vector<int>> columns(rows.row.size());
  flow.for_each_choice([&](int h, int s, std::size_t place) {
    columns[place] = {flow.leave(h, s, place)};
    for (const auto& entry : rows.row[place]) flow.arrive(h, entry.next, entry.probability);
  });
  return solved(flow.program, columns);
}

ProgramAnswer solve_interval_program(const EpisodicWorld& world, const EstimatedRows& rows, const ProgramTask& task) {
  Flow flow(world, task);
  std::vector<std::vector<int>> columns(rows.row.size());
  const int states = world.num_states();
  flow.for_each_choice([&](int h, int s, std::size_t place) {
    std::vector<double> low(static_cast<std::size_t>(states), 0.0), high(low.size(), rows.row[place].empty() ? 1 : 0);
    for (const auto& entry : rows.row[place]) {
      low[static_cast<std::size_t>(entry.next)] = entry.probability - entry.width;
      high[static_cast<std::size_t>(entry.next)] = entry.probability + entry.width;
    }
    const bool last = h + 1 == world.horizon;    // nobody asks where the last step leads
    std::vector<std::pair<int, double>> of_sum;  // rows that read sum_y z_h(c, y), with its factor
    std::vector<std::vector<int>> own(low.size());
    for (std::size_t y = 0; !last && y < low.size(); ++y) {
      if (high[y] < 1) {
        of_sum.emplace_back(flow.program.add_row(-lp::kInfinity, 0), -high[y]);
        own[y].push_back(of_sum.back().first);
      }
      if (low[y] > 0) {
        of_sum.emplace_back(flow.program.add_row(0, lp::kInfinity), -low[y]);
        own[y].push_back(of_sum.back().first);
      }
    }
    for (int y = 0; y < (last ? 1 : states); ++y) {
      if (!last && !(high[static_cast<std::size_t>(y)] > 0)) continue;
      columns[place].push_back(flow.leave(h, s, place));
      flow.arrive(h, y, 1);
      for (const auto& [row, factor] : of_sum) flow.program.add_entry(row, factor);
      for (const int row : own[static_cast<std::size_t>(y)]) flow.program.add_entry(row, 1);
    }
  });
  return solved(flow.program, columns);
}

void play_occupancy(const EpisodicWorld& world, std::span<const double> occupancy, std::span<const double> elsewhere,
                    EpisodicPolicy& policy) {
  constexpr double kNothing = 1e-12;
  for (int h = 0; h < world.horizon; ++h) {
    for (int s = 0; s < world.num_states(); ++s) {
      const auto first = world.state_begin[static_cast<std::size_t>(s)],
                 last = world.state_begin[static_cast<std::size_t>(s) + 1];
      const auto at = [&](std::int64_t c) { return static_cast<std::size_t>(h * world.num_choices() + c); };
      double sum = 0;
      for (auto c = first; c < last; ++c) sum += occupancy[at(c)];
      for (auto c = first; c < last; ++c)
        if (const double p = sum > kNothing ? occupancy[at(c)] / sum : elsewhere[at(c)];
            !policy.randomised() || policy.probability(h, c) != p)
          policy.play_with(h, c, p);
    }
  }
}

}  // namespace bellwether::online
