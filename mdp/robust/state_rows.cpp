#include "mdp/robust/state_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/rounding.h"
#include "mdp/robust/lanes.h"

namespace bellwether::mdp::robust {
namespace {

double product(std::span<const double> p, std::span<const double> z) {
  Four sum = Four::all(0);
  std::size_t i = 0;
  for (; i + 4 <= p.size(); i += 4) sum = sum + Four::load(p.data() + i) * Four::load(z.data() + i);
  double total = sum.sum();
  for (; i < p.size(); ++i) total += p[i] * z[i];
  return total;
}

double largest_of(const StateRows& rows) {
  double largest = 0;
  for (std::size_t a = 0; a < rows.count; ++a)
    for (const double z : rows.row[a].z) largest = std::max(largest, std::abs(z));
  return largest;
}

}  // namespace

void PieceCursor::open(const Nature& nature, std::int64_t choice, const Outcomes& row) {
  const SetKind kind = nature.model().kind();
  pieces_.clear();
  atoms_.clear();
  next_ = 0;
  used_ = 0;
  if (kind == SetKind::kL1 || kind == SetKind::kTotalVariation) {
    per_mass_ = kind == SetKind::kL1 ? 2 : 1;
    lowest_ = least(row.z);
    for (std::size_t i = 0; i < row.z.size(); ++i)
      if (row.p[i] > 0) atoms_.push_back({row.z[i], row.p[i]});
    std::make_heap(atoms_.begin(), atoms_.end(), less);
  } else if (kind == SetKind::kContamination) {
    lowest_ = least(row.z);
    pieces_.push_back({1, product(row.p, row.z) - lowest_});
  } else if (kind == SetKind::kLinf) {
    pieces_ = linf_pieces(row.p, row.z);
  } else {
    const auto cost = [&](std::size_t i, std::size_t j) { return nature.ground_cost(choice, row, i, j); };
    const auto moves = kind == SetKind::kWasserstein ? transport_moves(row.p, row.z, cost)
                                                     : weighted_l1_moves(row.p, row.z, nature.weights(choice, row));
    for (const auto& move : moves)
      if (move.length > 0) pieces_.push_back({move.length, move.slope});
  }
}

bool PieceCursor::present(Piece& piece) {
  while (used_ >= piece_.length) {
    if (!fetch()) return false;
    used_ = 0;
  }
  piece = {piece_.length - used_, piece_.slope};
  return piece_.slope > 0;
}

bool PieceCursor::fetch() {
  if (!atoms_.empty()) {
    const Atom top = atoms_.front();
    std::pop_heap(atoms_.begin(), atoms_.end(), less);
    atoms_.pop_back();
    piece_ = {per_mass_ * top.weight, (top.value - lowest_) / per_mass_};
    return true;
  }
  if (next_ == pieces_.size()) return false;
  piece_ = pieces_[next_++];
  return true;
}

void StateRows::gather(const Nature& nature, int s, std::span<const double> v) {
  const TabularMdp& model = nature.model().nominal();
  first = model.first_choice(s);
  count = static_cast<std::size_t>(model.num_choices(s));
  if (row.size() < count) {
    row.resize(count);
    cursor.resize(count);
  }
  start.resize(count);
  smooth.clear();
  const SetKind kind = nature.model().kind();
  for (std::size_t a = 0; a < count; ++a) {
    const std::int64_t c = first + static_cast<std::int64_t>(a);
    nature.outcomes(c, v, true, row[a]);
    if (is_smooth(kind)) {
      smooth.emplace_back(kind, row[a].p, row[a].z);
      start[a] = smooth.back().nominal();
    } else if (kind == SetKind::kWasserstein) {
      start[a] = nature.least_value(c, row[a], 0);  // free moves come at once
    } else {
      start[a] = product(row[a].p, row[a].z);
    }
    cursor[a].rewind();
  }
}

double slack_of(const Nature& nature, const StateRows& rows) {
  std::size_t entries = 0;
  double reward = 0;
  for (std::size_t a = 0; a < rows.count; ++a) {
    const std::size_t n = rows.row[a].z.size();
    entries += nature.model().kind() == SetKind::kWasserstein ? n * n + n : 4 * n;
    reward = std::max(reward, std::abs(nature.model().nominal().reward(rows.first + static_cast<std::int64_t>(a))));
  }
  for (const double r :
       nature.model().transition_reward().empty()
           ? std::span<const double>{}
           : nature.model().transition_reward().subspan(
                 static_cast<std::size_t>(nature.model().nominal().choice_begin()[rows.first]),
                 static_cast<std::size_t>(
                     nature.model().nominal().choice_begin()[rows.first + static_cast<std::int64_t>(rows.count)] -
                     nature.model().nominal().choice_begin()[rows.first])))
    reward = std::max(reward, std::abs(r));
  const double largest = largest_of(rows);
  return kernel_error(entries) * largest + 16 * kUnitRoundoff * (reward + largest) + std::numeric_limits<double>::min();
}

Bounds row_bounds(const Nature& nature, const StateRows& rows, std::size_t a, double budget, double slack) {
  if (is_smooth(nature.model().kind())) {
    const Bounds b = rows.smooth[a].enclose(budget);
    return {b.low - slack, b.high + slack};
  }
  const double least = nature.least_value(rows.first + static_cast<std::int64_t>(a), rows.row[a], budget);
  return {least - slack, least + slack};
}

}  // namespace bellwether::mdp::robust
