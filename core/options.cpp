#include "core/options.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether {

bool Rule::admits(double x) const {
  if (!std::isfinite(x)) return false;
  if (has_low && (open_low ? x <= low : x < low)) return false;
  return !(has_high && (open_high ? x >= high : x > high));
}

bool Rule::admits(std::string_view word) const {
  return names.empty() || std::find(names.begin(), names.end(), word) != names.end();
}

std::string Rule::text() const {
  if (!names.empty()) return "one of " + join_names(names);
  if (has_low && has_high) return fmt::format("in {}{}, {}{}", open_low ? '(' : '[', low, high, open_high ? ')' : ']');
  if (has_low) return fmt::format("{} {}", open_low ? "above" : "at least", low);
  return "any value";
}

Rule any_value() { return {}; }
Rule at_least(double low) { return {.low = low, .has_low = true}; }
Rule above(double low) { return {.low = low, .has_low = true, .open_low = true}; }
Rule between(double low, double high) { return {.low = low, .high = high, .has_low = true, .has_high = true}; }
Rule inside(double low, double high) {
  return {.low = low, .high = high, .has_low = true, .has_high = true, .open_low = true, .open_high = true};
}
Rule one_of(std::vector<std::string> names) { return {.names = std::move(names)}; }

namespace detail {
namespace {

[[noreturn]] void reject_text(std::string_view where, const Setting& setting, std::string_view wanted) {
  throw InvalidOption(
      fmt::format("{}: option '{}' is '{}', expected {}", where, setting.first, setting.second, wanted));
}

}  // namespace

std::string value_text(double value) { return exact_text(value); }
std::string value_text(std::int64_t value) { return fmt::format("{}", value); }

bool admits(const Rule& rule, const std::string& value) { return rule.admits(std::string_view(value)); }

void read_value(std::string_view where, const Setting& setting, double& value) {
  const auto parsed = parse_double(setting.second);
  if (!parsed) reject_text(where, setting, "a number");
  value = *parsed;
}

void read_value(std::string_view where, const Setting& setting, std::int64_t& value) {
  if (const auto parsed = parse_integer(setting.second)) {
    value = *parsed;
    return;
  }
  // 1e5 is a whole number too.
  const auto parsed = parse_double(setting.second);
  if (!parsed || *parsed != std::floor(*parsed) || std::abs(*parsed) > 0x1p53) {
    reject_text(where, setting, "a whole number");
  }
  value = static_cast<std::int64_t>(*parsed);
}

void read_value(std::string_view where, const Setting& setting, int& value) {
  std::int64_t wide = 0;
  read_value(where, setting, wide);
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
    reject_text(where, setting, "a whole number that fits 32 bits");
  }
  value = static_cast<int>(wide);
}

void read_value(std::string_view where, const Setting& setting, bool& value) {
  const std::string& text = setting.second;
  if (text == "true" || text == "yes" || text == "1" || text == "on") {
    value = true;
  } else if (text == "false" || text == "no" || text == "0" || text == "off") {
    value = false;
  } else {
    reject_text(where, setting, "true or false");
  }
}

void read_value(std::string_view, const Setting& setting, std::string& value) { value = setting.second; }

void reject_value(std::string_view where, std::string_view name, const std::string& value, const Rule& rule) {
  throw InvalidOption(fmt::format("{}: option '{}' is {}, must be {}", where, name, value, rule.text()));
}

void reject_name(std::string_view where, std::string_view name, const std::vector<std::string>& known) {
  if (known.empty())
    throw InvalidOption(fmt::format("{}: there is nothing to set here, but '{}' was given", where, name));
  const auto near = nearest_name(name, known);
  const std::string hint = near ? fmt::format("; did you mean '{}'?", *near) : "; it has " + join_names(known);
  throw InvalidOption(fmt::format("{}: unknown option '{}'{}", where, name, hint));
}

}  // namespace detail
}  // namespace bellwether
