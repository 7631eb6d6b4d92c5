#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether {

/// Walker's alias method (Vose's construction): O(n) to build, one draw of 64 bits and one look-up to sample.
/// The law is that of the weights divided by their sum, up to 2^-53 an entry.
class AliasTable {
 public:
  /// Weights are non-negative with a positive sum.
  explicit AliasTable(std::span<const double> weights);

  int size() const { return static_cast<int>(accept_.size()); }
  int sample(Stream& stream) const;

 private:
  std::vector<double> accept_;
  std::vector<std::int32_t> alias_;
};

/// Fills accept and alias (both of weights.size()) in place, for callers that keep many tables in one array.
void build_alias(std::span<const double> weights, std::span<double> accept, std::span<std::int32_t> alias);

/// A draw from a table built by build_alias.
inline int sample_alias(std::span<const double> accept, std::span<const std::int32_t> alias, Stream& stream) {
  const double x = stream.uniform() * static_cast<double>(accept.size());
  const auto slot = static_cast<std::size_t>(x);
  return x - static_cast<double>(slot) < accept[slot] ? static_cast<int>(slot) : alias[slot];
}

}  // namespace bellwether
