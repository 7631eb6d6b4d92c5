#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether::experiments {

/// A plan that travels inside the program.
struct PlanText {
  std::string_view name;  ///< "tabular-regret/riverswim"
  std::string_view text;  ///< TOML, as read_plan_text takes it
};

std::span<const PlanText> plan_texts();

/// A paper, or a family of papers, that can be reproduced with one command.
struct Paper {
  std::string_view name;            ///< "tabular-regret"
  std::string_view summary;         ///< one line
  std::vector<std::string> claims;  ///< what select_claims takes
  /// Its plans, in the order in which they are told.
  std::vector<PlanText> plans() const;
};

std::span<const Paper> paper_table();

/// InvalidOption, with what was probably meant, when there is none of this name.
const Paper& find_paper(std::string_view name);

}  // namespace bellwether::experiments
