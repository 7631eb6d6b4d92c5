#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// All claims, family by family.
std::span<const Claim> claim_table();

/// The paper a claim belongs to, as the command line calls it: the name of its page without folder and ending.
std::string_view paper_of(const Claim& claim);

/// The papers that have claims, each once, in the order of the table.
std::vector<std::string> claimed_papers();

/// The claims that these words name, in the order of the table, each once. A word is a paper, a family, or the id of a
/// claim; no words at all mean every claim. Claims of the full tier are left out of a fast run unless their id was
/// given. InvalidOption, with what was probably meant, for a word that names nothing.
std::vector<const Claim*> select_claims(std::span<const std::string> words, Tier tier);

}  // namespace bellwether::claims
