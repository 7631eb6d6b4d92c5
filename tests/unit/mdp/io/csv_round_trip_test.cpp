// What write_csv wrote reads back to the same bits, and what it could not write it says.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/csv.h"
#include "mdp/io/formats.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/decorated.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CsvRoundTrip : public testing::Test {
 protected:
  std::vector<std::string> write(const ModelFile& file) { return write_model(file, path_); }
  std::string written(const ModelFile& file) {
    write(file);
    return test::read_file(path_);
  }
  test::TemporaryFolder folder_;
  std::string path_ = folder_.path("m.csv");
};

TEST_F(CsvRoundTrip, KeepsRandomFilesToTheLastBit) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const ModelFile file = random_model_file(Stream(seed), false);
    EXPECT_THAT(write(file), IsEmpty()) << "seed " << seed;
    const ModelFile back = read_model(path_);
    EXPECT_EQ(back.model.data(), file.model.data()) << "seed " << seed << "\n" << test::read_file(path_);
    EXPECT_EQ(back.rewards_are_costs, file.rewards_are_costs) << "seed " << seed;
    expect_same_features(back.linear, file.linear);
    ASSERT_EQ(back.stages.size(), file.stages.size()) << "seed " << seed;
    ASSERT_EQ(back.contexts.size(), file.contexts.size()) << "seed " << seed;
    for (std::size_t h = 0; h < file.stages.size(); ++h) EXPECT_EQ(back.stages[h].data(), file.stages[h].data());
    for (std::size_t k = 0; k < file.contexts.size(); ++k) EXPECT_EQ(back.contexts[k].data(), file.contexts[k].data());
  }
}

TEST_F(CsvRoundTrip, WritesAPlainModelPlainly) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, .5}, {1, .5}});
  builder.add_choice(0, 100000.0, {{1, 1.0}});
  builder.add_choice(1, -0.1, {{1, 1.0}});
  EXPECT_EQ(written({.model = std::move(builder).build()}),
            "state,action,next,probability,reward\n0,0,0,0.5,5\n0,0,1,0.5,5\n0,1,1,1,100000\n1,0,1,1,-0.1\n");
}

TEST_F(CsvRoundTrip, SeparatesByTabsWhereTheNameSaysSo) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 5.0, {{0, 1.0}});
  const ModelFile plain{.model = std::move(builder).build()};
  path_ = folder_.path("m.tsv");
  EXPECT_EQ(written(plain), "state\taction\tnext\tprobability\treward\n0\t0\t0\t1\t5\n");
  for (const char* name : {"m.tsv", "m.tsv.gz"}) {
    path_ = folder_.path(name);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const ModelFile file = random_model_file(Stream(seed), false);
      EXPECT_THAT(write(file), IsEmpty()) << "seed " << seed;
      const ModelFile back = read_model(path_);
      EXPECT_EQ(back.model.data(), file.model.data()) << "seed " << seed;
      EXPECT_EQ(back.stages.size() + back.contexts.size(), file.stages.size() + file.contexts.size());
    }
  }
}

TEST_F(CsvRoundTrip, ListsNamesOnlyWhenTheRowsDoNotTellThem) {
  const auto model = [](std::vector<std::string> names) {
    TabularMdpBuilder builder(3);
    builder.add_choice(0, 1.0, {{1, 1}}).add_choice(1, 1.0, {{2, 1}}).add_choice(2, 1.0, {{0, 1}});
    builder.state_names(std::move(names)).action_names({"go"});
    return ModelFile{.model = std::move(builder).build()};
  };
  EXPECT_EQ(written(model({"a", "b", "c"})),
            "state,action,next,probability,reward\na,go,b,1,1\nb,go,c,1,1\nc,go,a,1,1\n");
  EXPECT_THAT(written(model({"2", "1", "0"})), HasSubstr("#! state 2\n#! state 1\n#! state 0\nstate,"));
  EXPECT_EQ(read_model(path_).model.data(), model({"2", "1", "0"}).model.data());
}

TEST_F(CsvRoundTrip, SaysWhatItCannotHold) {
  ModelFile file = random_model_file(Stream(1), true);
  EXPECT_THAT(write(file), testing::IsSupersetOf({"the intervals of the probabilities", "the observations"}));
  const auto lost_names = [&](std::vector<std::string> names) {
    TabularMdpBuilder builder(2);
    builder.add_choice(0, 1.0, {{1, 1}}).add_choice(1, 1.0, {{0, 1}}).state_names(std::move(names));
    const auto lost = write({.model = std::move(builder).build()});
    EXPECT_EQ(read_model(path_).model.num_states(), 2);  // and still reads
    return lost;
  };
  EXPECT_THAT(lost_names({"same", "same"}), ElementsAre(HasSubstr("the names of the states")));
  EXPECT_THAT(lost_names({"two\nlines", "b"}), ElementsAre(HasSubstr("the names of the states")));
}

TEST_F(CsvRoundTrip, RenamesColumnsThatCannotStandInOneHeader) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1}}).cost("fuel", 2).cost("a\tb", 3);
  ModelData data = std::move(builder).build().data();
  data.costs[1].name = "fuel";
  EXPECT_THAT(write({.model = TabularMdp(data)}), ElementsAre("the name of a column (it is now fuel_2)"));
  EXPECT_EQ(read_model(path_).model.data().costs[1].expected[0], 3);
  data.costs[1].name = "a\tb";
  EXPECT_THAT(write({.model = TabularMdp(data)}), ElementsAre("the name of a column (it is now a_b)"));
}

TEST_F(CsvRoundTrip, RefusesPartsWithOtherColumns) {
  TabularMdpBuilder one(1), two(1);
  one.add_choice(0, 1.0, {{0, 1}}).cost("fuel", 2);
  two.add_choice(0, 1.0, {{0, 1}});
  const std::vector<TabularMdp> stages{std::move(one).build(), std::move(two).build()};
  EXPECT_THAT(
      [&] { write({.model = stages[0], .stages = stages}); },
      testing::ThrowsMessage<InvalidOption>(HasSubstr("part 1 of the model has other states, rewards or costs")));
}

}  // namespace
}  // namespace bellwether::mdp
