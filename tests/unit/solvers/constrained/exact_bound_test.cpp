// The relaxation bound against fractions: what rounding may have done is part of it.
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "solvers/constrained/deterministic.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers {
namespace {

constexpr double kDiscount = .999;  // rounding of a backup counts a thousand times

/// Three states, two choices, two costs with all their digits.
mdp::TabularMdp random_model(const Stream& stream, const std::vector<double>& initial) {
  mdp::ModelData data = rational::random_dyadic_model(3, 2, 2, stream.child("rows"), 1).data();
  Stream draws = stream.child("costs");
  for (const char* name : {"left", "right"}) {
    std::vector<double> cost(6);
    for (double& c : cost) c = draws.uniform();
    data.costs.push_back({.name = name, .expected = std::move(cost), .by_transition = {}});
  }
  data.initial = initial;
  return mdp::TabularMdp(std::move(data));
}

/// The values of the best policy for r - y c, and what it is worth: initial . value + y limit.
struct ExactRelaxation {
  std::vector<mpq_class> value;
  mpq_class worth;
};

ExactRelaxation exact_relaxation(const mdp::TabularMdp& model, const std::vector<double>& y,
                                 const std::vector<double>& limits) {
  ExactRelaxation best;
  rational::for_each_policy(model, [&](const std::vector<std::int32_t>& policy) {
    auto system = rational::chain_of(model, policy);
    std::vector<mpq_class> gain;
    for (std::size_t s = 0; s < system.size(); ++s) {
      for (mpq_class& entry : system[s]) entry *= -mpq_class(kDiscount);
      system[s][s] += 1;
      const std::int64_t c = model.first_choice(static_cast<int>(s)) + policy[s];
      gain.emplace_back(model.reward(c));
      for (std::size_t i = 0; i < y.size(); ++i)
        gain.back() -= mpq_class(y[i]) * mpq_class(model.data().costs[i].expected[static_cast<std::size_t>(c)]);
    }
    std::vector<mpq_class> value = rational::solve_dense(system, gain);
    mpq_class sum = 0, all = 0;
    const std::vector<double> initial = model.initial();
    for (std::size_t s = 0; s < value.size(); ++s) {
      sum += mpq_class(initial[s]) * value[s];
      all += mpq_class(initial[s]);
    }
    sum /= all;
    for (std::size_t i = 0; i < y.size(); ++i) sum += mpq_class(y[i]) * mpq_class(limits[i]);
    if (best.value.empty() || sum > best.worth) best = {std::move(value), sum};
  });
  return best;
}

TEST(RelaxationBound, HoldsInFractions) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Stream stream = Stream(81).child(seed);
    // Without a rounding, and short of one by what a model may be.
    const mdp::TabularMdp model = random_model(stream, {.25, .25, seed % 2 == 0 ? .5 : .5 - 5e-10});
    Stream draws = stream.child("multipliers");
    const std::vector<double> y{draws.uniform(), draws.uniform()}, limits{100 * draws.uniform(), 100 * draws.uniform()};
    const ExactRelaxation truth = exact_relaxation(model, y, limits);
    std::vector<double> value;
    for (const mpq_class& v : truth.value) value.push_back(v.get_d());
    const constrained::Lagrangian on({.model = {model, limits}, .discount = kDiscount});
    const double bound = constrained::relaxation_bound(on, value, y, std::vector<char>(6, 0), true);
    EXPECT_GE(mpq_class(bound), truth.worth) << seed;
    EXPECT_LE(mpq_class(bound), truth.worth + mpq_class(seed % 2 == 0 ? 1e-7 : 1e-4)) << seed;
  }
}

}  // namespace
}  // namespace bellwether::solvers
