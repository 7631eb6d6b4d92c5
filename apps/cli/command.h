#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/arguments.h"

namespace bellwether::cli {

// Exit codes, the same for every command.
inline constexpr int kSuccess = 0;
inline constexpr int kNotMet =
    1;  ///< a claim failed, the problem is infeasible or unbounded, or it was stopped too early
inline constexpr int kBadInput = 2;
inline constexpr int kInternalError = 3;

/// A sub-command: one file each in apps/cli, one row in main.cpp.
struct Command {
  std::string_view name;
  std::string_view usage;     ///< "FILE [options]"
  std::string_view summary;   ///< one line
  std::string_view details;   ///< paragraphs for --help, blank line between them
  std::string_view examples;  ///< one a line, without the program's name
  std::span<const OptionSpec> options;
  std::size_t most_positionals;
  std::string_view completes;  ///< what its positional arguments are, as OptionSpec::words
  int (*run)(const Arguments& arguments);
  /// The names of options, each with a value, that depend on what was typed; null when there are none.
  std::vector<std::string> (*more_options)(const std::vector<std::string>& typed) = nullptr;
};

extern const Command kSolve, kFit, kRun, kReproduce, kCheck, kShow, kMake, kConvert, kList, kBench, kLab, kCompletion;

/// All commands in the order of the help text.
std::span<const Command* const> commands();

std::string help_text(const Command& command);

}  // namespace bellwether::cli
