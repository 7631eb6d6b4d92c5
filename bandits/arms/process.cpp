#include "bandits/arms/process.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "bandits/arms/linear.h"
#include "bandits/kernel.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

struct ProcessOptions {
  int arms = 100;
  double lengthscale = 0.2, sigma = 0.1;
  std::int64_t seed = 1;
};

template <class Field>
void describe(ProcessOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 2000), "points, at equal steps on [0, 1]");
  field("lengthscale", o.lengthscale, above(0), "of the kernel exp(-(x - y)^2 / (2 lengthscale^2))");
  field("sigma", o.sigma, above(0), "standard deviation of rewards");
  field("seed", o.seed, at_least(0), "of the function, drawn once for the bandit");
}

NamedBandit process_arms(const ProcessOptions& o) {
  std::vector<double> points;
  for (int i = 0; i < o.arms; ++i) points.push_back(static_cast<double>(i) / std::max(1, o.arms - 1));
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("function");
  std::vector<double> values = draw_function(points, o.lengthscale, stream);
  return {.bandit = std::make_shared<const FunctionBandit>(std::move(points), std::move(values), o.sigma)};
}

}  // namespace

std::vector<double> draw_function(std::span<const double> points, double lengthscale, Stream& stream) {
  const auto n = static_cast<Eigen::Index>(points.size());
  Eigen::MatrixXd covariance(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      covariance(i, j) = radial_kernel(points.subspan(static_cast<std::size_t>(i), 1),
                                       points.subspan(static_cast<std::size_t>(j), 1), lengthscale);
  // Points near each other make the matrix singular in double arithmetic; 1e-5 beside deviations of 1.
  covariance.diagonal().array() += 1e-10;
  const Eigen::MatrixXd factor = covariance.llt().matrixL();
  Eigen::VectorXd noise(n);
  for (double& entry : noise) entry = sample_normal(stream);
  const Eigen::VectorXd drawn = factor * noise;
  return {drawn.begin(), drawn.end()};
}

FunctionBandit::FunctionBandit(std::vector<double> points, std::vector<double> values, double sigma)
    : points_(std::move(points)), values_(std::move(values)), sigma_(sigma) {
  if (points_.empty() || points_.size() != values_.size())
    throw InvalidOption(fmt::format("bandit: a function has {} points and {} values", points_.size(), values_.size()));
  if (!(sigma > 0)) throw InvalidOption(fmt::format("bandit: sigma is {}, must be above 0", sigma));
}

World FunctionBandit::world(std::int64_t rounds) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  World world{.arms = static_cast<int>(values_.size()), .rounds = rounds, .noise = Noise::kGaussian, .sigma = sigma_};
  world.low = -kInfinity;
  world.high = kInfinity;
  world.dimension = 1;
  world.link = Link::kOther;
  world.feature_bound = 0;
  for (const double point : points_) world.feature_bound = std::max(world.feature_bound, std::abs(point));
  return world;
}

std::unique_ptr<Game> FunctionBandit::start(std::int64_t, const Stream& stream) const {
  return start_fixed({.means = values_, .features = points_, .sigma = sigma_}, stream);
}

std::string FunctionBandit::content() const {
  std::string text = fmt::format("function {}\n", exact_text(sigma_));
  for (std::size_t i = 0; i < points_.size(); ++i)
    text += fmt::format("{} {}\n", exact_text(points_[i]), exact_text(values_[i]));
  return text;
}

std::vector<Family> process_families() {
  return {bandit_family<ProcessOptions, process_arms>("process-arms",
                                                      "a smooth function on a grid, drawn from a Gaussian process",
                                                      "Srinivas, Krause, Kakade, Seeger 2010", "arms")};
}

}  // namespace bellwether::bandits
