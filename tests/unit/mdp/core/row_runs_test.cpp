#include "mdp/row_runs.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/operators.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

struct Block {
  int states, length;  ///< length 0: rows of 1 to 7 entries
};

/// States in blocks whose rows have one length each; one to three choices a state.
TabularMdp blocks(const std::vector<Block>& shape, Stream stream) {
  int states = 0;
  for (const Block& block : shape) states += block.states;
  TabularMdpBuilder builder(states);
  int s = 0;
  for (const Block& block : shape) {
    for (const int end = s + block.states; s < end; ++s) {
      const auto choices = 1 + static_cast<int>(stream.below(3));
      for (int a = 0; a < choices; ++a) {
        const int length = block.length > 0 ? block.length : 1 + static_cast<int>(stream.below(7));
        std::vector<Entry> row;
        for (int k = 0; k < length; ++k)
          row.push_back({static_cast<int>(stream.below(static_cast<std::uint64_t>(states))), 1.0 / length});
        builder.add_choice(s, stream.uniform(), row);
      }
    }
  }
  return std::move(builder).build();
}

TEST(RowRuns, CoverTheStatesInOrder) {
  const TabularMdp model = blocks({{40, 3}, {5, 2}, {31, 4}, {100, 1}, {32, 5}, {200, 0}}, Stream(1));
  const auto runs = model.row_runs();
  ASSERT_GE(runs.size(), 4U);
  std::int32_t next = 0;
  for (const RowRun& run : runs) {
    EXPECT_EQ(run.begin, next);
    EXPECT_LT(run.begin, run.end);
    next = run.end;
    for (int s = run.begin; run.length > 0 && s < run.end; ++s)
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        ASSERT_EQ(model.successors(c).size(), static_cast<std::size_t>(run.length)) << s;
  }
  EXPECT_EQ(next, model.num_states());
  EXPECT_EQ(runs[0].length, 3);
  EXPECT_EQ(runs[0].end, 40);
  EXPECT_EQ(runs[1].length, 0);  // 5 and 31 states are too few
  EXPECT_EQ(runs[1].end, 76);
  EXPECT_EQ(runs[2].length, 1);
  EXPECT_EQ(runs[3].length, 5);
}

TEST(RowRuns, SweepsAreTheSameBitForBit) {
  for (const int length : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
    const TabularMdp model =
        blocks({{64, length}, {50, 0}, {64, length}, {33, 3}}, Stream(2).child(static_cast<std::uint64_t>(length)));
    Stream stream(3);
    std::vector<double> v, out(static_cast<std::size_t>(model.num_states()));
    for (int s = 0; s < model.num_states(); ++s) v.push_back(stream.uniform() * 100 - 50);
    const auto check = [&](const auto& choose) {
      backup(model, 0.9, v, out, Expectation{}, choose);
      for (int s = 0; s < model.num_states(); ++s)
        ASSERT_EQ(out[static_cast<std::size_t>(s)], backup_state(model, 0.9, v, Expectation{}, choose, s)) << length;
    };
    check(Largest{});
    check(Smallest{});
    check(PolicyAverage(model, Policy::uniform(model)));
  }
}

TEST(RowRuns, ThreadsCutRunsAnywhere) {
  const TabularMdp model = blocks({{15000, 3}, {700, 0}, {15000, 5}}, Stream(4));
  Stream stream(5);
  std::vector<double> v, one(static_cast<std::size_t>(model.num_states())), two(one);
  for (int s = 0; s < model.num_states(); ++s) v.push_back(stream.uniform());
  const auto sweep = [&](int threads, std::vector<double>& out) {
    const ThreadCount guard(threads);
    return backup_with_change(model, 0.9, v, out, Expectation{}, Largest{});
  };
  const Change a = sweep(1, one), b = sweep(2, two);
  EXPECT_EQ(one, two);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  for (int s = 0; s < model.num_states(); s += 97)
    ASSERT_EQ(one[static_cast<std::size_t>(s)], backup_state(model, 0.9, v, Expectation{}, Largest{}, s)) << s;
}

}  // namespace
}  // namespace bellwether::mdp
