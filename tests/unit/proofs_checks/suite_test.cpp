#include "proofs_checks/suite.h"

#include <cstdint>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"

namespace bellwether::claims {
namespace {

using ::testing::ElementsAre;

Measure constant(double measured) {
  return [measured](const Effort&) { return Measurement{.measured = measured, .bound = 1}; };
}

/// Measures the first draw of its stream.
Measurement first_draw(const Effort& effort) {
  Stream stream = effort.stream;
  return {.measured = stream.uniform(), .bound = 1};
}

Claim claim(std::string id, Measure measure, std::vector<Control> controls) {
  return {.id = std::move(id), .kind = Kind::kBelow, .measure = std::move(measure), .controls = std::move(controls)};
}

Report run(const std::vector<Claim>& claims, const SuiteOptions& options = {}) {
  std::vector<const Claim*> wanted;
  for (const Claim& c : claims) wanted.push_back(&c);
  return run_suite(wanted, options);
}

TEST(Suite, PassesWhenClaimsHoldAndControlsAreCaught) {
  const std::vector<Claim> claims = {claim("a", constant(0), {{"wrong", "", constant(2)}, {"worse", "", constant(3)}})};
  const Report report = run(claims);
  ASSERT_EQ(report.rows.size(), 3U);
  EXPECT_EQ(report.rows[0].verdict, Verdict::kHolds);
  EXPECT_EQ(report.rows[0].control, nullptr);
  EXPECT_EQ(report.rows[1].verdict, Verdict::kCaught);
  EXPECT_EQ(report.rows[2].control->name, "worse");
  EXPECT_DOUBLE_EQ(report.rows[2].margin, -2);
  EXPECT_EQ(report.claims, 1);
  EXPECT_EQ(report.controls, 2);
  EXPECT_TRUE(report.passed());
}

TEST(Suite, AFailingClaimIsAFailure) {
  const Report report = run({claim("a", constant(2), {{"wrong", "", constant(2)}})});
  EXPECT_EQ(report.failures, 1);
  EXPECT_EQ(report.defects, 0);
  EXPECT_FALSE(report.passed());
}

TEST(Suite, AControlThatPassesIsADefectOfTheClaim) {
  const std::vector<Claim> claims = {claim("a", constant(0), {{"harmless", "", constant(0.5)}})};
  const Report report = run(claims);
  EXPECT_EQ(report.rows[1].verdict, Verdict::kSlipped);
  EXPECT_EQ(report.failures, 0);
  EXPECT_EQ(report.defects, 1);
  EXPECT_FALSE(report.passed());
}

TEST(Suite, AControlThatIsNotDecidedIsADefectToo) {
  const std::vector<Claim> claims = {claim(
      "a", constant(0),
      {{"unclear", "", [](const Effort&) { return Measurement{.measured = 1.5, .bound = 1, .uncertainty = 1}; }}})};
  EXPECT_EQ(run(claims).rows[1].verdict, Verdict::kSlipped);
}

TEST(Suite, WhatThrowsIsBrokenAndTheRestIsMeasured) {
  const Measure throws = [](const Effort&) -> Measurement { throw std::runtime_error("no such model"); };
  const std::vector<Claim> claims = {claim("a", throws, {{"wrong", "", throws}}), claim("b", constant(0), {})};
  const Report report = run(claims);
  EXPECT_EQ(report.rows[0].verdict, Verdict::kBroken);
  EXPECT_EQ(report.rows[0].error, "no such model");
  EXPECT_EQ(report.rows[2].verdict, Verdict::kHolds);
  EXPECT_EQ(report.failures, 1);
  EXPECT_EQ(report.defects, 1);
}

TEST(Suite, ControlsMeetTheNoiseOfTheirClaimAndClaimsTheirOwn) {
  const std::vector<Claim> claims = {claim("a", first_draw, {{"same", "", first_draw}}), claim("b", first_draw, {})};
  const Report both = run(claims);
  EXPECT_EQ(both.rows[0].measurement.measured, both.rows[1].measurement.measured);
  EXPECT_NE(both.rows[0].measurement.measured, both.rows[2].measurement.measured);
  EXPECT_NE(run(claims, {.seed = 1}).rows[0].measurement.measured, both.rows[0].measurement.measured);
}

TEST(Suite, AClaimMeasuresTheSameAloneAndOnAnyNumberOfThreads) {
  std::vector<Claim> claims;
  for (int i = 0; i < 150; ++i) claims.push_back(claim("claim " + std::to_string(i), first_draw, {}));
  const auto measured = [&](int threads) {
    const ThreadCount guard(threads);
    std::vector<double> values;
    for (const Outcome& row : run(claims).rows) values.push_back(row.measurement.measured);
    return values;
  };
  const std::vector<double> one = measured(1);
  EXPECT_EQ(measured(4), one);
  EXPECT_EQ(run({claims[77]}).rows[0].measurement.measured, one[77]);
}

TEST(Suite, ClaimsAboutThreadsAreMeasuredOutsideOfEveryLoop) {
  const ThreadCount guard(3);
  Claim about_threads = claim(
      "threads",
      [](const Effort&) { return Measurement{.measured = static_cast<double>(thread_count()), .bound = 10}; }, {});
  about_threads.needs_all_threads = true;
  EXPECT_EQ(run({claim("a", constant(0), {}), about_threads, claim("b", constant(0), {})}).rows[1].measurement.measured,
            3);
}

TEST(Suite, TellsTheTierAndTheProgress) {
  std::vector<std::int64_t> done;
  SuiteOptions options{.tier = Tier::kFull, .observer = [&](std::int64_t now, std::int64_t all) {
                         EXPECT_EQ(all, 2);
                         done.push_back(now);
                         return true;
                       }};
  const std::vector<Claim> claims = {
      claim("a", [](const Effort& e) { return Measurement{.measured = e.pick(0.0, 7.0), .bound = 10}; },
            {{"wrong", "", constant(20)}})};
  EXPECT_EQ(run(claims, options).rows[0].measurement.measured, 7);
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
}

TEST(Suite, KeepsWhatWasMeasuredWhenItIsStopped) {
  const ThreadCount guard(1);
  const std::vector<Claim> claims = {claim("a", constant(0), {}), claim("b", constant(0), {{"wrong", "", constant(2)}}),
                                     claim("c", constant(0), {})};
  const auto stopped_after = [&](std::int64_t most) {
    return run(claims, {.observer = [=](std::int64_t done, std::int64_t) { return done < most; }});
  };
  const Report none = stopped_after(0), two = stopped_after(2), all = stopped_after(5);
  EXPECT_TRUE(none.rows.empty());
  EXPECT_THAT(none.unfinished, ElementsAre(&claims[0], &claims[1], &claims[2]));
  ASSERT_EQ(two.rows.size(), 2U);
  EXPECT_EQ(two.rows[1].verdict, Verdict::kHolds);
  EXPECT_THAT(two.unfinished, ElementsAre(&claims[1], &claims[2]));
  EXPECT_EQ(two.claims, 2);
  EXPECT_FALSE(two.passed()) << "nobody knows";
  EXPECT_TRUE(all.passed());
}

// Of a dozen rows the first and the last are measured first.
TEST(Suite, ShowsNoControlWithoutItsClaim) {
  const ThreadCount guard(1);
  std::vector<Claim> claims(10, claim("a", constant(0), {}));
  claims.push_back(claim("b", constant(0), {{"wrong", "", constant(2)}}));
  const Report report = run(claims, {.observer = [](std::int64_t done, std::int64_t) { return done < 2; }});
  ASSERT_EQ(report.rows.size(), 1U);
  EXPECT_EQ(report.rows[0].claim, &claims[0]);
  EXPECT_EQ(report.controls, 0);
  EXPECT_EQ(report.unfinished.size(), 10U);
}

}  // namespace
}  // namespace bellwether::claims
