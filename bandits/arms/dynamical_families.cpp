#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/dynamical.h"
#include "bandits/arms/families.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

struct DynamicalOptions {
  std::string a = "0.2/0/0/0/0/0/0/0/0.1", b = "0.45/0/0/0/0/0/0/0/0.1", omega = "1/0/0.1", theta = "0/0.5/0.1";
  double sigma = 0.01, step = 0.25, budget = 1.5;
};

template <class Field>
void describe(DynamicalOptions& o, Field&& field) {
  field("a", o.a, any_value(), "A, row by row, with / between the numbers");
  field("b", o.b, any_value(), "B, row by row");
  field("omega", o.omega, any_value(), "weights of the hidden state in the output");
  field("theta", o.theta, any_value(), "weights of the action in the output");
  field("sigma", o.sigma, above(0), "standard deviation of the noise of every state and of the output");
  field("step", o.step, between(0.001, 1), "of the grid of actions in [0, 1]^d");
  field("budget", o.budget, above(0), "of the sum of an action, a multiple of the step");
}

Eigen::MatrixXd read_matrix(std::string_view option, const std::string& text, Eigen::Index rows, Eigen::Index columns) {
  const std::vector<double> numbers = read_numbers("bandit", option, text);
  if (static_cast<Eigen::Index>(numbers.size()) != rows * columns)
    throw InvalidOption(fmt::format("bandit: option '{}' has {} numbers, must be {} by {} by omega and theta", option,
                                    numbers.size(), rows, columns));
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(numbers.data(), rows,
                                                                                                  columns);
}

Eigen::VectorXd read_vector(std::string_view option, const std::string& text) {
  const std::vector<double> numbers = read_numbers("bandit", option, text);
  return Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

bool whole(double x) { return std::abs(x - std::round(x)) < 1e-9; }

/// All points of the grid in [0, 1]^d with a sum of at most `budget`: the corners of that polytope are among them.
Eigen::MatrixXd grid(const DynamicalOptions& o, Eigen::Index d) {
  if (!whole(o.budget / o.step) || !whole(1 / o.step))
    throw InvalidOption(fmt::format("bandit: budget {} and 1 must be multiples of the step {}", o.budget, o.step));
  const int most = static_cast<int>(std::lround(1 / o.step));
  // No action spends more than d: a budget beyond is none, and may be too large to count in steps.
  const int all = static_cast<int>(std::lround(std::min(o.budget, static_cast<double>(d)) / o.step));
  constexpr std::size_t kMost = 100'000;
  std::vector<std::vector<int>> points = {{}};
  for (Eigen::Index j = 0; j < d; ++j) {
    std::vector<std::vector<int>> longer;
    for (const std::vector<int>& point : points) {
      int sum = 0;
      for (const int x : point) sum += x;
      for (int x = 0; x <= std::min(most, all - sum); ++x) {
        longer.push_back(point);
        longer.back().push_back(x);
      }
      if (longer.size() > kMost) throw InvalidOption(fmt::format("bandit: the grid has more than {} actions", kMost));
    }
    points = std::move(longer);
  }
  Eigen::MatrixXd actions(static_cast<Eigen::Index>(points.size()), d);
  for (std::size_t i = 0; i < points.size(); ++i)
    for (Eigen::Index j = 0; j < d; ++j)
      actions(static_cast<Eigen::Index>(i), j) = o.step * points[i][static_cast<std::size_t>(j)];
  return actions;
}

NamedBandit dynamical(const DynamicalOptions& o) {
  DynamicalSystem system;
  system.omega = read_vector("omega", o.omega);
  system.theta = read_vector("theta", o.theta);
  system.a = read_matrix("a", o.a, system.omega.size(), system.omega.size());
  system.b = read_matrix("b", o.b, system.omega.size(), system.theta.size());
  system.sigma = o.sigma;
  const Eigen::MatrixXd actions = grid(o, system.theta.size());
  const auto bandit = std::make_shared<const DynamicalBandit>(std::move(system), actions);
  return {.bandit = bandit,
          .facts = {{"reward of the best constant action", bandit->best_value(), "largest <h, u>"},
                    {"spectral radius", bandit->bounds().rho, "largest |eigenvalue| of A"},
                    {"transient gain", bandit->bounds().phi, "largest |A^t| / rho^t"}}};
}

}  // namespace

std::vector<Family> dynamical_families() {
  return {bandit_family<DynamicalOptions, dynamical>(
      "dynamical-system",
      "actions drive a hidden linear system, rewards are its outputs; regret of expected outputs against the best "
      "constant action in the long run",
      "Mussi, Metelli, Restelli 2023")};
}

}  // namespace bellwether::bandits
