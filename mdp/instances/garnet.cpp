#include "mdp/instances/garnet.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/instances/construction.h"

namespace bellwether::mdp {
namespace {

/// Distinct states in ascending order, every subset equally likely: by rejection while the row is short and few states
/// are taken, else by Floyd's algorithm with marks (`taken` is all 0 before and after).
void draw_distinct(int states, std::span<std::int32_t> row, std::vector<char>& taken, Stream& stream) {
  const auto count = static_cast<int>(row.size());
  if (count == states) {
    std::iota(row.begin(), row.end(), 0);
    return;
  }
  const auto bound = static_cast<std::uint64_t>(states);
  if (count <= 16 && count <= states / 2) {
    for (int i = 0; i < count; ++i) {
      do {
        row[i] = static_cast<std::int32_t>(stream.below(bound));
      } while (std::find(row.begin(), row.begin() + i, row[i]) != row.begin() + i);
    }
  } else {
    if (taken.empty()) taken.assign(static_cast<std::size_t>(states), 0);
    for (int i = 0; i < count; ++i) {
      const auto last = static_cast<std::int32_t>(states - count + i);
      const auto drawn = static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(last) + 1));
      row[i] = taken[static_cast<std::size_t>(drawn)] ? last : drawn;
      taken[static_cast<std::size_t>(row[i])] = 1;
    }
    for (const std::int32_t s : row) taken[static_cast<std::size_t>(s)] = 0;
  }
  std::sort(row.begin(), row.end());
}

/// Gaps between sorted uniform cut points of [0, 1]: uniform on the simplex. The cut points are multiples of 2^-53, so
/// the gaps are exact and sum to exactly one. A gap of 0 (odds about size^2 2^-53) is drawn again.
void draw_simplex(std::span<double> row, Stream& stream) {
  const std::size_t last = row.size() - 1;
  do {
    for (std::size_t i = 0; i < last; ++i) row[i] = stream.uniform();
    std::sort(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(last));
    row[last] = 1;
    for (std::size_t i = last; i > 0; --i) row[i] -= row[i - 1];
  } while (std::find(row.begin(), row.end(), 0.0) != row.end());
}

ModelData random_model(const GarnetOptions& o) {
  RegularArrays arrays(o.states, o.actions, o.successors);
  const Stream root(static_cast<std::uint64_t>(o.seed));
  const auto b = static_cast<std::size_t>(o.successors);
  const std::int64_t work = static_cast<std::int64_t>(o.states) * o.actions * o.successors * 10;
  parallel_for(o.states, work, [&](std::int64_t begin, std::int64_t end) {
    std::vector<char> taken;
    for (std::int64_t s = begin; s < end; ++s) {
      Stream stream = root.child(static_cast<std::uint64_t>(s));
      for (int a = 0; a < o.actions; ++a) {
        const auto c = static_cast<std::size_t>(s * o.actions + a);
        draw_distinct(o.states, std::span(arrays.successor).subspan(c * b, b), taken, stream);
        draw_simplex(std::span(arrays.probability).subspan(c * b, b), stream);
        const double drawn = stream.uniform();
        const bool pays = o.reward_density == 1 || stream.uniform() < o.reward_density;
        arrays.reward[c] = pays ? drawn : 0;
      }
    }
  });
  ModelData data = std::move(arrays).take();
  data.discount = o.discount;
  return data;
}

}  // namespace

NamedInstance garnet(const GarnetOptions& options) {
  bellwether::require_valid("garnet", options);
  if (options.successors > options.states) {
    reject_option("garnet", "successors", std::to_string(options.successors),
                  fmt::format("at most the number of states, {}", options.states));
  }
  require_size("garnet", "states", options.states,
               static_cast<double>(options.states) * options.actions * options.successors);
  return {.model = TabularMdp(random_model(options)), .question = discounted(options.discount)};
}

NamedInstance random_dense(const RandomDenseOptions& options) {
  bellwether::require_valid("random-dense", options);
  require_size("random-dense", "states", options.states,
               static_cast<double>(options.states) * options.actions * options.states);
  return {.model = TabularMdp(random_model({.states = options.states,
                                            .actions = options.actions,
                                            .successors = options.states,
                                            .discount = options.discount,
                                            .seed = options.seed})),
          .question = discounted(options.discount)};
}

}  // namespace bellwether::mdp
