#include "solvers/constrained/first_order/game.h"

#include <algorithm>
#include <cmath>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/operators.h"

namespace bellwether::solvers::constrained {
namespace {

constexpr double kLargestDiscount = 0.999999999;

/// The power of two that brings x into (1/2, 1]; 1 for 0.
double unit_of(double x) {
  if (x == 0) return 1;
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);  // x = fraction 2^exponent, fraction in [1/2, 1)
  if (fraction == 0.5) --exponent;
  return std::ldexp(1.0, exponent);
}

}  // namespace

Game::Game(const Lagrangian& on, std::string_view method) : on_(on), model_(on.planner().question().model) {
  if (on.problem().criterion != Criterion::kDiscounted) {
    throw InvalidOption(fmt::format("{}: the criterion is {}, must be discounted; choose occupancy-lp or bundle",
                                    method, to_string(on.problem().criterion)));
  }
  if (on.problem().discount > kLargestDiscount) {
    throw InvalidOption(fmt::format(
        "{}: the discount is {}, must be at most {} for a method whose steps lose digits with the length of "
        "the play; choose occupancy-lp or bundle",
        method, on.problem().discount, kLargestDiscount));
  }
  const int budgets = on.num_budgets();
  columns_.resize(model_.num_choices(), budgets + 1);
  for (int k = 0; k <= budgets; ++k) {
    const std::span<const double> column =
        k == 0 ? model_.reward()
               : std::span<const double>(model_.data().costs[static_cast<std::size_t>(k) - 1].expected);
    double largest = 0;
    for (const double x : column) largest = std::max(largest, std::abs(x));
    unit_.push_back(unit_of(largest));
    for (std::size_t c = 0; c < column.size(); ++c)
      columns_(static_cast<Eigen::Index>(c), k) = (k == 0 ? on.sign() : 1.0) * column[c] / unit_.back();
  }
  for (int i = 0; i < budgets; ++i) limit_.push_back(on.limit(i) / cost_unit(i));
  reward_range_ = columns_.col(0).maxCoeff() - columns_.col(0).minCoeff();
  const std::vector<double> initial = model_.initial();
  initial_ = Eigen::Map<const Eigen::VectorXd>(initial.data(), static_cast<Eigen::Index>(initial.size()));
  initial_ /= initial_.sum();
  for (int s = 0; s < model_.num_states(); ++s) most_choices_ = std::max(most_choices_, model_.num_choices(s));
}

std::vector<double> Game::in_problem_units(std::span<const double> multipliers) const {
  std::vector<double> result;
  for (int i = 0; i < num_budgets(); ++i)
    result.push_back(multipliers[static_cast<std::size_t>(i)] * (reward_unit() / cost_unit(i)));
  return result;
}

std::vector<double> Game::uniform_policy() const {
  std::vector<double> policy(num_choices());
  for (int s = 0; s < model_.num_states(); ++s)
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
      policy[static_cast<std::size_t>(c)] = 1.0 / model_.num_choices(s);
  return policy;
}

void Game::evaluate(std::span<const double> policy, View& view, bool with_occupancy, double tau) const {
  const int states = model_.num_states();
  const Eigen::Index columns = columns_.cols();
  Eigen::MatrixXd right = Eigen::MatrixXd::Zero(states, columns);
  Eigen::VectorXd bonus = Eigen::VectorXd::Zero(tau > 0 ? columns_.rows() : 0);
  for (int s = 0; s < states; ++s) {
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
      const double p = policy[static_cast<std::size_t>(c)];
      if (tau > 0) bonus[c] = -tau * std::log(std::max(p, 1e-300));
      if (p == 0) continue;
      right.row(s) += p * columns_.row(c);
      if (tau > 0) right(s, 0) += p * bonus[c];
    }
  }
  constexpr int kFactorise = 150;
  if (states <= kFactorise) {
    solve_by_factors(policy, right, view, with_occupancy);
  } else {
    solve_by_sweeps(policy, right, view, with_occupancy);
  }
  view.q.resize(columns_.rows(), columns);
  const mdp::Expectation mean;
  for (Eigen::Index k = 0; k < columns; ++k) {
    const std::span<const double> v(view.v.col(k).data(), static_cast<std::size_t>(states));
    for (std::int64_t c = 0; c < model_.num_choices(); ++c)
      view.q(c, k) = columns_(c, k) + discount() * mean(model_.successors(c), model_.probabilities(c), v);
  }
  if (tau > 0) view.q.col(0) += bonus;
  view.total = view.v.transpose() * initial_;
}

void Game::solve_by_factors(std::span<const double> policy, const Eigen::MatrixXd& right, View& view,
                            bool with_occupancy) const {
  const int states = model_.num_states();
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(states, states);
  for (int s = 0; s < states; ++s) {
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
      const double p = policy[static_cast<std::size_t>(c)];
      if (p == 0) continue;
      for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
        system(s, model_.successors(c)[k]) -= discount() * p * model_.probabilities(c)[k];
    }
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> factors(system);
  view.v = factors.solve(right);
  if (with_occupancy) view.occupancy = factors.transpose().solve(initial_);
}

bool Game::goes_on(int sweep) const {
  constexpr std::int64_t kAskEvery = 2'000'000;  // transitions, a few nanoseconds each in every column
  const std::int64_t sweeps = std::max<std::int64_t>(1, kAskEvery / model_.num_transitions());
  return sweep % sweeps != sweeps - 1 || on_.planner().still_wanted();
}

void Game::solve_by_sweeps(std::span<const double> policy, const Eigen::MatrixXd& right, View& view,
                           bool with_occupancy) const {
  const int states = model_.num_states();
  const Eigen::Index columns = right.cols();
  constexpr double kClosed = 1e-12;  // of the largest value; what is left is found by the proof at the end
  constexpr int kSweeps = 1'000'000;
  if (view.v.rows() != states) view.v = Eigen::MatrixXd::Zero(states, columns);
  Eigen::MatrixXd next(states, columns);
  Eigen::RowVectorXd row(columns);
  for (int sweep = 0; sweep < kSweeps && goes_on(sweep); ++sweep) {
    for (int s = 0; s < states; ++s) {
      row.setZero();
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const double p = policy[static_cast<std::size_t>(c)];
        if (p == 0) continue;
        for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
          row += p * model_.probabilities(c)[k] * view.v.row(model_.successors(c)[k]);
      }
      next.row(s) = right.row(s) + discount() * row;
    }
    // Every remaining change is between the smallest and the largest times gamma / (1 - gamma): take the middle.
    const Eigen::RowVectorXd low = (next - view.v).colwise().minCoeff(), high = (next - view.v).colwise().maxCoeff();
    view.v.swap(next);
    const double tail = discount() / (1 - discount());
    if ((high - low).maxCoeff() * tail <= kClosed * std::max(1.0, view.v.cwiseAbs().maxCoeff())) {
      view.v.rowwise() += 0.5 * tail * (low + high);
      break;
    }
  }
  if (!with_occupancy) return;
  if (view.occupancy.size() != states) view.occupancy = initial_ / (1 - discount());
  Eigen::VectorXd flow(states);
  for (int sweep = 0; sweep < kSweeps && goes_on(sweep); ++sweep) {
    flow = initial_;
    for (int s = 0; s < states; ++s) {
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const double mass = discount() * view.occupancy[s] * policy[static_cast<std::size_t>(c)];
        if (mass == 0) continue;
        for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
          flow[model_.successors(c)[k]] += mass * model_.probabilities(c)[k];
      }
    }
    const double change = (flow - view.occupancy).lpNorm<1>();
    view.occupancy.swap(flow);
    if (change <= kClosed) break;
  }
}

}  // namespace bellwether::solvers::constrained
