#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/options.h"

namespace bellwether::cli {

/// One option of a sub-command. The table of them is the one list behind parsing, help text and shell completion.
struct OptionSpec {
  std::string_view name;      ///< "discount", without the dashes
  std::string_view argument;  ///< "G", or empty for a switch
  std::string_view help;
  std::string_view group = {};       ///< heading in the help text; an empty one continues the last
  bool repeats = false;              ///< may be given more than once
  std::string_view short_name = {};  ///< "o" for -o
  std::string_view words = {};       ///< what completion offers: fixed words, or @files @algorithms @instances @formats
};

/// What was typed after the sub-command.
class Arguments {
 public:
  /// Throws InvalidOption for an unknown option (with the nearest known one), a missing or superfluous argument, or
  /// more positional arguments than `most_positionals`.
  Arguments(std::string_view command, std::span<const OptionSpec> specs, const std::vector<std::string>& typed,
            std::size_t most_positionals);

  bool has(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::optional<double> number(std::string_view name, const Rule& rule) const;
  std::optional<std::int64_t> whole_number(std::string_view name, const Rule& rule) const;
  /// The value if it is one of `words`; InvalidOption, with the nearest, otherwise.
  std::optional<std::string> word(std::string_view name, const std::vector<std::string>& words) const;
  const std::vector<std::string>& positionals() const { return positionals_; }
  /// Options and file names as they could be typed again in a shell.
  std::string retyped() const;
  /// The same with another value of one option, which need not be there, and without the switch `dropped`.
  std::string retyped_with(std::string_view name, const std::string& value, std::string_view dropped) const;
  bool wants_help() const { return has("help"); }

 private:
  std::string command_;
  struct Given {
    std::string name, value;
    bool has_value;
  };
  std::string retyped(const std::vector<Given>& given) const;

  std::vector<Given> given_;
  std::vector<std::string> positionals_;
};

/// A word as a shell takes it: in quotes where it must be.
std::string shell_word(const std::string& word);

/// Throws InvalidOption: what was typed is none of the `names` of a `thing` ("label") of `whose`, which are listed,
/// with the nearest.
[[noreturn]] void refuse_name(std::string_view command, std::string_view option, const std::string& typed,
                              std::string_view thing, std::vector<std::string> names,
                              std::string_view whose = "the model's");

/// "name=value" into a setting; InvalidOption when there is no equals sign.
Setting parse_setting(std::string_view option, const std::string& typed);

/// The option section of a help text, aligned and wrapped to the terminal.
std::string options_help(std::span<const OptionSpec> specs);

}  // namespace bellwether::cli
