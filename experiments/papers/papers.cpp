#include "experiments/papers/papers.h"

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::experiments {

std::vector<PlanText> Paper::plans() const {
  std::vector<PlanText> own;
  for (const PlanText& plan : plan_texts())
    if (plan.name.starts_with(fmt::format("{}/", name))) own.push_back(plan);
  return own;
}

std::span<const Paper> paper_table() {
  static const std::vector<Paper> table = {
      {.name = "tabular-regret",
       .summary = "learners of tabular models: RiverSwim, DeepSea, hard instances, constants of bonuses, the long run",
       .claims = {"tabular-regret"}},
  };
  return table;
}

const Paper& find_paper(std::string_view name) {
  std::vector<std::string> known;
  for (const Paper& paper : paper_table()) {
    if (paper.name == name) return paper;
    known.emplace_back(paper.name);
  }
  throw InvalidOption(fmt::format("'{}' is no paper that can be reproduced{}; known are {}", name,
                                  did_you_mean(name, known), join_names(known)));
}

}  // namespace bellwether::experiments
