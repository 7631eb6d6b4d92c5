#include "experiments/papers/papers.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// The texts of all plans of a paper.
std::string plans_of(std::string_view paper) {
  std::string text;
  for (const PlanText& plan : find_paper(paper).plans()) text += plan.text;
  return text;
}

// `optimal` is no learner: it is told the model and has no regret.
TEST(Papers, PlayEveryLearnerOfTheHouse) {
  const std::string text = plans_of("tabular-regret");
  const auto played = [&](std::string_view name) {
    return name == "optimal" || text.find("\"" + std::string(name) + "\"") != std::string::npos;
  };
  for (const auto& row : online::episodic_table()) EXPECT_TRUE(played(row.name)) << row.name;
  for (const auto& row : online::average_table()) EXPECT_TRUE(played(row.name)) << row.name;
  for (const auto& row : online::generative_table()) EXPECT_TRUE(played(row.name)) << row.name;
  EXPECT_FALSE(played("no-such-learner"));
}

TEST(Papers, NameTheirPlansAfterThemselves) {
  for (const Paper& paper : paper_table()) {
    EXPECT_FALSE(paper.plans().empty());
    for (const PlanText& plan : paper.plans()) EXPECT_TRUE(plan.name.starts_with(paper.name)) << plan.name;
  }
}

}  // namespace
}  // namespace bellwether::experiments
