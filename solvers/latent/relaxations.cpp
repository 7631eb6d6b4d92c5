#include "solvers/latent/relaxations.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/rounding.h"
#include "solvers/exact/discounted/discounted_auto.h"

namespace bellwether::solvers::latent {
namespace {

using mdp::BeliefModel;
using PlaceTable = std::vector<std::vector<double>>;  // [cell][place]

PlaceTable places(const BeliefModel& model, double value) {
  PlaceTable table;
  for (int x = 0; x < model.num_cells(); ++x) table.emplace_back(static_cast<std::size_t>(model.cell(x).size()), value);
  return table;
}

ChoiceTable all_choices(const BeliefModel& model, double value) {
  ChoiceTable q;
  for (int x = 0; x < model.num_cells(); ++x) {
    const BeliefModel::Cell& cell = model.cell(x);
    q.emplace_back(cell.choices.size(), std::vector<double>(static_cast<std::size_t>(cell.size()), value));
  }
  return q;
}

/// Q = r + discount P V.
ChoiceTable act(const BeliefModel& model, double discount, const PlaceTable& v) {
  ChoiceTable q;
  for (int x = 0; x < model.num_cells(); ++x) {
    q.emplace_back();
    for (const BeliefModel::Choice& choice : model.cell(x).choices) {
      q.back().push_back(choice.reward);
      for (const BeliefModel::Message& message : choice.messages)
        add_back(message, v[static_cast<std::size_t>(message.cell)], discount, q.back().back());
    }
  }
  return q;
}

PlaceTable best(const ChoiceTable& q) {
  PlaceTable v;
  for (const auto& of_choices : q) {
    v.push_back(of_choices.front());
    for (const auto& of_places : of_choices)
      for (std::size_t i = 0; i < of_places.size(); ++i) v.back()[i] = std::max(v.back()[i], of_places[i]);
  }
  return v;
}

/// Q'(x, k)_i = r_i + discount sum over messages of max over k' of (P_message Q(y, k'))_i.
ChoiceTable inform(const BeliefModel& model, double discount, const ChoiceTable& q) {
  ChoiceTable after;
  std::vector<double> top, one;
  for (int x = 0; x < model.num_cells(); ++x) {
    after.emplace_back();
    const auto size = static_cast<std::size_t>(model.cell(x).size());
    for (const BeliefModel::Choice& choice : model.cell(x).choices) {
      after.back().push_back(choice.reward);
      for (const BeliefModel::Message& message : choice.messages) {
        top.assign(size, -std::numeric_limits<double>::infinity());
        for (const auto& of_places : q[static_cast<std::size_t>(message.cell)]) {
          one.assign(size, 0.0);
          add_back(message, of_places, discount, one);
          for (std::size_t i = 0; i < size; ++i) top[i] = std::max(top[i], one[i]);
        }
        for (std::size_t i = 0; i < size; ++i) after.back().back()[i] += top[i];
      }
    }
  }
  return after;
}

void lift(ChoiceTable& q, double by) {
  for (auto& of_choices : q)
    for (auto& of_places : of_choices)
      for (double& value : of_places) value = round_up(value + by);
}

/// Each entry the smaller of both; the largest fall.
double lower_to(ChoiceTable& q, const ChoiceTable& bound) {
  double fall = 0;
  for (std::size_t x = 0; x < q.size(); ++x) {
    for (std::size_t k = 0; k < q[x].size(); ++k) {
      for (std::size_t i = 0; i < q[x][k].size(); ++i) {
        if (!(bound[x][k][i] < q[x][k][i])) continue;
        fall = std::max(fall, q[x][k][i] - bound[x][k][i]);
        q[x][k][i] = bound[x][k][i];
      }
    }
  }
  return fall;
}

/// Proven upper bounds of the values with the states seen, maximised.
PlaceTable seen_values(const LatentProblem& problem, const BeliefModel& model, const Observer& observer) {
  const double scale = std::max(model.largest_reward() / (1 - problem.discount), std::numeric_limits<double>::min());
  const Solution solution = discounted_auto(problem.seen(), {.tolerance = 1e-12 * scale, .observer = observer});
  PlaceTable v = places(model, scale * (1 + 1e-12));
  const Eigen::VectorXd& bound = problem.direction == Direction::kMaximise ? solution.upper : solution.lower;
  if (bound.size() == 0) return v;
  for (int x = 0; x < model.num_cells(); ++x) {
    for (std::size_t i = 0; i < v[static_cast<std::size_t>(x)].size(); ++i)
      v[static_cast<std::size_t>(x)][i] = problem.sign() * bound[model.cell(x).states[i]];
  }
  return v;
}

void discounted(const LatentProblem& problem, const BeliefModel& model, double backup_error, const Observer& observer,
                Relaxations& result, PlaceTable& known) {
  known = seen_values(problem, model, observer);
  ChoiceTable q = act(model, problem.discount, known);
  lift(q, backup_error);
  result.seen_later = q;
  // Lifting each iterate keeps it a bound whatever the rounding.
  constexpr int kMostSweeps = 2000;
  const double enough = 1e-6 * model.largest_reward();
  for (int sweep = 0; sweep < kMostSweeps && !result.stopped; ++sweep) {
    ChoiceTable after = inform(model, problem.discount, q);
    lift(after, backup_error);
    if (lower_to(q, after) * problem.discount <= enough * (1 - problem.discount)) break;
    result.stopped = observer && !observer({.iteration = sweep});
  }
  result.seen_late = {std::move(q)};
}

void finite(const LatentProblem& problem, const BeliefModel& model, double backup_error, const Observer& observer,
            Relaxations& result, PlaceTable& known) {
  const auto stages = static_cast<std::size_t>(problem.horizon);
  result.seen_late.resize(stages);
  known = places(model, 0.0);
  double cap = 0;  // the largest reward at every step
  for (std::size_t h = stages; h-- > 0;) {
    cap = round_up(std::max(0.0, model.highest_reward()) + problem.discount * cap + backup_error);
    ChoiceTable q = result.stopped ? all_choices(model, cap) : act(model, problem.discount, known);
    if (result.stopped) {
      known = places(model, cap);
      result.seen_late[h] = q;
    } else {
      lift(q, backup_error);
      known = best(q);
      result.seen_late[h] = h + 1 == stages ? q : inform(model, problem.discount, result.seen_late[h + 1]);
      if (h + 1 < stages) lift(result.seen_late[h], backup_error);
      lower_to(result.seen_late[h], q);
      result.stopped = observer && !observer({.iteration = problem.horizon - static_cast<std::int64_t>(h)});
    }
    if (h == 0) result.seen_later = std::move(q);
  }
}

}  // namespace

double largest(const std::vector<std::vector<double>>& of_choices, std::span<const double> belief, int* which) {
  double top = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < of_choices.size(); ++k) {
    const double value = mdp::dot(of_choices[k], belief);
    if (!(value > top)) continue;
    top = value;
    if (which != nullptr) *which = static_cast<int>(k);
  }
  return top;
}

Relaxations relax(const LatentProblem& problem, const BeliefModel& model, double backup_error,
                  const Observer& observer) {
  Relaxations result;
  PlaceTable known;
  (problem.criterion == Criterion::kFinite ? finite : discounted)(problem, model, backup_error, observer, result,
                                                                  known);
  for (const BeliefModel::Start& start : model.starts()) {
    const auto x = static_cast<std::size_t>(start.cell);
    result.known += mdp::dot(known[x], start.belief);
    result.qmdp += largest(result.seen_later[x], start.belief);
    result.informed += largest(result.seen_late.front()[x], start.belief);
  }
  // Each is a bound for itself, so the later ones may be lowered to the earlier ones.
  result.known = round_up(result.known + 2 * backup_error);
  result.qmdp = std::min(result.known, round_up(result.qmdp + 2 * backup_error));
  result.informed = std::min(result.qmdp, round_up(result.informed + 2 * backup_error));
  return result;
}

}  // namespace bellwether::solvers::latent
