#include "core/alias_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether {
namespace {

/// A share of [0, 1] as a 64-bit fraction; 1 becomes the largest, which misses it by 2^-64.
std::uint64_t fraction(double share) {
  return share >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(std::ldexp(share, 64));
}

}  // namespace

void build_alias(std::span<const double> weights, std::span<AliasCell> cells) {
  const auto n = static_cast<double>(weights.size());
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  // A share of 1 fills a cell. Cells with less are filled up from numbers with more. Rows are short: the two lists live
  // in scratch that each thread keeps.
  thread_local std::vector<double> share;
  thread_local std::vector<std::int32_t> less, more;
  share.resize(weights.size());
  less.clear();
  more.clear();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    share[i] = weights[i] / total * n;
    (share[i] < 1 ? less : more).push_back(static_cast<std::int32_t>(i));
  }
  while (!less.empty() && !more.empty()) {
    const auto small = static_cast<std::size_t>(less.back()), large = static_cast<std::size_t>(more.back());
    less.pop_back();
    cells[small].threshold = fraction(share[small]);
    cells[small].alias = static_cast<std::int32_t>(large);
    share[large] -= 1 - share[small];
    if (share[large] >= 1) continue;
    more.pop_back();
    less.push_back(static_cast<std::int32_t>(large));
  }
  // What rounding left over is 1 but for a few units in the last place, unless a number of weight 0 came last.
  const auto heaviest = static_cast<std::int32_t>(std::max_element(weights.begin(), weights.end()) - weights.begin());
  for (const auto* rest : {&less, &more}) {
    for (const std::int32_t i : *rest) {
      AliasCell& cell = cells[static_cast<std::size_t>(i)];
      const bool possible = weights[static_cast<std::size_t>(i)] > 0;
      cell.threshold = possible ? ~std::uint64_t{0} : 0;
      cell.alias = possible ? i : heaviest;
    }
  }
}

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0 && std::isfinite(weights[i])))
      throw InvalidOption(fmt::format("AliasTable: weight {} is {}, must be finite and not negative", i, weights[i]));
    total += weights[i];
  }
  if (!(total > 0 && std::isfinite(total)))
    throw InvalidOption(
        fmt::format("AliasTable: {} weights sum to {}, must be positive and finite", weights.size(), total));
  build_alias(weights, cells_);
}

}  // namespace bellwether
