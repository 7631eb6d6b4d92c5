#include "apps/cli/status_line.h"

#include <algorithm>
#include <cstdio>

#include "apps/cli/terminal.h"

namespace bellwether::cli {
namespace {

double seconds(std::chrono::steady_clock::duration span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

StatusLine::StatusLine(bool quiet)
    : started_(Clock::now()), shown_(started_), on_terminal_(!quiet && stderr_is_terminal()) {}

StatusLine::~StatusLine() {
  if (visible_) std::fputs("\r\033[K", stderr);
}

double StatusLine::elapsed() const { return seconds(Clock::now() - started_); }

bool StatusLine::due() const {
  return on_terminal_ && elapsed() >= 2 && (!visible_ || seconds(Clock::now() - shown_) >= 0.1);
}

void StatusLine::draw(std::string line, const std::vector<std::string>& hints) {
  const auto width = static_cast<std::size_t>(std::max(20, terminal_width() - 1));
  for (const std::string& hint : hints) {
    if (line.size() + hint.size() > width) continue;
    line += hint;
    break;
  }
  if (line.size() > width) line.resize(width);  // a line that wraps cannot be taken back
  std::fputs(("\r\033[K" + line).c_str(), stderr);
  std::fflush(stderr);
  visible_ = true;
  shown_ = Clock::now();
}

}  // namespace bellwether::cli
