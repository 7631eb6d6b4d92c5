#include "solvers/planner_table.h"

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::solvers {

void refuse_planner(std::string_view name, bool known, const std::vector<std::string>& all,
                    const std::vector<std::string>& fitting, std::string_view kind, const std::string& problems) {
  if (fitting.empty()) throw InvalidOption(fmt::format("no {}algorithm solves {}", kind, problems));
  if (known) {
    throw InvalidOption(
        fmt::format("{}algorithm '{}' does not solve {}; these do: {}", kind, name, problems, join_names(fitting)));
  }
  const auto near = nearest_name(name, all);
  throw InvalidOption(fmt::format(
      "no {}algorithm is named '{}'{}", kind, name,
      near ? fmt::format("; did you mean '{}'?", *near) : "; for this problem there is " + join_names(fitting)));
}

}  // namespace bellwether::solvers
