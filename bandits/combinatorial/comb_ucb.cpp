#include "bandits/combinatorial/comb_ucb.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// m + c sqrt(1.5 ln n / N), n = rounds played.
class CombUcb1 final : public Agent {
 public:
  CombUcb1(int items, int chosen, double factor)
      : factor_(factor),
        sum_(static_cast<std::size_t>(items)),
        mean_(sum_.size()),
        inverse_root_(mean_.size()),
        index_(mean_.size()),
        count_(mean_.size()),
        order_(mean_.size()),
        items_(static_cast<std::size_t>(chosen)) {}

  int choose(const Round&) override { throw InvalidOption("comb-ucb1 plays several items at a time"); }
  void learn(const Feedback&) override {}

  std::span<const int> choose_items(const Round&) override {
    const double width = factor_ * std::sqrt(1.5 * std::log(std::max<double>(1, static_cast<double>(rounds_))));
    for (std::size_t i = 0; i < mean_.size(); ++i)
      index_[i] = count_[i] == 0 ? std::numeric_limits<double>::infinity() : mean_[i] + width * inverse_root_[i];
    std::iota(order_.begin(), order_.end(), 0);
    // Ties to the smaller number, so that the choice does not depend on how partial sorting works.
    const auto before = [this](int a, int b) {
      const double x = index_[static_cast<std::size_t>(a)], y = index_[static_cast<std::size_t>(b)];
      return x > y || (x == y && a < b);
    };
    const auto last = order_.begin() + static_cast<std::ptrdiff_t>(items_.size());
    std::nth_element(order_.begin(), last - 1, order_.end(), before);
    std::copy(order_.begin(), last, items_.begin());
    std::ranges::sort(items_);
    return items_;
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
  std::vector<double> sum_, mean_, inverse_root_, index_;
  std::vector<std::int64_t> count_;
  std::vector<int> order_, items_;
  std::int64_t rounds_ = 0;
};

}  // namespace

std::unique_ptr<Agent> make_comb_ucb1(const World& world, const CombUcbOptions& options, const Stream&) {
  if (!(world.low >= 0 && world.high <= 1)) throw InvalidOption("comb-ucb1 needs rewards in [0, 1]");
  return std::make_unique<CombUcb1>(world.arms, world.items,
                                    Constant("comb-ucb1", options.constant, kCombPractical).factor());
}

}  // namespace bellwether::bandits
