#pragma once

#include <span>

#include "solvers/robust/certificate.h"
#include "solvers/robust/operator.h"

namespace bellwether::solvers::robust {

/// The ordinary model in which nature plays these rows. Rewards are expected ones under the rows: of the transitions
/// where they depend on the successor, of the choice in states that it does not list, and what nature pays. `rows` has
/// a row for every choice (InvalidModel otherwise).
mdp::TabularMdp frozen(const mdp::RobustMdp& model, const NatureRows& rows);

/// The nominal rows as nature's; with support on all states the others are listed with probability 0.
NatureRows nominal_rows(const mdp::RobustMdp& model);

/// Encloses what this policy is worth when nature answers it and the robust optimum, both between `lower` and `upper`:
/// the policy's own bounds on the one side, those of the optimum on the other. `v` should be near the policy's robust
/// value. Cost: two sweeps with proven bounds.
Certificate prove_policy(Operator& op, std::span<const double> v, const mdp::Policy& policy);

/// The largest number by which an entry of a row of one model differs from the other's; infinity when their choices
/// do not correspond.
double row_distance(const mdp::TabularMdp& a, const mdp::TabularMdp& b);

}  // namespace bellwether::solvers::robust
