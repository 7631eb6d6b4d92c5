#include "apps/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"

namespace bellwether::cli {
namespace {

double seconds(std::chrono::steady_clock::duration span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

SolveProgress::SolveProgress(std::string algorithm, double tolerance, bool quiet)
    : algorithm_(std::move(algorithm)),
      tolerance_(tolerance),
      started_(Clock::now()),
      shown_(started_),
      on_terminal_(!quiet && stderr_is_terminal()) {}

SolveProgress::~SolveProgress() {
  if (visible_) fmt::print(stderr, "\r\033[K");
}

bool SolveProgress::operator()(const TraceRow& row) {
  if (InterruptGuard::requested()) return false;
  const Clock::time_point now = Clock::now();
  const double elapsed = seconds(now - started_);
  if (!on_terminal_ || elapsed < 2 || (visible_ && seconds(now - shown_) < 0.1)) return true;
  std::string left;
  if (std::isfinite(row.gap) && row.gap > 0) {
    // The gap falls geometrically in the long run: so many decades a second, so many to go.
    if (first_gap_ == 0) {
      first_gap_ = row.gap;
      first_seconds_ = elapsed;
    }
    const double decades = std::log(first_gap_ / row.gap);
    if (decades > 0.1 && row.gap > tolerance_) {
      left = fmt::format(", about {} left",
                         duration(std::log(row.gap / tolerance_) / decades * (elapsed - first_seconds_)));
    }
  }
  const std::string gap =
      std::isfinite(row.gap) ? fmt::format("error at most {}", scientific(row.gap)) : "no bound yet";
  std::string line = fmt::format("{}: iteration {}, {} (goal {}), {}{}", algorithm_, grouped(row.iteration), gap,
                                 scientific(tolerance_), duration(elapsed), left);
  const auto width = static_cast<std::size_t>(std::max(20, terminal_width() - 1));
  for (const std::string_view hint : {"   Ctrl-C stops with the best answer so far", "   Ctrl-C stops"}) {
    if (line.size() + hint.size() > width) continue;
    line += hint;
    break;
  }
  if (line.size() > width) line.resize(width);  // a line that wraps cannot be taken back
  std::fputs(("\r\033[K" + line).c_str(), stderr);
  std::fflush(stderr);
  visible_ = true;
  shown_ = now;
  return true;
}

}  // namespace bellwether::cli
