#include "mdp/instances/approximation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(FeaturedInstances, BringFeaturesAndPoliciesThatFit) {
  for (const auto& family : featured_table()) {
    const FeaturedInstance made = family.make();
    const TabularMdp& model = made.instance.model;
    const Approximation& approximation = made.approximation;
    EXPECT_TRUE(approximation.states != nullptr || approximation.choices != nullptr) << family.name;
    EXPECT_NO_THROW(approximation.target.require_fits(model)) << family.name;
    EXPECT_NO_THROW(approximation.behaviour.require_fits(model)) << family.name;
    if (approximation.states != nullptr) EXPECT_EQ(approximation.states->num_choices(), model.num_states());
    if (approximation.choices != nullptr) EXPECT_EQ(approximation.choices->num_choices(), model.num_choices());
    if (!approximation.start.empty())
      EXPECT_EQ(approximation.start.size(), static_cast<std::size_t>(approximation.states->dimension()));
    EXPECT_EQ(make_instance(family.name).model.num_transitions(), model.num_transitions());
    EXPECT_EQ(made.instance.linear.features, approximation.choices) << family.name << ": what learners see";
  }
}

TEST(FeaturedInstances, HatsAddUpAndBumpsPeakWhereTheyShould) {
  const FeaturedInstance boyan = boyan_chain({.states = 21});
  for (int s = 0; s < 21; ++s) EXPECT_NEAR(boyan.approximation.states->matrix().row(s).sum(), 1, 1e-15);
  EXPECT_EQ(boyan.approximation.states->row(6)[1], 0.5);
  const FeaturedInstance chain = lspi_chain();
  const auto phi = chain.approximation.choices->matrix();
  ASSERT_EQ(phi.cols(), 22);
  for (int s = 0; s < 50; ++s) {
    EXPECT_EQ(phi.row(2 * s).tail(11).norm(), 0);  // left knows nothing of right
    EXPECT_EQ(phi.row(2 * s).head(11), phi.row(2 * s + 1).tail(11));
    EXPECT_EQ(phi(2 * s, 0), 1);
    EXPECT_EQ(chain.instance.model.reward(2 * s), s == 9 || s == 40 ? 1 : 0);
  }
  EXPECT_EQ(phi(2 * 12, 3), 1);  // the third bump: in the middle of states 10 to 14
}

TEST(FeaturedInstances, SayWhatIsWrong) {
  EXPECT_THAT([] { boyan_chain({.states = 12}); }, ThrowsMessage<InvalidOption>(HasSubstr("multiple of 4")));
  EXPECT_THAT([] { random_walk({.states = 5, .groups = 6}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'groups' is 6")));
  EXPECT_THAT([] { find_featured("boyan-chian"); }, ThrowsMessage<InvalidOption>(HasSubstr("'boyan-chain'")));
  EXPECT_THAT([] { find_featured("riverswim"); }, ThrowsMessage<InvalidOption>(HasSubstr("riverswim")));
}

}  // namespace
}  // namespace bellwether::mdp
