#include "proofs_checks/registry.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/index_claims.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/structured_claims.h"
#include "proofs_checks/constrained/claims.h"
#include "proofs_checks/constrained_regret/claims.h"
#include "proofs_checks/latent/claims.h"
#include "proofs_checks/linear/claims.h"
#include "proofs_checks/linear_regret/claims.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/planning/claims.h"
#include "proofs_checks/risk/claims.h"
#include "proofs_checks/robust/claims.h"
#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/tabular_regret/claims.h"

namespace bellwether::claims {
namespace {

/// A new family adds one line here.
std::vector<Claim> all_claims() {
  std::vector<Claim> table;
  for (auto& family :
       {planning_claims(), mirror_claims(), constrained_claims(), risk_claims(), robust_claims(),
        robust_papers_claims(), latent_claims(), tabular_regret_claims(), constrained_regret_claims(),
        linear_approximation_claims(), linear_regret_claims(), adversarial_bandit_claims(), structured_bandit_claims(),
        stochastic_bandit_claims(), linear_bandit_claims(), index_bandit_claims()})
    table.insert(table.end(), family.begin(), family.end());
  return table;
}

bool names(std::string_view word, const Claim& claim) {
  return word == claim.id || word == claim.family || word == paper_of(claim);
}

[[noreturn]] void reject(std::string_view word) {
  std::vector<std::string> known = claimed_papers();
  for (const Claim& claim : claim_table()) {
    known.push_back(claim.family);
    known.push_back(claim.id);
  }
  throw InvalidOption(fmt::format("no paper, family or claim is called \"{}\"{}", word, did_you_mean(word, known)));
}

}  // namespace

std::span<const Claim> claim_table() {
  static const std::vector<Claim> table = all_claims();
  return table;
}

std::string_view paper_of(const Claim& claim) {
  std::string_view name = claim.page;
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.ends_with(".md")) name.remove_suffix(3);
  return name;
}

std::vector<std::string> claimed_papers() {
  std::vector<std::string> papers;
  for (const Claim& claim : claim_table()) {
    const std::string_view paper = paper_of(claim);
    if (std::find(papers.begin(), papers.end(), paper) == papers.end()) papers.emplace_back(paper);
  }
  return papers;
}

std::vector<const Claim*> select_claims(std::span<const std::string> words, Tier tier) {
  for (const std::string& word : words) {
    if (std::none_of(claim_table().begin(), claim_table().end(),
                     [&](const Claim& claim) { return names(word, claim); }))
      reject(word);
  }
  std::vector<const Claim*> selected;
  for (const Claim& claim : claim_table()) {
    const bool by_id = std::find(words.begin(), words.end(), claim.id) != words.end();
    const bool named =
        words.empty() || std::any_of(words.begin(), words.end(), [&](const auto& word) { return names(word, claim); });
    if (by_id || (named && (claim.tier == Tier::kFast || tier == Tier::kFull))) selected.push_back(&claim);
  }
  return selected;
}

}  // namespace bellwether::claims
