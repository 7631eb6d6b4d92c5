#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/studies/study.h"

namespace bellwether::experiments {

/// A plan that travels inside the program.
struct PlanText {
  std::string_view name;  ///< "tabular-regret/riverswim"
  std::string_view text;  ///< TOML, as read_plan_text takes it
};

std::span<const PlanText> plan_texts();

/// A paper, or a family of papers, that can be reproduced with one command.
struct Paper {
  std::string name;                 ///< "tabular-regret", "reload": that of its page in docs/papers
  std::string summary;              ///< one line
  std::vector<std::string> claims;  ///< what select_claims takes; may be none
  /// Its plans and its studies, in the order in which they are told; a paper may have neither.
  std::vector<PlanText> plans() const;
  std::vector<const studies::Study*> studies() const;
};

/// Papers with plans or studies first, then those that have claims alone.
std::span<const Paper> paper_table();

/// InvalidOption, with what was probably meant, when there is none of this name.
const Paper& find_paper(std::string_view name);

}  // namespace bellwether::experiments
