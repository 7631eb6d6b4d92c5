#include "bandits/relaxation/solver/sor.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr int kSide = 10, kSize = kSide * kSide;

Eigen::MatrixXd shifted(double shift) {
  return Eigen::MatrixXd(laplacian(kSide)) + shift * Eigen::MatrixXd::Identity(kSize, kSize);
}

Eigen::VectorXd draw_rhs(Stream& stream) {
  Eigen::VectorXd b(kSize);
  for (double& x : b) x = sample_normal(stream);
  return b;
}

/// One sweep after the other, as the formula says.
int plain_iterations(const Eigen::MatrixXd& a, const Eigen::VectorXd& b, double omega, double tolerance, int most) {
  Eigen::MatrixXd lower = a.triangularView<Eigen::StrictlyLower>();
  lower += Eigen::MatrixXd(a.diagonal().asDiagonal()) / omega;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(b.size()), r = b;
  int done = 0;
  while (r.norm() >= tolerance * b.norm() && done < most) {
    x += lower.triangularView<Eigen::Lower>().solve(r);
    r = b - a * x;
    ++done;
  }
  return done;
}

TEST(Sor, TakesAsManyIterationsAsTheFormula) {
  Stream stream(1);
  const SorSolver solver(laplacian(kSide), 1e-8, 10'000);
  std::vector<Eigen::VectorXd> rhs;
  for (int i = 0; i < 3; ++i) rhs.push_back(draw_rhs(stream));
  std::vector<SorJob> jobs;
  std::vector<int> expected;
  for (const double shift : {-.1, 0.0, .3}) {
    for (const double omega : {1.0, 1.3, 1.6, 1.85}) {
      for (const Eigen::VectorXd& b : rhs) {
        jobs.push_back({shift, omega, {b.data(), kSize}});
        expected.push_back(plain_iterations(shifted(shift), b, omega, 1e-8, 10'000));
      }
    }
  }
  std::vector<int> together(jobs.size()), alone(jobs.size());
  solver.solve(jobs, together);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    solver.solve(std::span(jobs).subspan(i, 1), std::span(alone).subspan(i, 1));
    EXPECT_EQ(together[i], expected[i]) << i;
  }
  EXPECT_EQ(alone, together);
}

TEST(Sor, SolvesTheSystem) {
  Stream stream(2);
  const SorSolver solver(laplacian(kSide), 1e-8, 10'000);
  for (int trial = 0; trial < 30; ++trial) {
    const double shift = -.15 + .6 * stream.uniform(), omega = 1 + .95 * stream.uniform();
    const Eigen::VectorXd b = draw_rhs(stream);
    const SorJob job{shift, omega, {b.data(), kSize}};
    int iterations = 0;
    std::vector<double> solution;
    solver.solve({&job, 1}, {&iterations, 1}, &solution);
    const Eigen::Map<const Eigen::VectorXd> x(solution.data(), kSize);
    const Eigen::MatrixXd a = shifted(shift);
    EXPECT_LT((a * x - b).norm() / b.norm(), 1e-8);
    const Eigen::VectorXd exact = a.llt().solve(b);
    EXPECT_LT((x - exact).norm() / exact.norm(), 1e-6);
  }
}

TEST(Sor, StopsWhereItIsToldAndAtOnceWhenThereIsNothingToDo) {
  const SorSolver solver(laplacian(kSide), 1e-8, 7);
  Stream stream(3);
  const Eigen::VectorXd b = draw_rhs(stream), zero = Eigen::VectorXd::Zero(kSize);
  const std::vector<SorJob> jobs = {{0, 1, {b.data(), kSize}}, {0, 1, {zero.data(), kSize}}};
  std::vector<int> iterations(2);
  solver.solve(jobs, iterations);
  EXPECT_THAT(iterations, testing::ElementsAre(7, 0));
}

TEST(Sor, YoungsFormulaIsTheSpectralRadius) {
  for (const double shift : {-.1, 0.0, .3}) {
    const Eigen::MatrixXd a = shifted(shift);
    const Eigen::MatrixXd jacobi = Eigen::MatrixXd::Identity(kSize, kSize) - a / (4 + shift);
    const double beta = laplacian_jacobi_radius(kSide, shift);
    EXPECT_NEAR(beta, 4 * std::cos(std::numbers::pi / 11) / (4 + shift), 1e-15);
    EXPECT_NEAR(jacobi.selfadjointView<Eigen::Lower>().eigenvalues().cwiseAbs().maxCoeff(), beta, 1e-10);
    for (const double omega : {1.0, 1.2, 1.4, 1.6, 1.8, 1.95}) {
      Eigen::MatrixXd lower = a.triangularView<Eigen::StrictlyLower>();
      lower += Eigen::MatrixXd(a.diagonal().asDiagonal()) / omega;
      const Eigen::MatrixXd iteration =
          Eigen::MatrixXd::Identity(kSize, kSize) - lower.triangularView<Eigen::Lower>().solve(a);
      EXPECT_NEAR(iteration.eigenvalues().cwiseAbs().maxCoeff(), sor_radius(omega, beta), 1e-6) << omega;
    }
    // At its best omega, from both sides.
    const double best = best_omega(beta);
    EXPECT_NEAR(sor_radius(best - 1e-9, beta), best - 1, 1e-3);
    EXPECT_LT(sor_radius(best, beta), sor_radius(best - .01, beta));
    EXPECT_LT(sor_radius(best, beta), sor_radius(best + .01, beta));
  }
}

TEST(Sor, IterationsFallUpToTheBestOmegaAndFollowTheirRateBeyond) {
  Stream stream(4);
  const SorSolver solver(laplacian(kSide), 1e-8, 10'000);
  for (const double shift : {-.1, 0.0, .3}) {
    const double best = best_omega(laplacian_jacobi_radius(kSide, shift));
    const Eigen::VectorXd b = draw_rhs(stream);
    int before = 100'000;
    for (int i = 0; i < 20; ++i) {
      const double omega = 1 + .05 * i;
      const SorJob job{shift, omega, {b.data(), kSize}};
      int iterations = 0;
      solver.solve({&job, 1}, {&iterations, 1});
      if (omega <= best - .1) {
        EXPECT_LT(iterations, before) << omega;
      }
      if (omega >= best + .05) {
        EXPECT_NEAR(std::log(1e-8) / std::log(omega - 1), iterations, .35 * iterations) << omega;
      }
      before = iterations;
    }
  }
}

TEST(Sor, RefusesWhatItCannotRelax) {
  SparseRows hollow(2, 2);
  hollow.insert(0, 0) = 1;
  hollow.insert(0, 1) = 1;
  EXPECT_THAT([&] { SorSolver(hollow, 1e-8, 10); }, ThrowsMessage<InvalidOption>(HasSubstr("diagonal entry 1")));
  EXPECT_THAT([&] { SorSolver(SparseRows(2, 3), 1e-8, 10); }, ThrowsMessage<InvalidOption>(HasSubstr("2 rows")));
  EXPECT_THAT([&] { SorSolver(laplacian(2), 0, 10); }, ThrowsMessage<InvalidOption>(HasSubstr("tolerance 0")));
}

}  // namespace
}  // namespace bellwether::bandits
