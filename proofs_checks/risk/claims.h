#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about risk: its measures, planning for the risk of the return, and risk nested step in step.
std::vector<Claim> risk_claims();

// Its parts, one a file.
std::vector<Claim> risk_measure_claims();
std::vector<Claim> return_risk_claims();
std::vector<Claim> nested_risk_claims();
std::vector<Claim> stock_risk_claims();
std::vector<Claim> stock_form_claims();

}  // namespace bellwether::claims
