#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/rational/certify_rational.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Value of the best continuation by enumerating the tree of choices, with no table in between.
mpq_class best_from(const std::vector<mdp::TabularMdp>& stages, int horizon, int stage, int s,
                    const mpq_class& discount, bool maximise) {
  if (stage == horizon) return 0;
  const mdp::TabularMdp& model = stages[stages.size() == 1 ? 0 : stage];
  std::optional<mpq_class> best;
  for (int c = 0; c < model.num_choices(s); ++c) {
    const auto choice = model.first_choice(s) + c;
    mpq_class value = model.reward(choice);
    for (std::size_t k = 0; k < model.successors(choice).size(); ++k)
      value += discount * mpq_class(model.probabilities(choice)[k]) *
               best_from(stages, horizon, stage + 1, model.successors(choice)[k], discount, maximise);
    if (!best || (maximise ? value > *best : value < *best)) best = value;
  }
  return *best;
}

TEST(SolveFinite, AgreesWithTheTreeOfChoices) {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    std::vector<mdp::TabularMdp> stages;
    for (int h = 0; h < (seed % 4 < 2 ? 1 : 4); ++h)
      stages.push_back(random_dyadic_model(3, 2, 3, Stream(seed).child(h)));
    Problem problem{
        .model = stages[0], .criterion = Criterion::kFinite, .discount = seed % 8 < 4 ? 1 : 0.75, .horizon = 4};
    if (seed % 2 == 1) problem.direction = Direction::kMinimise;
    if (stages.size() > 1) problem.stages = stages;
    const RationalSolution got = certify_rational(problem, {});
    ASSERT_EQ(got.solution.stages.size(), 4u);
    for (int s = 0; s < 3; ++s)
      EXPECT_EQ(got.exact.text(s),
                best_from(stages, 4, 0, s, seed % 8 < 4 ? mpq_class(1) : mpq_class(3, 4), seed % 2 == 0).get_str())
          << "seed " << seed << ", state " << s;
  }
}

TEST(SolveFinite, PolicyOfEachStageAndTies) {
  mdp::TabularMdpBuilder builder(2);  // invest (pay 1, then 5 a step) pays only with two stages to go
  builder.add_choice(0, 1.0, {{0, 1.0}});
  builder.add_choice(0, -1.0, {{1, 1.0}});
  builder.add_choice(1, 5.0, {{1, 1.0}});
  builder.add_choice(1, 5.0, {{1, 1.0}});
  const RationalSolution got = certify_rational(
      {.model = std::move(builder).build(), .criterion = Criterion::kFinite, .discount = 1, .horizon = 3}, {});
  EXPECT_EQ(got.exact.text(0), "9");
  EXPECT_THAT(got.solution.stages[0].choices(), testing::ElementsAre(1, 0));
  EXPECT_THAT(got.solution.stages[1].choices(), testing::ElementsAre(1, 0));
  EXPECT_THAT(got.solution.stages[2].choices(), testing::ElementsAre(0, 0));
}

TEST(SolveFinite, RefusesWhenNumbersGrowTooLong) {
  const mdp::TabularMdp model = random_dyadic_model(5, 2, 3, Stream(1));
  const Problem problem{.model = model, .criterion = Criterion::kFinite, .discount = 1, .horizon = 100000};
  EXPECT_THAT([&] { certify_rational(problem, {}, {.max_work = 1e6}); },
              ThrowsMessage<InvalidOption>(
                  testing::AllOf(HasSubstr("stage "), HasSubstr(" of 100000"), HasSubstr("the limit is 1.0e+06"))));
}

}  // namespace
}  // namespace bellwether::solvers::rational
