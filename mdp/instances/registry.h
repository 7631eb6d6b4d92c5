#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// A named family of models. The one list behind `list instances`, `make`, the instance guide and the tests that run
/// every solver on every instance.
struct Instance {
  std::string name;         ///< "deep-sea"
  std::string summary;      ///< one line
  std::string source;       ///< where it comes from
  std::string size_option;  ///< what the setting "size" sets; empty when the instance has one size

  std::vector<OptionRow> options() const { return rows(); }

  /// The model for these settings; the others keep their defaults. "size" stands for `size_option`. InvalidOption for
  /// an unknown name (with the nearest known one) or an inadmissible value.
  NamedInstance make(const std::vector<Setting>& settings = {}) const;

  std::function<std::vector<OptionRow>()> rows;                     ///< behind options()
  std::function<NamedInstance(const std::vector<Setting>&)> build;  ///< behind make()
};

/// All instances, by name.
const std::vector<Instance>& instance_table();

/// InvalidOption, with the nearest known name, when there is none of this name.
const Instance& find_instance(std::string_view name);

/// find_instance(name).make(settings)
NamedInstance make_instance(std::string_view name, const std::vector<Setting>& settings = {});

}  // namespace bellwether::mdp
