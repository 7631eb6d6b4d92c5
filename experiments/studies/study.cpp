#include "experiments/studies/study.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"

namespace bellwether::studies {
namespace {

/// What all pieces tell the caller, one at a time, and whether they may go on.
class Desk {
 public:
  Desk(int pieces, const std::function<bool(const Progress&)>& progress)
      : progress_{.pieces = pieces}, tell_(progress) {}

  bool go_on(int done = 0) {
    if (stopped_) return false;
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;  // while we waited for the lock
    progress_.done += done;
    if (tell_ && !tell_(progress_)) stopped_ = true;
    return !stopped_;
  }
  bool stopped() const { return stopped_; }

 private:
  std::mutex mutex_;
  Progress progress_;
  const std::function<bool(const Progress&)>& tell_;
  std::atomic<bool> stopped_{false};
};

[[noreturn]] void refuse(const Study& study, const std::string& what) {
  throw InvalidOption(fmt::format("study {}: {}", study.id(), what));
}

void require_drawable(const Study& study, const Findings& findings) {
  const auto named = [&](const std::string& name, bool measured) {
    return std::ranges::count_if(
        findings.series, [&](const Series& other) { return other.name == name && other.measured() == measured; });
  };
  for (const Series& series : findings.series) {
    if (series.name.empty()) refuse(study, "a series has no name");
    if (named(series.name, true) + named(series.name, false) > 1)
      refuse(study, fmt::format("two series are called '{}'", series.name));
    if (series.x.size() != series.y.size())
      refuse(study, fmt::format("series '{}' has {} x and {} y, must be as many", series.name, series.x.size(),
                                series.y.size()));
    if (!series.at.empty() && series.at.size() != series.x.size())
      refuse(study, fmt::format("series '{}' has {} points and {} numbers they were computed for", series.name,
                                series.x.size(), series.at.size()));
    if (!series.of.empty() && named(series.of, true) == 0)
      refuse(study, fmt::format("'{}' speaks of '{}', which is not measured", series.name, series.of));
  }
  for (const auto& row : findings.numbers)
    if (row.size() != study.heading.size())
      refuse(study, fmt::format("a row of numbers has {} entries, the heading {}", row.size(), study.heading.size()));
}

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Outcome run_study(const Study& study, const StudyOptions& options) {
  std::optional<ThreadCount> guard;
  if (options.threads > 0) guard.emplace(options.threads);
  const std::vector<Piece> pieces = study.pieces();
  std::vector<Findings> found(pieces.size());
  Desk desk(static_cast<int>(pieces.size()), options.progress);
  const Observer observer = [&](const TraceRow&) { return desk.go_on(); };
  constexpr std::int64_t kWorkOfAPiece = 10'000'000;
  const auto count = static_cast<std::int64_t>(pieces.size());
  parallel_for(count, count * kWorkOfAPiece, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end) && desk.go_on(); ++i) {
      try {
        found[i] = pieces[i](observer);
      } catch (...) {
        if (!desk.stopped()) throw;  // a piece that was cut short may not know what to make of it
      }
      desk.go_on(1);
    }
  });
  if (desk.stopped()) return {};
  Outcome outcome{.complete = true, .findings = {}};
  for (Findings& piece : found) {
    append(outcome.findings.series, std::move(piece.series));
    append(outcome.findings.marks, std::move(piece.marks));
    append(outcome.findings.numbers, std::move(piece.numbers));
    append(outcome.findings.notes, std::move(piece.notes));
  }
  require_drawable(study, outcome.findings);
  return outcome;
}

}  // namespace bellwether::studies
