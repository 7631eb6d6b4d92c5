#include <functional>

#include <fmt/format.h>

#include "core/parallel.h"
#include "experiments/engine/output.h"
#include "experiments/engine/summary.h"
#include "experiments/pages/csv_text.h"

namespace bellwether::experiments {
namespace {

/// instance, learner, constant, the axes and what else is not as the family has it: what a row begins with.
std::string names_header(const Grid& grid) {
  std::string header = "instance,learner,constant";
  for (const auto* columns : {&grid.axes, &grid.fixed})
    for (const Axis& axis : *columns) header += fmt::format(",{}", csv_field(axis.name));
  return header;
}

std::string names_of(const Grid& grid, std::size_t instance, std::size_t learner) {
  std::string text = csv_field(grid.instances[instance].id) + "," + csv_field(grid.learners[learner].name) + "," +
                     csv_field(grid.learners[learner].constant);
  for (const auto* columns : {&grid.axes, &grid.fixed})
    for (const Axis& axis : *columns)
      text += fmt::format(",{}", csv_field(grid.value(axis, instance, learner).value_or("")));
  return text;
}

std::string cell_rows(const Grid& grid, const Results& results, std::size_t number_of_cell) {
  const Cell& cell = grid.cells[number_of_cell];
  const Series& series = results.series[number_of_cell];
  const std::string names = names_of(grid, cell.instance, cell.learner);
  std::string rows;
  for (std::size_t i = 0; i < series.at.size(); ++i)
    for (std::size_t m = 0; m < series.metrics.size(); ++m)
      rows += fmt::format("{},{},{},{},{}\n", names, cell.seed, series.at[i], series.metrics[m],
                          csv_number(series.value(i, m)));
  return rows;
}

std::string curve_rows(const Grid& grid, const Curve& curve) {
  const std::string names = names_of(grid, curve.instance, curve.learner);
  std::string rows;
  for (const Point& p : curve.points)
    rows += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", names, p.at, curve.metric, p.seeds,
                        csv_number(p.mean), csv_number(p.standard_error), csv_number(p.interval.low),
                        csv_number(p.interval.high), csv_number(p.band.low), csv_number(p.band.high),
                        csv_number(p.low_decile), csv_number(p.median), csv_number(p.high_decile));
  return rows;
}

/// All curves' rows, each curve on whatever thread, joined in their order.
std::vector<std::string> all_curve_rows(const Grid& grid, const Results& results) {
  struct Job {
    std::size_t instance, learner;
    std::string metric;
  };
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < grid.instances.size(); ++i)
    for (std::size_t l = 0; l < grid.learners.size(); ++l)
      for (std::string& metric : metrics_of(grid.learners[l])) jobs.push_back({i, l, std::move(metric)});
  std::vector<std::string> rows(jobs.size());
  const auto count = static_cast<std::int64_t>(jobs.size());
  constexpr std::int64_t kWorkOfACurve = 1'000'000;
  parallel_for(count, count * kWorkOfACurve, [&](std::int64_t begin, std::int64_t end) {
    for (auto j = static_cast<std::size_t>(begin); j < static_cast<std::size_t>(end); ++j)
      rows[j] = curve_rows(grid, curve(grid, results, jobs[j].instance, jobs[j].learner, jobs[j].metric));
  });
  return rows;
}

}  // namespace

void write_runs_csv(const Grid& grid, const Results& results, const std::function<void(std::string_view)>& write) {
  write(names_header(grid) + ",seed,checkpoint,metric,value\n");
  for (std::size_t c = 0; c < grid.cells.size(); ++c) write(cell_rows(grid, results, c));
}

std::string runs_csv(const Grid& grid, const Results& results) {
  std::string text;
  write_runs_csv(grid, results, [&](std::string_view part) { text += part; });
  return text;
}

std::string summary_csv(const Grid& grid, const Results& results) {
  std::string text = names_header(grid) +
                     ",checkpoint,metric,seeds,mean,standard_error,low,high,band_low,band_high,decile,median,"
                     "ninth_decile\n";
  for (const std::string& rows : all_curve_rows(grid, results)) text += rows;
  return text;
}

}  // namespace bellwether::experiments
