#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bellwether {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string lower_case(std::string_view text) {
  std::string low(text);
  for (char& c : low)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return low;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

/// The first names that go on after the word and a dash, in quotes: "ucbvi" is the family of "ucbvi-ch" and "ucbvi-bf".
std::vector<std::string> family_members(const std::string& typed, std::span<const std::string> candidates) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> members;
  for (const std::string& candidate : candidates) {
    if (typed.empty() || !lower_case(candidate).starts_with(typed + "-")) continue;
    std::string member = fmt::format("'{}'", candidate);
    if (members.size() < kMost && std::ranges::find(members, member) == members.end())
      members.push_back(std::move(member));
  }
  return members;
}

}  // namespace

std::string exact_text(double x) { return fmt::format("{}", x); }

std::optional<double> parse_double(std::string_view text) { return parse_whole<double>(text); }
std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_whole<std::int64_t>(text); }

std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kTellingPrefix = 3;
  const std::string typed = lower_case(word);
  std::optional<std::string> best, longer;
  std::size_t best_distance = word.size() / 3 + 2, longer_ones = 0;
  for (const std::string& candidate : candidates) {
    const std::string known = lower_case(candidate);
    const std::size_t distance = edit_distance(typed, known);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
    if (typed.size() >= kTellingPrefix && known.starts_with(typed)) {
      ++longer_ones;
      longer = candidate;
    }
  }
  return best || longer_ones != 1 ? best : longer;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto near = nearest_name(word, candidates);
  const std::string typed = lower_case(word);
  const bool slip = near && edit_distance(typed, lower_case(*near)) <= 1;
  const std::vector<std::string> members = slip ? std::vector<std::string>() : family_members(typed, candidates);
  if (!members.empty()) return fmt::format("; did you mean {}?", fmt::join(members, " or "));
  return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

std::string counted(std::int64_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  return noun.ends_with('y') ? fmt::format("{} {}ies", count, noun.substr(0, noun.size() - 1))
                             : fmt::format("{} {}s", count, noun);
}

std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > (count < 0 ? 1 : 0); place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

std::string short_number(double x, int digits) {
  const double size = std::abs(x);
  return size >= std::pow(10, digits) && size < 1e15 ? fmt::format("{:.0f}", x) : fmt::format("{:.{}g}", x, digits);
}

std::string with_error(double x, double error) {
  if (!(error > 0) || !std::isfinite(error)) return short_number(x, 5);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 9);
  return fmt::format("{:.{}f} ± {:.{}f}", x, decimals, error, decimals);
}

std::string join_names(std::span<const std::string> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace bellwether
