#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bellwether::cli {

/// One line at the bottom of the terminal that says how long work gets on: from two seconds on, ten times a second at
/// most, cut to the terminal's width; silent when standard error is no terminal. It goes away with the object.
class StatusLine {
 public:
  explicit StatusLine(bool quiet = false);
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Seconds since the work began.
  double elapsed() const;
  /// Whether a line would be drawn now: ask before making one.
  bool due() const;
  /// Draws the line, and the first of the hints that fits behind it.
  void draw(std::string line, const std::vector<std::string>& hints = {});

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point started_, shown_;
  bool visible_ = false, on_terminal_;
};

}  // namespace bellwether::cli
