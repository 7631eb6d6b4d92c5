#include "mdp/constrained/constrained_mdp.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

std::vector<std::string> cost_names(const TabularMdp& model) {
  std::vector<std::string> names;
  for (const Column& column : model.data().costs) names.push_back(column.name);
  return names;
}

std::vector<Budget> one_for_each(const TabularMdp& model, const std::vector<double>& limits) {
  const auto& costs = model.data().costs;
  if (limits.size() != costs.size()) {
    throw InvalidModel(fmt::format("ConstrainedMdp: {} for {}; one for each is needed",
                                   counted(static_cast<std::int64_t>(limits.size()), "limit"),
                                   counted(static_cast<std::int64_t>(costs.size()), "cost column")));
  }
  std::vector<Budget> budgets;
  for (std::size_t i = 0; i < limits.size(); ++i) budgets.push_back({costs[i].name, limits[i]});
  return budgets;
}

std::size_t place_of(const TabularMdp& model, const std::string& column) {
  const std::vector<std::string> names = cost_names(model);
  const auto found = std::find(names.begin(), names.end(), column);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back("'" + name + "'");
  throw InvalidModel(fmt::format("ConstrainedMdp: no cost column is named '{}'; {}", column,
                                 names.empty() ? "the model has none" : "there is " + join_names(quoted)));
}

}  // namespace

ConstrainedMdp::ConstrainedMdp(TabularMdp model, std::vector<double> limits)
    : ConstrainedMdp(model, one_for_each(model, limits)) {}

ConstrainedMdp::ConstrainedMdp(TabularMdp model, std::vector<Budget> budgets)
    : model_(std::move(model)), budgets_(std::move(budgets)) {
  if (budgets_.empty()) throw InvalidModel("ConstrainedMdp: there is no budget; at least one is needed");
  for (const Budget& budget : budgets_) {
    const std::size_t place = place_of(model_, budget.column);
    if (std::find(place_.begin(), place_.end(), place) != place_.end())
      throw InvalidModel(fmt::format("ConstrainedMdp: cost column '{}' has two budgets, must have one", budget.column));
    if (!std::isfinite(budget.limit)) {
      throw InvalidModel(fmt::format("ConstrainedMdp: the budget of cost column '{}' is {}, must be finite",
                                     budget.column, budget.limit));
    }
    place_.push_back(place);
  }
}

ConstrainedMdp ConstrainedMdp::with_limits(std::vector<double> limits) const {
  if (limits.size() != budgets_.size()) {
    throw InvalidModel(fmt::format("ConstrainedMdp: {} for {}; one for each is needed",
                                   counted(static_cast<std::int64_t>(limits.size()), "limit"),
                                   counted(num_budgets(), "budget")));
  }
  std::vector<Budget> budgets = budgets_;
  for (std::size_t i = 0; i < limits.size(); ++i) budgets[i].limit = limits[i];
  return {model_, std::move(budgets)};
}

TabularMdp with_costs(const TabularMdp& model, std::vector<Column> costs) {
  ModelData data = model.data();
  data.costs = std::move(costs);
  return TabularMdp(std::move(data));
}

}  // namespace bellwether::mdp
