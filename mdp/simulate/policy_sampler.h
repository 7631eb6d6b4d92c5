#pragma once

#include <cstdint>
#include <vector>

#include "core/alias_table.h"
#include "core/stream.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// Draws the choices of a policy in constant time: a table look-up for deterministic policies, an alias table for
/// randomised ones (built once, linear in the choices).
class PolicySampler {
 public:
  /// InvalidModel unless the policy fits the model.
  PolicySampler(const TabularMdp& model, const Policy& policy);

  /// The choice, numbered through the model, played in state s.
  std::int64_t draw(int s, Stream& stream) const {
    const auto i = static_cast<std::size_t>(s);
    if (cell_.empty()) return choice_[i];
    const std::span<const AliasCell> row{cell_.data() + choice_[i], cell_.data() + choice_[i + 1]};
    return choice_[i] + static_cast<std::int64_t>(sample_alias(row, stream));
  }

 private:
  std::vector<std::int64_t> choice_;  ///< deterministic: the choice of each state; else where its choices begin
  std::vector<AliasCell> cell_;       ///< one a choice of the model; empty for deterministic policies
};

}  // namespace bellwether::mdp
