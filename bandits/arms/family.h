#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/bandit.h"
#include "core/options.h"

namespace bellwether::bandits {

/// A number that is known about a bandit without playing it.
struct BanditFact {
  std::string what;  ///< "Lai-Robbins constant"
  double value = 0;
  std::string how;  ///< "sum of gap / kl(mean, best mean)"
};

/// A bandit made from a named family.
struct NamedBandit {
  std::shared_ptr<const Bandit> bandit;
  std::vector<std::string> arm_names = {};  ///< empty: numbers
  std::vector<BanditFact> facts = {};
};

/// A named family of bandits: what `list instances`, `show` and `run` know of it.
struct Family {
  std::string name = {};         ///< "bernoulli-arms"
  std::string summary = {};      ///< one line
  std::string source = {};       ///< where it comes from
  std::string size_option = {};  ///< what the setting "size" sets; empty when there is one size

  std::vector<OptionRow> (*rows)() = nullptr;
  NamedBandit (*build)(const std::vector<Setting>& settings) = nullptr;

  /// "size" stands for `size_option`. InvalidOption for an unknown name or an inadmissible value.
  NamedBandit make(const std::vector<Setting>& settings = {}) const;
};

/// A family whose options have a describe() and which Make(options) builds.
template <class Options, NamedBandit (*Make)(const Options&)>
Family bandit_family(std::string name, std::string summary, std::string source, std::string size_option = {}) {
  return {.name = std::move(name),
          .summary = std::move(summary),
          .source = std::move(source),
          .size_option = std::move(size_option),
          .rows = [] { return option_rows(Options{}); },
          .build =
              [](const std::vector<Setting>& settings) {
                Options options;
                apply_settings("bandit", options, settings);
                return Make(options);
              }};
}

/// All families, by name.
const std::vector<Family>& family_table();
/// Null when there is none of this name.
const Family* find_family(std::string_view name);

/// Numbers between slashes, commas or spaces: "0.9/0.8". InvalidOption "object: option ..." for anything else.
std::vector<double> read_numbers(std::string_view object, std::string_view option, std::string_view text);

}  // namespace bellwether::bandits
