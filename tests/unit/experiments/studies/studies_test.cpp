#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "experiments/studies/output.h"
#include "experiments/studies/papers/models.h"
#include "experiments/studies/registry.h"
#include "proofs_checks/registry.h"
#include "solvers/risk/static_risk.h"
#include "tests/unit/experiments/studies/known_findings.h"

namespace bellwether::studies {
namespace {

TEST(StudyTable, NamesEachStudyOnceAndAfterAPaper) {
  std::set<std::string> ids;
  const std::vector<std::string> papers = claims::claimed_papers();
  for (const Study& study : study_table()) {
    EXPECT_TRUE(ids.insert(study.id()).second) << study.id();
    EXPECT_NE(std::ranges::find(papers, study.paper), papers.end()) << study.id();
    EXPECT_FALSE(study.title.empty() || study.summary.empty() || study.heading.empty() || study.x.name.empty() ||
                 study.y.name.empty())
        << study.id();
  }
}

TEST(StudyTable, OneAndTwoThreadsGiveTheSameBytes) {
  for (const char* id : {"mdpo/inner-steps", "reload/distance", "robust-mdps/price", "distdp-stock/laws"}) {
    const Study& study = find(id);
    EXPECT_EQ(points_csv(study, run_study(study, {.threads = 1}).findings), points_csv(study, findings_of(id))) << id;
  }
}

TEST(Reload, EndsAtTheLinearProgramAndDescentAscentDoesNot) {
  const Findings& portrait = findings_of("reload/portrait");
  ASSERT_EQ(portrait.marks.size(), 1);
  const auto off = [&](const char* name) {
    const Series& way = series_of("reload/portrait", name);
    double worst = 0;
    for (std::size_t k = way.x.size() - 100; k < way.x.size(); ++k)
      worst = std::max({worst, std::abs(way.x[k]), std::abs(way.y[k] - portrait.marks[0].y)});
    return worst;
  };
  EXPECT_LT(off("ReLOAD (optimistic)"), 2e-3);
  EXPECT_LT(off("extra-gradient"), 1e-9);
  EXPECT_GT(off("descent-ascent"), 0.1);
}

TEST(MultiObjective, TheTreasuresLieOnOrUnderTheHull) {
  const Series& points = series_of("c-morl/treasure", "deterministic policies that nothing deterministic beats");
  const Series& hull = series_of("c-morl/treasure", "front of randomised policies");
  EXPECT_EQ(points.x.size(), 10);
  EXPECT_EQ(hull.x.size(), 9);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    const auto right = std::ranges::lower_bound(hull.x, points.x[i] - 1e-9) - hull.x.begin();
    const auto r = static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, right)), l = r - 1;
    const double share = (points.x[i] - hull.x[l]) / (hull.x[r] - hull.x[l]);
    EXPECT_LE(points.y[i], hull.y[l] + share * (hull.y[r] - hull.y[l]) + 1e-9) << points.x[i];
  }
}

TEST(ConstrainedMdps, PricesSupportTheValueFromAbove) {
  const Findings& findings = findings_of("constrained-mdps/budget");
  const Series& value = findings.series.front();
  for (const Series& line : findings.series) {
    if (line.measured()) continue;
    const double slope = (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]);
    for (std::size_t i = 0; i < value.x.size(); ++i)
      EXPECT_LE(value.y[i], line.y[0] + slope * (value.x[i] - line.x[0]) + 1e-7) << line.name;
  }
  for (std::size_t i = 1; i < value.at.size(); ++i) EXPECT_LE(value.at[i], value.at[i - 1] + 1e-7) << "concave";
}

/// Two routes to one number: the planner with its branch and bound, and all budgets one by one.
TEST(RiskMeasures, AllBudgetsOneByOneFindWhatThePlannerProves) {
  for (const double level : {0.02, 0.1, 0.5, 1.0}) {
    const auto answer = solvers::plan_for_conditional_value_at_risk(risky_corridor(), level, {}, {.tolerance = 1e-9});
    EXPECT_NEAR(solvers::conditional_value_at_risk(corridor_law(level, 1), level), answer.value, 1e-8) << level;
  }
}

TEST(RiskMeasures, PrudenceCostsMeanAndBuysTail) {
  const Series& line = series_of("risk-measures/frontier", "worst 5 %");
  EXPECT_LT(line.x.front() + 1, line.x.back());
  EXPECT_GT(line.y.front(), line.y.back());
  for (std::size_t i = 1; i < line.x.size(); ++i) {
    EXPECT_GE(line.x[i], line.x[i - 1] - 1e-9);
    EXPECT_LE(line.y[i], line.y[i - 1] + 1e-9);
  }
}

TEST(RobustMdps, GuaranteesFallWithTheRadiusFromTheNominalValue) {
  const Findings& findings = findings_of("robust-mdps/price");
  ASSERT_EQ(findings.series.size(), 7);
  for (const Series& set : findings.series) {
    EXPECT_NEAR(set.y.front(), findings.series.front().y.front(), 1e-6) << set.name;
    for (std::size_t i = 1; i < set.y.size(); ++i) EXPECT_LT(set.y[i], set.y[i - 1]) << set.name;
  }
}

TEST(Drpg, MeanGapsFallAndConstantStepsStopShortWhereStatesShareABudget) {
  for (const char* name : {"5 states", "10 states", "15 states"}) {
    const Series& gap = series_of("drpg/gaps", name);
    ASSERT_EQ(gap.y.size(), 201) << name;
    EXPECT_LT(gap.y[50], 0.02 * gap.y[0]) << name;
    EXPECT_LT(gap.y[200], 0.2 * gap.y[50]) << name;
  }
  EXPECT_GT(series_of("drpg/gaps", "5 states, by state, step 0.01").y.back(), 1e-3);
}

TEST(Iwocs, ThePlanOfTheSearchIsBestAtItsWorstAndCopiedRowsStall) {
  const auto worst = [](const char* name) { return std::ranges::min(series_of("iwocs/walk", name).y); };
  EXPECT_GT(worst("worst-case search"), worst("planned for no wind") + 1);
  EXPECT_NEAR(worst("worst-case search"), std::ranges::min(series_of("iwocs/walk", "best plan for each wind").y), 1e-6)
      << "no plan is sure of more than the best one at the worst wind earns";
  EXPECT_LE(series_of("iwocs/gaps", "L1 balls, worst rows everywhere").y[2], 1e-7);
  EXPECT_GT(series_of("iwocs/gaps", "L1 balls, nominal rows where the plan does not go").y.back(), 0.1);
}

TEST(Rfzi, AveragesOfLogarithmsKeepTheirBiasAndFearfulPlansLoseLess) {
  EXPECT_LT(series_of("rfzi/samples", "averages of Z").y.back(), 0.1);
  EXPECT_GT(series_of("rfzi/samples", "averages of log Z").y.back(), 1);
  const auto& bold = series_of("rfzi/perturbed", "fitted Q iteration").y;
  const auto& fearful = series_of("rfzi/perturbed", "RFZI, beta 4").y;
  EXPECT_GT(bold.front(), fearful.front());
  EXPECT_LT(bold.back(), fearful.back());
}

TEST(RaviUcb, LargerStepsLearnSoonerAndKernelsBeatCounts) {
  const auto regret = [](const char* study, const char* name) { return series_of(study, name).y.back(); };
  EXPECT_LT(regret("ravi-ucb/riverswim", "RAVI-UCB, bonus 0.1, step x 10"),
            0.5 * regret("ravi-ucb/riverswim", "RAVI-UCB, bonus 0.1, step x 1"));
  for (const char* bonus : {"1", "0.1", "0.01"})
    EXPECT_LT(regret("ravi-ucb/mixture", fmt::format("four kernels known, bonus {}", bonus).c_str()),
              regret("ravi-ucb/mixture", fmt::format("counts, bonus {}", bonus).c_str()))
        << bonus;
  EXPECT_NEAR(series_of("ravi-ucb/riverswim", "RAVI-UCB, bonus 0.1, step x 10").y.front(),
              series_of("ravi-ucb/known-model", "step x 1").y.front(), 1e-12)
      << "all begin with the uniform policy";
}

TEST(VwlsMdvi, MemoryAveragesNoiseAndWeightsHelpWhereAllRowsAreSampled) {
  EXPECT_LT(series_of("vwls-mdvi/tables", "alpha = 0.9, the discount").y.back(),
            0.5 * series_of("vwls-mdvi/tables", "alpha = 0, sampled value iteration").y.back());
  const Series& rows = series_of("vwls-mdvi/weights", "one sample for each of 200 rows");
  ASSERT_EQ(rows.x.size(), 30);
  for (std::size_t i = 0; i < rows.x.size(); ++i) EXPECT_LE(rows.y[i], rows.x[i]);
}

TEST(LinearFunctions, StepsDivergeOnTheStarAndLeastSquaresBeatsThemOnTheWalk) {
  const char* star = "linear-function-approximation/star";
  EXPECT_GT(series_of(star, "TD(0), steps 0.01").y.back(), 1e6);
  EXPECT_LT(series_of(star, "GTD2, steps 0.05 and 0.5").y.back(), 0.03);
  EXPECT_LT(series_of(star, "TDC, steps 0.05 and 0.5").y.back(), 0.03);
  const char* walk = "linear-function-approximation/samples";
  const double lstd = series_of(walk, "LSTD").y.back(), steps = series_of(walk, "TD(0), steps 0.1").y.back();
  EXPECT_LT(lstd, series_of(walk, "TD(0), steps 0.1, averaged").y.back());
  EXPECT_LT(5 * lstd, steps);
  EXPECT_NEAR(lstd, series_of(walk, "LSPE").y.back(), 0.01 * lstd);
  // Walks of 19 states: errors of the first episodes are least between no traces and full ones.
  const Series& traces = series_of("linear-function-approximation/traces", "steps 0.4");
  const double least = *std::ranges::min_element(traces.y);
  EXPECT_LT(1.2 * least, std::min(traces.y.front(), traces.y.back()));
  EXPECT_LT(series_of("linear-function-approximation/batches", "LSPI, bumps").y[4], 0.01);
}

}  // namespace
}  // namespace bellwether::studies
