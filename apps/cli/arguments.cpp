#include "apps/cli/arguments.h"

#include <algorithm>
#include <cmath>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::cli {
namespace {

namespace po = boost::program_options;

std::string unknown_option(std::string_view command, const std::string& typed, std::span<const OptionSpec> specs) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.emplace_back(spec.name);
  const auto near =
      nearest_name(std::string_view(typed).substr(std::min(typed.find_first_not_of('-'), typed.size())), names);
  return fmt::format("{}: unknown option {}{}", command, typed,
                     near ? fmt::format("; did you mean --{}?", *near)
                          : fmt::format("; `bellwether {} --help` lists the options", command));
}

const OptionSpec* find_spec(std::span<const OptionSpec> specs, std::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& s) { return s.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

po::options_description description(std::span<const OptionSpec> specs) {
  po::options_description all;
  for (const OptionSpec& spec : specs) {
    const std::string key =
        spec.short_name.empty() ? std::string(spec.name) : fmt::format("{},{}", spec.name, spec.short_name);
    if (spec.argument.empty()) {
      all.add_options()(key.c_str(), "");
    } else {
      all.add_options()(key.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  all.add_options()("positional", po::value<std::vector<std::string>>(), "");
  return all;
}

/// `typed` parsed by Boost, its complaints put into our words.
std::vector<po::option> parse(std::string_view command, std::span<const OptionSpec> specs,
                              const std::vector<std::string>& typed) {
  namespace style = po::command_line_style;
  const po::options_description all = description(specs);
  po::positional_options_description positional;
  positional.add("positional", -1);
  try {
    const int rules = style::allow_long | style::long_allow_next | style::long_allow_adjacent | style::allow_short |
                      style::allow_dash_for_short | style::short_allow_next | style::short_allow_adjacent;
    return po::command_line_parser(typed).options(all).positional(positional).style(rules).run().options;
  } catch (const po::unknown_option& error) {
    throw InvalidOption(unknown_option(command, error.get_option_name(), specs));
  } catch (const po::invalid_command_line_syntax& error) {
    const std::string name = error.get_option_name();
    const OptionSpec* spec =
        find_spec(specs, std::string_view(name).substr(std::min(name.find_first_not_of('-'), name.size())));
    if (spec != nullptr && spec->argument.empty()) {
      throw InvalidOption(fmt::format("{}: option --{} takes no value", command, spec->name));
    }
    throw InvalidOption(fmt::format("{}: option {} needs a value{}", command, name,
                                    spec ? fmt::format(": --{} {}", spec->name, spec->argument) : ""));
  } catch (const po::error& error) {
    throw InvalidOption(fmt::format("{}: {}", command, error.what()));
  }
}

}  // namespace

Arguments::Arguments(std::string_view command, std::span<const OptionSpec> specs, const std::vector<std::string>& typed,
                     std::size_t most_positionals)
    : command_(command) {
  for (const po::option& option : parse(command, specs, typed)) {
    if (option.string_key == "positional") {
      if (positionals_.size() == most_positionals) {
        throw InvalidOption(fmt::format("{}: '{}' is one argument too many", command, option.value.front()));
      }
      positionals_.push_back(option.value.front());
      continue;
    }
    const OptionSpec* spec = find_spec(specs, option.string_key);
    if (spec != nullptr && !spec->repeats && has(spec->name)) {
      throw InvalidOption(fmt::format("{}: option --{} is given twice", command, spec->name));
    }
    given_.push_back({.name = option.string_key,
                      .value = option.value.empty() ? std::string() : option.value.front(),
                      .has_value = spec == nullptr || !spec->argument.empty()});
  }
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain = "%+,-./:=@_";
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string safe = "'";
  for (const char c : word) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

std::string Arguments::retyped(const std::vector<Given>& given) const {
  std::string line;
  // The name of a file that looks like an option.
  for (const std::string& word : positionals_)
    line += " " + shell_word(fmt::format("{}{}", word.starts_with('-') ? "./" : "", word));
  for (const auto& [name, value, has_value] : given) {
    line += fmt::format(" --{}", name);
    if (has_value) line += fmt::format("{}{}", value.starts_with('-') ? "=" : " ", shell_word(value));
  }
  return line;
}

std::string Arguments::retyped() const { return retyped(given_); }

std::string Arguments::retyped_with(std::string_view name, const std::string& value, std::string_view dropped) const {
  std::vector<Given> given = given_;
  std::erase_if(given, [&](const Given& option) { return option.name == dropped; });
  const auto old = std::find_if(given.begin(), given.end(), [&](const Given& option) { return option.name == name; });
  if (old != given.end()) {
    old->value = value;
  } else {
    given.push_back({.name = std::string(name), .value = value, .has_value = true});
  }
  return retyped(given);
}

bool Arguments::has(std::string_view name) const {
  return std::any_of(given_.begin(), given_.end(), [&](const Given& option) { return option.name == name; });
}

std::optional<std::string> Arguments::text(std::string_view name) const {
  for (const Given& option : given_)
    if (option.name == name) return option.value;
  return std::nullopt;
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  std::vector<std::string> found;
  for (const Given& option : given_)
    if (option.name == name) found.push_back(option.value);
  return found;
}

std::optional<double> Arguments::number(std::string_view name, const Rule& rule) const {
  const auto typed = text(name);
  if (!typed) return std::nullopt;
  const auto value = parse_double(*typed);
  if (!value || !rule.admits(*value)) {
    const std::string wanted = !value                  ? "a number"
                               : std::isfinite(*value) ? rule.text()
                               : rule.has_low          ? "finite and " + rule.text()
                                                       : "finite";
    throw InvalidOption(fmt::format("{}: option --{} is '{}', must be {}", command_, name, *typed, wanted));
  }
  return value;
}

std::optional<std::int64_t> Arguments::whole_number(std::string_view name, const Rule& rule) const {
  const auto typed = text(name);
  if (!typed) return std::nullopt;
  const auto refuse = [&](const std::string& wanted) {
    throw InvalidOption(fmt::format("{}: option --{} is '{}', must be {}", command_, name, *typed, wanted));
  };
  const auto number = parse_double(*typed);
  if (!number || *number != std::floor(*number)) refuse("a whole number");
  if (!rule.admits(*number)) refuse(rule.text());
  // 1e5 is a whole number too; digits are read as such, since beyond 2^53 not every one has a double.
  if (const auto exact = parse_integer(*typed)) return exact;
  if (std::abs(*number) > 0x1p53) refuse(fmt::format("at most {}", grouped(std::int64_t{1} << 53)));
  return static_cast<std::int64_t>(*number);
}

std::optional<std::string> Arguments::word(std::string_view name, const std::vector<std::string>& words) const {
  const auto typed = text(name);
  if (!typed || std::find(words.begin(), words.end(), *typed) != words.end()) return typed;
  throw InvalidOption(fmt::format("{}: option --{} is '{}', must be one of {}{}", command_, name, *typed,
                                  join_names(words), did_you_mean(*typed, words)));
}

void refuse_name(std::string_view command, std::string_view option, const std::string& typed, std::string_view thing,
                 std::vector<std::string> names, std::string_view whose) {
  constexpr std::size_t kListed = 12;
  const std::string near = did_you_mean(typed, names);
  for (std::string& name : names) name = "'" + name + "'";
  if (names.size() > kListed) {
    const std::size_t others = names.size() - kListed + 1;
    names.resize(kListed);
    names.back() = fmt::format("{} others", others);
  }
  throw InvalidOption(fmt::format("{}: option --{} is '{}', but {} {}{} {}{}", command, option, typed, whose, thing,
                                  names.size() == 1 ? " is" : "s are", join_names(names), near));
}

Setting parse_setting(std::string_view option, const std::string& typed) {
  const std::size_t equals = typed.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InvalidOption(fmt::format("option --{} is '{}', expected NAME=VALUE", option, typed));
  }
  return {typed.substr(0, equals), typed.substr(equals + 1)};
}

std::string options_help(std::span<const OptionSpec> specs) {
  std::string out;
  for (const OptionSpec& spec : specs) {
    if (!spec.group.empty()) out += fmt::format("\n{}:\n", spec.group);
    const std::string dash = spec.short_name.empty() ? "    " : fmt::format("-{}, ", spec.short_name);
    const std::string left =
        fmt::format("{}--{}{}{}", dash, spec.name, spec.argument.empty() ? "" : " ", spec.argument);
    out += two_columns(left, spec.help, 28);
  }
  return out;
}

}  // namespace bellwether::cli
