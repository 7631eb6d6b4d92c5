// What each algorithm promises beyond the right answer.
#include <cmath>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/anchored_value_iteration.h"
#include "solvers/exact/discounted/gauss_seidel.h"
#include "solvers/exact/discounted/inexact_policy_iteration.h"
#include "solvers/exact/discounted/krylov.h"
#include "solvers/exact/discounted/modified_policy_iteration.h"
#include "solvers/exact/discounted/policy_matrix.h"
#include "solvers/exact/discounted/policy_system.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/discounted/successive_over_relaxation.h"
#include "solvers/exact/discounted/sweeps.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "tests/unit/solvers/exact/discounted/all_solvers.h"
#include "tests/unit/solvers/exact/discounted/random_models.h"
#include "tests/unit/solvers/exact/discounted/truth.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Problem problem_of(mdp::TabularMdp model, double discount, Direction direction = Direction::kMaximise) {
  return {.model = std::move(model), .direction = direction, .discount = discount};
}

Eigen::VectorXd doubles(const LongVector& v) { return v.cast<double>(); }

TEST(MacQueenBounds, ContainTheOptimumAtEverySweep) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = problem_of(random_model({.shape = static_cast<Shape>(seed % 3)}, seed), 0.95,
                                       seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise);
    const Eigen::VectorXd truth = doubles(optimal_values(problem));
    const discounted::SweepError error(problem);
    Eigen::VectorXd v = Eigen::VectorXd::Zero(20), next(20);
    for (int k = 0; k < 400; ++k) {
      const mdp::Change d = discounted::jacobi_sweep(problem, discounted::view(v), discounted::view(next));
      const discounted::RunningBound bound = discounted::macqueen_bound(error, d);
      const double middle = 0.95 / (1 - 0.95) * (d.low + d.high) / 2;
      ASSERT_LE((next.array() + middle - truth.array()).abs().maxCoeff(), bound.gap()) << "seed " << seed << " k " << k;
      v.swap(next);
    }
  }
}

TEST(MacQueenBounds, MidpointAndTailByHand) {
  const Problem problem = problem_of(random_model({.states = 2}, 0), 0.75);
  mdp::Change d;
  d.low = 1, d.high = 3, d.largest = 0;
  EXPECT_NEAR(discounted::macqueen_bound(discounted::SweepError(problem), d).width, 3, 1e-12);    // 3 * (3 - 1) / 2
  EXPECT_NEAR(discounted::in_place_bound(discounted::SweepError(problem), d).width, 4.5, 1e-12);  // 3 * (3 - 0) / 2
}

TEST(GaussSeidel, DominatesValueIterationSweepBySweep) {
  // Rewards at least 0 and V_0 = 0 <= T V_0: both rise, Gauss-Seidel never behind.
  const Problem problem = problem_of(random_model({.states = 30, .floor = 0}, 3), 0.9);
  Eigen::VectorXd jacobi = Eigen::VectorXd::Zero(30), next(30), seidel = jacobi;
  for (int k = 0; k < 60; ++k) {
    discounted::jacobi_sweep(problem, discounted::view(jacobi), discounted::view(next));
    jacobi.swap(next);
    for (int s = 0; s < 30; ++s) {
      seidel[s] =
          mdp::backup_state(problem.model, 0.9, discounted::view(seidel), mdp::Expectation{}, mdp::Largest{}, s);
    }
    ASSERT_TRUE((seidel.array() >= jacobi.array()).all()) << k;
  }
}

TEST(GaussSeidel, OneBackwardSweepSolvesALine) {
  // s -> s + 1 with reward 1, the last state terminal: backward order needs one sweep, forward one a state.
  mdp::TabularMdpBuilder builder(30);
  for (int s = 0; s < 29; ++s) builder.add_choice(s, 1.0, {{s + 1, 1.0}});
  builder.add_choice(29, 0.0, {{29, 1.0}});
  const Problem problem = problem_of(std::move(builder).build(), 0.9);
  EXPECT_EQ(gauss_seidel(problem, {.order = "backward"}).iterations, 2);  // the second sees that nothing changes
  EXPECT_EQ(gauss_seidel(problem, {.order = "symmetric"}).iterations, 2);
  EXPECT_GT(gauss_seidel(problem, {.order = "forward"}).iterations, 25);
  EXPECT_NEAR(gauss_seidel(problem, {.order = "backward"}).value[0], (1 - std::pow(0.9, 29)) / 0.1, 1e-6);
}

TEST(OverRelaxation, SafeFactorBeatsGaussSeidelOnLoops) {
  // Every choice stays with probability 0.8: the loop is solved at once by omega = 1 / (1 - 0.8 * discount).
  mdp::TabularMdpBuilder builder(20);
  Stream rng(2);
  for (int s = 0; s < 20; ++s)
    for (int a = 0; a < 2; ++a) builder.add_choice(s, rng.uniform(), {{s, 0.8}, {(s + 1 + a) % 20, 0.2}});
  const Problem problem = problem_of(std::move(builder).build(), 0.99);
  const Solution relaxed = successive_over_relaxation(problem, {}, {.tolerance = 1e-8});
  const Solution plain = gauss_seidel(problem, {}, {.tolerance = 1e-8});
  EXPECT_EQ(relaxed.status, Status::kConverged);
  EXPECT_LT(relaxed.iterations * 2, plain.iterations);
  EXPECT_LT((relaxed.value - plain.value).lpNorm<Eigen::Infinity>(), 2e-8);
}

TEST(OverRelaxation, RetreatsFromAFactorThatDiverges) {
  const Problem problem = problem_of(random_model({.shape = Shape::kRing, .states = 7}, 1), 0.99);
  const Solution got = successive_over_relaxation(problem, {.omega = 2}, {.tolerance = 1e-7});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_THAT(got.note, HasSubstr("Sweeps with omega 2 stopped closing in"));
  EXPECT_LE((got.value - doubles(optimal_values(problem))).lpNorm<Eigen::Infinity>(), got.gap);
}

TEST(Anchored, NeverAboveItsTheoremsBound) {
  for (const double discount : {0.5, 0.9, 0.99, 0.999}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const bool rising = seed % 2 == 0;
      const Problem problem = problem_of(
          random_model({.shape = static_cast<Shape>(seed % 3), .floor = rising ? 0.0 : -1.0}, seed), discount);
      Problem reversed = problem;
      reversed.direction = Direction::kMinimise;
      double distance = doubles(optimal_values(problem)).lpNorm<Eigen::Infinity>();
      if (!rising) distance = std::max(distance, doubles(optimal_values(reversed)).lpNorm<Eigen::Infinity>());
      Eigen::VectorXd v = Eigen::VectorXd::Zero(20), backed_up(20);
      double weight = 1;
      for (int k = 0; k <= 400; ++k) {
        const mdp::Change d = discounted::jacobi_sweep(problem, discounted::view(v), discounted::view(backed_up));
        if (k > 0) {
          ASSERT_LE(d.residual(), anchored_rate(discount, k, rising) * distance * (1 + 1e-9) + 1e-10)
              << "discount " << discount << " seed " << seed << " k " << k;
        }
        weight = next_anchor_weight(weight, discount);
        v = (1 - weight) * backed_up;
      }
    }
  }
}

TEST(Anchored, WeightsByHand) {
  // b_1 = 1 / (1 + 4) and b_2 = 1 / (1 + 4 + 16) at discount 1/2; 1 / (k + 1) at one.
  EXPECT_DOUBLE_EQ(next_anchor_weight(1, 0.5), 0.2);
  EXPECT_DOUBLE_EQ(next_anchor_weight(0.2, 0.5), 1.0 / 21);
  EXPECT_DOUBLE_EQ(next_anchor_weight(0.5, 1), 1.0 / 3);
  EXPECT_EQ(next_anchor_weight(next_anchor_weight(1, 0), 0), 0);
  // (2 - 1/2)(1 + 1 - 1/4) / (4 - 1/4) = 0.7 at k = 1, discount 1/2; 1 + discount instead of 1 + 2 discount: 0.5.
  EXPECT_NEAR(anchored_rate(0.5, 1, false), 0.7, 1e-15);
  EXPECT_NEAR(anchored_rate(0.5, 1, true), 0.5, 1e-15);
}

TEST(PolicyIteration, ValuesRiseAndCloseInAtTheDiscountsRate) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Problem problem = problem_of(random_model({.states = 40, .actions = 6, .tied = 0.3}, seed), 0.9);
    const Eigen::VectorXd best = doubles(optimal_values(problem));
    Eigen::VectorXd before;
    double first = 0;
    for (std::int64_t k = 0; k < 12; ++k) {
      const Solution got = solve("PolicyIterationDense", problem, {.tolerance = 0, .max_iterations = k + 1});
      const auto choices = got.policy.choices();
      const Eigen::VectorXd v = doubles(policy_values(problem, {choices.begin(), choices.end()}));
      if (k == 0) {
        first = (best - v).lpNorm<Eigen::Infinity>();
      } else {
        EXPECT_GE((v - before).minCoeff(), -1e-11);
      }
      EXPECT_LE((best - v).lpNorm<Eigen::Infinity>(), std::pow(0.9, k) * first + 1e-11);
      before = v;
    }
  }
}

TEST(PolicyIteration, KeepsAChoiceThatIsBeatenByLessThanTheMargin) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).add_choice(0, 1.0 + 1e-9, {{0, 1.0}}).add_choice(0, 1.0 + 3e-9, {{0, 1.0}});
  const Problem problem = problem_of(std::move(builder).build(), 0.5);
  const std::vector<double> v{0};
  std::vector<double> out(1);
  discounted::Choices choice{0};
  discounted::keeping_sweep(problem, v, out, 1e-8, choice);
  EXPECT_EQ(choice[0], 0);
  EXPECT_EQ(out[0], 1.0 + 3e-9);  // the backup is the best one all the same
  discounted::keeping_sweep(problem, v, out, 2e-9, choice);
  EXPECT_EQ(choice[0], 2);
}

TEST(RoundingLimit, IsNoticedWithoutWaiting) {
  const Problem problem = problem_of(random_model({.states = 10, .scale = 1e6}, 5), 0.999);
  const Solution got = solve("ValueIteration", problem, {.tolerance = 1e-12});
  EXPECT_EQ(got.status, Status::kRoundingLimited);
  EXPECT_LT(got.iterations, 200);  // the guard against standing still would wait for 7000
}

TEST(PolicyIteration, TakesAHandfulOfIterations) {
  const Problem problem = problem_of(random_model({.states = 200, .actions = 4, .branching = 5, .floor = 0}, 1), 0.99);
  for (const char* name : {"PolicyIterationDense", "PolicyIterationSparse"}) {
    const Solution got = solve(name, problem, {.tolerance = 1e-9});
    EXPECT_EQ(got.status, Status::kConverged);
    EXPECT_LE(got.iterations, 8);
  }
}

TEST(ModifiedPolicyIteration, OneSweepIsValueIteration) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor}, 2), 0.9);
  for (const std::int64_t limit : {1, 4, 9}) {
    const SolveOptions run{.tolerance = 1e-12, .max_iterations = limit};
    const Solution one = modified_policy_iteration(problem, {.sweeps = 1}, run),
                   plain = value_iteration(problem, {}, run);
    EXPECT_EQ(one.value, plain.value);
  }
}

TEST(ModifiedPolicyIteration, ReadsFarLessThanValueIterationWhereThePlayMixesSlowly) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor, .states = 60, .actions = 5}, 2), 0.999);
  const Solution modified = modified_policy_iteration(problem), plain = value_iteration(problem);
  EXPECT_LT(3 * modified.transitions_read, plain.transitions_read);
}

TEST(PolicyMatrix, SweepIsTheBackupUnderThePolicy) {
  const Problem problem = problem_of(random_model({.states = 30}, 9), 0.9);
  discounted::Choices choice;
  Eigen::VectorXd v = Eigen::VectorXd::LinSpaced(30, -1, 2), best(30), swept(30);
  const mdp::Change a = discounted::greedy_sweep(problem, discounted::view(v), discounted::view(best), choice);
  discounted::PolicyMatrix policy;
  policy.extract(problem.model, choice);
  const mdp::Change b = policy.sweep(0.9, discounted::view(v), discounted::view(swept));
  EXPECT_EQ(best, swept);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_EQ(policy.num_transitions(), 30 * 4);
  const auto system = discounted::policy_system(policy, 0.9);
  const Eigen::Map<const Eigen::VectorXd> reward(policy.rewards().data(), 30);
  EXPECT_LT((reward + v - system * v - swept).lpNorm<Eigen::Infinity>(), 1e-14);
}

TEST(Krylov, SolvesOrSaysThatItDidNot) {
  Eigen::SparseMatrix<double, Eigen::RowMajor> system(3, 3);
  for (int i = 0; i < 3; ++i) {
    system.insert(i, i) = 1;
    system.insert(i, (i + 1) % 3) = -0.9;
  }
  const Eigen::Vector3d b(1, 2, 3);
  const Eigen::VectorXd exact = Eigen::MatrixXd(system).inverse() * b;
  std::int64_t products = 0;
  const auto count = [&](std::int64_t n) {
    products += n;
    return true;
  };
  for (const bool gmres : {false, true}) {
    for (const char* name : {"none", "jacobi", "ilut"}) {
      const auto found = discounted::solve_krylov(
          system, b, {.gmres = gmres, .preconditioner = discounted::preconditioner(name), .relative_residual = 1e-12},
          count);
      EXPECT_TRUE(found.improved) << name;
      EXPECT_LT((found.x - exact).norm(), 1e-9) << name;
    }
  }
  EXPECT_GT(products, 12);
  EXPECT_FALSE(discounted::solve_krylov(system, Eigen::Vector3d::Zero(), {}, count).improved);
}

TEST(InexactPolicyIteration, NeedsFewProductsWhereThePlayMixes) {
  const Problem problem = problem_of(random_model({.states = 500, .actions = 4, .branching = 6}, 1), 0.99);
  const Solution got = inexact_policy_iteration(problem);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LT(got.iterations, 15);
  EXPECT_THAT(got.note, HasSubstr("0 of the evaluations fell back"));
}

TEST(Anderson, NeedsFewerBackupsThanTheContractionAlone) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor, .states = 60}, 4), 0.99);
  const Solution got = solve("Anderson", problem), plain = solve("ValueIteration", problem);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LT(2 * got.transitions_read, plain.transitions_read);
  EXPECT_THAT(got.note, HasSubstr("were accepted"));
}

TEST(Anderson, ResidualContractsWhateverTheExtrapolationDoes) {
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    const Problem problem = problem_of(random_model({.shape = static_cast<Shape>(seed % 3), .actions = 5}, seed), 0.9);
    const Solution got = solve("Anderson", problem, {.tolerance = 1e-9});
    for (std::size_t i = 1; i < got.trace.size(); ++i) {
      const double steps = static_cast<double>(got.trace[i].iteration - got.trace[i - 1].iteration);
      EXPECT_LE(got.trace[i].residual, std::pow(0.9, steps) * got.trace[i - 1].residual + 1e-13) << seed << " " << i;
    }
  }
}

TEST(Anderson, CountsRejectedCandidates) {
  const Problem problem = problem_of(random_model({.states = 50, .actions = 8}, 6), 0.9);
  const Solution got = solve("Anderson", problem, {.tolerance = 1e-9});
  const std::int64_t n = problem.model.num_transitions();
  // One backup at the start, one or two an iteration, one or more for the proof.
  EXPECT_GE(got.transitions_read, (got.iterations + 1) * n);
  int rejected = -1, accepted = -1;
  ASSERT_EQ(std::sscanf(got.note.c_str(), "%d extrapolations were accepted, %d rejected", &accepted, &rejected), 2);
  EXPECT_EQ(got.transitions_read, (got.iterations + rejected + 1) * n);
}

TEST(ActionElimination, DropsChoicesAndNeverTheBestOne) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = problem_of(random_model({.states = 40, .actions = 10, .branching = 5}, seed), 0.95,
                                       seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise);
    const Solution got = solve("ActionElimination", problem), plain = solve("ValueIteration", problem);
    EXPECT_LT(got.transitions_read, 0.6 * static_cast<double>(plain.transitions_read)) << "seed " << seed;
    int survivors = 0;
    ASSERT_EQ(std::sscanf(got.note.c_str(), "%d of 400 choices", &survivors), 1);
    EXPECT_GE(survivors, 40);
    EXPECT_LT(survivors, 60);
    EXPECT_LE((got.value - doubles(optimal_values(problem))).lpNorm<Eigen::Infinity>(), got.gap);
  }
}

TEST(PrioritisedSweeping, ReadsLittleWhereChangeIsLocal) {
  const Problem problem = problem_of(random_model({.shape = Shape::kRing, .states = 60}, 4), 0.99);
  const Solution got = solve("PrioritisedSweeping", problem), plain = solve("ValueIteration", problem);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LT(10 * got.transitions_read, plain.transitions_read);
}

TEST(Topological, ClosesOneComponentAsValueIterationDoes) {
  const Problem problem = problem_of(random_model({.states = 60, .actions = 4, .branching = 6, .floor = 0}, 4), 0.99);
  const Solution got = solve("Topological", problem), plain = solve("ValueIteration", problem);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LE(got.iterations, plain.iterations + 4);
}

TEST(Topological, OneBackupPerStateWithoutCycles) {
  // Five layers of random transitions to the next; the last layer is terminal.
  Stream rng(4);
  mdp::TabularMdpBuilder builder(50);
  for (int s = 0; s < 50; ++s) {
    if (s >= 40) {
      builder.add_choice(s, 0.0, {{s, 1.0}});
      continue;
    }
    for (int a = 0; a < 3; ++a) {
      const int base = s / 10 * 10 + 10;
      builder.add_choice(
          s, rng.uniform(),
          {{base + static_cast<int>(rng.below(10)), 0.25}, {base + static_cast<int>(rng.below(10)), 0.75}});
    }
  }
  const Problem problem = problem_of(std::move(builder).build(), 0.99);
  const Solution got = solve("Topological", problem, {.tolerance = 1e-12});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_EQ(got.iterations, 1);
  EXPECT_EQ(got.transitions_read, problem.model.num_transitions());
  // No cycle, so rounding adds up over five layers of 18 units of 4 at most; 1 / (1 - discount) never multiplies it.
  EXPECT_LT(got.gap, 5 * 18 * 0x1p-53 * 4);
  EXPECT_LE((got.value - doubles(optimal_values(problem))).lpNorm<Eigen::Infinity>(), got.gap + 1e-15);
}

TEST(Topological, BoundsTravelThroughComponents) {
  // A chain of rings, each leaking into the next: errors of the exits must show in the bounds upstream.
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Stream rng(seed);
    mdp::TabularMdpBuilder builder(24);
    for (int s = 0; s < 24; ++s) {
      const int ring = s / 4 * 4;
      for (int a = 0; a < 2; ++a) {
        const int next = ring + (s + 1 + a) % 4, exit = std::min(23, ring + 4 + static_cast<int>(rng.below(4)));
        builder.add_choice(s, rng.uniform() - 0.5, {{next, 0.9}, {exit, 0.1}});
      }
    }
    const Problem problem =
        problem_of(std::move(builder).build(), 0.999, seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise);
    const Eigen::VectorXd truth = doubles(optimal_values(problem));
    for (const double tolerance : {1e-1, 1e-4, 1e-8}) {
      const Solution got = solve("Topological", problem, {.tolerance = tolerance});
      EXPECT_EQ(got.status, Status::kConverged);
      EXPECT_TRUE((got.lower.array() <= truth.array() + 1e-13).all());
      EXPECT_TRUE((got.upper.array() >= truth.array() - 1e-13).all());
    }
    const Solution cut = solve("Topological", problem, {.tolerance = 1e-10, .max_iterations = 3});
    EXPECT_EQ(cut.status, Status::kBudgetExhausted);
    EXPECT_TRUE((cut.lower.array() <= truth.array()).all() && (cut.upper.array() >= truth.array()).all());
  }
}

TEST(SpanStop, NeedsTheMixingTimeNotTheDiscounts) {
  const Problem problem = problem_of(random_model({.states = 200, .actions = 4, .branching = 5, .floor = 0}, 1), 0.99);
  EXPECT_LT(value_iteration(problem).iterations, 50);  // the sup-norm alone would need some 1800
}

TEST(Options, AreChecked) {
  const Problem problem = problem_of(random_model({.states = 3}, 1), 0.5);
  EXPECT_THAT([&] { gauss_seidel(problem, {.order = "sideways"}); },
              ThrowsMessage<InvalidOption>(HasSubstr("gauss-seidel: option 'order' is sideways")));
  EXPECT_THAT([&] { successive_over_relaxation(problem, {.omega = 2.5}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'omega' is 2.5")));
  EXPECT_THAT([&] { modified_policy_iteration(problem, {.sweeps = 0}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'sweeps' is 0")));
  EXPECT_THAT([&] { inexact_policy_iteration(problem, {.krylov = "qmr"}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'krylov' is qmr")));
}

}  // namespace
}  // namespace bellwether::test
