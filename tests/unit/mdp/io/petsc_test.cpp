#include "mdp/io/petsc.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/formats.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A file put together number by number, as PETSc's manual describes it.
class Big {
 public:
  explicit Big(int bytes = 4) : bytes_(bytes) {}
  Big& ints(const std::vector<std::int64_t>& values) {
    for (const std::int64_t x : values) put(static_cast<std::uint64_t>(x), bytes_);
    return *this;
  }
  Big& reals(const std::vector<double>& values) {
    for (const double x : values) put(std::bit_cast<std::uint64_t>(x), 8);
    return *this;
  }
  // NOLINTBEGIN(google-explicit-constructor): a file is its bytes
  operator std::string() const { return text_; }
  operator std::string_view() const { return text_; }
  // NOLINTEND(google-explicit-constructor)

 private:
  void put(std::uint64_t x, int bytes) {
    for (int k = bytes - 1; k >= 0; --k) text_ += static_cast<char>(x >> (8 * k));
  }
  int bytes_;
  std::string text_;
};

/// Two states, two actions; state 1 lacks action 0.
std::string transitions(int bytes = 4) {
  return Big(bytes).ints({1211216, 4, 2, 4, 2, 1, 0, 1, 0, 1, 1, 0}).reals({0.25, 0.75, 1, 1});
}
std::string costs() { return Big().ints({1211216, 2, 2, 4, 2, 2, 0, 1, 0, 1}).reals({1, 2, kInfinity, 4}); }

std::string refusal(const std::string& p, const std::string& g) {
  try {
    parse_petsc(p, g, "x.bin");
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

void expect_the_model(const ModelFile& file) {
  EXPECT_TRUE(file.rewards_are_costs);
  const TabularMdp& model = file.model;
  EXPECT_THAT(model.state_begin(), ElementsAre(0, 2, 3));
  EXPECT_THAT(model.successor(), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(model.probability(), ElementsAre(0.25, 0.75, 1, 1));
  EXPECT_THAT(model.reward(), ElementsAre(1, 2, 4));
  EXPECT_EQ(model.action(2), 1);
}

TEST(Petsc, ReadsAPairOfSparseMatrices) { expect_the_model(parse_petsc(transitions(), costs(), "x")); }

TEST(Petsc, ReadsSixtyFourBitIndices) {
  expect_the_model(parse_petsc(transitions(8), Big(8).ints({1211216, 2, 2, -1}).reals({1, 2, kInfinity, 4}), "x"));
}

TEST(Petsc, ReadsDenseCostsAndVectors) {
  expect_the_model(parse_petsc(transitions(), Big().ints({1211216, 2, 2, -1}).reals({1, 2, 0, 4}), "x"));
  expect_the_model(parse_petsc(transitions(), Big().ints({1211214, 4}).reals({1, 2, 0, 4}), "x"));
}

TEST(Petsc, TakesSilentCostsAsZeroAndZeroProbabilitiesAsNothing) {
  const std::string p = Big().ints({1211216, 2, 2, 3, 2, 1, 0, 1, 1}).reals({0, 1, 1});
  const TabularMdp model = parse_petsc(p, Big().ints({1211216, 2, 1, 1, 0, 1, 0}).reals({7}), "x").model;
  EXPECT_THAT(model.successor(), ElementsAre(1, 1));
  EXPECT_THAT(model.reward(), ElementsAre(0, 7));
  EXPECT_TRUE(model.data().action.empty());
}

TEST(Petsc, SaysWhatIsWrong) {
  EXPECT_THAT(refusal("state,action\n", costs()), HasSubstr("x.bin: is no PETSc matrix (it starts with "));
  EXPECT_THAT(refusal(transitions().substr(0, 60), costs()), HasSubstr("truncated"));
  EXPECT_THAT(refusal(transitions() + "z", costs()), HasSubstr("1 bytes follow"));
  EXPECT_THAT(refusal(Big().ints({1211216, 4, 2, 3, 2, 1, 0, 1}), costs()),
              HasSubstr("row 3 has length 1, 0 of the 3"));
  EXPECT_THAT(refusal(Big().ints({1211216, 4, 2, 5, 2, 1, 0, 1}), costs()),
              HasSubstr("rows have 4 entries, its header says 5"));
  EXPECT_THAT(refusal(Big().ints({1211216, 4, 2, 4, 2, 1, 0, 1, 0, 2, 1, 0}), costs()),
              HasSubstr("column 2 is out of range, there are 2"));
  EXPECT_THAT(refusal(Big().ints({1211216, 1 << 30, 1 << 30, -1}), costs()), HasSubstr("truncated"));
  EXPECT_THAT(refusal(Big().ints({1211216, -4, 2, 4}), costs()), HasSubstr("announces a matrix of -4 x 2"));
  EXPECT_THAT(refusal(transitions(), Big().ints({1211216, 2, 3, 0, 0, 0})), HasSubstr("P is 4 x 2 and g is 2 x 3"));
  EXPECT_THAT(refusal(transitions(), Big().ints({1211214, 3}).reals({1, 2, 3})), HasSubstr("g is 3 x 1"));
  const std::string half = Big().ints({1211216, 4, 2, 4, 2, 1, 0, 1, 0, 1, 1, 0}).reals({0.25, 0.5, 1, 1});
  EXPECT_THAT(refusal(half, costs()), HasSubstr("row (s=0, a=0) sums to 1-0.25"));
  const std::string minus = Big().ints({1211216, 4, 2, 4, 2, 1, 0, 1, 0, 1, 1, 0}).reals({-0.25, 1.25, 1, 1});
  EXPECT_THAT(refusal(minus, costs()), HasSubstr("row 0 of P has the entry -0.25"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(refusal(transitions(), Big().ints({1211216, 2, 2, -1}).reals({1, nan, 3, 4})),
              HasSubstr("cost of (s=0, a=1) is nan"));
  EXPECT_THAT(refusal(transitions(), Big().ints({1211216, 2, 2, -1}).reals({1, 1, 3, kInfinity})),
              HasSubstr("state 1 has no choice"));
}

TEST(Petsc, FindsThePartnerOfEitherFile) {
  const test::TemporaryFolder folder;
  for (const auto& [p, g] : {std::pair("P.bin", "g.bin"), std::pair("maze_P.bin", "maze_g.bin"),
                             std::pair("pend_P_441_9.bin", "pend_g_441_9.bin"), std::pair("a.P.bin", "a.g.bin")}) {
    folder.write(p, transitions());
    folder.write(g, costs());
    expect_the_model(read_petsc(folder.path(p)));
    expect_the_model(read_petsc(folder.path(g)));
  }
  EXPECT_THAT([&] { read_petsc(folder.path("gap.bin")); },
              testing::ThrowsMessage<ParseError>(HasSubstr("the word P or g")));
  folder.write("lone_P.bin", transitions());
  EXPECT_THAT([&] { read_petsc(folder.path("lone_P.bin")); },
              testing::ThrowsMessage<ParseError>(HasSubstr("lone_g.bin: no such file")));
}

TEST(Petsc, WritesWhatPetscCanLoad) {
  TabularMdpBuilder builder(2);  // unsorted, with a successor twice, and actions 0 and 2
  builder.add_choice(0, 1.5, {{1, 0.5}, {0, 0.25}, {1, 0.25}}).action(0);
  builder.add_choice(0, 2.5, {{0, 1}}).action(2);
  builder.add_choice(1, 3.5, {{1, 1}}).action(2);
  const ModelFile file{.model = std::move(builder).build(), .rewards_are_costs = true};
  const test::TemporaryFolder folder;
  const auto lost = write_model(file, folder.path("m_P.bin"));
  EXPECT_THAT(lost, testing::Contains(HasSubstr("the order of successors")));
  EXPECT_EQ(test::read_file(folder.path("m_P.bin")),
            std::string(
                Big().ints({1211216, 6, 2, 4}).ints({2, 0, 1, 0, 0, 1}).ints({0, 1, 0, 1}).reals({0.25, 0.75, 1, 1})));
  EXPECT_EQ(test::read_file(folder.path("m_g.bin")),
            std::string(Big()
                            .ints({1211216, 2, 3, 6, 3, 3, 0, 1, 2, 0, 1, 2})
                            .reals({1.5, kInfinity, 2.5, kInfinity, kInfinity, 3.5})));
}

TEST(Petsc, IsStableAfterTheFirstPassAndTurnsRewardsIntoCosts) {
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ModelFile file{.model = test::random_model(Stream(seed))};
    write_model(file, folder.path("a_P.bin"));
    const ModelFile once = read_model(folder.path("a_g.bin"));
    for (std::int64_t c = 0; c < file.model.num_choices(); ++c) EXPECT_EQ(once.model.reward(c), -file.model.reward(c));
    EXPECT_THAT(write_model(once, folder.path("b_P.bin")), testing::IsEmpty());
    EXPECT_EQ(read_model(folder.path("b_P.bin")).model.data(), once.model.data()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bellwether::mdp
