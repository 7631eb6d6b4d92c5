#include "mdp/robust/state_game.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/rounding.h"
#include "mdp/robust/state_rows.h"

namespace bellwether::mdp {
namespace {

using robust::is_smooth;
using robust::Piece;
using robust::row_bounds;
using robust::slack_of;
using robust::SmoothRow;
using Rows = robust::StateRows;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Rows& rows_of(const Nature& nature, int s, std::span<const double> v) {
  static thread_local Rows rows;
  rows.gather(nature, s, v);
  return rows;
}

/// Where nature's budget takes a state: all choices at or below `level`.
struct Level {
  double level = 0;
  int saturated = -1;                 ///< a choice that can fall no further, so that nature stops
  std::vector<double> budget, slope;  ///< of each choice; slope 0: not touched
};

/// The least level, from breakpoint to breakpoint downwards.
void lower_by_pieces(const Nature& nature, Rows& rows, double budget, Level& at) {
  at.budget.assign(rows.count, 0);
  at.slope.assign(rows.count, 0);
  at.saturated = -1;
  at.level = *std::max_element(rows.start.begin(), rows.start.end());
  static thread_local std::vector<std::size_t> active;
  static thread_local std::vector<double> left;
  active.clear();
  left.assign(rows.count, 0);
  for (;;) {
    double next_start = -kInfinity, rate = 0, drop = kInfinity;
    for (std::size_t a = 0; a < rows.count; ++a) {
      if (at.slope[a] > 0) continue;
      if (rows.start[a] < at.level) {
        next_start = std::max(next_start, rows.start[a]);
        continue;
      }
      rows.cursor[a].open(nature, rows.first + static_cast<std::int64_t>(a), rows.row[a]);
      active.push_back(a);
      at.slope[a] = kInfinity;
    }
    for (const std::size_t a : active) {
      Piece piece{};
      if (!rows.cursor[a].present(piece)) {
        at.saturated = static_cast<int>(a);
        return;
      }
      at.slope[a] = piece.slope;
      left[a] = piece.length * piece.slope;
      rate += 1 / piece.slope;
      drop = std::min(drop, left[a]);
    }
    drop = std::min(drop, at.level - next_start);
    const bool last = drop * rate >= budget;
    if (last) drop = budget / rate;
    for (const std::size_t a : active) {
      const double used = drop / at.slope[a];
      at.budget[a] += used;
      if (!last && left[a] <= drop)
        rows.cursor[a].finish();
      else
        rows.cursor[a].use(used);
    }
    at.level = !last && drop == at.level - next_start ? next_start : at.level - drop;
    if (last) return;
    budget -= drop * rate;
  }
}

/// The least level by Newton's method: the total cost of a level is convex, so from below it never overshoots.
void lower_smoothly(const Rows& rows, double budget, Level& at) {
  at.budget.assign(rows.count, 0);
  at.slope.assign(rows.count, 0);
  at.saturated = -1;
  const auto cost = [&](double level, double& rate) {
    double total = 0;
    rate = 0;
    for (std::size_t a = 0; a < rows.count; ++a) {
      at.budget[a] = at.slope[a] = 0;
      if (rows.start[a] <= level) continue;
      const SmoothRow::Point point = rows.smooth[a].at_value(level);
      at.budget[a] = point.distance;
      at.slope[a] = point.slope;
      total += point.distance;
      rate += 1 / point.slope;
    }
    return total;
  };
  double floor = -kInfinity, rate = 0;
  int highest = 0;
  for (std::size_t a = 0; a < rows.count; ++a) {
    if (rows.smooth[a].lowest() > floor) {
      floor = rows.smooth[a].lowest();
      highest = static_cast<int>(a);
    }
  }
  at.level = floor;
  if (cost(floor, rate) <= budget) {
    at.saturated = highest;
    return;
  }
  // The costliest single choice is a level that is not too high.
  for (std::size_t a = 0; a < rows.count; ++a) at.level = std::max(at.level, rows.smooth[a].at_distance(budget).value);
  double too_low = floor, high_enough = *std::max_element(rows.start.begin(), rows.start.end());
  for (int step = 0; step < 100; ++step) {
    const double over = cost(at.level, rate) - budget;
    if (std::abs(over) <= 1e-14 * budget) return;
    (over > 0 ? too_low : high_enough) = at.level;
    double next = at.level + over / rate;
    if (!(next > too_low && next < high_enough)) next = too_low + (high_enough - too_low) / 2;
    if (next == at.level || !(next > too_low && next < high_enough)) return;
    at.level = next;
  }
}

/// min over budgets of sum w W(x): the steepest piece, weighted, first.
StateGame::Answer spend_by_pieces(const Nature& nature, Rows& rows, double budget, std::span<const double> weight) {
  StateGame::Answer out;
  out.budget.assign(rows.count, 0);
  for (std::size_t a = 0; a < rows.count; ++a) {
    if (weight[a] <= 0) continue;
    out.value += weight[a] * rows.start[a];
    rows.cursor[a].rewind();
    rows.cursor[a].open(nature, rows.first + static_cast<std::int64_t>(a), rows.row[a]);
  }
  while (budget > 0) {
    std::size_t best = rows.count;
    Piece steepest{0, 0};
    for (std::size_t a = 0; a < rows.count; ++a) {
      Piece piece{};
      if (weight[a] <= 0 || !rows.cursor[a].present(piece)) continue;
      if (weight[a] * piece.slope > steepest.slope) {
        steepest = {piece.length, weight[a] * piece.slope};
        best = a;
      }
    }
    if (best == rows.count) break;
    const double used = std::min(budget, steepest.length);
    out.budget[best] += used;
    out.value -= used * steepest.slope;
    if (used == steepest.length)
      rows.cursor[best].finish();
    else
      rows.cursor[best].use(used);
    budget -= used;
  }
  return out;
}

/// The same for smooth sets: one slope for all, weighted; bisection on it. Fills the dual bound.
StateGame::Answer spend_smoothly(const Rows& rows, double budget, std::span<const double> weight, double slack) {
  StateGame::Answer out;
  out.budget.assign(rows.count, 0);
  std::vector<SmoothRow::Point> point(rows.count), cheap(rows.count);
  const auto spent = [&](double slope, std::vector<SmoothRow::Point>& points) {
    double total = 0;
    for (std::size_t a = 0; a < rows.count; ++a) {
      if (weight[a] <= 0) continue;
      points[a] = rows.smooth[a].at_slope(slope / weight[a]);
      total += points[a].distance;
    }
    return total;
  };
  // `low` is a slope at which nature spends at least the budget, `high` one at which at most.
  double low = 0, high = kInfinity, slope = 0, steepest = 0;
  for (std::size_t a = 0; a < rows.count; ++a) {
    const SmoothRow& row = rows.smooth[a];
    if (!(weight[a] > 0 && budget > 0 && row.saturation() > 0)) continue;
    slope = std::max(slope, weight[a] * row.at_distance(budget).slope);
    slope = std::max(slope, weight[a] * (rows.start[a] - row.lowest()) / row.saturation());
  }
  double of_low = spent(0, point), of_high = 0;
  if (of_low > budget && slope > 0) {
    for (std::size_t a = 0; a < rows.count; ++a) {
      if (weight[a] > 0) cheap[a] = rows.smooth[a].at_slope(kInfinity);
    }
    for (int step = 0; step < 200; ++step) {
      std::vector<SmoothRow::Point> points(rows.count);
      const double total = spent(slope, points);
      const bool met = std::abs(total - budget) <= 1e-13 * budget;
      if (met || total >= budget) {
        low = slope;
        of_low = total;
        point = points;
      }
      if (met || total < budget) {
        high = slope;
        of_high = total;
        cheap = points;
      }
      if (met || high - low <= 4 * kUnitRoundoff * low) break;
      const double next = high == kInfinity ? 4 * slope : (low == 0 ? slope / 4 : std::sqrt(low) * std::sqrt(high));
      if (next == slope) break;
      slope = next;
    }
  }
  // A mix of the two spends exactly the budget.
  const double share = of_low > budget && of_low > of_high ? (budget - of_high) / (of_low - of_high) : 1;
  double spending = 0;
  for (std::size_t a = 0; a < rows.count; ++a) {
    if (weight[a] <= 0 || budget <= 0) continue;
    out.budget[a] = share * point[a].distance + (1 - share) * cheap[a].distance;
    spending += out.budget[a];
  }
  if (spending > budget) {
    const double shrink = budget / spending * (1 - 1e-15 * static_cast<double>(rows.count));
    for (double& x : out.budget) x *= shrink;
  }
  double intercepts = 0, upper = 0, total_weight = 0;
  for (std::size_t a = 0; a < rows.count; ++a) {
    if (weight[a] <= 0) continue;
    if (budget > 0) {
      const SmoothRow::Line line = rows.smooth[a].supporting_line(point[a]);
      intercepts += weight[a] * line.intercept;
      steepest = std::max(steepest, weight[a] * line.slope);
    }
    upper += weight[a] * rows.smooth[a].enclose(out.budget[a]).high;
    total_weight += weight[a];
  }
  double lower = intercepts - steepest * budget;
  lower -= 8 * kUnitRoundoff * (std::abs(intercepts) + steepest * budget);
  if (budget <= 0) {
    lower = 0;
    for (std::size_t a = 0; a < rows.count; ++a) lower += weight[a] > 0 ? weight[a] * rows.smooth[a].enclose(0).low : 0;
  }
  slack *= std::max(total_weight, 1.0);
  out.bounds = {lower - slack, upper + slack};
  if (!(out.bounds.low <= out.bounds.high)) {
    out.bounds.low = 0;
    for (std::size_t a = 0; a < rows.count; ++a) out.bounds.low += weight[a] * (rows.smooth[a].lowest() - slack);
  }
  out.value = out.bounds.low + (out.bounds.high - out.bounds.low) / 2;
  return out;
}

StateGame::Answer answer_to(const Nature& nature, Rows& rows, double budget, std::span<const double> weight) {
  const double slack = slack_of(nature, rows);
  StateGame::Answer out;
  if (is_smooth(nature.model().kind())) {
    out = spend_smoothly(rows, budget, weight, slack);
  } else {
    out = spend_by_pieces(nature, rows, budget, weight);
    out.bounds = {out.value - slack, out.value + slack};
  }
  out.weight.assign(weight.begin(), weight.end());
  return out;
}

StateGame::Answer in_sense_of(const Nature& nature, StateGame::Answer out) {
  if (nature.sign() < 0) {
    out.value = -out.value;
    out.bounds = {-out.bounds.high, -out.bounds.low};
  }
  out.bounds = {round_down(out.bounds.low), round_up(out.bounds.high)};
  return out;
}

/// The agent's weights at a level: inversely proportional to the slopes of what nature touched.
std::vector<double> weights_at(const Level& at, const Rows& rows, double budget) {
  std::vector<double> weight(rows.count, 0);
  if (at.saturated >= 0) {
    weight[static_cast<std::size_t>(at.saturated)] = 1;
    return weight;
  }
  double total = 0;
  if (budget > 0) {
    double flattest = kInfinity;
    for (std::size_t a = 0; a < rows.count; ++a)
      if (at.slope[a] > 0) flattest = std::min(flattest, at.slope[a]);
    for (std::size_t a = 0; a < rows.count; ++a)
      if (at.slope[a] > 0) total += weight[a] = flattest / at.slope[a];
  }
  if (!(total > 0 && total < kInfinity)) {
    std::fill(weight.begin(), weight.end(), 0);
    weight[static_cast<std::size_t>(std::max_element(rows.start.begin(), rows.start.end()) - rows.start.begin())] = 1;
    return weight;
  }
  for (double& w : weight) w /= total;
  return weight;
}

Level& level_scratch() {
  static thread_local Level at;
  return at;
}

Level& lower(const Nature& nature, Rows& rows, double budget) {
  Level& at = level_scratch();
  if (is_smooth(nature.model().kind()))
    lower_smoothly(rows, budget, at);
  else
    lower_by_pieces(nature, rows, budget, at);
  return at;
}

/// The best choice when nature spends all on it.
std::size_t favourite(const Nature& nature, const Rows& rows, double budget, double& value) {
  std::size_t best = 0;
  value = kInfinity;
  for (std::size_t a = 0; a < rows.count; ++a) {
    const double least = is_smooth(nature.model().kind())
                             ? rows.smooth[a].at_distance(budget).value
                             : nature.least_value(rows.first + static_cast<std::int64_t>(a), rows.row[a], budget);
    if (least < value) {
      value = least;
      best = a;
    }
  }
  return best;
}

/// Value, weights and budgets, in nature's sense.
StateGame::Answer decision(const Nature& nature, Rows& rows, double budget, bool adversarial) {
  StateGame::Answer out;
  if (!adversarial) {
    const std::size_t best = favourite(nature, rows, budget, out.value);
    out.weight.assign(rows.count, 0);
    out.budget.assign(rows.count, 0);
    out.weight[best] = 1;
    out.budget[best] = budget;
    return out;
  }
  const Level& at = lower(nature, rows, budget);
  out.value = at.level;
  out.weight = weights_at(at, rows, budget);
  out.budget = at.budget;
  // Sums of budgets may exceed k by their rounding.
  double total = 0;
  for (const double x : out.budget) total += x;
  if (total > budget) {
    for (double& x : out.budget) x *= budget / total * (1 - 2 * kUnitRoundoff);
  }
  return out;
}

}  // namespace

double StateGame::value(int s, std::span<const double> v) const {
  Rows& rows = rows_of(nature_, s, v);
  const double budget = nature_.model().radius(s);
  if (!adversarial_) {
    double value = 0;
    favourite(nature_, rows, budget, value);
    return nature_.sign() * value;
  }
  return nature_.sign() * lower(nature_, rows, budget).level;
}

StateGame::Answer StateGame::decide(int s, std::span<const double> v) const {
  Rows& rows = rows_of(nature_, s, v);
  Answer out = decision(nature_, rows, nature_.model().radius(s), adversarial_);
  out.value *= nature_.sign();
  return out;
}

StateGame::Answer StateGame::solve(int s, std::span<const double> v) const {
  Rows& rows = rows_of(nature_, s, v);
  const double budget = nature_.model().radius(s), slack = slack_of(nature_, rows);
  Answer out = decision(nature_, rows, budget, adversarial_);
  out.bounds = {kInfinity, -kInfinity};
  for (std::size_t a = 0; a < rows.count; ++a) {
    const Bounds b = row_bounds(nature_, rows, a, adversarial_ ? out.budget[a] : budget, slack);
    // Against the agent, no choice is worth more than its row; with it, none is worth less than with all the budget.
    if (adversarial_ || out.weight[a] > 0) out.bounds.high = std::max(out.bounds.high, b.high);
    if (!adversarial_) out.bounds.low = std::min(out.bounds.low, b.low);
  }
  if (adversarial_) out.bounds.low = std::min(answer_to(nature_, rows, budget, out.weight).bounds.low, out.bounds.high);
  return in_sense_of(nature_, std::move(out));
}

StateGame::Answer StateGame::against(int s, std::span<const double> v, std::span<const double> weight) const {
  Rows& rows = rows_of(nature_, s, v);
  return in_sense_of(nature_, answer_to(nature_, rows, nature_.model().radius(s), weight));
}

std::vector<double> StateGame::respond(std::int64_t choice, std::span<const double> v, double budget) const {
  Outcomes row;
  nature_.outcomes(choice, v, true, row);
  std::vector<double> q;
  nature_.least_value(choice, row, budget, &q);
  return q;
}

}  // namespace bellwether::mdp
