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
  std::string scratch = {};   ///< the folder for temporary files; empty: where the system has them
  Limits limits = {};
  Limits compiling = {.seconds = 60, .memory = std::size_t{1} << 31};  ///< a lab takes a second and a tenth of this
};

/// How far a file came, or a folder of a class: kNoLab has no lab.toml that says whose it is, kNotGraded is nobody's
/// fault (see NotGraded).
enum class Stage { kNoFile, kNotCompiled, kStopped, kJudged, kNoLab, kNotGraded };

/// "no file", "does not compile", "stopped", "judged", "no lab", "not graded".
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
/// ParseError when the folder is none of a lab, InvalidOption when there is no compiler, NotGraded when something else
/// came in between, also that limits.stopped says so.
Grade grade(const std::string& folder, const GradeOptions& options = {});

/// A folder of a class, with its grade or what is wrong with the folder.
struct Graded {
  std::string folder;
  Stage stage = Stage::kNotGraded;  ///< that of the grade, where there is one
  std::optional<Grade> grade = {};
  std::string trouble = {};  ///< in words, where there is no grade
};

/// Grades on all threads, each student's code in a process of its own; the results stand in the order of the folders.
/// A folder that cannot be graded is no reason not to grade the others. When limits.stopped says so, what runs is ended
/// and the rest is not begun. The observer hears how many are done, from one thread at a time. NotGraded when there is
/// no room for temporary files at all.
std::vector<Graded> grade_all(std::span<const std::string> folders, const GradeOptions& options = {},
                              const std::function<void(std::size_t)>& observer = nullptr);

}  // namespace bellwether::labs
