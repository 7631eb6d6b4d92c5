#include "experiments/engine/variants.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/failure.h"

namespace bellwether::experiments {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool mentions(std::string_view message, std::string_view word) {
  for (std::size_t at = message.find(word); at != std::string_view::npos; at = message.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !letter(message[at - 1])) && (end == message.size() || !letter(message[end]))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::vector<Setting>> combinations(const std::vector<Choices>& settings) {
  std::vector<std::vector<Setting>> result(1);
  for (const Choices& choices : settings) {
    std::vector<std::vector<Setting>> longer;
    for (const auto& begun : result) {
      for (const std::string& value : choices.values) {
        longer.push_back(begun);
        longer.back().emplace_back(choices.name, value);
      }
    }
    result = std::move(longer);
  }
  return result;
}

std::string canonical_value(const std::string& value, const std::string& default_value) {
  if (default_value == "true" || default_value == "false") {
    if (value == "yes" || value == "1" || value == "on") return "true";
    if (value == "no" || value == "0" || value == "off") return "false";
    return value;
  }
  if (const auto whole = parse_integer(value)) return fmt::format("{}", *whole);
  if (const auto number = parse_double(value)) {
    constexpr double kExactIntegers = 0x1p53;
    if (*number == std::floor(*number) && std::abs(*number) < kExactIntegers)
      return fmt::format("{}", static_cast<std::int64_t>(*number));
    return exact_text(*number);
  }
  return value;
}

std::string place_of(const Entry& entry, std::string_view message) {
  for (const Choices& choices : entry.settings)
    if (mentions(message, choices.name) && !choices.place.empty()) return choices.place;
  return entry.place;
}

void require_known(const Entry& entry, const std::vector<std::string>& known) {
  std::set<std::string_view> seen;
  for (const Choices& choices : entry.settings) {
    if (std::find(known.begin(), known.end(), choices.name) == known.end()) {
      const std::string hint = did_you_mean(choices.name, known);
      fail(choices.place, fmt::format("{} has no setting '{}'{}", entry.name, choices.name,
                                      hint.empty() ? "; it has " + join_names(known) : hint));
    }
    if (!seen.insert(choices.name).second)
      fail(choices.place, fmt::format("{}: '{}' is set twice", entry.name, choices.name));
  }
}

}  // namespace bellwether::experiments
