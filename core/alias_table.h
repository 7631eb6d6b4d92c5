#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether {

/// One cell of an alias table (Walker 1977, built as Vose 1991 does): a uniform 64-bit fraction of the cell below
/// `threshold` draws the cell's own number, any other the alias.
struct AliasCell {
  std::uint64_t threshold = ~std::uint64_t{0};
  std::int32_t alias = 0;  ///< which number the rest of the cell draws
};

/// Fills one cell for each weight (non-negative, finite, not all zero). Linear time. A number
/// of weight 0 is never drawn; the others with a probability within 2^-52 of the truth, relative to the largest.
void build_alias(std::span<const double> weights, std::span<AliasCell> cells);

/// The number drawn from these cells: one multiplication splits one draw into the cell and the fraction of it. A single
/// cell takes no draw.
inline std::size_t sample_alias(std::span<const AliasCell> cells, Stream& stream) {
  if (cells.size() == 1) return 0;
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{stream()} * cells.size();
  const auto number = static_cast<std::size_t>(product >> 64);
  const AliasCell& cell = cells[number];
  return static_cast<std::uint64_t>(product) < cell.threshold ? number : static_cast<std::size_t>(cell.alias);
}

/// Draws from one distribution in constant time.
class AliasTable {
 public:
  /// InvalidOption, naming the place, unless the weights are non-negative, finite and not all zero.
  explicit AliasTable(std::span<const double> weights);

  std::int32_t sample(Stream& stream) const { return static_cast<std::int32_t>(sample_alias(cells_, stream)); }
  int size() const { return static_cast<int>(cells_.size()); }

 private:
  std::vector<AliasCell> cells_;
};

}  // namespace bellwether
