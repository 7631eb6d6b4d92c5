#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// The settings with "size" replaced by the option it stands for. InvalidOption when the family comes in one size.
std::vector<Setting> without_size(std::string_view name, std::string_view size_option,
                                  const std::vector<OptionRow>& known, std::vector<Setting> settings);

/// A named family of models.
template <class Made>
struct Family {
  std::string name;         ///< "deep-sea"
  std::string summary;      ///< one line
  std::string source;       ///< where it comes from
  std::string size_option;  ///< what the setting "size" sets; empty when the instance has one size

  std::vector<OptionRow> options() const { return rows(); }

  /// The model for these settings; the others keep their defaults. "size" stands for `size_option`. InvalidOption for
  /// an unknown name (with the nearest known one) or an inadmissible value.
  Made make(const std::vector<Setting>& settings = {}) const {
    return build(without_size(name, size_option, options(), settings));
  }

  std::function<std::vector<OptionRow>()> rows;            ///< behind options()
  std::function<Made(const std::vector<Setting>&)> build;  ///< behind make()
};

/// A family from a function of an options struct.
template <class Made, class Options>
Family<Made> family_row(std::string name, std::string summary, std::string source, std::string size_option,
                        Made (*function)(const Options&)) {
  Family<Made> family{.name = name,
                      .summary = std::move(summary),
                      .source = std::move(source),
                      .size_option = std::move(size_option),
                      .rows = [] { return option_rows<Options>(); },
                      .build = {}};
  family.build = [name = std::move(name), function](const std::vector<Setting>& settings) {
    Options options;
    apply_settings(name, options, settings);
    return function(options);
  };
  return family;
}

/// A family whose states are seen: what learners and the planners of seen models take.
using Instance = Family<NamedInstance>;

/// All of them, by name: the list behind `run` and the tests that run every solver on every instance.
const std::vector<Instance>& instance_table();

/// InvalidOption, with the nearest known name, when there is none of this name.
const Instance& find_instance(std::string_view name);

/// InvalidOption: there is no instance of this name; with the nearest of `names`.
[[noreturn]] void refuse_instance(std::string_view name, const std::vector<std::string>& names);

/// find_instance(name).make(settings)
NamedInstance make_instance(std::string_view name, const std::vector<Setting>& settings = {});

}  // namespace bellwether::mdp
