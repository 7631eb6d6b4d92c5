#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// What the expected total of a cost column may be at most, from the initial distribution: discounted when the
/// criterion is, summed over the stages at a finite horizon, per step when it is the average. Not normalised.
struct Budget {
  std::string column;
  double limit = 0;

  friend bool operator==(const Budget&, const Budget&) = default;
};

/// A model with budgets on some of its cost columns. To ask that a utility g be at least b, make -g a cost column with
/// limit -b.
class ConstrainedMdp {
 public:
  /// One limit for each cost column, in their order. InvalidModel when their number is another.
  ConstrainedMdp(TabularMdp model, std::vector<double> limits);
  /// A selection of cost columns, each at most once. InvalidModel, naming column and value, when a column does not
  /// exist, comes twice, or a limit is not finite; also when there is no budget at all.
  ConstrainedMdp(TabularMdp model, std::vector<Budget> budgets);

  const TabularMdp& model() const { return model_; }
  std::span<const Budget> budgets() const { return budgets_; }
  int num_budgets() const { return static_cast<int>(budgets_.size()); }
  /// Expected cost of each choice, for budget i.
  std::span<const double> cost(int i) const {
    return model_.data().costs[place_[static_cast<std::size_t>(i)]].expected;
  }

  /// The same with other limits.
  ConstrainedMdp with_limits(std::vector<double> limits) const;

 private:
  TabularMdp model_;
  std::vector<Budget> budgets_;
  std::vector<std::size_t> place_;  ///< of each budget's column among the costs
};

/// A model with these cost columns in place of all others, one number a choice each.
TabularMdp with_costs(const TabularMdp& model, std::vector<Column> costs);

}  // namespace bellwether::mdp
