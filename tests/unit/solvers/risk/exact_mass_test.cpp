// What rounding does to masses below a budget, against fractions.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <gmpxx.h>

#include <gtest/gtest.h>

#include "solvers/risk/stock_tree.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

/// One way a choice can turn out, its probability not yet divided by the sum of all.
struct ExactWay {
  int next;
  double reward;
  mpq_class weight;
};

/// The outcomes of a choice as the model's numbers say them, without a rounding.
std::vector<ExactWay> exact_ways(const mdp::TabularMdp& model, std::int64_t c) {
  const mdp::ModelData& data = model.data();
  const auto choice = static_cast<std::size_t>(c);
  const bool draws = !data.reward_laws.law.empty() && data.reward_laws.law[choice] != 0;
  std::vector<ExactWay> ways;
  for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
    const int next = model.successors(c)[k];
    const mpq_class p = model.probabilities(c)[k];
    if (!draws) {
      const auto at = static_cast<std::size_t>(model.choice_begin()[choice]) + k;
      ways.push_back({next, data.rewards.front().by_transition[at], p});
      continue;
    }
    const double scale = data.reward_laws.scale[choice];
    const mpq_class success = mpq_class(model.reward(c)) / mpq_class(scale);
    ways.push_back({next, scale, p * success});
    ways.push_back({next, 0, p * (1 - success)});
  }
  return ways;
}

mpq_class least_mass_below(const mdp::TabularMdp& model, int stages, int s, double earned, double b) {
  if (stages == 0) return earned < b ? 1 : 0;
  mpq_class least = 2;
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    mpq_class sum = 0, all = 0;
    for (const ExactWay& way : exact_ways(model, c)) {
      sum += way.weight * least_mass_below(model, stages - 1, way.next, earned + way.reward, b);
      all += way.weight;
    }
    sum /= all;
    least = std::min(least, sum);
  }
  return least;
}

/// From the initial distribution on, whose weights count divided by their sum.
mpq_class least_mass_below(const mdp::TabularMdp& model, int stages, double b) {
  mpq_class sum = 0, all = 0;
  const std::vector<double> initial = model.initial();
  for (int s = 0; s < model.num_states(); ++s) {
    sum += initial[static_cast<std::size_t>(s)] * least_mass_below(model, stages, s, 0, b);
    all += initial[static_cast<std::size_t>(s)];
  }
  return sum / all;
}

/// The largest width of the enclosures at all final stocks and above them, each of which is checked to hold the truth.
double widest_of_sound(const mdp::TabularMdp& model, int stages) {
  const StockTree tree({.model = model, .criterion = Criterion::kFinite, .discount = 1, .horizon = stages}, {});
  std::vector<double> budgets = tree.final_stocks();
  budgets.push_back(budgets.back() + 1);  // all of the mass
  double widest = 0;
  for (const double b : budgets) {
    const Enclosure mass = tree.least_mass_below(b);
    const mpq_class truth = least_mass_below(model, stages, b);
    EXPECT_LE(mpq_class(mass.lower), truth) << b;
    EXPECT_GE(mpq_class(mass.upper), truth) << b;
    EXPECT_LE(mass.upper, 1) << b;
    widest = std::max(widest, mass.upper - mass.lower);
  }
  return widest;
}

std::vector<double> weights(Stream& draws, std::size_t count) {
  std::vector<double> w(count);
  double sum = 0;
  for (double& x : w) sum += x = 0.05 + draws.uniform();
  for (double& x : w) x /= sum;  // adds up to one but for rounding
  return w;
}

/// Three states, two choices, three ways each; whole rewards, so that earnings are exact.
mdp::TabularMdp three_ways(Stream draws) {
  std::vector<std::vector<std::vector<Way>>> choices(3, std::vector<std::vector<Way>>(2));
  for (auto& state : choices) {
    for (auto& ways : state) {
      const std::vector<double> w = weights(draws, 3);
      for (int k = 0; k < 3; ++k)
        ways.push_back({k, static_cast<double>(draws.below(3)), w[static_cast<std::size_t>(k)]});
    }
  }
  mdp::ModelData data = model_of(choices).data();
  data.initial = weights(draws, 3);
  return mdp::TabularMdp(std::move(data));
}

TEST(ExactMass, LiesBetweenTheEnds) {
  for (std::uint64_t i = 0; i < 60; ++i)
    for (const int stages : {1, 2, 3}) EXPECT_LE(widest_of_sound(three_ways(Stream(61).child(i)), stages), 1e-14) << i;
}

TEST(ExactMass, OfRewardsThatAreDrawn) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const mdp::TabularMdp model = three_ways(Stream(62).child(i));
    mdp::ModelData data = model.data();
    data.rewards.front().by_transition = std::vector<double>{};
    data.reward_laws.law = std::vector<std::uint8_t>(6, 1);
    data.reward_laws.scale = std::vector<double>(6, 3.0);
    const double widest = widest_of_sound(mdp::TabularMdp(std::move(data)), 2);
    EXPECT_LE(widest, 1e-12) << i;
    EXPECT_GT(widest, 1e-14) << i;  // products of two probabilities are rounded before they are here
  }
}

TEST(ExactMass, OfASureWayWithADrawnReward) {
  // Nothing is added up, so all that is rounded is the probability of the reward.
  for (std::uint64_t i = 0; i < 60; ++i) {
    mdp::ModelData data = model_of({{{{0, 3 * Stream(63).child(i).uniform(), 1}}}}).data();
    data.rewards.front().by_transition = std::vector<double>{};
    data.reward_laws.law = std::vector<std::uint8_t>{1};
    data.reward_laws.scale = std::vector<double>{3};
    const mdp::TabularMdp model(std::move(data));
    for (const int stages : {1, 2}) EXPECT_LE(widest_of_sound(model, stages), 1e-12) << i;
  }
}

TEST(ExactMass, OfRowsThatMissOne) {
  // Their sum is a double, so all that is rounded is the division by it.
  for (int i = 1; i <= 60; ++i) {
    const double p = i / 64.0, q = 1 - p - i * 0x1p-40;
    EXPECT_LE(widest_of_sound(model_of({{{{0, 0, p}, {0, 1, q}}}}), 1), 1e-15) << i;
  }
}

TEST(ExactMass, ThatUnderflows) {
  // Twice the unlikely way: a mass far below the least double, or among the last that are.
  for (const double p : {1e-200, 1e-162, 1.1e-157, 1.3e-157, 1.7e-157, 2.3e-157, 3.1e-157, 1e-140}) {
    const mdp::TabularMdp model = model_of({{{{0, 0, p}, {0, 1, 1}}}});
    EXPECT_LE(widest_of_sound(model, 2), 1e-14) << p;
    const StockTree tree({.model = model, .criterion = Criterion::kFinite, .discount = 1, .horizon = 2}, {});
    EXPECT_LE(tree.least_mass_below(1).upper, 1e-270) << p;
  }
}

}  // namespace
}  // namespace bellwether::solvers
