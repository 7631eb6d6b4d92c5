#include "experiments/studies/registry.h"

#include <iterator>

#include "experiments/studies/papers/papers.h"

namespace bellwether::studies {
namespace {

/// A new paper adds one line here.
std::vector<Study> all_studies() {
  std::vector<Study> table;
  for (auto& paper :
       {policy_mirror_descent_studies(), policy_gradient_studies(), mdpo_studies(), dynamic_policy_gradient_studies(),
        reload_studies(), constrained_mdps_studies(), c_morl_studies(), robust_mdps_studies(), drpg_studies(),
        iwocs_studies(), rfzi_studies(), risk_measures_studies(), distdp_stock_studies(), lmdp_horizon_free_studies(),
        ravi_ucb_studies(), vwls_mdvi_studies(), linear_function_approximation_studies()})
    table.insert(table.end(), paper.begin(), paper.end());
  return table;
}

}  // namespace

std::span<const Study> study_table() {
  static const std::vector<Study> table = all_studies();
  return table;
}

std::vector<const Study*> studies_of(std::string_view paper) {
  std::vector<const Study*> own;
  for (const Study& study : study_table())
    if (study.paper == paper) own.push_back(&study);
  return own;
}

}  // namespace bellwether::studies
