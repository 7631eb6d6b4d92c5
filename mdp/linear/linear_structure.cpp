#include "mdp/linear/linear_structure.h"

#include <string_view>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {

void require_fit(const LinearStructure& linear, std::int64_t choices) {
  const auto require = [&](std::string_view what, std::int64_t given) {
    if (given != choices)
      throw InvalidModel(fmt::format("the {} are of {} choices, the model has {}", what, given, choices));
  };
  if (linear.features != nullptr) require("features", linear.features->num_choices());
  if (linear.mixture != nullptr) require("features of the mixture", linear.mixture->num_choices());
}

}  // namespace bellwether::mdp
