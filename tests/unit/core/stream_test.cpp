#include "core/stream.h"

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <Random123/philox.h>
#include <gtest/gtest.h>

namespace bellwether {
namespace {

std::vector<std::uint64_t> draws(Stream stream, int count) {
  std::vector<std::uint64_t> out;
  for (int i = 0; i < count; ++i) out.push_back(stream());
  return out;
}

TEST(Philox, GivesItsPublishedAnswers) {
  // Known answers of Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): zeros, ones, and the digits of pi.
  r123::Philox4x32 generator;
  const auto zeros = generator({{0, 0, 0, 0}}, {{0, 0}});
  EXPECT_EQ(zeros, (r123::Philox4x32::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  const std::uint32_t all = 0xffffffff;
  const auto ones = generator({{all, all, all, all}}, {{all, all}});
  EXPECT_EQ(ones, (r123::Philox4x32::ctr_type{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
  const auto pi = generator({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}});
  EXPECT_EQ(pi, (r123::Philox4x32::ctr_type{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

TEST(Stream, IsAFunctionOfItsSeed) {
  EXPECT_EQ(draws(Stream(7), 9), draws(Stream(7), 9));
  EXPECT_NE(draws(Stream(7), 9), draws(Stream(8), 9));
}

TEST(Stream, DrawsTheBlocksOfItsGeneratorInOrder) {
  // Seed 0 has this key and lane; draw i is half i % 2 of block i / 2, however many blocks are drawn at once.
  r123::Philox4x32 generator;
  const std::uint64_t seeds = 0xd1b54a32d192ed03;
  const auto word = [](std::uint64_t x, int i) { return static_cast<std::uint32_t>(x >> (32 * i)); };
  const auto identity = generator({{0, 0, 0, 0}}, {{word(seeds, 0), word(seeds, 1)}});
  Stream stream(0);
  for (std::uint64_t block = 0; block < 1000; ++block) {
    const auto expected =
        generator({{word(block, 0), word(block, 1), identity[2], identity[3]}}, {{identity[0], identity[1]}});
    ASSERT_EQ(stream(), (std::uint64_t{expected[1]} << 32) | expected[0]) << "block " << block;
    ASSERT_EQ(stream(), (std::uint64_t{expected[3]} << 32) | expected[2]) << "block " << block;
  }
}

TEST(Stream, CopiesGoOnWithTheSameDraws) {
  Stream stream(9);
  for (int taken = 0; taken < 40; ++taken) {
    EXPECT_EQ(draws(stream, 50), draws(stream, 50)) << "after " << taken;
    stream();
  }
}

TEST(Stream, ChildrenDoNotTouchTheParentNorEachOther) {
  Stream parent(3);
  const auto before = draws(parent, 5);
  EXPECT_EQ(draws(parent.child(1), 5), draws(parent.child(1), 5));
  EXPECT_EQ(draws(parent, 5), before);
  std::set<std::uint64_t> firsts{before[0]};
  for (std::uint64_t i = 0; i < 1000; ++i) firsts.insert(draws(parent.child(i), 1)[0]);
  firsts.insert(draws(parent.child("agent"), 1)[0]);
  firsts.insert(draws(parent.child("environment"), 1)[0]);
  firsts.insert(draws(parent.child(1).child(2), 1)[0]);
  firsts.insert(draws(parent.child(2).child(1), 1)[0]);
  EXPECT_EQ(firsts.size(), 1005U);
}

TEST(Stream, ChildOfAStreamThatHasDrawnIsTheSameChild) {
  Stream fresh(11), used(11);
  for (int i = 0; i < 3; ++i) used();
  EXPECT_EQ(draws(fresh.child(4), 3), draws(used.child(4), 3));
}

TEST(Stream, UniformLiesInTheUnitIntervalWithTheRightMoments) {
  Stream stream(5);
  const int n = 200000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double x = stream.uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 / std::sqrt(12.0 * n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(Stream, BelowIsUnbiased) {
  Stream stream(6);
  std::array<int, 7> counts{};
  const int n = 70000;
  for (int i = 0; i < n; ++i) ++counts[stream.below(7)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - n / 7.0) * (count - n / 7.0) / (n / 7.0);
  EXPECT_LT(chi_square, 27.9);  // 6 degrees of freedom, one in ten thousand
  EXPECT_EQ(stream.below(1), 0U);
}

}  // namespace
}  // namespace bellwether
