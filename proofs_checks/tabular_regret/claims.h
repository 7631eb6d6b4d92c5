#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about learners of tabular models: how they are measured, optimism, upper and lower bounds on regret,
/// certificates. New learners are picked up from the tables in solvers/online/registry.h; those with a theorem of their
/// own are named in theorems.h.
std::vector<Claim> tabular_regret_claims();

// Its parts, one a file.
std::vector<Claim> measurement_claims();
std::vector<Claim> optimism_claims();
std::vector<Claim> certificate_claims();
std::vector<Claim> lower_bound_claims();
std::vector<Claim> behaviour_claims();
std::vector<Claim> long_run_claims();
std::vector<Claim> evi_claims();
std::vector<Claim> reward_free_claims();
std::vector<Claim> stopping_claims();
std::vector<Claim> generative_claims();

}  // namespace bellwether::claims
