#pragma once

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether::labs {

/// Something else than the student's work kept it from being graded: a file that may not be read, a full disk, a
/// compiler that was killed. Nobody loses points for it.
class NotGraded : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// What somebody else's code may use up, and when it is ended sooner.
struct Limits {
  double seconds = 30;                        ///< of processor time; four times as much by the clock on the wall
  std::size_t memory = std::size_t{1} << 30;  ///< bytes beyond what this process has already
  std::function<bool()> stopped = nullptr;    ///< asked ten times a second: true ends it
};

/// Where a child is: told by it, read by the parent when it ends badly. Lies in memory that both share.
class Place {
 public:
  void set(std::string_view text) {
    const std::size_t length = text.copy(text_.data(), text_.size() - 1);
    text_[length] = '\0';
  }
  std::string text() const { return text_.data(); }

 private:
  std::array<char, 256> text_{};
};

/// How a child ended.
struct Apart {
  bool finished = false;
  std::vector<double> numbers = {};  ///< what it computed
  std::string trouble = {};          ///< in words, when it did not finish
  std::string place = {};            ///< where it was then
  std::string printed = {};          ///< the beginning of what it printed
};

/// Runs `work` in a process of its own, under limits: whatever it does (crash, loop for ever, eat memory, throw, call
/// exit), this process goes on and hears in words what happened. The child has one thread: `work` may start none and
/// must not enter a parallel loop. Several threads may call it at once: a child
/// keeps none of the files that its parent has open. Protects from accidents; it is no wall against malice, the child
/// has the same rights.
Apart run_apart(const std::function<std::vector<double>(Place&)>& work, const Limits& limits);

/// How a program ended.
struct ProgramRun {
  int code = -1;  ///< its exit code; -1 when there is no such program, -2 when it was ended, see `trouble`
  std::string trouble =
      {};  ///< in words: "was killed (SIGKILL) after 0.1 seconds of processor time, with 12 MB of memory"
  std::string printed = {};
  std::size_t memory = 0;  ///< bytes, of the largest of the processes that it had
};

/// Runs a program in `folder`, which has its temporary files, too; it speaks English. The limits are those of each
/// process that it starts; all of it may take four minutes by the clock on the wall.
ProgramRun run_program(const std::vector<std::string>& words, const std::string& folder, const Limits& limits);

}  // namespace bellwether::labs
