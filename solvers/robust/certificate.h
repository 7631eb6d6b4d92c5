#pragma once

#include <span>

#include "solvers/exact/discounted/certificate.h"
#include "solvers/robust/operator.h"

namespace bellwether::solvers::robust {

/// Encloses the robust value of every state and the robust value of the decision found on the way, from one backup of
/// any vector (docs/papers/robust-mdps.md, "The certificate"). What nature's answers leave open, by rounding or by
/// iteration, is inside. Cost: a sweep with proven bounds for each row.
Certificate certify(Operator& op, std::span<const double> v);

/// Encloses the robust value of a given policy.
Certificate certify_policy(Operator& op, std::span<const double> v, const Decision& decision);

}  // namespace bellwether::solvers::robust
