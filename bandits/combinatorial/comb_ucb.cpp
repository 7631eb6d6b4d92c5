#include "bandits/combinatorial/comb_ucb.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// The set with the largest sum of m + c sqrt(1.5 ln n / N), n = rounds played.
class CombUcb1 final : public Agent {
 public:
  CombUcb1(std::unique_ptr<ItemSets> sets, double factor)
      : factor_(factor),
        sets_(std::move(sets)),
        sum_(static_cast<std::size_t>(sets_->items())),
        mean_(sum_.size()),
        inverse_root_(mean_.size()),
        index_(mean_.size()),
        count_(mean_.size()) {}

  int choose(const Round&) override { throw InvalidOption("comb-ucb1 plays several items at a time"); }
  void learn(const Feedback&) override {}

  std::span<const int> choose_items(const Round&) override {
    const double width = factor_ * std::sqrt(1.5 * std::log(std::max<double>(1, static_cast<double>(rounds_))));
    double largest = 0;
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      if (count_[i] == 0) continue;
      index_[i] = mean_[i] + width * inverse_root_[i];
      largest = std::max(largest, index_[i]);
    }
    // In place of infinity: no set makes up for one unseen item less, whatever else is in it.
    const double unseen = sets_->most() * largest + 1;
    for (std::size_t i = 0; i < mean_.size(); ++i)
      if (count_[i] == 0) index_[i] = unseen;
    return sets_->best(index_);
  }

  void learn_items(std::int64_t, std::span<const int> items, std::span<const double> rewards) override {
    ++rounds_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto item = static_cast<std::size_t>(items[i]);
      const auto n = static_cast<double>(++count_[item]);
      sum_[item] += rewards[i];
      mean_[item] = sum_[item] / n;
      inverse_root_[item] = 1 / std::sqrt(n);
    }
  }

 private:
  double factor_;
  std::unique_ptr<ItemSets> sets_;
  std::vector<double> sum_, mean_, inverse_root_, index_;
  std::vector<std::int64_t> count_;
  std::int64_t rounds_ = 0;
};

}  // namespace

std::unique_ptr<Agent> make_comb_ucb1(const World& world, const CombUcbOptions& options, const Stream&) {
  if (!(world.low >= 0 && world.high <= 1)) throw InvalidOption("comb-ucb1 needs rewards in [0, 1]");
  return std::make_unique<CombUcb1>(world.sets ? world.sets->clone() : any_items(world.arms, world.items),
                                    Constant("comb-ucb1", options.constant, kCombPractical).factor());
}

}  // namespace bellwether::bandits
