#include "mdp/operators.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;

using Values = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Values random_values(Stream stream, int count) {
  Values v(static_cast<std::size_t>(count));
  for (double& x : v) x = 20 * stream.uniform() - 10;
  return v;
}

Policy random_policy(Stream stream, const TabularMdp& model) {
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double total = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      // A third of the choices are never played, but a state's last one is.
      const bool play = c + 1 == model.first_choice(s + 1) || stream.below(3) > 0;
      total += probability[static_cast<std::size_t>(c)] = play ? 0.1 + stream.uniform() : 0.0;
    }
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      probability[static_cast<std::size_t>(c)] /= total;
  }
  return Policy::randomised(std::move(probability));
}

Policy random_choices(Stream stream, const TabularMdp& model) {
  std::vector<std::int32_t> choices;
  for (int s = 0; s < model.num_states(); ++s)
    choices.push_back(static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(model.num_choices(s)))));
  return Policy::deterministic(std::move(choices));
}

double expectation(const Values& p, const Values& v) {
  std::vector<std::int32_t> successor;
  for (std::size_t i = 0; i < p.size(); ++i) successor.push_back(static_cast<std::int32_t>(i));
  return Expectation{}(successor, p, v);
}

TEST(Expectation, WeighsTheValuesOfTheSuccessors) {
  EXPECT_EQ(expectation({1}, {7}), 7);
  EXPECT_EQ(expectation({.25, .75}, {8, 4}), 5);
  EXPECT_EQ(expectation({.5, .25, .25}, {2, 4, 8}), 4);
  const std::vector<std::int32_t> successor{2, 0, 2};
  EXPECT_EQ(Expectation{}(successor, Values{.5, .25, .25}, Values{4, 100, 8}), 7);  // not in order, one twice
}

TEST(Expectation, AddsEvenAndOddTermsApart) {
  EXPECT_EQ(expectation({1, 1, 1, 1}, {1e16, 1, -1e16, 1}), 2);  // from left to right it would be 1
  EXPECT_EQ(expectation({1, 1, 1}, {1e16, 1, 1}), 1e16);         // the last of an odd number is even: 1e16 + 1, then 1
  EXPECT_EQ(expectation({1, 1, 1, 1, 1}, {1e16, 1, -1e16, 1, 4}), 6);
}

TEST(Expectation, SumsValuesComputedOnTheWay) {
  const std::vector<std::int32_t> successor{3, 1, 2};
  const Values probability{.5, .25, .25};
  std::vector<std::int32_t> asked;
  const double sum = Expectation::sum(successor, probability, [&](std::int32_t s) {
    asked.push_back(s);
    return 4.0 * s;
  });
  EXPECT_EQ(sum, .5 * 12 + .25 * 4 + .25 * 8);
  EXPECT_THAT(asked, ElementsAre(3, 1, 2));
}

TEST(Expectation, AgreesWithSumsInLongDouble) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto length = static_cast<int>(1 + seed);
    const Values p = random_values(Stream(seed).child("p"), length), v = random_values(Stream(seed).child("v"), length);
    long double sum = 0, size = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      sum += static_cast<long double>(p[i]) * v[i];
      size += std::abs(static_cast<long double>(p[i]) * v[i]);
    }
    EXPECT_NEAR(expectation(p, v), static_cast<double>(sum), static_cast<double>((length + 1) * 0x1p-53L * size))
        << "length " << length;
  }
}

/// What a rule makes of the values of choices 10, 11, ...
template <class Choose>
double chosen(const Choose& choose, const Values& q) {
  return choose(0, 10, 10 + static_cast<std::int64_t>(q.size()),
                [&](std::int64_t c) { return q[static_cast<std::size_t>(c - 10)]; });
}

TEST(Choose, LargestAndSmallest) {
  for (const Values& q : {Values{3, -1, 2}, Values{2, 3, -1}, Values{-1, 2, 3}}) {
    EXPECT_EQ(chosen(Largest{}, q), 3);
    EXPECT_EQ(chosen(Smallest{}, q), -1);
  }
  EXPECT_EQ(chosen(Largest{}, {-4}), -4);
  EXPECT_EQ(chosen(Smallest{}, {4}), 4);
}

TEST(Choose, TheFirstOfEquals) {  // the two zeros are equal, and can be told apart
  EXPECT_FALSE(std::signbit(chosen(Largest{}, {0.0, -0.0})));
  EXPECT_TRUE(std::signbit(chosen(Largest{}, {-0.0, 0.0})));
  EXPECT_FALSE(std::signbit(chosen(Smallest{}, {0.0, -0.0})));
  EXPECT_TRUE(std::signbit(chosen(Smallest{}, {-0.0, 0.0})));
}

TEST(Choose, EachChoiceIsValuedOnce) {
  std::vector<std::int64_t> asked;
  const auto q = [&](std::int64_t c) {
    asked.push_back(c);
    return static_cast<double>(c);
  };
  EXPECT_EQ(Largest{}(0, 4, 7, q), 6);
  EXPECT_EQ(Smallest{}(0, 4, 7, q), 4);
  EXPECT_THAT(asked, ElementsAre(4, 5, 6, 4, 5, 6));
}

/// State 0: reward 1 and on to state 1, or reward 2 and on to 0 or 2; state 1: back to 0; state 2: stay, three ways.
TabularMdp small() {
  TabularMdpBuilder builder(3);
  builder.add_choice(0, 1, {{1, 1.0}}).add_choice(0, 2, {{0, .25}, {2, .75}});
  builder.add_choice(1, 10, {{0, 1.0}});
  builder.add_choice(2, -3, {{2, 1.0}}).add_choice(2, 0, {{2, 1.0}}).add_choice(2, 3, {{2, 1.0}});
  return std::move(builder).build();
}

template <class Choose>
Values applied(const TabularMdp& model, double discount, const Values& v, const Choose& choose) {
  Values out(v.size());
  backup(model, discount, v, out, Expectation{}, choose);
  return out;
}

TEST(Backup, OfASmallModelByHand) {
  // Choices are worth 1 + v1/2, 2 + v0/8 + 3 v2/8 | 10 + v0/2 | -3, 0, 3 + v2/2.
  const Values v{8, 4, 16};
  const TabularMdp model = small();
  EXPECT_THAT(applied(model, .5, v, Largest{}), ElementsAre(9, 14, 11));
  EXPECT_THAT(applied(model, .5, v, Smallest{}), ElementsAre(3, 14, 5));
  EXPECT_THAT(applied(model, 0, v, Largest{}), ElementsAre(2, 10, 3));
  EXPECT_THAT(applied(model, 1, v, Largest{}), ElementsAre(16, 18, 19));
  const Policy fixed = Policy::deterministic({1, 0, 1}), mixed = Policy::randomised({.75, .25, 1, .5, 0, .5});
  EXPECT_THAT(applied(model, .5, v, PolicyAverage(model, fixed)), ElementsAre(9, 14, 8));
  EXPECT_THAT(applied(model, .5, v, PolicyAverage(model, mixed)), ElementsAre(4.5, 14, 8));
}

TEST(Backup, OneStateAtATime) {
  const TabularMdp model = small();
  const Values v{8, 4, 16};
  EXPECT_EQ(backup_state(model, .5, v, Expectation{}, Largest{}, 0), 9);
  EXPECT_EQ(backup_state(model, .5, v, Expectation{}, Smallest{}, 2), 5);
}

TEST(Backup, NatureAndChoiceMayBeTheCallers) {
  const TabularMdp model = small();
  const Values v{8, 4, 16};
  const auto worst = [](std::span<const std::int32_t> successor, std::span<const double> probability,
                        std::span<const double> values) {
    EXPECT_EQ(successor.size(), probability.size());
    double least = kInfinity;
    for (const std::int32_t s : successor) least = std::min(least, values[static_cast<std::size_t>(s)]);
    return least;
  };
  std::vector<std::vector<std::int64_t>> calls;
  const auto last = [&](int s, std::int64_t first, std::int64_t end, auto&& q) {
    calls.push_back({s, first, end});
    return q(end - 1);
  };
  Values out(3);
  backup(model, .5, v, out, worst, last);
  EXPECT_THAT(out, ElementsAre(2 + 4, 10 + 4, 3 + 8));
  EXPECT_THAT(calls, ElementsAre(ElementsAre(0, 0, 2), ElementsAre(1, 2, 3), ElementsAre(2, 3, 6)));
}

TEST(PolicyAverage, DoesNotLookAtChoicesNeverPlayed) {
  const TabularMdp model = small();
  const Values v{0, 0, kInfinity};  // 0 * inf would be NaN
  const Policy mixed = Policy::randomised({1, 0, 1, 1, 0, 0}), fixed = Policy::deterministic({0, 0, 2});
  EXPECT_THAT(applied(model, 1, v, PolicyAverage(model, mixed)), ElementsAre(1, 10, kInfinity));
  EXPECT_THAT(applied(model, 1, v, PolicyAverage(model, fixed)), ElementsAre(1, 10, kInfinity));
}

/// Values of all choices in long double, in the plainest order.
std::vector<long double> naive_choice_values(const TabularMdp& model, double discount, const Values& v) {
  std::vector<long double> q;
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      long double sum = 0;
      for (int next = 0; next < model.num_states(); ++next) {
        for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
          if (model.successors(c)[i] == next)
            sum += static_cast<long double>(model.probabilities(c)[i]) * v[static_cast<std::size_t>(next)];
        }
      }
      q.push_back(model.reward(c) + discount * sum);
    }
  }
  return q;
}

void expect_near(const Values& got, const std::vector<long double>& want, std::uint64_t seed) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t s = 0; s < got.size(); ++s)
    EXPECT_NEAR(got[s], static_cast<double>(want[s]), 2e-14) << "seed " << seed << ", state " << s;
}

TEST(Backup, AgreesWithLoopsInLongDouble) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Stream stream(seed);
    const TabularMdp model = test::random_model(
        stream.child("model"), {.states = 1 + static_cast<int>(seed % 17), .tie_share = seed % 2 ? .3 : 0});
    const double discount = std::vector<double>{0, .5, .95, 1}[seed % 4];
    const Values v = random_values(stream.child("values"), model.num_states());
    const Policy mixed = random_policy(stream.child("mixed"), model),
                 fixed = random_choices(stream.child("fix"), model);
    const std::vector<long double> q = naive_choice_values(model, discount, v);
    std::vector<long double> most, least, average, played;
    for (int s = 0; s < model.num_states(); ++s) {
      most.push_back(-kInfinity);
      least.push_back(kInfinity);
      average.push_back(0);
      for (int k = 0; k < model.num_choices(s); ++k) {
        const auto c = static_cast<std::size_t>(model.first_choice(s) + k);
        most.back() = std::max(most.back(), q[c]);
        least.back() = std::min(least.back(), q[c]);
        average.back() += mixed.choice_probabilities()[c] * q[c];
        if (fixed.choices()[static_cast<std::size_t>(s)] == k) played.push_back(q[c]);
      }
    }
    expect_near(applied(model, discount, v, Largest{}), most, seed);
    expect_near(applied(model, discount, v, Smallest{}), least, seed);
    expect_near(applied(model, discount, v, PolicyAverage(model, mixed)), average, seed);
    expect_near(applied(model, discount, v, PolicyAverage(model, fixed)), played, seed);
  }
}

TEST(Change, RemembersTheExtremes) {
  Change change;
  EXPECT_EQ(change.largest, 0);
  change.add(2, 5);
  EXPECT_EQ(change.low, 3);
  EXPECT_EQ(change.high, 3);
  EXPECT_EQ(change.largest, 5);
  EXPECT_EQ(change.residual(), 3);
  change.add(-9, -8);
  EXPECT_EQ(change.low, 1);
  EXPECT_EQ(change.high, 3);
  EXPECT_EQ(change.largest, 9);
  change.add(4, -10);
  EXPECT_EQ(change.low, -14);
  EXPECT_EQ(change.high, 3);
  EXPECT_EQ(change.largest, 10);
  EXPECT_EQ(change.residual(), 14);
}

TEST(Change, MayBeBelowOrAboveZeroAltogether) {
  Change down;
  down.add(3, 1);
  down.add(0, -5);
  EXPECT_EQ(down.low, -5);
  EXPECT_EQ(down.high, -2);
  EXPECT_EQ(down.residual(), 5);
}

TEST(Change, JoinsInEitherOrder) {
  Change a, b, both;
  a.add(1, 4);
  both.add(1, 4);
  b.add(-7, -9);
  both.add(-7, -9);
  for (const Change& joined : {Change::join(a, b), Change::join(b, a), Change::join(Change{}, both)}) {
    EXPECT_EQ(joined.low, -2);
    EXPECT_EQ(joined.high, 3);
    EXPECT_EQ(joined.largest, 9);
  }
}

TEST(BackupWithChange, OfASmallModelByHand) {
  const Values v{8, 4, 16};
  Values out(3);
  const Change change = backup_with_change(small(), .5, v, out, Expectation{}, Largest{});
  EXPECT_THAT(out, ElementsAre(9, 14, 11));
  EXPECT_EQ(change.low, -5);
  EXPECT_EQ(change.high, 10);
  EXPECT_EQ(change.largest, 16);
  EXPECT_EQ(change.residual(), 10);
}

TEST(BackupWithChange, IsTheBackupAndItsChange) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed));
    const Values v = random_values(Stream(seed).child("values"), model.num_states());
    const Values expected = applied(model, .9, v, Smallest{});
    Values out(v.size());
    const Change change = backup_with_change(model, .9, v, out, Expectation{}, Smallest{});
    EXPECT_EQ(out, expected) << "seed " << seed;
    double low = kInfinity, high = -kInfinity, largest = 0;
    for (std::size_t s = 0; s < v.size(); ++s) {
      low = std::min(low, out[s] - v[s]);
      high = std::max(high, out[s] - v[s]);
      largest = std::max({largest, std::abs(out[s]), std::abs(v[s])});
    }
    EXPECT_EQ(change.low, low) << "seed " << seed;
    EXPECT_EQ(change.high, high) << "seed " << seed;
    EXPECT_EQ(change.largest, largest) << "seed " << seed;
  }
}

TEST(Backup, EveryThreadCountGivesTheSameBits) {
  const TabularMdp model = test::random_model(Stream(5), {.states = 20'000});
  ASSERT_GE(model.num_transitions(), bellwether::detail::kSerialBelow);
  const Policy policy = random_policy(Stream(5).child("policy"), model);
  const PolicyAverage average(model, policy);
  const Values v = random_values(Stream(5).child("values"), model.num_states());
  Values largest, mean;
  Change change;
  for (int s = 0; s < model.num_states(); ++s) {
    largest.push_back(backup_state(model, .99, v, Expectation{}, Largest{}, s));
    mean.push_back(backup_state(model, .99, v, Expectation{}, average, s));
    change.add(v[static_cast<std::size_t>(s)], largest.back());
  }
  for (const int threads : {1, 2, 3, 7}) {
    const ThreadCount guard(threads);
    EXPECT_EQ(applied(model, .99, v, Largest{}), largest) << threads << " threads";
    EXPECT_EQ(applied(model, .99, v, average), mean) << threads << " threads";
    Values out(v.size());
    const Change got = backup_with_change(model, .99, v, out, Expectation{}, Largest{});
    EXPECT_EQ(out, largest) << threads << " threads";
    EXPECT_EQ(got.low, change.low) << threads << " threads";
    EXPECT_EQ(got.high, change.high) << threads << " threads";
    EXPECT_EQ(got.largest, change.largest) << threads << " threads";
  }
}

}  // namespace
}  // namespace bellwether::mdp
