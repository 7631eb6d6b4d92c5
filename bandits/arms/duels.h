#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// Duels of n items: i beats j with probability p[i n + j]. The comparator is the Condorcet winner w, which beats every
/// other item: the regret of the duel (i, j) is ((p_wi - 1/2) + (p_wj - 1/2)) / 2. Duels of the pair {i, j} draw from
/// child("pair").child(min n + max).
class DuelBandit : public Bandit {
 public:
  /// InvalidOption unless p is square, in [0, 1], p_ij + p_ji = 1 (within 1e-9) and some item beats all others.
  explicit DuelBandit(std::vector<double> preferences);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  int items() const { return items_; }
  int winner() const { return winner_; }
  double preference(int i, int j) const { return preferences_[static_cast<std::size_t>(i * items_ + j)]; }

 private:
  std::vector<double> preferences_;
  int items_ = 0, winner_ = -1;
};

}  // namespace bellwether::bandits
