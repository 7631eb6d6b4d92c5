// The ends of the intervals against fractions: what rounding may have done is part of them.
#include <string>
#include <utility>
#include <vector>

#include <gmpxx.h>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

/// Whole 64ths that add up to one, so that no probability is rounded.
std::vector<double> whole_shares(Stream& draws, int count) {
  std::vector<double> share(static_cast<std::size_t>(count), 1.0 / 64);
  for (int left = 64 - count; left > 0; --left) share[draws.below(share.size())] += 1.0 / 64;
  return share;
}

/// Three states, two actions, two observations; rewards with all their digits.
mdp::Pomdp random_model(Stream draws) {
  constexpr int kStates = 3, kActions = 2, kSeen = 2;
  mdp::TabularMdpBuilder builder(kStates);
  for (int s = 0; s < kStates; ++s) {
    for (int a = 0; a < kActions; ++a) {
      const std::vector<double> share = whole_shares(draws, kStates);
      builder.add_choice(s, 2 * draws.uniform() - 1, {{0, share[0]}, {1, share[1]}, {2, share[2]}});
    }
  }
  builder.initial(whole_shares(draws, kStates));
  std::vector<double> kernel;
  for (int row = 0; row < kStates * kActions; ++row)
    for (const double p : whole_shares(draws, kSeen)) kernel.push_back(p);
  return {std::move(builder).build(), mdp::dense_observations(kSeen, kernel)};
}

TEST(ExactValues, LieBetweenTheEndsOfEveryPlanner) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const mdp::Pomdp model = random_model(Stream(71).child(seed));
    const double discount = seed % 2 == 0 ? 1 : .9;
    const LatentProblem problem{.model = model,
                                .criterion = Criterion::kFinite,
                                .discount = discount,
                                .horizon = 2 + static_cast<int>(seed % 3)};
    const std::vector<double> initial = model.model().initial();
    const std::vector<mpq_class> start(initial.begin(), initial.end());
    const mpq_class truth = plain_pomdp(model, problem.horizon, start, discount);
    const SolveOptions exact{.tolerance = 1e-11};
    for (const LatentSolution& found :
         {belief_tree(problem, {}, exact), alpha_vectors(problem, {}, exact), hsvi(problem, {}, exact)}) {
      EXPECT_LE(mpq_class(found.lower), truth) << seed << ' ' << found.algorithm;
      EXPECT_GE(mpq_class(found.upper), truth) << seed << ' ' << found.algorithm;
      EXPECT_GE(mpq_class(found.informed), truth) << seed;
      EXPECT_LE(found.gap, 1e-11) << seed << ' ' << found.algorithm;
    }
  }
}

}  // namespace
}  // namespace bellwether::solvers
