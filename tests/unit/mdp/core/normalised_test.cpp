#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/model_data.h"
#include "tests/support/random_models.h"

#include "example_data.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;

/// The row of choice 0, by itself, after normalised().
Numbers normalised_row(Numbers row) {
  ModelData d;
  d.state_begin = Offsets{0, 1};
  d.choice_begin = Offsets{0, static_cast<std::int64_t>(row.size())};
  d.successor = States(row.size(), 0);
  d.probability = std::move(row);
  const ModelData result = normalised(std::move(d));
  return {result.probability.begin(), result.probability.end()};
}

TEST(Normalised, DividesARowByItsSum) {
  EXPECT_THAT(normalised_row({1, 1, 2}), ElementsAre(.25, .25, .5));
  const double sum = .5 + (.5 + 1e-10);
  EXPECT_THAT(normalised_row({.5, .5 + 1e-10}), ElementsAre(.5 / sum, (.5 + 1e-10) / sum));
}

TEST(Normalised, LeavesRowsThatAreRightUpToRounding) {
  EXPECT_THAT(normalised_row({.5, .5 - 0x1p-50}), ElementsAre(.5, .5 - 0x1p-50));
  EXPECT_THAT(normalised_row({.5, .5 + 0x1p-50}), ElementsAre(.5, .5 + 0x1p-50));
  EXPECT_NE(normalised_row({.5, .5 - 0x1.8p-50})[0], .5);
  EXPECT_NE(normalised_row({.5, .5 + 0x1.8p-50})[0], .5);
  // Ten thousand parts: added up plainly they miss one by 1e-13, of which only 2^-51 is theirs.
  Numbers parts(10'000, 1e-4);
  parts[0] += 0x1p-51;
  EXPECT_EQ(normalised_row(parts), parts);
}

TEST(Normalised, ChangesNoOtherRowAndNothingElse) {
  ModelData before = small_data();
  before.labels = {{"goal", States{1}}};
  set(before.probability, 1, .5 + 0x1p-51);
  set(before.probability, 4, .25 + 1e-10);
  const ModelData after = normalised(before);
  const double sum = (.25 + 1e-10) + .75;
  EXPECT_THAT(after.probability.view(), ElementsAre(.5, .5 + 0x1p-51, 1, 1, (.25 + 1e-10) / sum, .75 / sum, 1));
  EXPECT_EQ(before.probability[4], .25 + 1e-10);
  ModelData expected = before;
  expected.probability = after.probability;
  EXPECT_EQ(after, expected);
}

TEST(Normalised, CopiesNothingWhenNothingIsOff) {
  const ModelData before = small_data();
  EXPECT_EQ(normalised(before).probability.data(), before.probability.data());
}

TEST(Normalised, TwiceIsOnce) {
  Stream noise(11);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ModelData data = test::random_model(Stream(seed), {.states = 8, .most_successors = 30}).data();
    std::vector<double> probability(data.probability.begin(), data.probability.end());
    for (double& p : probability) p *= 1 + 1e-10 * noise.uniform();
    data.probability = std::move(probability);
    const ModelData once = normalised(data);
    ASSERT_FALSE(once.probability == data.probability) << "seed " << seed;
    EXPECT_EQ(normalised(once).probability.data(), once.probability.data()) << "seed " << seed;
  }
}

TEST(Normalised, FindsARowInAnyChunkWhateverTheThreads) {
  ModelData data = large_data();
  ASSERT_GE(static_cast<std::int64_t>(data.successor.size()), detail::kSerialBelow);
  set(data.probability, data.probability.size() - 1, data.probability.back() + 1e-10);
  const auto at = [&](int threads) {
    const ThreadCount guard(threads);
    return normalised(data).probability;
  };
  const Array<double> serial = at(1);
  EXPECT_NE(serial.back(), data.probability.back());
  EXPECT_EQ(at(4), serial);
}

TEST(NormaliseDistributions, DoesTheSameInPlace) {
  for (const ModelData& before : {small_data(), large_data()}) {
    Numbers probability(before.probability.begin(), before.probability.end());
    for (std::size_t i = 0; i < probability.size(); i += 3) probability[i] *= 1 + 1e-11;
    ModelData data = before;
    data.probability = probability;
    for (const int threads : {1, 3}) {
      const ThreadCount guard(threads);
      Numbers in_place = probability;
      normalise_distributions(data.choice_begin.view(), in_place);
      EXPECT_NE(in_place, probability);
      const Array<double> expected = normalised(data).probability;
      EXPECT_EQ(in_place, Numbers(expected.begin(), expected.end()));
    }
  }
}

TEST(NormaliseDistributions, LeavesWhatIsNoDistribution) {
  const std::vector<std::int64_t> begin{0, 2, 4, 4, 6};
  const Numbers before{.5, .5 + 2e-9, 1.5, -.5 + 1e-11, std::nan(""), 1};
  Numbers after = before;
  normalise_distributions(begin, after);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(after[i]), std::bit_cast<std::uint64_t>(before[i])) << i;
}

}  // namespace
}  // namespace bellwether::mdp
