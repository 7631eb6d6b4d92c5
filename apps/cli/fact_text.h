#pragma once

#include <string>

#include "mdp/instances/instance.h"

namespace bellwether::cli {

/// "optimum (finite, horizon 20): 3.397263959 (computed: backward induction in exact arithmetic)".
std::string fact_text(const mdp::KnownFact& fact);

}  // namespace bellwether::cli
