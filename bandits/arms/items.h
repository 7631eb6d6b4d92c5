#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// n items with rewards 0 or 1, of which `chosen` are played at once: each brings its own. The comparator is the set of
/// those with the largest means. The n-th reward of item i is the n-th draw of child("item").child(i).
class TopItemsBandit : public Bandit {
 public:
  /// InvalidOption unless means lie in [0, 1] and 1 <= chosen <= n.
  TopItemsBandit(std::vector<double> means, int chosen);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::span<const double> means() const override { return means_; }
  std::string content() const override;

  int chosen() const { return chosen_; }
  /// Sum of the largest `chosen` means.
  double best() const { return best_; }

 private:
  std::vector<double> means_;
  int chosen_;
  double best_ = 0;
};

}  // namespace bellwether::bandits
