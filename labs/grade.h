#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "labs/folder.h"

namespace bellwether::labs {

struct GradeOptions {
  std::string compiler = {};  ///< empty: the one that built this library, else c++, g++ or clang++
  Limits limits = {};
};

/// How far a file came.
enum class Stage { kNoFile, kNotCompiled, kStopped, kJudged };

/// "no file", "does not compile", "stopped", "judged".
std::string_view to_string(Stage stage);

struct Grade {
  Ticket ticket;
  Stage stage = Stage::kNoFile;
  std::string trouble = {};             ///< in words, unless it was judged: the compiler's messages, how it crashed
  std::vector<std::string> hints = {};  ///< what the compiler warns of
  std::vector<Check> checks = {};       ///< empty unless it was judged
  std::string printed = {};             ///< what the student's code printed

  int points() const;  ///< checks that passed
  int most_points() const { return static_cast<int>(ticket.lab->checks.size()); }
  bool passed() const { return stage == Stage::kJudged && points() == most_points(); }
};

/// Compiles the student's file and examines it. Whatever the file does, this process goes on.
/// ParseError when the folder is none of a lab, InvalidOption when there is no compiler.
Grade grade(const std::string& folder, const GradeOptions& options = {});

/// A folder of a class, with its grade or what is wrong with the folder.
struct Graded {
  std::string folder;
  std::optional<Grade> grade = {};
  std::string trouble = {};
  bool stopped = false;  ///< before it had a grade
};

/// Grades on all threads, each student's code in a process of its own; the results stand in the order of the folders.
/// When limits.stopped says so, what runs is ended and the rest is not begun. The observer hears
/// how many are done, from one thread at a time.
std::vector<Graded> grade_all(std::span<const std::string> folders, const GradeOptions& options = {},
                              const std::function<void(std::size_t)>& observer = nullptr);

}  // namespace bellwether::labs
