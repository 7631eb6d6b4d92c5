#pragma once

#include <cstdint>
#include <vector>

#include "mdp/evaluate/policy_chain.h"

namespace bellwether::mdp {

/// One mark a state of a chain.
using Marks = std::vector<char>;

/// Searches against the direction of a chain's moves.
class ChainSearch {
 public:
  explicit ChainSearch(const MarkovChain& chain);

  /// Marks every state from which a marked one can be reached. Linear time.
  void close_backwards(Marks& marks) const;

 private:
  std::vector<std::int64_t> begin_;
  std::vector<std::int32_t> predecessor_;
};

/// P(reach `target`) from each state of `play`, the chain with its target states stopped: 0 and 1 by the graph, the
/// rest by a leaky system.
Evaluation probability_of_reaching(const PolicyChain& chain, const MarkovChain& play, const Marks& target);

}  // namespace bellwether::mdp
