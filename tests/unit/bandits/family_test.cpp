#include "bandits/arms/family.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<double> means(const std::string& family, const std::vector<Setting>& settings) {
  const NamedBandit made = find_family(family)->make(settings);
  return {made.bandit->means().begin(), made.bandit->means().end()};
}

TEST(BanditFamily, ReadsMeansOrShapesThem) {
  EXPECT_THAT(means("bernoulli-arms", {{"means", "0.9/0.8"}}), ElementsAre(0.9, 0.8));
  EXPECT_THAT(means("bernoulli-arms", {{"means", "0.9, 0.8 0.1"}}), ElementsAre(0.9, 0.8, 0.1));
  EXPECT_THAT(means("bernoulli-arms", {{"size", "3"}, {"gap", "0.25"}}), ElementsAre(0.5, 0.25, 0.25));
  EXPECT_THAT(means("bernoulli-arms", {{"arms", "3"}, {"gap", "0.25"}, {"shape", "linear"}}),
              ElementsAre(0.5, 0.25, 0));
}

TEST(BanditFamily, RefusesWhatIsNoBandit) {
  const auto refuses = [](const std::string& family, const std::vector<Setting>& settings, const std::string& words) {
    EXPECT_THAT([&] { find_family(family)->make(settings); }, ThrowsMessage<InvalidOption>(HasSubstr(words)));
  };
  refuses("bernoulli-arms", {{"means", "0.9/x"}}, "bernoulli-arms: option 'means' has 'x', must be numbers");
  refuses("bernoulli-arms", {{"means", "0.9/1.5"}},
          "arm 1: the mean of a bernoulli arm is 1.5, must be between 0 and 1");
  refuses("bernoulli-arms", {{"arm", "3"}}, "arm");
  refuses("arms", {{"law", "gausian"}}, "law");
  refuses("arms", {{"law", "pareto"}, {"degrees", "1"}}, "degrees");
  EXPECT_EQ(find_family("riverswim"), nullptr);
}

TEST(BanditFamily, DifferentBanditsHaveDifferentContents) {
  const auto content = [](const std::vector<Setting>& settings) {
    return find_family("arms")->make(settings).bandit->content();
  };
  EXPECT_EQ(content({}), content({{"arms", "10"}}));
  EXPECT_NE(content({}), content({{"arms", "9"}}));
  EXPECT_NE(content({}), content({{"law", "uniform"}}));
  EXPECT_NE(content({}), content({{"spread", "2"}}));
}

TEST(Families, ReadNumbersOneAPlace) {
  EXPECT_EQ(read_numbers("x", "means", "0.9 / 0.8"), (std::vector<double>{0.9, 0.8}));
  EXPECT_EQ(read_numbers("x", "means", "0.9, 0.8 0.7"), (std::vector<double>{0.9, 0.8, 0.7}));
  EXPECT_TRUE(read_numbers("x", "means", "").empty());
  for (const char* text : {"0.9//0.8", "/", "0.9/", "/0.9", "0.9/ /0.8", "0.9,"})
    EXPECT_THROW(read_numbers("x", "means", text), InvalidOption) << text;
}

TEST(Families, TakeMeansOrHowTheyLie) {
  const auto make = [](const std::vector<Setting>& settings) { find_family("bernoulli-arms")->make(settings); };
  EXPECT_NO_THROW(make({{"means", "0.9/0.8"}}));
  EXPECT_THROW(make({{"means", "0.9/0.8"}, {"gap", "0.2"}}), InvalidOption);
  EXPECT_THROW(make({{"means", "0.9"}}), InvalidOption) << "a comma begins another value of a sweep";
}

}  // namespace
}  // namespace bellwether::bandits
