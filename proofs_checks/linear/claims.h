#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about linear functions in place of tables.
std::vector<Claim> linear_approximation_claims();

// Its parts, one a file.
std::vector<Claim> fixed_point_claims();
std::vector<Claim> stability_claims();
std::vector<Claim> fitted_control_claims();

inline constexpr const char* kLinearPage = "docs/papers/linear-function-approximation.md";

}  // namespace bellwether::claims
