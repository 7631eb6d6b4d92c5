#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::solvers::discounted {

/// The lowest and the highest of some numbers.
struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void add(double x) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  static Extent join(const Extent& a, const Extent& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }
  double span() const { return high - low; }
  double middle() const { return low + 0.5 * (high - low); }
  double largest() const { return std::max(-low, high); }
};

/// An entry of a row in single precision: half the bytes of the model's, and corrections need no more.
struct PolicyEntry {
  std::int32_t successor;
  float weight;
};

/// One slot a state for a row of it, wide enough for its longest, so that a row can be replaced where it lies; of one
/// width where that wastes little.
class RowSlots {
 public:
  explicit RowSlots(const mdp::TabularMdp& model);

  std::int64_t begin(std::int64_t s) const { return width_ > 0 ? s * width_ : begin_[static_cast<std::size_t>(s)]; }
  std::int64_t end(std::int64_t s) const { return begin(s + 1); }
  /// The width of all slots, 0 when they differ.
  int width() const { return width_; }
  std::int64_t num_entries() const { return num_entries_; }

 private:
  int width_ = 0;
  std::int64_t num_entries_ = 0;
  std::vector<std::int64_t> begin_;  ///< S + 1 offsets, none when the slots have one width
};

/// The rows of one deterministic policy in single precision.
class PolicyRows {
 public:
  explicit PolicyRows(const mdp::TabularMdp& model)
      : slots_(model), entries_(static_cast<std::size_t>(slots_.num_entries())) {}

  std::span<PolicyEntry> row(std::int64_t s) {
    return {entries_.data() + slots_.begin(s), entries_.data() + slots_.end(s)};
  }
  std::span<const PolicyEntry> row(std::int64_t s) const {
    return {entries_.data() + slots_.begin(s), entries_.data() + slots_.end(s)};
  }
  int width() const { return slots_.width(); }
  const PolicyEntry* entries() const { return entries_.data(); }
  std::int64_t num_entries() const { return slots_.num_entries(); }

  /// Puts the probabilities of a choice (its model-wide number) into the slot of s; the rest of it becomes zeros.
  void set_probabilities(const mdp::TabularMdp& model, std::int64_t s, std::int64_t choice);

  /// out = right + discount * P in, in single precision; the extent of out - in. Parallel, the same bits for every
  /// number of threads.
  Extent sweep(double discount, std::span<const float> right, std::span<const float> in, std::span<float> out) const;

 private:
  RowSlots slots_;
  std::vector<PolicyEntry> entries_;
};

}  // namespace bellwether::solvers::discounted
