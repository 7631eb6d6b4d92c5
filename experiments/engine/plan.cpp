#include "experiments/engine/plan.h"

#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::experiments {
namespace {

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t to = text.find(mark, from);
    parts.emplace_back(text.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

Choices parse_choices(std::string_view whole, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw InvalidOption(fmt::format("'{}': '{}' should be NAME=VALUE or NAME=VALUE,VALUE,...", whole, text));
  Choices choices{.name = std::string(text.substr(0, equals)), .values = split(text.substr(equals + 1), ',')};
  for (const std::string& value : choices.values)
    if (value.empty()) throw InvalidOption(fmt::format("'{}': '{}' has an empty value", whole, text));
  return choices;
}

}  // namespace

std::vector<std::uint64_t> first_seeds(int count) {
  std::vector<std::uint64_t> seeds(static_cast<std::size_t>(count));
  std::iota(seeds.begin(), seeds.end(), std::uint64_t{0});
  return seeds;
}

Entry parse_entry(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  Entry entry{.name = parts.front()};
  if (entry.name.empty()) throw InvalidOption(fmt::format("'{}' does not begin with a name", text));
  if (entry.name.find_first_of("./") != std::string::npos) entry.file = entry.name;
  for (std::size_t i = 1; i < parts.size(); ++i) entry.settings.push_back(parse_choices(text, parts[i]));
  return entry;
}

}  // namespace bellwether::experiments
