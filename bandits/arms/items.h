#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "bandits/item_sets.h"

namespace bellwether::bandits {

/// n items with rewards 0 or 1, of which some set is played at once: each item brings its own. The comparator is the
/// set with the largest sum of means. The n-th reward of item i is the n-th draw of child("item").child(i).
class ItemsBandit : public Bandit {
 public:
  /// InvalidOption unless there is a mean in [0, 1] for every item.
  ItemsBandit(std::vector<double> means, std::shared_ptr<const ItemSets> sets);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::span<const double> means() const override { return means_; }
  std::string content() const override;

  const ItemSets& sets() const { return *sets_; }
  /// A best set, and the sum of its means.
  const std::vector<int>& best_set() const { return best_set_; }
  double best() const { return best_; }
  /// Of every item: what the best set that holds it loses; 0 in the best set.
  std::vector<double> gaps() const;

 private:
  double sum_of(std::span<const int> items) const;

  std::vector<double> means_;
  std::shared_ptr<const ItemSets> sets_;
  std::vector<int> best_set_;
  double best_ = 0;
};

}  // namespace bellwether::bandits
