#include "solvers/exact/average/diameter.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::solvers {
namespace {

TEST(Diameter, IsWhatTheInstancesSay) {
  int known = 0;
  for (const char* name : {"riverswim", "jao-gadget", "jao", "six-arms"}) {
    const mdp::NamedInstance made = mdp::make_instance(name);
    for (const mdp::KnownFact& fact : made.facts) {
      if (fact.quantity != mdp::Quantity::kDiameter) continue;
      const Diameter got = diameter(made.model, 1e-8);
      EXPECT_EQ(got.status, Status::kConverged) << name;
      EXPECT_NEAR(got.lower, fact.value, 1e-6 * (1 + fact.value)) << name;
      EXPECT_LE(got.lower, got.upper);
      ++known;
    }
  }
  EXPECT_GE(known, 2);
}

TEST(Diameter, ByHand) {
  // A circle of 7 walked one way: from a state to the one before it takes 6 steps.
  mdp::TabularMdpBuilder builder(7);
  for (int s = 0; s < 7; ++s) builder.add_choice(s, 0, {{(s + 1) % 7, 1.0}});
  const Diameter got = diameter(std::move(builder).build());
  EXPECT_NEAR(got.lower, 6, 1e-6);
  EXPECT_NEAR(got.upper, 6, 1e-6);
  EXPECT_EQ((got.to - got.from + 7) % 7, 6);
}

TEST(Diameter, IsInfiniteWhereAStateCannotSurelyBeReached) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0, {{1, 1.0}});
  builder.add_choice(1, 0, {{1, 1.0}});
  const Diameter got = diameter(std::move(builder).build());
  EXPECT_TRUE(std::isinf(got.lower));
  EXPECT_EQ(got.from, 1);
  EXPECT_EQ(got.to, 0);
}

TEST(Diameter, OfOneStateIsZeroAndThreadsDoNotMatter) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0, {{0, 1.0}});
  EXPECT_EQ(diameter(std::move(builder).build()).upper, 0);
  const mdp::TabularMdp river = mdp::make_instance("riverswim", {{"size", "80"}}).model;
  const auto with = [&](int threads) {
    const ThreadCount guard(threads);
    return diameter(river).lower;
  };
  EXPECT_EQ(with(1), with(2));
  EXPECT_EQ(diameter(river, 1e-6, [](std::int64_t) { return false; }).status, Status::kStoppedByCaller);
}

}  // namespace
}  // namespace bellwether::solvers
