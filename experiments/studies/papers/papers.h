#pragma once

#include <vector>

#include "experiments/studies/study.h"

namespace bellwether::studies {

// One file a paper; registry.cpp makes the table.

std::vector<Study> policy_mirror_descent_studies();
std::vector<Study> policy_gradient_studies();
std::vector<Study> mdpo_studies();
std::vector<Study> dynamic_policy_gradient_studies();
std::vector<Study> reload_studies();
std::vector<Study> constrained_mdps_studies();
std::vector<Study> c_morl_studies();
std::vector<Study> robust_mdps_studies();
std::vector<Study> drpg_studies();
std::vector<Study> iwocs_studies();
std::vector<Study> rfzi_studies();
std::vector<Study> risk_measures_studies();
std::vector<Study> distdp_stock_studies();
std::vector<Study> lmdp_horizon_free_studies();
std::vector<Study> ravi_ucb_studies();
std::vector<Study> vwls_mdvi_studies();
std::vector<Study> linear_function_approximation_studies();

}  // namespace bellwether::studies
