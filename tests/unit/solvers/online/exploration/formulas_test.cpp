// What the learners compute, against the formulas written down once more: from the list of everything that was seen,
// from the last stage back by recursion, nothing kept.

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solvers/online/exploration/best_policy.h"
#include "solvers/online/exploration/orlc.h"
#include "solvers/online/exploration/reward_free.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

constexpr double kDelta = 0.05;

/// Everything that was seen, by stage and choice.
class History {
 public:
  History(const EpisodicWorld& of, bool pooled) : world(of), pooled_(pooled) {}

  void learn(const std::vector<Step>& steps) {
    for (int h = 0; h < world.horizon; ++h)
      rows_[{pooled_ ? 0 : h, steps[static_cast<std::size_t>(h)].choice}].push_back(steps[static_cast<std::size_t>(h)]);
  }
  const std::vector<Step>& seen(int h, std::int64_t c) const {
    static const std::vector<Step> none;
    const auto found = rows_.find({pooled_ ? 0 : h, c});
    return found == rows_.end() ? none : found->second;
  }
  template <class F>
  double mean(int h, std::int64_t c, F&& f) const {
    double sum = 0;
    for (const Step& step : seen(h, c)) sum += f(step);
    return sum / static_cast<double>(seen(h, c).size());
  }
  double n(int h, std::int64_t c) const { return static_cast<double>(seen(h, c).size()); }
  std::int64_t first(int s) const { return world.state_begin[static_cast<std::size_t>(s)]; }
  std::int64_t last(int s) const { return world.state_begin[static_cast<std::size_t>(s) + 1]; }
  template <class Q>
  std::int64_t greedy(int s, Q&& q) const {
    std::int64_t best = first(s);
    for (std::int64_t c = first(s) + 1; c < last(s); ++c)
      if (q(c) > q(best)) best = c;
    return best;
  }
  double S() const { return world.num_states(); }
  double H() const { return world.horizon; }
  double rows() const {
    return static_cast<double>((pooled_ && world.same_at_every_stage ? 1 : world.horizon) * world.num_choices());
  }

  const EpisodicWorld world;

 private:
  bool pooled_;
  std::map<std::pair<int, std::int64_t>, std::vector<Step>> rows_;
};

double error_ucrl(const History& seen, int h, std::int64_t c) {
  const double n = seen.n(h, c), most = seen.H() - h - 1;
  if (n == 0) return most;
  const double beta =
      std::log(2 * seen.rows() / kDelta) + (seen.S() - 1) * std::log(std::numbers::e * (1 + n / (seen.S() - 1)));
  const double next = h + 1 == seen.H() ? 0 : seen.mean(h, c, [&](const Step& step) {
    return error_ucrl(seen, h + 1, seen.greedy(step.next, [&](std::int64_t d) { return error_ucrl(seen, h + 1, d); }));
  });
  return std::min(most, 0.1 * most * std::sqrt(2 * beta / n) + next);
}

double error_express(const History& seen, int h, std::int64_t c) {
  const double n = seen.n(h, c), H = seen.H();
  if (n == 0) return H;
  const double beta = std::log(3 * seen.rows() / kDelta) + seen.S() * std::log(8 * std::numbers::e * (n + 1));
  const double next = h + 1 == H ? 0 : seen.mean(h, c, [&](const Step& step) {
    return error_express(seen, h + 1,
                         seen.greedy(step.next, [&](std::int64_t d) { return error_express(seen, h + 1, d); }));
  });
  return std::min(H, 0.001 * 15 * H * H * beta / n + (1 + 1 / H) * next);
}

/// Upper and lower value and certificate of BPI-UCBVI, upper and lower value of ORLC.
struct Bounds {
  double up = 0, low = 0, gap = 0;
};
using RowBounds = Bounds (*)(const History&, int, std::int64_t, double pu, double var, double pl, double pg);

Bounds row_bounds(const History& seen, RowBounds formula, bool low_of_greedy, int h, std::int64_t c);

Bounds state_bounds(const History& seen, RowBounds formula, bool low_of_greedy, int h, int s) {
  if (h == seen.H()) return {};
  const auto of = [&](std::int64_t c) { return row_bounds(seen, formula, low_of_greedy, h, c); };
  const std::int64_t best = seen.greedy(s, [&](std::int64_t c) { return of(c).up; });
  Bounds result = of(best);
  for (std::int64_t c = seen.first(s); c < seen.last(s) && !low_of_greedy; ++c)
    result.low = std::max(result.low, of(c).low);
  return result;
}

Bounds row_bounds(const History& seen, RowBounds formula, bool low_of_greedy, int h, std::int64_t c) {
  const double most = seen.H() - h;
  if (seen.n(h, c) == 0) return {most, 0, most};
  std::map<int, Bounds> behind;
  for (const Step& step : seen.seen(h, c))
    if (!behind.contains(step.next)) behind[step.next] = state_bounds(seen, formula, low_of_greedy, h + 1, step.next);
  const double pu = seen.mean(h, c, [&](const Step& step) { return behind[step.next].up; });
  const double var = seen.mean(h, c, [&](const Step& step) { return std::pow(behind[step.next].up - pu, 2); });
  const double pl = seen.mean(h, c, [&](const Step& step) { return behind[step.next].low; });
  const double pg = seen.mean(h, c, [&](const Step& step) { return behind[step.next].gap; });
  const Bounds row = formula(seen, h, c, pu, var, pl, pg);
  return {std::min(most, row.up), std::max(0.0, row.low), std::min(most, row.gap)};
}

Bounds bpi(const History& seen, int h, std::int64_t c, double pu, double var, double pl, double pg) {
  const double n = seen.n(h, c), H = seen.H(), logs = std::log(3 * seen.rows() / kDelta);
  const double beta = logs + seen.S() * std::log(8 * std::numbers::e * (n + 1));
  const double star = logs + std::log(8 * std::numbers::e * (n + 1));
  const double r = seen.world.mean_reward[static_cast<std::size_t>(seen.world.row(h, c))], k = 0.003;
  const double bonus = k * (3 * std::sqrt(var * star / n) + 14 * H * H * beta / n + (pu - pl) / H);
  return {r + pu + bonus, r + pl - bonus,
          k * (6 * std::sqrt(var * star / n) + 36 * H * H * beta / n) + (1 + 3 * k / H) * pg};
}

Bounds orlc(const History& seen, int h, std::int64_t c, double pu, double var, double pl, double) {
  const double n = seen.n(h, c), H = seen.H(), S = seen.S();
  const double lnln = n > std::numbers::e ? std::log(std::log(n)) : 0;
  const double phi2 = std::min(1.0, 0.52 / n * (1.4 * lnln + std::log(26 * seen.rows() * (H + 1 + S) / kDelta)));
  const double r = seen.mean(h, c, [](const Step&step) { return step.reward; }), k = 0.002;
  const auto bonus = [&](double rest) {
    return k * ((1 + std::sqrt(12 * var)) * std::sqrt(phi2) + rest * S * H * H * phi2 + (pu - pl) / H);
  };
  return {r + pu + bonus(45), r + pl - bonus(46), 0};
}

class Worlds : public testing::TestWithParam<bool> {};

/// A made-up world that starts anywhere.
struct Drawn {
  explicit Drawn(bool same) : random(3, 3, same, 11), initial(3, 1.0 / 3) { random.world.initial = initial; }
  RandomWorld random;
  std::vector<double> initial;
};

TEST_P(Worlds, RewardFreeErrorsAreTheFormulas) {
  for (const bool express : {false, true}) {
    Drawn drawn(GetParam());
    const EpisodicWorld& world = drawn.random.world;
    History seen(world, false);
    const auto agent = express ? make_rf_express(world, {.constant = "0.001"}, Stream(1))
                               : make_rf_ucrl(world, {.constant = "0.1"}, Stream(1));
    for (int k = 0; k < 60; ++k) {
      agent->plan(k);
      for (int h = 0; h < 3 && k % 5 == 0; ++h)
        for (std::int64_t c = 0; c < world.num_choices(); ++c)
          ASSERT_NEAR(values_of(*agent).q(h, c), express ? error_express(seen, h, c) : error_ucrl(seen, h, c), 1e-10)
              << "episode " << k << ", stage " << h << ", choice " << c;
      const auto steps = drawn.random.episode();
      seen.learn(steps);
      agent->learn(steps);
    }
  }
}

TEST_P(Worlds, BestPolicyBoundsAreTheFormulas) {
  Drawn drawn(GetParam());
  const EpisodicWorld& world = drawn.random.world;
  History seen(world, false);
  const auto agent = make_bpi_ucbvi(world, {.constant = "0.003"}, Stream(1));
  for (int k = 0; k < 60; ++k) {
    agent->plan(k);
    for (int s = 0; s < 3 && k % 5 == 0; ++s) {
      const Bounds expected = state_bounds(seen, bpi, false, 0, s);
      ASSERT_NEAR(*agent->optimistic_value(s), expected.up, 1e-10) << "episode " << k << ", state " << s;
      ASSERT_NEAR(*agent->certificate(s), expected.gap, 1e-10) << "episode " << k << ", state " << s;
    }
    const auto steps = drawn.random.episode();
    seen.learn(steps);
    agent->learn(steps);
  }
}

TEST_P(Worlds, OrlcBoundsAreTheFormulas) {
  Drawn drawn(GetParam());
  const EpisodicWorld& world = drawn.random.world;
  History seen(world, GetParam());
  const auto agent = make_orlc(world, {.constant = "0.002"}, Stream(1));
  for (int k = 0; k < 60; ++k) {
    agent->plan(k);
    for (int s = 0; s < 3 && k % 5 == 0; ++s) {
      const Bounds expected = state_bounds(seen, orlc, true, 0, s);
      ASSERT_NEAR(*agent->optimistic_value(s), expected.up, 1e-10) << "episode " << k << ", state " << s;
      ASSERT_NEAR(*agent->pessimistic_value(s), expected.low, 1e-10) << "episode " << k << ", state " << s;
    }
    const auto steps = drawn.random.episode();
    seen.learn(steps);
    agent->learn(steps);
  }
}

TEST_P(Worlds, IncrementalPlansAreFullOnesToTheBit) {
  const auto make = [](int which, const EpisodicWorld& world, bool incremental) -> std::unique_ptr<EpisodicAgent> {
    if (which == 0) return make_rf_ucrl(world, {.constant = "0.1", .incremental = incremental}, Stream(1));
    if (which == 1) return make_rf_express(world, {.constant = "0.001", .incremental = incremental}, Stream(1));
    if (which == 2) return make_bpi_ucbvi(world, {.constant = "0.003", .incremental = incremental}, Stream(1));
    return make_orlc(world, {.constant = "0.002", .incremental = incremental}, Stream(1));
  };
  for (int which = 0; which < 4; ++which) {
    Drawn drawn(GetParam());
    const EpisodicWorld& world = drawn.random.world;
    const auto quick = make(which, world, true), full = make(which, world, false);
    for (int k = 0; k < 300; ++k) {
      quick->plan(k);
      full->plan(k);
      for (int s = 0; s < 3; ++s) {
        for (int h = 0; h < 3; ++h) {
          ASSERT_EQ(values_of(*quick).value(h, s), values_of(*full).value(h, s)) << which << " episode " << k;
          ASSERT_EQ(quick->policy().choice(h, s), full->policy().choice(h, s)) << which << " episode " << k;
        }
        ASSERT_EQ(quick->certificate(s), full->certificate(s)) << which << " episode " << k;
        ASSERT_EQ(quick->pessimistic_value(s), full->pessimistic_value(s)) << which << " episode " << k;
      }
      const auto steps = drawn.random.episode();
      quick->learn(steps);
      full->learn(steps);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SameAtEveryStage, Worlds, testing::Bool());

// --- Numbers worked out by hand --------------------------------------------------------------------------------------

/// SmallWorld: in stage 0 choice 0 was taken four times (to 1, 1, 0, 1); in stage 1 choice 1 once (to 0) and choice 2
/// three times (to 1, 1, 0). Six rows in two stages, S = 2, H = 2.
struct KnownStart : SmallWorld {
  KnownStart() { world.initial = start; }
  std::vector<double> start{1, 0};
};

TEST(HandComputed, RfUcrl) {
  KnownStart small;
  const auto agent = make_rf_ucrl(small.world, {.constant = "0.3"}, Stream(1));
  SmallWorld::show(*agent);
  // beta(4) = ln(12 / 0.05) + ln(e (1 + 4)) = 5.480639 + 2.609438; 0.3 sqrt(2 * 8.090077 / 4) = 0.603368
  EXPECT_NEAR(values_of(*agent).q(0, 0), 0.3 * std::sqrt(2 * (std::log(240.0) + 1 + std::log(5.0)) / 4), 1e-14);
  EXPECT_NEAR(values_of(*agent).q(0, 0), 0.603368, 1e-6);
  EXPECT_EQ(values_of(*agent).q(0, 1), 1) << "never taken: all that can come after it";
  EXPECT_EQ(values_of(*agent).q(0, 2), 1);
  for (const int c : {0, 1, 2}) EXPECT_EQ(values_of(*agent).q(1, c), 0) << "where the last step leads to is no matter";
  EXPECT_EQ(agent->policy().choice(0, 0), 1);
}

TEST(HandComputed, RfExpress) {
  KnownStart small;
  const auto agent = make_rf_express(small.world, {.constant = "0.001"}, Stream(1));
  SmallWorld::show(*agent);
  // beta(3) = ln(18 / 0.05) + 2 ln(8 e 4) = 5.886104 + 8.931472; 0.001 * 60 * 14.817576 / 3 = 0.296352
  EXPECT_NEAR(values_of(*agent).q(1, 2), 0.296352, 1e-6);
  EXPECT_EQ(values_of(*agent).q(1, 0), 2) << "never taken in this stage: H, whatever the stage";
  // Choice 0 of stage 0: behind it state 1 three times (W = 0.296352) and state 0 once (2, of choice 0).
  // beta(4) = 5.886104 + 2 ln(8 e 5) = 15.263863; 0.06 * 15.263863 / 4 + 1.5 (3 * 0.296352 + 2) / 4 = 1.312354
  EXPECT_NEAR(values_of(*agent).q(0, 0), 1.312354, 1e-5);
  const auto& explorer = dynamic_cast<const RewardFreeAgent&>(*agent);
  EXPECT_NEAR(explorer.value_error(0), 3 * std::numbers::e * std::sqrt(2.0) + 2, 1e-12);
}

TEST(HandComputed, BpiUcbvi) {
  KnownStart small;
  const auto agent = make_bpi_ucbvi(small.world, {.constant = "0.001"}, Stream(1));
  SmallWorld::show(*agent);
  // Stage 1, choice 2: 0.9 + 0.001 * 14 * 4 * 14.817576 / 3 = 1.176595, cut to 1. Choice 1: beta(1) = 5.886104 +
  // 2 ln(16 e) = 13.431281, 0.3 + 0.056 * 13.431281 = 1.052152, cut to 1; choice 0 was never taken: 1, and plays.
  EXPECT_EQ(values_of(*agent).q(1, 2), 1);
  EXPECT_EQ(values_of(*agent).q(1, 1), 1);
  EXPECT_EQ(agent->policy().choice(1, 0), 0);
  // L_1(1) = 0.9 - 0.276595 = 0.623405; L_1(0) = max{0, 0.3 - 0.752152} = 0. Stage 0, choice 0: U is 1 everywhere, so
  // there is no variance; b = 0.001 (14 * 4 * 15.263863 / 4 + (1 - 0.75 * 0.623405) / 2) = 0.213960
  EXPECT_NEAR(values_of(*agent).q(0, 0), 0.1 + 1 + 0.213960, 1e-6);
  // G_1(0) = 1 (never taken), G_1(1) = 0.001 * 36 * 4 * 14.817576 / 3 = 0.711244. State 0 plays choice 1 (never taken).
  EXPECT_EQ(agent->policy().choice(0, 0), 1);
  EXPECT_EQ(agent->certificate(0), 2);
}

TEST(HandComputed, Orlc) {
  KnownStart small;
  const auto agent = make_orlc(small.world, {.constant = "0.002"}, Stream(1));
  SmallWorld::show(*agent);
  // Choice 2, three visits, three rows in all, H + 1 + S = 5: ln(26 * 3 * 5 / 0.05) = 8.961879, ln ln 3 = 0.094048;
  // phi^2 = min{1, 0.52 / 3 * 9.093546} = 1: b_45 = 0.002 (1 + 45 * 2 * 4) = 0.722; 0.9 + 0.722 is more than 1.
  EXPECT_EQ(values_of(*agent).q(1, 2), 1);
  // Choice 0, four visits: phi^2 = 0.52 / 4 (1.4 ln ln 4 + 8.961879) = 1.22: 1. r^ = 0.15: 0.15 + 0.722 = 0.872.
  EXPECT_NEAR(values_of(*agent).q(1, 0), 0.872, 1e-12);
  // The greedy row of state 1 in stage 1: 0.9 - 0.002 (1 + 46 * 8) = 0.162; b_46 is the larger one.
  // Stage 0: (P^U, P^W) behind choice 2: U = (1, 1) as choice 1 gives 0.5 + 0.722 > 1; W_1(0) = max{0, 0.5 - 0.738} =
  // 0. W_0(1) = 0.9 + (2/3) 0.162 - 0.002 (1 + 46 * 8 + (1 - 0.108) / 2) = 0.269108
  EXPECT_NEAR(*agent->pessimistic_value(1), 0.9 + 0.108 - 0.738 - 0.002 * 0.446, 1e-12);
  EXPECT_NEAR(*agent->certificate(1), *agent->optimistic_value(1) - *agent->pessimistic_value(1), 1e-15);
}

}  // namespace
}  // namespace bellwether::online
