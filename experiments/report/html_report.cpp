#include "experiments/report/html_report.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/comparison.h"
#include "experiments/engine/final_table.h"
#include "experiments/engine/words.h"

namespace bellwether::experiments {
namespace {

std::string finals(const Grid& grid, const Results& results, std::size_t instance) {
  std::string out;
  std::vector<FinalTable> tables = final_tables(grid, results, instance);
  for (FinalTable& table : tables) {
    // Under a heading that says the same a caption says what tells the table from its siblings, if anything.
    std::string caption = grid.instances.size() == 1 && grid.plan.title.empty() ? "" : grid.instances[instance].name;
    if (tables.size() > 1) caption += (caption.empty() ? "by " : ", by ") + table.heading[1];
    ReportTable one{std::move(caption), {std::move(table.heading)}};
    for (auto& row : table.rows) one.rows.push_back(std::move(row));
    out += html(one);
    for (const std::string& note : table.notes) out += fmt::format("<p class=\"note\">{}</p>\n", html_text(note));
  }
  return out;
}

ReportTable comparison_table(const Grid& grid, const Results& results, std::size_t instance) {
  const ComparisonTable compared = compare(grid, results, instance, grid.plan.summary.metric);
  ReportTable table{"Who can be told apart: " + comparison_heading(compared),
                    {{"who", "difference (mean ± standard error)", "seeds", "p", "verdict"}}};
  for (const Comparison& row : compared.rows) table.rows.push_back(comparison_cells(grid, row));
  if (std::ranges::any_of(compared.rows, [](const Comparison& row) { return row.fresh_seeds > 0; }))
    table.caption += "; fresh seeds: a new run with another stream, looked at once";
  return table;
}

std::string settings_text(const std::vector<Setting>& settings) {
  std::string out;
  for (const auto& [name, value] : settings) out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, value);
  return out;
}

std::string setup(const Grid& grid) {
  ReportTable instances{"Instances", {{"instance", "settings", "horizon", "content hash"}}};
  for (const InstanceVariant& instance : grid.instances)
    instances.rows.push_back({instance.name, settings_text(instance.settings),
                              instance.horizon > 0 ? std::to_string(instance.horizon) : "", instance.hash});
  ReportTable learners{"Learners", {{"learner", "paper", "constant", "settings", "length"}}};
  for (const LearnerVariant& learner : grid.learners)
    learners.rows.push_back({learner.label, learner.title, learner.constant, settings_text(learner.settings),
                             fmt::format("{} {}", grouped(learner.length), unit_of(learner.protocol))});
  return html(instances) + html(learners) +
         fmt::format("<p>{} seeds{}; root of the randomness: stream {}.</p>\n", grid.num_seeds(),
                     grid.num_seeds() < 10 ? " (intervals from fewer than ten mislead)" : "", grid.plan.stream);
}

}  // namespace

std::string html_sections(const Grid& grid, const Results& results, const ReportPage& page) {
  std::string out;
  for (const std::string& note : page.notes) out += fmt::format("<p class=\"note\">{}</p>\n", html_text(note));
  for (const ReportTable& table : page.tables) out += html(table);
  for (const ReportFigure& figure : page.figures) out += html(figure);
  out += "<h2>Results</h2>\n";
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    out += finals(grid, results, i);
    const ReportTable pairs = comparison_table(grid, results, i);
    if (pairs.rows.size() > 1) out += html(pairs);
  }
  return out + "<h2>What was run</h2>\n" + setup(grid);
}

std::string html_report(const Grid& grid, const Results& results, const ReportPage& page) {
  return html_page(title_of(grid), html_sections(grid, results, page) + html_command(page.command));
}

}  // namespace bellwether::experiments
