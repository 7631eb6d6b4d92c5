#pragma once

#include <memory>
#include <span>
#include <string>

namespace bellwether::bandits {

/// The sets of items that may be played at once, with the oracle that finds the best of them. Every set that may be
/// played can be completed by no further item: none lies in another. It keeps room to work in: each run clones its own.
class ItemSets {
 public:
  virtual ~ItemSets() = default;

  virtual int items() const = 0;
  /// The most items of a set: m.
  virtual int most() const = 0;
  /// Any most() of the items may be played.
  virtual bool any() const { return false; }
  /// The items, ascending, of a set whose weights have the largest sum. Weights are finite. Good until the next call.
  virtual std::span<const int> best(std::span<const double> weights) = 0;
  virtual std::unique_ptr<ItemSets> clone() const = 0;
  /// What a set is, as text: "items, 5 at once".
  virtual std::string content() const = 0;
  /// "7", "2-5": an item as people know it.
  virtual std::string name(int item) const { return std::to_string(item); }
};

/// Any `chosen` of them. Of equal weights the first are taken. O(n). InvalidOption unless 1 <= chosen <= items.
std::unique_ptr<ItemSets> any_items(int items, int chosen);

/// Each of `left` partners gets one of `right` others for itself; item i right + j is the pair (i, j). O(left^2 right):
/// the Hungarian method. InvalidOption unless 1 <= left <= right.
std::unique_ptr<ItemSets> matchings(int left, int right);

/// Paths from the first crossing of a grid to the last, a step right or up at a time; the items are the steps: first
/// (width - 1) height to the right, row by row, then width (height - 1) up. O(n). InvalidOption for fewer than two
/// crossings.
std::unique_ptr<ItemSets> grid_paths(int width, int height);

}  // namespace bellwether::bandits
