#include "bandits/item_sets.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

constexpr std::size_t place(int i) { return static_cast<std::size_t>(i); }

class AnyItems final : public ItemSets {
 public:
  AnyItems(int items, int chosen) : order_(place(items)), chosen_(place(chosen)) {}

  int items() const override { return static_cast<int>(order_.size()); }
  int most() const override { return static_cast<int>(chosen_.size()); }
  std::unique_ptr<ItemSets> clone() const override { return std::make_unique<AnyItems>(*this); }
  std::string content() const override { return fmt::format("items, {} at once", most()); }
  bool any() const override { return true; }

  std::span<const int> best(std::span<const double> weights) override {
    std::iota(order_.begin(), order_.end(), 0);
    // Ties to the smaller number, so that the choice does not depend on how partial sorting works.
    const auto before = [weights](int a, int b) {
      const double x = weights[place(a)], y = weights[place(b)];
      return x > y || (x == y && a < b);
    };
    const auto last = order_.begin() + static_cast<std::ptrdiff_t>(chosen_.size());
    std::nth_element(order_.begin(), last - 1, order_.end(), before);
    std::copy(order_.begin(), last, chosen_.begin());
    std::ranges::sort(chosen_);
    return chosen_;
  }

 private:
  std::vector<int> order_, chosen_;
};

/// The assignment problem by shortest augmenting paths, one row after the other, with prices that keep every reduced
/// cost (cost - row price - column price) at 0 or above, and at 0 on matched pairs (Kuhn 1955; Jonker, Volgenant 1987).
class Matchings final : public ItemSets {
 public:
  Matchings(int left, int right)
      : left_(place(left)),
        right_(place(right)),
        row_price_(left_),
        column_price_(right_ + 1),
        slack_(right_ + 1),
        owner_(right_ + 1),
        from_(right_ + 1),
        reached_(right_ + 1),
        chosen_(left_) {}

  int items() const override { return static_cast<int>(left_ * right_); }
  int most() const override { return static_cast<int>(left_); }
  std::unique_ptr<ItemSets> clone() const override { return std::make_unique<Matchings>(*this); }
  std::string content() const override { return fmt::format("matchings of {} and {}", left_, right_); }
  std::string name(int item) const override { return fmt::format("{}-{}", place(item) / right_, place(item) % right_); }

  std::span<const int> best(std::span<const double> weights) override {
    weights_ = weights;
    std::ranges::fill(row_price_, 0.0);
    std::ranges::fill(column_price_, 0.0);
    std::ranges::fill(owner_, kNobody);
    for (std::size_t row = 0; row < left_; ++row) match(row);
    for (std::size_t j = 0; j < right_; ++j)
      if (owner_[j] != kNobody) chosen_[owner_[j]] = static_cast<int>(owner_[j] * right_ + j);
    return chosen_;
  }

 private:
  static constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

  /// Gives this row a column, perhaps moving others along the shortest path to a column that nobody has.
  void match(std::size_t row) {
    std::ranges::fill(slack_, std::numeric_limits<double>::infinity());
    std::ranges::fill(reached_, false);
    std::size_t column = right_;  // stands for no column: where the path begins
    owner_[column] = row;
    while (owner_[column] != kNobody) column = next_column(column);
    while (column != right_) {
      owner_[column] = owner_[from_[column]];
      column = from_[column];
    }
  }

  /// The nearest column beyond this one; prices follow, so that it lies at distance 0.
  std::size_t next_column(std::size_t column) {
    reached_[column] = true;
    const std::size_t row = owner_[column];
    std::size_t nearest = right_;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < right_; ++j) {
      if (reached_[j]) continue;
      const double reduced = -weights_[row * right_ + j] - row_price_[row] - column_price_[j];
      if (reduced < slack_[j]) {
        slack_[j] = reduced;
        from_[j] = column;
      }
      if (slack_[j] < least) {
        least = slack_[j];
        nearest = j;
      }
    }
    for (std::size_t j = 0; j <= right_; ++j) {
      if (reached_[j]) {
        row_price_[owner_[j]] += least;
        column_price_[j] -= least;
      } else {
        slack_[j] -= least;
      }
    }
    return nearest;
  }

  std::size_t left_, right_;
  std::span<const double> weights_;
  std::vector<double> row_price_, column_price_, slack_;
  std::vector<std::size_t> owner_, from_;  ///< of a column: the row that has it; the column before it on the path
  std::vector<char> reached_;
  std::vector<int> chosen_;
};

/// best[x, y] = the most that a path from (0, 0) to (x, y) brings.
class GridPaths final : public ItemSets {
 public:
  GridPaths(int width, int height)
      : width_(width), height_(height), best_(place(width) * place(height)), chosen_(place(width + height - 2)) {}

  int items() const override { return (width_ - 1) * height_ + width_ * (height_ - 1); }
  int most() const override { return width_ + height_ - 2; }
  std::unique_ptr<ItemSets> clone() const override { return std::make_unique<GridPaths>(*this); }
  std::string content() const override { return fmt::format("paths of a {} by {} grid", width_, height_); }
  std::string name(int item) const override {
    const int right = (width_ - 1) * height_;
    if (item < right) return fmt::format("({},{})>", item % (width_ - 1), item / (width_ - 1));
    return fmt::format("({},{})^", (item - right) % width_, (item - right) / width_);
  }

  std::span<const int> best(std::span<const double> weights) override {
    for (int y = 0; y < height_; ++y)
      for (int x = 0; x < width_; ++x) {
        double most = x == 0 && y == 0 ? 0 : -std::numeric_limits<double>::infinity();
        if (x > 0) most = at(x - 1, y) + weights[place(right_of(x - 1, y))];
        if (y > 0) most = std::max(most, at(x, y - 1) + weights[place(up_of(x, y - 1))]);
        at(x, y) = most;
      }
    int x = width_ - 1, y = height_ - 1;
    for (std::size_t step = chosen_.size(); step-- > 0;) {
      const bool right = x > 0 && at(x, y) == at(x - 1, y) + weights[place(right_of(x - 1, y))];
      chosen_[step] = right ? right_of(--x, y) : up_of(x, --y);
    }
    std::ranges::sort(chosen_);
    return chosen_;
  }

 private:
  double& at(int x, int y) { return best_[place(y * width_ + x)]; }
  int right_of(int x, int y) const { return y * (width_ - 1) + x; }
  int up_of(int x, int y) const { return (width_ - 1) * height_ + y * width_ + x; }

  int width_, height_;
  std::vector<double> best_;
  std::vector<int> chosen_;
};

}  // namespace

std::unique_ptr<ItemSets> any_items(int items, int chosen) {
  if (chosen < 1 || chosen > items)
    throw InvalidOption(
        fmt::format("bandit: option 'chosen' is {}, must be between 1 and the {} items", chosen, items));
  return std::make_unique<AnyItems>(items, chosen);
}

std::unique_ptr<ItemSets> matchings(int left, int right) {
  if (left < 1 || left > right)
    throw InvalidOption(
        fmt::format("bandit: option 'left' is {}, must be between 1 and the {} on the right", left, right));
  return std::make_unique<Matchings>(left, right);
}

std::unique_ptr<ItemSets> grid_paths(int width, int height) {
  if (width < 1 || height < 1 || width * height < 2)
    throw InvalidOption(fmt::format("bandit: a grid of {} by {} crossings has no path", width, height));
  return std::make_unique<GridPaths>(width, height);
}

}  // namespace bellwether::bandits
