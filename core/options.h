#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bellwether {

// An algorithm's options are a plain struct with in-class defaults and one function beside it,
//
//   template <class Field>
//   void describe(SweepOptions& o, Field&& field) {
//     field("sweeps", o.sweeps, at_least(1), "evaluation sweeps between two improvements");
//   }
//
// which is the one list behind parsing, range checks, help texts and the generated option tables.
// Fields are int, std::int64_t, double, bool or std::string.

/// The values a field may take.
struct Rule {
  double low = 0, high = 0;
  bool has_low = false, has_high = false, open_low = false, open_high = false;
  std::vector<std::string> names = {};  ///< for text fields: the admissible words

  bool admits(double x) const;
  bool admits(std::string_view word) const;
  std::string text() const;  ///< "at least 1", "in (0, 1)", "one of a, b and c"
};

Rule any_value();
Rule at_least(double low);
Rule above(double low);
Rule between(double low, double high);  ///< closed
Rule inside(double low, double high);   ///< open
Rule one_of(std::vector<std::string> names);

/// One row of a help text.
struct OptionRow {
  std::string name, value, rule, help;
};

/// A name with a value, as typed.
using Setting = std::pair<std::string, std::string>;

namespace detail {
std::string value_text(double value);
std::string value_text(std::int64_t value);
inline std::string value_text(int value) { return value_text(static_cast<std::int64_t>(value)); }
inline std::string value_text(bool value) { return value ? "true" : "false"; }
inline std::string value_text(const std::string& value) { return value; }

bool admits(const Rule& rule, const std::string& value);
inline bool admits(const Rule& rule, double value) { return rule.admits(value); }
inline bool admits(const Rule& rule, std::int64_t value) { return rule.admits(static_cast<double>(value)); }
inline bool admits(const Rule& rule, int value) { return rule.admits(static_cast<double>(value)); }
inline bool admits(const Rule&, bool) { return true; }

void read_value(std::string_view where, const Setting& setting, double& value);
void read_value(std::string_view where, const Setting& setting, std::int64_t& value);
void read_value(std::string_view where, const Setting& setting, int& value);
void read_value(std::string_view where, const Setting& setting, bool& value);
void read_value(std::string_view where, const Setting& setting, std::string& value);

[[noreturn]] void reject_value(std::string_view where, std::string_view name, const std::string& value,
                               const Rule& rule);
[[noreturn]] void reject_name(std::string_view where, std::string_view name, const std::vector<std::string>& known);
}  // namespace detail

/// Throws InvalidOption naming the function, the field, its value and the rule it breaks.
template <class Options>
void require_valid(std::string_view where, const Options& options) {
  Options copy = options;
  describe(copy, [&](std::string_view name, const auto& value, const Rule& rule, std::string_view) {
    if (!detail::admits(rule, value)) detail::reject_value(where, name, detail::value_text(value), rule);
  });
}

/// Sets the fields named in `settings`; an unknown name, a malformed or inadmissible value throws InvalidOption.
template <class Options>
void apply_settings(std::string_view where, Options& options, const std::vector<Setting>& settings) {
  std::vector<std::string> known;
  describe(options, [&](std::string_view name, auto&, const Rule&, std::string_view) { known.emplace_back(name); });
  for (const Setting& setting : settings) {
    bool found = false;
    describe(options, [&](std::string_view name, auto& value, const Rule& rule, std::string_view) {
      if (name != setting.first) return;
      found = true;
      detail::read_value(where, setting, value);
      if (!detail::admits(rule, value)) detail::reject_value(where, name, detail::value_text(value), rule);
    });
    if (!found) detail::reject_name(where, setting.first, known);
  }
}

/// The rows of a help text, with the defaults as values.
template <class Options>
std::vector<OptionRow> option_rows(Options options = {}) {
  std::vector<OptionRow> rows;
  describe(options, [&](std::string_view name, auto& value, const Rule& rule, std::string_view help) {
    rows.push_back({std::string(name), detail::value_text(value), rule.text(), std::string(help)});
  });
  return rows;
}

}  // namespace bellwether
