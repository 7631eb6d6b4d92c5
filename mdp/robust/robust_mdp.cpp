#include "mdp/robust/robust_mdp.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/robust/penalty.h"

namespace bellwether::mdp {
namespace {

constexpr double kRowTolerance = 1e-9;  // the same as of probabilities

std::string place(const TabularMdp& model, std::int64_t choice) {
  return fmt::format("(s={}, a={})", model.state_name(model.state_of(choice)), model.action_name(model.action(choice)));
}

bool has_radius(SetKind kind) { return kind != SetKind::kInterval && kind != SetKind::kScenarios; }

void require_prices(const TabularMdp& model, const Ambiguity& set) {
  if (!robust::can_be_paid_for(set.kind)) {
    throw InvalidModel(
        fmt::format("RobustMdp: prices go with the kinds l1, tv, kl and chi2, not with '{}'", to_string(set.kind)));
  }
  if (!set.radius.empty()) throw InvalidModel("RobustMdp: a radius and a price exclude each other");
  if (set.state_wise())
    throw InvalidModel("RobustMdp: prices are paid choice by choice; make the set rectangular by choice");
  const auto count = static_cast<std::int64_t>(set.price.size());
  if (count != 1 && count != model.num_choices()) {
    throw InvalidModel(fmt::format("RobustMdp: there are {} prices; must be 1 for all or {}, one a choice", count,
                                   model.num_choices()));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const double x = set.price[static_cast<std::size_t>(i)];
    if (x >= 0) continue;
    throw InvalidModel(fmt::format("RobustMdp: the price of {} is {}, must be at least 0",
                                   count == 1 ? std::string("all rows") : place(model, i), x));
  }
}

void require_radius(const TabularMdp& model, const Ambiguity& set) {
  if (!has_radius(set.kind)) {
    if (!set.radius.empty())
      throw InvalidModel(fmt::format("RobustMdp: a set of kind '{}' has no radius", to_string(set.kind)));
    return;
  }
  const std::int64_t rows = set.state_wise() ? model.num_states() : model.num_choices();
  const auto count = static_cast<std::int64_t>(set.radius.size());
  if (count != 1 && count != rows) {
    throw InvalidModel(fmt::format("RobustMdp: there are {} radii; must be 1 for all or {}, one a {}", count, rows,
                                   set.state_wise() ? "state" : "choice"));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const double k = set.radius[static_cast<std::size_t>(i)];
    // By state the budget is that of several rows.
    const bool share = set.kind == SetKind::kContamination && !set.state_wise();
    if (k >= 0 && std::isfinite(k) && !(share && k > 1)) continue;
    const std::string where = count == 1         ? "all rows"
                              : set.state_wise() ? "state " + model.state_name(static_cast<int>(i))
                                                 : place(model, i);
    throw InvalidModel(
        fmt::format("RobustMdp: the radius of {} is {}, must be {}", where, k,
                    share ? "in [0, 1], the share of the mass that is contaminated" : "finite and at least 0"));
  }
}

void require_weights(const TabularMdp& model, const Ambiguity& set) {
  if (set.kind != SetKind::kWeightedL1) {
    if (!set.weight.empty())
      throw InvalidModel(fmt::format("RobustMdp: weights go with weighted L1, not with '{}'", to_string(set.kind)));
    return;
  }
  const auto count = static_cast<std::int64_t>(set.weight.size());
  const bool by_transition = count == model.num_transitions() && set.support == Support::kSuccessors;
  if (count != model.num_states() && !by_transition) {
    throw InvalidModel(fmt::format(
        "RobustMdp: there are {} weights; must be {}, one a state{}", count, model.num_states(),
        set.support == Support::kSuccessors ? fmt::format(", or {}, one a transition", model.num_transitions())
                                            : std::string()));
  }
  for (std::size_t i = 0; i < set.weight.size(); ++i) {
    if (!(set.weight[i] > 0 && std::isfinite(set.weight[i])))
      throw InvalidModel(fmt::format("RobustMdp: weight {} is {}, must be finite and above 0", i, set.weight[i]));
  }
}

void require_costs(const TabularMdp& model, const Ambiguity& set) {
  if (set.kind != SetKind::kWasserstein || set.ground_cost.kind != GroundCost::Kind::kMatrix) return;
  const auto states = static_cast<std::size_t>(model.num_states());
  const auto& cost = set.ground_cost.matrix;
  if (cost.size() != states * states) {
    throw InvalidModel(
        fmt::format("RobustMdp: the ground cost has {} entries, must have {} x {}", cost.size(), states, states));
  }
  for (std::size_t i = 0; i < cost.size(); ++i) {
    const bool fits = cost[i] >= 0 && std::isfinite(cost[i]) && (i / states != i % states || cost[i] == 0);
    if (!fits) {
      throw InvalidModel(fmt::format(
          "RobustMdp: the ground cost from state {} to state {} is {}, must be finite, at least 0, and 0 "
          "from a state to itself",
          model.state_name(static_cast<int>(i / states)), model.state_name(static_cast<int>(i % states)), cost[i]));
    }
  }
}

/// Checks the bounds and widens them by what rounding took from the nominal row, so that it lies inside.
void settle_intervals(const TabularMdp& model, Ambiguity& set) {
  const auto given = static_cast<std::int64_t>(set.intervals.lower.size());
  if (set.kind != SetKind::kInterval) {
    if (given > 0)
      throw InvalidModel(fmt::format("RobustMdp: bounds on entries do not go with '{}'", to_string(set.kind)));
    return;
  }
  const std::int64_t transitions = model.num_transitions();
  if (given != transitions || static_cast<std::int64_t>(set.intervals.upper.size()) != transitions) {
    throw InvalidModel(fmt::format("RobustMdp: there are {} lower and {} upper bounds, must be {}, one a transition",
                                   given, set.intervals.upper.size(), transitions));
  }
  std::vector<double> lower(set.intervals.lower.begin(), set.intervals.lower.end());
  std::vector<double> upper(set.intervals.upper.begin(), set.intervals.upper.end());
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (std::int64_t i = model.choice_begin()[c]; i < model.choice_begin()[c + 1]; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double p = model.probability()[k];
      if (!(lower[k] >= 0 && upper[k] <= 1 + kRowTolerance && lower[k] <= p + kRowTolerance &&
            upper[k] >= p - kRowTolerance)) {
        throw InvalidModel(
            fmt::format("RobustMdp: {} moves to state {} with a probability in [{}, {}], which must lie "
                        "in [0, 1] and contain the nominal {}",
                        place(model, c), model.state_name(model.successor()[k]), lower[k], upper[k], p));
      }
      lower[k] = std::min(lower[k], p);
      upper[k] = std::clamp(upper[k], p, 1.0);
    }
  }
  set.intervals = {.lower = std::move(lower), .upper = std::move(upper)};
}

/// Checks the scenarios and divides rows that miss one by their sum.
void settle_scenarios(const TabularMdp& model, Ambiguity& set) {
  if (set.kind != SetKind::kScenarios) {
    if (!set.scenarios.empty())
      throw InvalidModel(fmt::format("RobustMdp: scenarios do not go with '{}'", to_string(set.kind)));
    return;
  }
  if (set.scenarios.empty()) throw InvalidModel("RobustMdp: there is no scenario");
  for (std::size_t k = 0; k < set.scenarios.size(); ++k) {
    auto& row = set.scenarios[k];
    if (static_cast<std::int64_t>(row.size()) != model.num_transitions()) {
      throw InvalidModel(fmt::format("RobustMdp: scenario {} has {} probabilities, must have {}, one a transition", k,
                                     row.size(), model.num_transitions()));
    }
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      double sum = 0;
      for (std::int64_t i = model.choice_begin()[c]; i < model.choice_begin()[c + 1]; ++i) {
        if (!(row[static_cast<std::size_t>(i)] >= 0)) {
          throw InvalidModel(fmt::format("RobustMdp: scenario {} has the probability {} at {}, must be at least 0", k,
                                         row[static_cast<std::size_t>(i)], place(model, c)));
        }
        sum += row[static_cast<std::size_t>(i)];
      }
      if (!(std::abs(sum - 1) <= kRowTolerance)) {
        throw InvalidModel(
            fmt::format("RobustMdp: the row of {} sums to {} in scenario {}, must be 1", place(model, c), sum, k));
      }
      if (std::abs(sum - 1) <= 0x1p-50) continue;
      for (std::int64_t i = model.choice_begin()[c]; i < model.choice_begin()[c + 1]; ++i)
        row[static_cast<std::size_t>(i)] /= sum;
    }
  }
}

Ambiguity checked(const TabularMdp& model, Ambiguity set) {
  if (set.state_wise() && !has_radius(set.kind)) {
    throw InvalidModel(
        fmt::format("RobustMdp: a set of kind '{}' has no budget that the choices of a state could "
                    "share; make it rectangular by choice",
                    to_string(set.kind)));
  }
  if (set.support == Support::kAll && !has_radius(set.kind)) {
    throw InvalidModel(
        fmt::format("RobustMdp: a set of kind '{}' speaks of the listed successors only", to_string(set.kind)));
  }
  if (set.priced())
    require_prices(model, set);
  else
    require_radius(model, set);
  require_weights(model, set);
  require_costs(model, set);
  settle_intervals(model, set);
  settle_scenarios(model, set);
  return set;
}

}  // namespace

RobustMdp::RobustMdp(TabularMdp nominal, Ambiguity ambiguity)
    : nominal_(std::move(nominal)),
      ambiguity_(std::make_shared<const Ambiguity>(checked(nominal_, std::move(ambiguity)))) {}

bool RobustMdp::graph_is_fixed() const {
  if (kind() != SetKind::kInterval) return false;
  const auto lower = ambiguity_->intervals.lower.view();
  return std::all_of(lower.begin(), lower.end(), [](double x) { return x > 0; });
}

RobustMdp RobustMdp::scaled(double factor) const {
  if (!has_radius(kind()))
    throw InvalidModel(fmt::format("RobustMdp: a set of kind '{}' has no radius", to_string(kind())));
  Ambiguity set = ambiguity();
  for (double& k : set.radius) k *= factor;
  for (double& x : set.price) x *= factor;
  return RobustMdp(nominal_, std::move(set));
}

RobustMdp interval_mdp(const ModelFile& file) {
  if (!file.intervals) throw InvalidModel("RobustMdp: the file has no intervals of probabilities");
  return RobustMdp(file.model, {.kind = SetKind::kInterval, .intervals = *file.intervals});
}

}  // namespace bellwether::mdp
