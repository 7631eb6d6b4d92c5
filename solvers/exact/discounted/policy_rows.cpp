#include "solvers/exact/discounted/policy_rows.h"

#include "core/parallel.h"

namespace bellwether::solvers::discounted {
namespace {

constexpr double kWaste = 1.05;  // one width for all slots may cost this much more than fitting ones

std::int64_t longest_row(const mdp::TabularMdp& model, int s) {
  std::int64_t longest = 0;
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
    longest = std::max(longest, static_cast<std::int64_t>(model.successors(c).size()));
  return longest;
}

/// What a sweep reads and writes.
struct Vectors {
  const float* right;
  const float* in;
  float* out;
  float discount;
};

Extent extent_of(const float (&low)[2], const float (&high)[2]) {
  Extent extent;
  extent.add(std::min(low[0], low[1]));
  extent.add(std::max(high[0], high[1]));
  return extent;
}

// Rows of W entries: the compiler unrolls them. Two sums a row and two extents by parity, so that no addition and no
// comparison waits for the one before.
template <int W>
Extent sweep_fixed(const PolicyEntry* entries, const Vectors& v, std::int64_t begin, std::int64_t end) {
  constexpr float kFar = std::numeric_limits<float>::infinity();
  float low[2] = {kFar, kFar}, high[2] = {-kFar, -kFar};
  for (std::int64_t s = begin; s < end; ++s) {
    const PolicyEntry* e = entries + s * W;
    float even = 0, odd = 0;
    for (int k = 0; k + 1 < W; k += 2) {
      even += e[k].weight * v.in[e[k].successor];
      odd += e[k + 1].weight * v.in[e[k + 1].successor];
    }
    if constexpr (W % 2 == 1) even += e[W - 1].weight * v.in[e[W - 1].successor];
    const float x = v.right[s] + v.discount * (even + odd), change = x - v.in[s];
    low[s & 1] = std::min(low[s & 1], change);
    high[s & 1] = std::max(high[s & 1], change);
    v.out[s] = x;
  }
  return extent_of(low, high);
}

Extent sweep_any(const PolicyRows& rows, const Vectors& v, std::int64_t begin, std::int64_t end) {
  constexpr float kFar = std::numeric_limits<float>::infinity();
  float low[2] = {kFar, kFar}, high[2] = {-kFar, -kFar};
  for (std::int64_t s = begin; s < end; ++s) {
    const std::span<const PolicyEntry> row = rows.row(s);
    float sum[4] = {0, 0, 0, 0};
    std::size_t k = 0;
    for (; k + 3 < row.size(); k += 4)
      for (std::size_t i = 0; i < 4; ++i) sum[i] += row[k + i].weight * v.in[row[k + i].successor];
    for (; k < row.size(); ++k) sum[0] += row[k].weight * v.in[row[k].successor];
    const float x = v.right[s] + v.discount * ((sum[0] + sum[1]) + (sum[2] + sum[3])), change = x - v.in[s];
    low[s & 1] = std::min(low[s & 1], change);
    high[s & 1] = std::max(high[s & 1], change);
    v.out[s] = x;
  }
  return extent_of(low, high);
}

Extent sweep_part(const PolicyRows& rows, const Vectors& v, std::int64_t begin, std::int64_t end) {
  const PolicyEntry* entries = rows.entries();
  switch (rows.width()) {
    case 1:
      return sweep_fixed<1>(entries, v, begin, end);
    case 2:
      return sweep_fixed<2>(entries, v, begin, end);
    case 3:
      return sweep_fixed<3>(entries, v, begin, end);
    case 4:
      return sweep_fixed<4>(entries, v, begin, end);
    case 5:
      return sweep_fixed<5>(entries, v, begin, end);
    case 6:
      return sweep_fixed<6>(entries, v, begin, end);
    case 8:
      return sweep_fixed<8>(entries, v, begin, end);
    case 10:
      return sweep_fixed<10>(entries, v, begin, end);
    default:
      return sweep_any(rows, v, begin, end);
  }
}

}  // namespace

RowSlots::RowSlots(const mdp::TabularMdp& model) {
  const int states = model.num_states();
  std::int64_t widest = 0;
  for (int s = 0; s < states; ++s) {
    const std::int64_t longest = longest_row(model, s);
    num_entries_ += longest;
    widest = std::max(widest, longest);
  }
  if (static_cast<double>(widest) * states <= kWaste * static_cast<double>(num_entries_)) {
    width_ = static_cast<int>(widest);
    num_entries_ = widest * states;
  } else {
    begin_.reserve(static_cast<std::size_t>(states) + 1);
    begin_.push_back(0);
    for (int s = 0; s < states; ++s) begin_.push_back(begin_.back() + longest_row(model, s));
  }
}

void PolicyRows::set_probabilities(const mdp::TabularMdp& model, std::int64_t s, std::int64_t choice) {
  const auto successors = model.successors(choice);
  const auto probabilities = model.probabilities(choice);
  const std::span<PolicyEntry> slot = row(s);
  for (std::size_t k = 0; k < slot.size(); ++k) {
    slot[k] = k < successors.size() ? PolicyEntry{successors[k], static_cast<float>(probabilities[k])}
                                    : PolicyEntry{static_cast<std::int32_t>(s), 0.0F};
  }
}

Extent PolicyRows::sweep(double discount, std::span<const float> right, std::span<const float> in,
                         std::span<float> out) const {
  const Vectors v{right.data(), in.data(), out.data(), static_cast<float>(discount)};
  return parallel_reduce(
      static_cast<std::int64_t>(right.size()), num_entries(), Extent{},
      [&](std::int64_t begin, std::int64_t end) { return sweep_part(*this, v, begin, end); }, Extent::join);
}

}  // namespace bellwether::solvers::discounted
