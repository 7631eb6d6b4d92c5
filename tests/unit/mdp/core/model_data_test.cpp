#include "mdp/model_data.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "tests/unit/mdp/io/decorated.h"

#include "example_data.h"

namespace bellwether::mdp {
namespace {

using ::testing::StartsWith;
using ::testing::ThrowsMessage;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The message with which `small_data()`, after the change, is refused; "accepted" when it is not.
std::string refusal(const std::function<void(ModelData&)>& change) {
  ModelData data = small_data();
  change(data);
  try {
    require_valid(data);
  } catch (const InvalidModel& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RequireValid, AcceptsWhatIsRight) {
  EXPECT_EQ(refusal([](ModelData&) {}), "accepted");
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_NO_THROW(require_valid(random_data(Stream(seed), 6))) << "seed " << seed;
}

TEST(RequireValid, NeedsStatesAndChoices) {
  EXPECT_EQ(refusal([](ModelData& d) { d = ModelData{}; }), "TabularMdp: has no states");
  EXPECT_EQ(refusal([](ModelData& d) { d.state_begin = Offsets{0}; }), "TabularMdp: has no states");
  EXPECT_EQ(refusal([](ModelData& d) { d.choice_begin = {}; }), "TabularMdp: has no choices");
  EXPECT_EQ(refusal([](ModelData& d) { d.probability = Numbers{.5, .5, 1, 1, .25, .75}; }),
            "TabularMdp: has 7 successors but 6 probabilities");
}

TEST(RequireValid, CountsStatesIn32Bits) {
  // Offsets of 2^31 states, in pages that nobody touches.
  const std::size_t count = (std::size_t{1} << 31) + 1, bytes = count * sizeof(std::int64_t);
  void* pages = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) GTEST_SKIP() << "no room for " << bytes << " bytes of addresses";
  const std::shared_ptr<const void> owner(pages, [](void* p) { ::munmap(p, bytes); });
  EXPECT_EQ(refusal([&](ModelData& d) {
              d.state_begin = Array<std::int64_t>({static_cast<const std::int64_t*>(pages), count}, owner);
            }),
            "TabularMdp: has 2147483648 states, at most 2147483647 are possible");
}

TEST(RequireValid, ChecksTheOffsetsOfStates) {
  EXPECT_EQ(refusal([](ModelData& d) { set<std::int64_t>(d.state_begin, 0, 1); }),
            "TabularMdp: the first offset must be 0");
  EXPECT_EQ(refusal([](ModelData& d) { set<std::int64_t>(d.choice_begin, 0, 1); }),
            "TabularMdp: the first offset must be 0");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.state_begin = Offsets{0, 2, 2, 5};
            }),
            "TabularMdp: state 1 has no choice; every state needs at least one");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.state_begin = Offsets{0, 2, 1, 5};
            }),
            "TabularMdp: state 1: choices 2 to 1 are not a range of the 5 choices");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.state_begin = Offsets{0, 2, 3, 6};
            }),
            "TabularMdp: state 2: choices 3 to 6 are not a range of the 5 choices");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.state_begin = Offsets{0, 2, 3, 4};
            }),
            "TabularMdp: the states own 4 choices but there are 5");
}

TEST(RequireValid, ChecksTheOffsetsOfRows) {
  EXPECT_EQ(refusal([](ModelData& d) { d.choice_begin = Offsets{0, 2, 3, 4, 4, 7}; }),
            "TabularMdp: row (s=2, a=0) has no transitions");
  EXPECT_EQ(refusal([](ModelData& d) { d.choice_begin = Offsets{0, 2, 1, 4, 6, 7}; }),
            "TabularMdp: row (s=0, a=1): transitions 2 to 1 are not a range of the 7 transitions");
  EXPECT_EQ(refusal([](ModelData& d) { d.choice_begin = Offsets{0, -1, 3, 4, 6, 7}; }),
            "TabularMdp: row (s=0, a=0): transitions 0 to -1 are not a range of the 7 transitions");
  EXPECT_EQ(refusal([](ModelData& d) { d.choice_begin = Offsets{0, 2, 3, 4, 6, 8}; }),
            "TabularMdp: row (s=2, a=1): transitions 6 to 8 are not a range of the 7 transitions");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.successor = States{1, 2, 0, 2, 0, 1, 2, 0};
              d.probability = Numbers{.5, .5, 1, 1, .25, .75, 1, 1};
            }),
            "TabularMdp: the choices own 7 transitions but there are 8");
}

TEST(RequireValid, TakesNoTransitionFromBeyondTheEnd) {
  // The arrays are parts of longer ones, as in a mapped file, and the last row would be right if it went on.
  const auto successor = std::make_shared<const States>(States{1, 2, 0, 2, 0, 1, 2, 2});
  const auto probability = std::make_shared<const Numbers>(Numbers{.5, .5, 1, 1, .25, .75, .5, .5});
  EXPECT_EQ(refusal([&](ModelData& d) {
              d.choice_begin = Offsets{0, 2, 3, 4, 6, 8};
              d.successor = Array<std::int32_t>(std::span(*successor).first(7), successor);
              d.probability = Array<double>(std::span(*probability).first(7), probability);
            }),
            "TabularMdp: row (s=2, a=1): transitions 6 to 8 are not a range of the 7 transitions");
}

TEST(RequireValid, NamesTheRowTheSuccessorAndTheProbability) {
  EXPECT_EQ(refusal([](ModelData& d) { set(d.successor, 6, 3); }),
            "TabularMdp: row (s=2, a=1): successor 3 is out of range, the model has 3 states");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.successor, 2, -4); }),
            "TabularMdp: row (s=0, a=1): successor -4 is out of range, the model has 3 states");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.probability, 5, kNan); }),
            "TabularMdp: row (s=2, a=0): the probability of s'=1 is not a number");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.probability, 5, -.75); }),
            "TabularMdp: row (s=2, a=0): the probability of s'=1 is -0.75, must not be negative");
  EXPECT_EQ(refusal([](ModelData& d) {
              set(d.probability, 0, 1.0);
              set(d.probability, 1, 0.0);
            }),
            "TabularMdp: row (s=0, a=0): the probability of s'=2 is 0, leave the transition out");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.probability, 4, .22); }),
            "TabularMdp: row (s=2, a=0) sums to 1-0.03, tolerance 1e-09");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.probability, 6, 1 + 2e-9); }),
            "TabularMdp: row (s=2, a=1) sums to 1+2e-09, tolerance 1e-09");
}

TEST(RequireValid, NamesWhatIsInfiniteOrShort) {
  EXPECT_THAT(refusal([](ModelData& d) { set(d.probability, 6, kInfinity); }), testing::EndsWith("is infinite"));
  // The number of identifiers is looked at before any message needs one.
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0};
              set(d.probability, 6, .5);
            }),
            "TabularMdp: has 1 action identifier for 5 choices");
}

TEST(RequireValid, NamesTheActionAsTheModelDoes) {
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{7, 3, 0, 5, 9};
              set(d.probability, 6, .5);
            }),
            "TabularMdp: row (s=2, a=9) sums to 1-0.5, tolerance 1e-09");
}

TEST(RequireValid, AllowsRowsToMissOneByTheTolerance) {
  for (const double sign : {-1.0, 1.0}) {
    EXPECT_EQ(refusal([&](ModelData& d) { set(d.probability, 3, 1 + sign * 0.99e-9); }), "accepted");
    EXPECT_THAT(refusal([&](ModelData& d) { set(d.probability, 3, 1 + sign * 1.01e-9); }),
                StartsWith("TabularMdp: row (s=1, a=0) sums to 1"));
  }
}

TEST(RequireValid, ChecksRewardAndCostColumns) {
  EXPECT_EQ(refusal([](ModelData& d) { d.rewards.clear(); }), "TabularMdp: has no reward column");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.rewards[0].expected = Numbers{1, 2, 3, 4};
            }),
            "TabularMdp: reward 'gain' has 4 entries for 5 choices");
  EXPECT_EQ(refusal([](ModelData& d) { d.rewards[0].by_transition = Numbers{1, 2, 3, 4, 5, 6}; }),
            "TabularMdp: reward 'gain' has 6 entries for 7 transitions");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.rewards[0].expected, 4, kInfinity); }),
            "TabularMdp: reward 'gain' of (s=2, a=1) is inf, must be finite");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.rewards[0].by_transition, 5, -kInfinity); }),
            "TabularMdp: reward 'gain' of (s=2, a=0) to s'=1 is -inf, must be finite");
  EXPECT_EQ(refusal([](ModelData& d) { set(d.costs[0].expected, 1, kNan); }),
            "TabularMdp: cost 'fuel' of (s=0, a=1) is nan, must be finite");
  EXPECT_EQ(refusal([](ModelData& d) { d.costs[0].by_transition = Numbers{1, 1, 1, kInfinity, 1, 1, 1}; }),
            "TabularMdp: cost 'fuel' of (s=1, a=0) to s'=2 is inf, must be finite");
  EXPECT_EQ(refusal([](ModelData& d) { d.costs.push_back({.name = "toll", .expected = {}, .by_transition = {}}); }),
            "TabularMdp: cost 'toll' has 0 entries for 5 choices");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.rewards.push_back({.name = "second", .expected = Numbers{1, 2}, .by_transition = {}});
            }),
            "TabularMdp: reward 'second' has 2 entries for 5 choices");
}

TEST(RequireValid, ChecksTheInitialDistribution) {
  EXPECT_EQ(refusal([](ModelData& d) { d.initial = Numbers{0, .25, .75}; }), "accepted");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.initial = Numbers{.5, .5};
            }),
            "TabularMdp: the initial distribution has 2 entries for 3 states");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.initial = Numbers{.75, .5, -.25};
            }),
            "TabularMdp: the initial probability of state 2 is -0.25, must not be negative");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.initial = Numbers{.75, kNan, .25};
            }),
            "TabularMdp: the initial probability of state 1 is nan, must not be negative");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.initial = Numbers{.5, .25, 0};
            }),
            "TabularMdp: the initial distribution sums to 1-0.25, tolerance 1e-09");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.initial = Numbers{.5, .5, 3e-9};
            }),
            "TabularMdp: the initial distribution sums to 1+3e-09, tolerance 1e-09");
  EXPECT_EQ(refusal([](ModelData& d) { d.initial = Numbers{.5, .5, .5e-9}; }), "accepted");
}

TEST(RequireValid, ChecksActionIdentifiers) {
  EXPECT_EQ(refusal([](ModelData& d) { d.action = States{7, 3, 7, 0, 7}; }), "accepted");  // states may share one
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0, 1, 0, 0};
            }),
            "TabularMdp: has 4 action identifiers for 5 choices");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0, 1, 0, 5, -2};
            }),
            "TabularMdp: state 2: action -2 is negative");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0, 1, 0, 8, 8};
            }),
            "TabularMdp: state 2: action 8 is there twice");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0, 1, 3, 2, 0};
              d.action_names = {"wait", "go", "run"};
            }),
            "TabularMdp: state 1: action 3 has no name, the model names 3");
  EXPECT_EQ(refusal([](ModelData& d) {
              d.action = States{0, 1, 2, 2, 0};
              d.action_names = {"wait", "go", "run"};
            }),
            "accepted");
}

TEST(RequireValid, ChecksNamesLabelsAndDiscount) {
  EXPECT_EQ(refusal([](ModelData& d) {
              d.state_names = {"a", "b"};
            }),
            "TabularMdp: names 2 of its 3 states; name all or none");
  const auto label = [](States states) {
    return refusal([&](ModelData& d) { d.labels = {{"start", States{0}}, {"goal", std::move(states)}}; });
  };
  EXPECT_EQ(label({}), "accepted");
  EXPECT_EQ(label({0, 1, 2}), "accepted");
  EXPECT_EQ(label({1, 3}), "TabularMdp: label 'goal': state 3 is out of range, the model has 3 states");
  EXPECT_EQ(label({-1}), "TabularMdp: label 'goal': state -1 is out of range, the model has 3 states");
  EXPECT_EQ(label({2, 1}), "TabularMdp: label 'goal': state 1 is out of order or there twice");
  EXPECT_EQ(label({0, 2, 2}), "TabularMdp: label 'goal': state 2 is out of order or there twice");
  const auto discount = [](double value) { return refusal([&](ModelData& d) { d.discount = value; }); };
  EXPECT_EQ(discount(0), "accepted");
  EXPECT_EQ(discount(1), "accepted");
  EXPECT_EQ(discount(1.25), "TabularMdp: discount 1.25 must lie in [0, 1]");
  EXPECT_EQ(discount(-.5), "TabularMdp: discount -0.5 must lie in [0, 1]");
  EXPECT_EQ(discount(kNan), "TabularMdp: discount nan must lie in [0, 1]");
}

/// small_data() with a deterministic law for each choice and another for choice 3, (s=2, a=0), whose mean is 4.
std::string refusal_of_law(RewardLaw law, double scale, Numbers values = {}, Numbers weights = {}) {
  return refusal([&](ModelData& d) {
    d.reward_laws.law = std::vector<std::uint8_t>{0, 0, 0, static_cast<std::uint8_t>(law), 0};
    d.reward_laws.scale = Numbers{0, 0, 0, scale, 0};
    const auto count = static_cast<std::int64_t>(values.size());
    if (count > 0) d.reward_laws.support_begin = Offsets{0, 0, 0, 0, count, count};
    d.reward_laws.values = std::move(values);
    d.reward_laws.weights = std::move(weights);
  });
}

TEST(RequireValid, ChecksBernoulliAndGaussianLaws) {
  EXPECT_EQ(refusal_of_law(RewardLaw::kDeterministic, 0), "accepted");
  EXPECT_EQ(refusal_of_law(RewardLaw::kBernoulli, 4), "accepted");
  EXPECT_EQ(refusal_of_law(RewardLaw::kBernoulli, kInfinity),
            "TabularMdp: reward law of (s=2, a=0): Bernoulli on {0, inf} cannot have mean 4");
  EXPECT_EQ(refusal_of_law(RewardLaw::kBernoulli, 3.5),
            "TabularMdp: reward law of (s=2, a=0): Bernoulli on {0, 3.5} cannot have mean 4");
  EXPECT_EQ(refusal_of_law(RewardLaw::kBernoulli, -1),
            "TabularMdp: reward law of (s=2, a=0): Bernoulli on {0, -1} cannot have mean 4");
  const auto bernoulli = [](double mean, double scale) {
    return refusal([&](ModelData& d) {
      set(d.rewards[0].expected, 1, mean);
      d.reward_laws.law = std::vector<std::uint8_t>{0, 1, 0, 0, 0};
      d.reward_laws.scale = Numbers{0, scale, 0, 0, 0};
    });
  };
  EXPECT_EQ(bernoulli(0, 8), "accepted");
  EXPECT_EQ(bernoulli(-2, 8), "TabularMdp: reward law of (s=0, a=1): Bernoulli on {0, 8} cannot have mean -2");
  EXPECT_EQ(bernoulli(0, 0), "TabularMdp: reward law of (s=0, a=1): Bernoulli on {0, 0} cannot have mean 0");
  EXPECT_EQ(refusal_of_law(RewardLaw::kGaussian, 0), "accepted");
  EXPECT_EQ(refusal_of_law(RewardLaw::kGaussian, -.5), "TabularMdp: reward law of (s=2, a=0): standard deviation -0.5");
  EXPECT_EQ(refusal_of_law(RewardLaw::kGaussian, kInfinity),
            "TabularMdp: reward law of (s=2, a=0): standard deviation inf");
  EXPECT_EQ(refusal_of_law(static_cast<RewardLaw>(4), 0), "TabularMdp: reward law of (s=2, a=0): unknown kind 4");
}

TEST(RequireValid, ChecksTheArraysOfRewardLaws) {
  const auto sizes = [](std::size_t laws, std::size_t scales) {
    return refusal([&](ModelData& d) {
      d.reward_laws.law = std::vector<std::uint8_t>(laws, 0);
      d.reward_laws.scale = Numbers(scales, 0.0);
    });
  };
  EXPECT_EQ(sizes(5, 5), "accepted");
  EXPECT_EQ(sizes(4, 4), "TabularMdp: has 4 reward laws with 4 scales for 5 choices");
  EXPECT_EQ(sizes(5, 3), "TabularMdp: has 5 reward laws with 3 scales for 5 choices");
}

TEST(RequireValid, ChecksFiniteLaws) {
  const auto finite = [](Numbers values, Numbers weights) {
    return refusal_of_law(RewardLaw::kFinite, 0, std::move(values), std::move(weights));
  };
  EXPECT_EQ(finite({0, 8}, {.5, .5}), "accepted");
  EXPECT_EQ(finite({3, 4, 9}, {0, 1, 0}), "accepted");
  EXPECT_EQ(finite({}, {}), "TabularMdp: reward laws: a finite law needs 6 offsets");
  EXPECT_EQ(finite({0, 8}, {1}), "TabularMdp: reward law of (s=2, a=0): a finite law needs values with weights");
  EXPECT_EQ(finite({0, 8, 4}, {.5, .75, -.25}), "TabularMdp: reward law of (s=2, a=0): value 4 with weight -0.25");
  EXPECT_EQ(finite({0, kInfinity}, {.5, .5}), "TabularMdp: reward law of (s=2, a=0): value inf with weight 0.5");
  EXPECT_EQ(finite({4, 4}, {.5, .25}), "TabularMdp: reward law of (s=2, a=0): the weights sum to 0.75, not 1");
  EXPECT_EQ(finite({0, 4}, {.5, .5}), "TabularMdp: reward law of (s=2, a=0) has mean 2, but the expected reward is 4");
  // The mean may be off by a millionth of the largest value.
  EXPECT_EQ(finite({0, 8 + 8e-6}, {.5, .5}), "accepted");
  EXPECT_THAT(finite({0, 8 + 4e-5}, {.5, .5}), StartsWith("TabularMdp: reward law of (s=2, a=0) has mean 4.00002"));
}

TEST(RequireValid, ChecksTheOffsetsOfFiniteLaws) {
  const auto offsets = [](Offsets begin) {
    return refusal([&](ModelData& d) {
      d.reward_laws.law = std::vector<std::uint8_t>{0, 0, 0, 3, 0};
      d.reward_laws.scale = Numbers(5, 0.0);
      d.reward_laws.support_begin = std::move(begin);
      d.reward_laws.values = Numbers{0, 8};
      d.reward_laws.weights = Numbers{.5, .5};
    });
  };
  const std::string needs_values = "TabularMdp: reward law of (s=2, a=0): a finite law needs values with weights";
  EXPECT_EQ(offsets({0, 0, 0, 0, 2, 2}), "accepted");
  EXPECT_EQ(offsets({0, 0, 0, 0, 2}), "TabularMdp: reward laws: a finite law needs 6 offsets");
  EXPECT_EQ(offsets({0, 0, 0, 2, 2, 2}), needs_values);
  EXPECT_EQ(offsets({0, 0, 0, 0, 3, 3}), needs_values);
  EXPECT_EQ(offsets({0, 0, 0, -1, 2, 2}), needs_values);
}

TEST(RequireValid, NamesTheFirstBadRowWhateverTheThreads) {
  ModelData data = large_data();
  ASSERT_GE(static_cast<std::int64_t>(data.successor.size()), detail::kSerialBelow);
  const std::size_t rows = data.choice_begin.size() - 1;
  std::vector<double> probability(data.probability.begin(), data.probability.end());
  for (const std::size_t row : {rows / 3, rows / 2, rows - 1}) {
    const auto last = static_cast<std::size_t>(data.choice_begin[row + 1]) - 1;
    probability[last] += .5;
  }
  data.probability = std::move(probability);
  const auto bad = static_cast<std::int64_t>(rows / 3);
  std::size_t s = 0;
  while (data.state_begin[s + 1] <= bad) ++s;
  const std::string message = "TabularMdp: row (s=" + std::to_string(s) +
                              ", a=" + std::to_string(bad - data.state_begin[s]) + ") sums to 1+0.5, tolerance 1e-09";
  for (const int threads : {1, 2, 5}) {
    const ThreadCount guard(threads);
    EXPECT_THAT([&] { require_valid(data); }, ThrowsMessage<InvalidModel>(message)) << threads;
  }
}

TEST(ModelData, EqualityLooksAtEveryPart) {
  const std::vector<std::function<void(ModelData&)>> changes{
      [](ModelData& d) { set<std::int64_t>(d.state_begin, 1, 1); },
      [](ModelData& d) { set<std::int64_t>(d.choice_begin, 1, 1); },
      [](ModelData& d) { set(d.successor, 0, 2); },
      [](ModelData& d) { set(d.probability, 0, .25); },
      [](ModelData& d) { d.rewards[0].name = "loss"; },
      [](ModelData& d) { set(d.rewards[0].expected, 4, 6.0); },
      [](ModelData& d) { d.rewards[0].by_transition = {}; },
      [](ModelData& d) { d.costs.clear(); },
      [](ModelData& d) { d.reward_laws.law = std::vector<std::uint8_t>(5, 0); },
      [](ModelData& d) { d.reward_laws.scale = Numbers(5, 0.0); },
      [](ModelData& d) { d.reward_laws.support_begin = Offsets{0}; },
      [](ModelData& d) { d.reward_laws.values = Numbers{1}; },
      [](ModelData& d) { d.reward_laws.weights = Numbers{1}; },
      [](ModelData& d) {
        d.initial = Numbers{1, 0, 0};
      },
      [](ModelData& d) {
        d.action = States{0, 1, 0, 0, 1};
      },
      [](ModelData& d) {
        d.state_names = {"a", "b", "c"};
      },
      [](ModelData& d) { d.action_names = {"a"}; },
      [](ModelData& d) {
        d.labels = {{"goal", {}}};
      },
      [](ModelData& d) { d.discount = 1; }};
  EXPECT_EQ(small_data(), small_data());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ModelData changed = small_data();
    changes[i](changed);
    EXPECT_FALSE(changed == small_data()) << "change " << i;
  }
}

}  // namespace
}  // namespace bellwether::mdp
