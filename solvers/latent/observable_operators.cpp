#include "solvers/latent/observable_operators.h"

#include <algorithm>
#include <cmath>

#include <Eigen/SVD>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {
namespace {

Eigen::VectorXd column(std::span<const mdp::Seen> row, int observations) {
  Eigen::VectorXd p = Eigen::VectorXd::Zero(observations);
  for (const mdp::Seen& seen : row) p[seen.observation] += seen.probability;
  return p;
}

constexpr double kSame = 1e-12, kRank = 1e-10;

/// O(o | s), from wherever state s can be seen.
Eigen::MatrixXd emission_of(const mdp::Pomdp& pomdp) {
  const mdp::TabularMdp& model = pomdp.model();
  const int states = model.num_states(), observations = pomdp.num_observations();
  Eigen::MatrixXd emission = Eigen::MatrixXd::Zero(observations, states);
  std::vector<char> known(static_cast<std::size_t>(states), 0);
  const auto meet = [&](int s, std::span<const mdp::Seen> row, const char* which) {
    const Eigen::VectorXd p = column(row, observations);
    if (known[static_cast<std::size_t>(s)] != 0 && (p - emission.col(s)).cwiseAbs().maxCoeff() > kSame) {
      throw InvalidModel(fmt::format("ObservableOperators: state {} shows itself differently {}, must be alike",
                                     model.state_name(s), which));
    }
    known[static_cast<std::size_t>(s)] = 1;
    emission.col(s) = p;
  };
  const std::vector<double> initial = model.initial();
  if (!pomdp.sees_the_start()) throw InvalidModel("ObservableOperators: the first state is not seen, must be");
  for (int s = 0; s < states; ++s)
    if (initial[static_cast<std::size_t>(s)] > 0) meet(s, pomdp.seen_first(s), "at the start");
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    for (const std::int32_t next : model.successors(c))
      meet(next, pomdp.seen(model.action(c), next), "after another action");
  return emission;
}

}  // namespace

ObservableOperators::ObservableOperators(const mdp::Pomdp& pomdp) : emission_(emission_of(pomdp)) {
  const mdp::TabularMdp& model = pomdp.model();
  const int states = model.num_states(), actions = model.num_choices(0);
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(emission_, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd sigma = svd.singularValues();
  least_ = sigma.size() < states ? 0.0 : sigma[states - 1];
  if (!(least_ > kRank * sigma[0])) {
    throw InvalidModel(
        fmt::format("ObservableOperators: the emission matrix of {} observations and {} states has the "
                    "smallest singular value {:.3g}, must have full column rank",
                    emission_.rows(), states, least_));
  }
  const Eigen::MatrixXd inverse = svd.matrixV() * sigma.cwiseInverse().asDiagonal() * svd.matrixU().transpose();
  const std::vector<double> mu = model.initial();
  initial_ = emission_ * Eigen::Map<const Eigen::VectorXd>(mu.data(), states);
  for (int k = 0; k < actions; ++k) {
    Eigen::MatrixXd transition = Eigen::MatrixXd::Zero(states, states);
    for (int s = 0; s < states; ++s) {
      const std::int64_t c = model.first_choice(s) + k;
      if (model.num_choices(s) != actions || model.action(c) != model.action(model.first_choice(0) + k))
        throw InvalidModel(fmt::format("ObservableOperators: states 0 and {} differ in their actions", s));
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        transition(model.successors(c)[i], s) += model.probabilities(c)[i];
    }
    operators_.emplace_back();
    for (Eigen::Index o = 0; o < emission_.rows(); ++o)
      operators_.back().emplace_back(emission_ * transition * emission_.row(o).asDiagonal() * inverse);
  }
}

double ObservableOperators::probability(std::span<const std::int32_t> observations,
                                        std::span<const std::int32_t> actions) const {
  if (observations.size() != actions.size() + 1)
    throw InvalidOption("ObservableOperators: there must be one observation more than actions");
  Eigen::VectorXd b = initial_;
  for (std::size_t t = 0; t < actions.size(); ++t) b = step(observations[t], actions[t]) * b;
  return b[observations.back()];
}

double ObservableOperators::weight(const Eigen::VectorXd& x, int steps) const {
  if (steps == 0) return x.lpNorm<1>();
  double most = 0;
  for (int a = 0; a < num_actions(); ++a) {
    double sum = 0;
    for (int o = 0; o < num_observations(); ++o) sum += weight(step(o, a) * x, steps - 1);
    most = std::max(most, sum);
  }
  return most;
}

double ObservableOperators::conditioning(int steps) const {
  // The weight is convex in x, so it is largest at a corner of the ball.
  double most = 0;
  for (int o = 0; o < num_observations(); ++o)
    most = std::max(most, weight(Eigen::VectorXd::Unit(num_observations(), o), steps));
  return most;
}

}  // namespace bellwether::solvers
