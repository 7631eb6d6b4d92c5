#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"
#include "proofs_checks/bounds/bandits_adversarial.h"

namespace bellwether::claims {

/// A bandit with a name for details.
struct NamedArms {
  std::string name;
  std::shared_ptr<const bandits::Bandit> bandit;
};

NamedArms named_arms(std::string name, const std::string& family, const std::vector<Setting>& settings);

/// Five arms: still ones of which one is better by a tenth or by much, those of the stochastically constrained
/// adversary, and sine waves; regret against the best fixed arm.
std::vector<NamedArms> adversarial_arms();

/// Which regret of a run.
enum class Regret {
  kPseudo = 0,    ///< by means
  kHindsight = 2  ///< of the rewards that were drawn
};

/// Regret of runs 0 .. runs - 1 after all rounds.
std::vector<double> bandit_regrets(const bandits::Bandit& bandit, const std::string& learner,
                                   const std::vector<Setting>& settings, std::int64_t rounds, std::int64_t runs,
                                   const Stream& stream, Regret regret = Regret::kPseudo);

}  // namespace bellwether::claims
