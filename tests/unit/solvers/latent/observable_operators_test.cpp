#include "solvers/latent/observable_operators.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// P(observations | actions) by the forward algorithm on states.
double forward(const mdp::Pomdp& pomdp, const std::vector<std::int32_t>& seen,
               const std::vector<std::int32_t>& actions) {
  const mdp::TabularMdp& model = pomdp.model();
  const auto shows = [](std::span<const mdp::Seen> row, std::int32_t o) {
    double p = 0;
    for (const mdp::Seen& one : row) p += one.observation == o ? one.probability : 0;
    return p;
  };
  std::vector<double> now = model.initial();
  for (int s = 0; s < model.num_states(); ++s) now[static_cast<std::size_t>(s)] *= shows(pomdp.seen_first(s), seen[0]);
  for (std::size_t t = 0; t < actions.size(); ++t) {
    std::vector<double> next(now.size(), 0.0);
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t c = model.first_choice(s) + actions[t];
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        next[static_cast<std::size_t>(model.successors(c)[i])] +=
            now[static_cast<std::size_t>(s)] * model.probabilities(c)[i] *
            shows(pomdp.seen(model.action(c), model.successors(c)[i]), seen[t + 1]);
    }
    now = next;
  }
  double sum = 0;
  for (const double p : now) sum += p;
  return sum;
}

TEST(ObservableOperators, GiveEveryTrajectoryItsProbability) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const mdp::Pomdp pomdp =
        mdp::random_pomdp(Stream(seed), {.states = 3, .actions = 2, .observations = 4, .same_eyes = true});
    const ObservableOperators operators(pomdp);
    double worst = 0;
    for (int plan = 0; plan < 8; ++plan) {
      const std::vector<std::int32_t> actions = {plan & 1, plan >> 1 & 1, plan >> 2};
      double sum = 0;
      for (int code = 0; code < 256; ++code) {
        const std::vector<std::int32_t> seen = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
        const double p = operators.probability(seen, actions);
        worst = std::max(worst, std::abs(p - forward(pomdp, seen, actions)));
        sum += p;
      }
      EXPECT_NEAR(sum, 1, 1e-10);
    }
    EXPECT_LE(worst, 1e-10);
    EXPECT_GT(operators.least_singular_value(), 0);
    EXPECT_NEAR(operators.conditioning(0), 1, 1e-15);
    EXPECT_GE(operators.conditioning(2), 1 - 1e-9) << "a true belief's weight is one";
  }
}

TEST(ObservableOperators, RefuseWhatTheyCannotSay) {
  EXPECT_THAT([] { ObservableOperators(mdp::tiger()); },
              ThrowsMessage<InvalidModel>(HasSubstr("first state is not seen")));
  const mdp::Pomdp few = mdp::random_pomdp(Stream(1), {.states = 3, .observations = 2, .same_eyes = true});
  EXPECT_THAT([&] { ObservableOperators{few}; }, ThrowsMessage<InvalidModel>(HasSubstr("full column rank")));
  const mdp::Pomdp differ = mdp::random_pomdp(Stream(1), {.states = 2, .observations = 2});
  const mdp::Pomdp shown(differ.model(), differ.observations(), {{{0, 1.0}}, {{1, 1.0}}});
  EXPECT_THAT([&] { ObservableOperators{shown}; }, ThrowsMessage<InvalidModel>(HasSubstr("shows itself differently")));
  const ObservableOperators fine(mdp::random_pomdp(Stream(1), {.states = 2, .observations = 3, .same_eyes = true}));
  const std::vector<std::int32_t> one = {0};
  EXPECT_THROW(fine.probability(one, one), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
