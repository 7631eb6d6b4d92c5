#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace bellwether::bandits {

/// Chooses the so many items with the largest values, the first of equals, in ascending order.
class LargestItems {
 public:
  LargestItems(int items, int chosen)
      : order_(static_cast<std::size_t>(items)), value_(order_.size()), chosen_(static_cast<std::size_t>(chosen)) {}

  template <class Value>
  std::span<const int> operator()(const Value& value) {
    for (std::size_t i = 0; i < order_.size(); ++i) value_[i] = value(static_cast<int>(i));
    std::iota(order_.begin(), order_.end(), 0);
    const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(chosen_);
    std::partial_sort(order_.begin(), middle, order_.end(), [&](int a, int b) {
      const double x = value_[static_cast<std::size_t>(a)], y = value_[static_cast<std::size_t>(b)];
      return x != y ? x > y : a < b;
    });
    std::sort(order_.begin(), middle);
    return std::span(order_).first(chosen_);
  }

 private:
  std::vector<int> order_;
  std::vector<double> value_;
  std::size_t chosen_;
};

}  // namespace bellwether::bandits
