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

constexpr std::string_view kStyle = R"(
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ddd; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #eee; }
th { font-weight: 600; } .n { text-align: right; white-space: nowrap; } caption { text-align: left; font-weight: 600; padding: .4rem 0; }
figure { margin: 1rem 0; } img { width: 100%; height: auto; } figcaption { color: #555; }
code, pre { background: #f5f5f5; padding: .1rem .3rem; } pre { padding: .6rem; overflow-x: auto; }
.note { color: #555; })";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// As part of a data URL.
std::string percent_encoded(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~ ,:/=").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

/// Columns in which whatever there is begins as a number: they stand on the right.
std::vector<bool> numeric_columns(const ReportTable& table) {
  std::vector<bool> numeric(table.rows.front().size(), true);
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    for (std::size_t k = 0; k < table.rows[r].size(); ++k) {
      const std::string& text = table.rows[r][k];
      const bool number = text.find_first_not_of("0123456789.,-+e± ") == std::string::npos;
      numeric[k] = numeric[k] && number;
    }
  }
  return numeric;
}

std::string html(const ReportTable& table) {
  std::string out = "<table>";
  if (!table.caption.empty()) out += fmt::format("<caption>{}</caption>", escaped(table.caption));
  out += '\n';
  const std::vector<bool> numeric = numeric_columns(table);
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += "<tr>";
    const std::string_view cell = r == 0 ? "th" : "td";
    for (std::size_t k = 0; k < table.rows[r].size(); ++k)
      out += fmt::format("<{0}{2}>{1}</{0}>", cell, escaped(table.rows[r][k]), numeric[k] ? " class=\"n\"" : "");
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string html(const ReportFigure& figure) {
  return fmt::format("<figure><img alt=\"{}\" src=\"data:image/svg+xml,{}\"><figcaption>{}</figcaption></figure>\n",
                     escaped(figure.title), percent_encoded(figure.svg), escaped(figure.caption));
}

std::string finals(const Grid& grid, const Results& results, std::size_t instance) {
  std::string out;
  std::vector<FinalTable> tables = final_tables(grid, results, instance);
  for (FinalTable& table : tables) {
    // Under a heading that says the same a caption says what tells the table from its siblings, if anything.
    std::string caption = grid.instances.size() == 1 && grid.plan.title.empty() ? "" : grid.instances[instance].label;
    if (tables.size() > 1) caption += (caption.empty() ? "by " : ", by ") + table.heading[1];
    ReportTable one{std::move(caption), {std::move(table.heading)}};
    for (auto& row : table.rows) one.rows.push_back(std::move(row));
    out += html(one);
  }
  return out;
}

ReportTable comparison_table(const Grid& grid, const Results& results, std::size_t instance) {
  const ComparisonTable compared = compare(grid, results, instance, grid.plan.summary.metric);
  ReportTable table{"Who can be told apart: " + comparison_heading(compared),
                    {{"who", "difference (mean ± standard error)", "seeds", "p", "verdict"}}};
  for (const Comparison& row : compared.rows) table.rows.push_back(comparison_cells(grid, row));
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
    instances.rows.push_back({instance.label, settings_text(instance.settings),
                              instance.horizon > 0 ? std::to_string(instance.horizon) : "", instance.hash});
  ReportTable learners{"Learners", {{"learner", "paper", "constant", "settings", "length"}}};
  for (const LearnerVariant& learner : grid.learners)
    learners.rows.push_back({learner.label, learner.title, learner.constant, settings_text(learner.settings),
                             fmt::format("{} {}", grouped(learner.length), unit_of(learner.protocol))});
  return html(instances) + html(learners) +
         fmt::format("<p>{} seeds; root of the randomness: stream {}.</p>\n", grid.num_seeds(), grid.plan.stream);
}

}  // namespace

std::string html_report(const Grid& grid, const Results& results, const ReportPage& page) {
  const std::string title = title_of(grid);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n<meta name=\"viewport\" "
      "content=\"width=device-width\"><style>{1}\n</style></head><body>\n<h1>{0}</h1>\n",
      escaped(title), kStyle);
  for (const std::string& note : page.notes) out += fmt::format("<p class=\"note\">{}</p>\n", escaped(note));
  for (const ReportTable& table : page.tables) out += html(table);
  for (const ReportFigure& figure : page.figures) out += html(figure);
  out += "<h2>Results</h2>\n";
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    out += finals(grid, results, i);
    const ReportTable pairs = comparison_table(grid, results, i);
    if (pairs.rows.size() > 1) out += html(pairs);
  }
  out += "<h2>What was run</h2>\n" + setup(grid);
  out += fmt::format("<h2>To run it again</h2>\n<pre>{}</pre>\n</body></html>\n", escaped(page.command));
  return out;
}

}  // namespace bellwether::experiments
