#include "apps/cli/claims_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "apps/cli/status_line.h"
#include "apps/cli/terminal.h"
#include "core/text.h"
#include "proofs_checks/registry.h"

namespace bellwether::cli {
namespace {

std::string number(double x) { return std::isfinite(x) ? fmt::format("{:.4g}", x) : fmt::format("{}", x); }

std::string relation(const claims::Outcome& row) {
  using claims::Kind;
  const claims::Measurement& m = row.measurement;
  const std::string spread = m.uncertainty > 0 ? fmt::format(" ± {}", number(m.uncertainty)) : "";
  switch (row.claim->kind) {
    case Kind::kNever:
    case Kind::kBelow:
    case Kind::kEqual:
      return fmt::format("{}{} ≤ {}", number(m.measured), spread, number(m.bound));
    case Kind::kAbove:
      return fmt::format("{}{} ≥ {}", number(m.measured), spread, number(m.bound));
    case Kind::kRate:
      return fmt::format("{}{} in [{}, {}]", number(m.measured), spread, number(m.lowest), number(m.bound));
  }
  return {};
}

std::vector<std::string> table_row(const claims::Outcome& row) {
  const bool own = row.control == nullptr;
  const std::string name = own ? row.claim->id : "  wrong: " + row.control->name;
  const bool broken = row.verdict == claims::Verdict::kBroken;
  return {name, own ? std::string(to_string(row.claim->kind)) : "", broken ? "-" : relation(row),
          broken ? "-" : grouped(row.measurement.replicates), std::string(to_string(row.verdict))};
}

std::string explained(const claims::Outcome& row) {
  std::string out = row.control == nullptr
                        ? fmt::format("\n{}: {}\n  {} ({})\n", row.claim->id, row.claim->statement, row.claim->theorem,
                                      row.claim->page)
                        : fmt::format("  wrong on purpose, {}: {}\n", row.control->name, row.control->summary);
  for (const std::string& line : {row.measurement.detail, row.error})
    if (!line.empty()) out += fmt::format("  {}\n", line);
  return out;
}

/// One table a paper, in the order in which papers first appear.
std::string tables(const claims::Report& report) {
  std::vector<std::string_view> papers;
  for (const claims::Outcome& row : report.rows)
    if (std::ranges::find(papers, claims::paper_of(*row.claim)) == papers.end())
      papers.push_back(claims::paper_of(*row.claim));
  std::string out;
  for (const std::string_view paper : papers) {
    Table table({"claim", "kind", "measured and bound", "runs", "verdict"}, {false, false, false, true, false});
    for (const claims::Outcome& row : report.rows)
      if (claims::paper_of(*row.claim) == paper) table.add(table_row(row));
    out += fmt::format("{}\n{}\n", paper, table.text(2));
  }
  return out;
}

}  // namespace

claims::Report run_claims(std::span<const claims::Claim* const> claims, claims::SuiteOptions options) {
  const InterruptGuard guard;
  StatusLine line;
  options.observer = [&](std::int64_t done, std::int64_t all) {
    if (line.due())
      line.draw(fmt::format("{} of {} measurements, {}", done, all, duration(line.elapsed())),
                {"   Ctrl-C stops and tells what was measured", "   Ctrl-C stops"});
    return !InterruptGuard::requested();
  };
  return claims::run_suite(claims, options);
}

std::string claims_text(const claims::Report& report, bool explain) {
  std::string out = tables(report), more;
  for (const claims::Outcome& row : report.rows)
    if (explain || !row.good()) more += explained(row);
  if (!more.empty()) out += more + "\n";
  if (report.rows.empty()) return out;
  const auto good = [](std::int64_t all, std::int64_t bad) { return grouped(all - bad) + " of " + grouped(all); };
  return out + fmt::format("{} claims hold; {} controls, wrong on purpose, were caught\n",
                           good(report.claims, report.failures), good(report.controls, report.defects));
}

std::vector<std::string> unfinished_names(const claims::Report& report) {
  constexpr std::size_t kMost = 6;
  std::vector<std::string> claims, papers;
  for (const claims::Claim* claim : report.unfinished) {
    claims.push_back(claim->id);
    const std::string paper(claims::paper_of(*claim));
    if (std::ranges::find(papers, paper) == papers.end()) papers.push_back(paper);
  }
  return claims.size() <= kMost ? claims : papers;
}

std::string unfinished_text(const claims::Report& report, std::size_t selected) {
  if (report.unfinished.empty()) return {};
  return fmt::format("stopped with {} of {} claims finished, with all their controls; not finished: {}",
                     selected - report.unfinished.size(), selected, join_names(unfinished_names(report)));
}

std::vector<std::vector<std::string>> claims_rows(const claims::Report& report) {
  std::vector<std::vector<std::string>> rows{{"claim", "kind", "measured and bound", "runs", "verdict"}};
  for (const claims::Outcome& row : report.rows) rows.push_back(table_row(row));
  return rows;
}

}  // namespace bellwether::cli
