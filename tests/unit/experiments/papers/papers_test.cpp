#include "experiments/papers/papers.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/registry.h"
#include "experiments/studies/registry.h"
#include "proofs_checks/registry.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// The texts of all plans of a paper.
std::string plans_of(std::string_view paper) {
  std::string text;
  for (const PlanText& plan : find_paper(paper).plans()) text += plan.text;
  return text;
}

bool names(const std::string& text, std::string_view learner) {
  std::string quoted = "\"";
  quoted.append(learner).append("\"");
  return text.find(quoted) != std::string::npos;
}

// `optimal` is no learner: it is told the model and has no regret.
TEST(Papers, PlayEveryLearnerOfTheHouse) {
  const std::string text =
      plans_of("tabular-regret") + plans_of("linear-regret") + plans_of("linear-function-approximation");
  const auto played = [&](std::string_view name) { return name == "optimal" || names(text, name); };
  for (const auto& row : online::episodic_table()) EXPECT_TRUE(played(row.name)) << row.name;
  for (const auto& row : online::average_table()) EXPECT_TRUE(played(row.name)) << row.name;
  for (const auto& row : online::generative_table()) EXPECT_TRUE(played(row.name)) << row.name;
  EXPECT_FALSE(played("no-such-learner"));
}

// `optimal` and `dynlin-expert` are told the best arm.
TEST(Papers, PlayEveryLearnerOfBandits) {
  std::string text;
  for (const PlanText& plan : plan_texts()) text += plan.text;
  for (const auto& row : bandits::learner_table())
    EXPECT_TRUE(row.name == "optimal" || row.name == "dynlin-expert" || names(text, row.name)) << row.name;
}

TEST(Papers, NameTheirPlansAndStudiesAfterThemselves) {
  std::size_t plans = 0, studies = 0;
  for (const Paper& paper : paper_table()) {
    EXPECT_FALSE(paper.plans().empty() && paper.studies().empty() && paper.claims.empty()) << paper.name;
    plans += paper.plans().size();
    studies += paper.studies().size();
    for (const PlanText& plan : paper.plans()) EXPECT_TRUE(plan.name.starts_with(paper.name)) << plan.name;
    for (const studies::Study* study : paper.studies()) EXPECT_EQ(study->paper, paper.name);
  }
  EXPECT_EQ(plans, plan_texts().size()) << "a plan without a paper is never run";
  EXPECT_EQ(studies, studies::study_table().size()) << "a study without a paper is never run";
}

TEST(Papers, AreAllThatHaveClaims) {
  for (const std::string& name : claims::claimed_papers()) EXPECT_EQ(find_paper(name).claims.front(), name);
}

}  // namespace
}  // namespace bellwether::experiments
