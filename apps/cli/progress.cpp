#include "apps/cli/progress.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"

namespace bellwether::cli {

SolveProgress::SolveProgress(std::string algorithm, double tolerance, bool quiet)
    : line_(quiet), algorithm_(std::move(algorithm)), tolerance_(tolerance) {}

bool SolveProgress::operator()(const TraceRow& row) {
  if (InterruptGuard::requested()) return false;
  if (!line_.due()) return true;
  const std::string gap = std::isfinite(row.gap)
                              ? fmt::format("error at most {} (goal {:g})", scientific(row.gap), tolerance_)
                              : "no bound yet";
  line_.draw(fmt::format("{}: iteration {}, {}, {}{}", algorithm_, grouped(row.iteration), gap,
                         duration(line_.elapsed()), time_left(row.gap)),
             {"   Ctrl-C stops with the best answer so far", "   Ctrl-C stops"});
  return true;
}

/// The gap falls geometrically in the long run: so many decades a second, so many to go.
std::string SolveProgress::time_left(double gap) {
  if (!std::isfinite(gap) || gap <= 0) return {};
  if (first_gap_ == 0) {
    first_gap_ = gap;
    first_seconds_ = line_.elapsed();
  }
  const double decades = std::log(first_gap_ / gap);
  if (decades <= 0.1 || gap <= tolerance_) return {};
  return fmt::format(", about {} left",
                     duration(std::log(gap / tolerance_) / decades * (line_.elapsed() - first_seconds_)));
}

}  // namespace bellwether::cli
