#include "proofs_checks/suite.h"

#include <atomic>
#include <exception>
#include <mutex>

#include "core/parallel.h"

namespace bellwether::claims {
namespace {

void measure(Outcome& row, const SuiteOptions& options) {
  const Effort effort{.tier = options.tier, .stream = Stream(options.seed).child(row.claim->id)};
  try {
    row.measurement = (row.control != nullptr ? row.control->measure : row.claim->measure)(effort);
  } catch (const std::exception& trouble) {
    row.verdict = Verdict::kBroken;
    row.error = trouble.what();
    return;
  }
  row.margin = margin(row.claim->kind, row.measurement);
  if (row.control == nullptr) {
    row.verdict = holds(row.claim->kind, row.measurement) ? Verdict::kHolds : Verdict::kFails;
  } else {
    row.verdict = refuted(row.claim->kind, row.measurement) ? Verdict::kCaught : Verdict::kSlipped;
  }
}

/// Threads keep contiguous parts of a loop, and neighbours in the table cost alike: every eleventh row in turn.
std::vector<Outcome*> dealt_out(const std::vector<Outcome*>& rows) {
  constexpr std::size_t kStride = 11;
  std::vector<Outcome*> dealt;
  for (std::size_t start = 0; start < kStride; ++start)
    for (std::size_t i = start; i < rows.size(); i += kStride) dealt.push_back(rows[i]);
  return dealt;
}

/// Takes out the rows that were not measured, and controls whose claim was not: they would stand under another one.
void set_unfinished(Report& report) {
  const Claim* without = nullptr;
  std::erase_if(report.rows, [&](const Outcome& row) {
    const bool measured = row.verdict != Verdict::kNotMeasured;
    if (row.control == nullptr && !measured) without = row.claim;
    if (measured && row.claim != without) return false;
    if (report.unfinished.empty() || report.unfinished.back() != row.claim) report.unfinished.push_back(row.claim);
    return true;
  });
}

void count(Report& report) {
  for (const Outcome& row : report.rows) {
    ++(row.control == nullptr ? report.claims : report.controls);
    if (!row.good()) ++(row.control == nullptr ? report.failures : report.defects);
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kFails:
      return "FAILS";
    case Verdict::kCaught:
      return "caught";
    case Verdict::kSlipped:
      return "SLIPPED";
    case Verdict::kBroken:
      return "BROKEN";
    case Verdict::kNotMeasured:
      return "not measured";
  }
  return "BROKEN";
}

Report run_suite(std::span<const Claim* const> claims, const SuiteOptions& options) {
  Report report;
  for (const Claim* claim : claims) {
    report.rows.push_back({.claim = claim});
    for (const Control& control : claim->controls) report.rows.push_back({.claim = claim, .control = &control});
  }
  const auto all = static_cast<std::int64_t>(report.rows.size());
  std::int64_t done = 0;
  std::mutex one_at_a_time;
  std::atomic<bool> stopped{options.observer && !options.observer(0, all)};
  const auto finish = [&](Outcome& row) {
    if (stopped) return;
    measure(row, options);
    const std::lock_guard guard(one_at_a_time);
    ++done;
    if (options.observer && !options.observer(done, all)) stopped = true;
  };
  std::vector<Outcome*> together;
  for (Outcome& row : report.rows) {
    if (row.claim->needs_all_threads) {
      finish(row);
    } else {
      together.push_back(&row);
    }
  }
  together = dealt_out(together);
  // A measurement is worth a thread of its own, whatever the number of rows.
  parallel_for(static_cast<std::int64_t>(together.size()), detail::kSerialBelow,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) finish(*together[static_cast<std::size_t>(i)]);
               });
  set_unfinished(report);
  count(report);
  return report;
}

}  // namespace bellwether::claims
