#include "core/alias_table.h"

#include <cassert>
#include <numeric>

namespace bellwether {

AliasTable::AliasTable(std::span<const double> weights) : accept_(weights.size()), alias_(weights.size()) {
  build_alias(weights, accept_, alias_);
}

int AliasTable::sample(Stream& stream) const { return sample_alias(accept_, alias_, stream); }

void build_alias(std::span<const double> weights, std::span<double> accept, std::span<std::int32_t> alias) {
  const std::size_t n = weights.size();
  const double scale = static_cast<double>(n) / std::accumulate(weights.begin(), weights.end(), 0.0);
  assert(n > 0 && scale > 0);
  std::vector<std::int32_t> small, large;
  for (std::size_t i = 0; i < n; ++i) {
    accept[i] = weights[i] * scale;
    alias[i] = static_cast<std::int32_t>(i);
    (accept[i] < 1 ? small : large).push_back(static_cast<std::int32_t>(i));
  }
  while (!small.empty() && !large.empty()) {
    const std::int32_t needy = small.back(), donor = large.back();
    small.pop_back();
    alias[static_cast<std::size_t>(needy)] = donor;
    double& left = accept[static_cast<std::size_t>(donor)];
    left -= 1 - accept[static_cast<std::size_t>(needy)];
    if (left < 1) {
      large.pop_back();
      small.push_back(donor);
    }
  }
  // What remains differs from one by rounding alone.
  for (const std::int32_t i : small) accept[static_cast<std::size_t>(i)] = 1;
  for (const std::int32_t i : large) accept[static_cast<std::size_t>(i)] = 1;
}

}  // namespace bellwether
