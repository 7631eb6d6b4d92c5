#include "solvers/exact/total/sweeps.h"

#include <algorithm>
#include <limits>

namespace bellwether::solvers::total {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Raises lower[s] to its best row; true when it changed.
bool raise_lower(const ReducedModel& m, int s, Enclosure& e) {
  const auto state = static_cast<std::size_t>(s);
  bool raised = false;
  double best = e.lower[state];
  for (std::int64_t c = m.first_row(s); c < m.first_row(s + 1); ++c) {
    const double x = row_below(m, c, e.lower);
    if (!(x > best)) continue;
    best = x;
    e.row[state] = c;
    raised = true;
  }
  e.lower[state] = best;
  return raised;
}

double best_above(const ReducedModel& m, int s, const std::vector<double>& upper) {
  double best = -kInfinity;
  for (std::int64_t c = m.first_row(s); c < m.first_row(s + 1); ++c) best = std::max(best, row_above(m, c, upper));
  return best;
}

/// Extremes of what a play finds when it leaves the range.
struct Exits {
  double least = kInfinity, most = -kInfinity;
  void meet(double low, double high) {
    least = std::min(least, low);
    most = std::max(most, high);
  }
};

Exits exits_of(const ReducedModel& m, const Range& range, const Enclosure& e) {
  Exits exits;
  for (std::int64_t row = m.first_row(range.begin); row < m.first_row(range.end); ++row) {
    const auto c = static_cast<std::size_t>(row);
    if (m.zero_mass[c] > 0) exits.meet(0, 0);
    if (m.one_mass[c] > 0) exits.meet(m.one_value, m.one_value);
    for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
      const std::int32_t next = m.next[static_cast<std::size_t>(i)];
      if (next >= range.begin) continue;
      exits.meet(e.lower[static_cast<std::size_t>(next)], e.upper[static_cast<std::size_t>(next)]);
    }
  }
  return exits;
}

/// A vector w >= 1 + P w inside the range, for the rows that `usable` admits; empty when it takes too many sweeps.
/// From t = 0, t <- 1 + max P t rises by the chance of still being inside; once no entry rises by more than .45,
/// w = 2 t does it: 1 + 2 P t <= 1 + 2 (t + .45 - 1) = 2 t - .1, and rounding is far smaller than .1.
template <class Usable>
std::vector<double> step_bound(const ReducedModel& m, const Range& range, Monitor& monitor, Usable&& usable) {
  constexpr int kMaxSweeps = 4000;
  std::vector<double> t(static_cast<std::size_t>(range.size()), 0.0), before;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    before = t;
    double rise = 0;
    for (int s = range.begin; s < range.end; ++s) {
      double steps = 0;
      for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) {
        if (!usable(s, row)) continue;
        const auto c = static_cast<std::size_t>(row);
        double sum = 1;
        for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
          const std::int32_t next = m.next[static_cast<std::size_t>(i)];
          if (next >= range.begin)
            sum += m.weight[static_cast<std::size_t>(i)] * t[static_cast<std::size_t>(next - range.begin)];
        }
        steps = std::max(steps, sum);
      }
      double& mine = t[static_cast<std::size_t>(s - range.begin)];
      rise = std::max(rise, steps - mine);
      mine = std::max(mine, steps);
    }
    if (rise <= 0.45) {
      for (double& x : before) x *= 2;
      return before;
    }
    if (!monitor.iteration(m.num_transitions(range.begin, range.end), kInfinity, rise)) break;
  }
  return {};
}

struct RewardRange {
  double least = 0, most = 0;
};

RewardRange rewards_of(const ReducedModel& m, const Range& range) {
  RewardRange r;
  for (std::int64_t c = m.first_row(range.begin); c < m.first_row(range.end); ++c) {
    r.least = std::min(r.least, m.reward[static_cast<std::size_t>(c)]);
    r.most = std::max(r.most, m.reward[static_cast<std::size_t>(c)]);
  }
  return r;
}

bool start_lower(const ReducedModel& m, const Range& range, double least_reward, double exit, Enclosure& e,
                 Monitor& monitor) {
  if (least_reward == 0) {  // a constant no higher than any exit: nothing inside can lower it
    for (int s = range.begin; s < range.end; ++s) {
      double& low = e.lower[static_cast<std::size_t>(s)];
      low = std::max(low, exit);
    }
    return true;
  }
  if (!std::isfinite(exit)) return false;
  const std::vector<std::int64_t> rows = exit_rows(m, range);
  const std::vector<double> steps = step_bound(m, range, monitor, [&](int s, std::int64_t row) {
    return rows[static_cast<std::size_t>(s - range.begin)] == row;
  });
  if (steps.empty()) return false;
  const double loss = -least_reward + 1e-12 * std::abs(exit);  // the second part pays for rounding
  for (int s = range.begin; s < range.end; ++s) {
    const auto k = static_cast<std::size_t>(s - range.begin);
    e.lower[static_cast<std::size_t>(s)] = exit - loss * steps[k];
    e.row[static_cast<std::size_t>(s)] = rows[k];
  }
  return true;
}

bool start_upper(const ReducedModel& m, const Range& range, double most_reward, double exit, Enclosure& e,
                 Monitor& monitor) {
  if (most_reward == 0) {
    for (int s = range.begin; s < range.end; ++s) {
      double& high = e.upper[static_cast<std::size_t>(s)];
      high = std::min(high, exit);
    }
    return true;
  }
  if (range.losing || !std::isfinite(exit)) return false;
  const std::vector<double> steps = step_bound(m, range, monitor, [](int, std::int64_t) { return true; });
  if (steps.empty()) return false;
  const double win = most_reward + 1e-12 * std::abs(exit);
  for (int s = range.begin; s < range.end; ++s) {
    e.upper[static_cast<std::size_t>(s)] = exit + win * steps[static_cast<std::size_t>(s - range.begin)];
  }
  return true;
}

}  // namespace

void solve_single(const ReducedModel& m, int s, Enclosure& e, Monitor& monitor) {
  raise_lower(m, s, e);
  const auto state = static_cast<std::size_t>(s);
  e.upper[state] = std::min(e.upper[state], best_above(m, s, e.upper));
  monitor.work(2 * m.num_transitions(s, s + 1) + 1);
}

std::vector<std::int64_t> exit_rows(const ReducedModel& m, const Range& range) {
  const auto n = static_cast<std::size_t>(range.size());
  std::vector<std::int64_t> rows(n, -1), into(n + 1, 0);
  const auto local = [&](std::int64_t i) { return m.next[static_cast<std::size_t>(i)] - range.begin; };
  std::vector<std::int32_t> queue;
  for (int s = range.begin; s < range.end; ++s) {
    for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) {
      const auto c = static_cast<std::size_t>(row);
      bool leaves = m.one_mass[c] > 0 || m.zero_mass[c] > 0;
      for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
        if (local(i) < 0) leaves = true;
        if (local(i) >= 0) ++into[static_cast<std::size_t>(local(i)) + 1];
      }
      std::int64_t& mine = rows[static_cast<std::size_t>(s - range.begin)];
      if (!leaves || mine >= 0) continue;
      mine = row;
      queue.push_back(s - range.begin);
    }
  }
  for (std::size_t i = 0; i < n; ++i) into[i + 1] += into[i];
  std::vector<std::pair<std::int32_t, std::int64_t>> source(static_cast<std::size_t>(into[n]));
  std::vector<std::int64_t> cursor(into.begin(), into.end() - 1);
  for (int s = range.begin; s < range.end; ++s) {
    for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) {
      const auto c = static_cast<std::size_t>(row);
      for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
        if (local(i) < 0) continue;
        source[static_cast<std::size_t>(cursor[static_cast<std::size_t>(local(i))]++)] = {s - range.begin, row};
      }
    }
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const auto node = static_cast<std::size_t>(queue[head]);
    for (std::int64_t k = into[node]; k < into[node + 1]; ++k) {
      const auto& [from, row] = source[static_cast<std::size_t>(k)];
      if (rows[static_cast<std::size_t>(from)] >= 0) continue;
      rows[static_cast<std::size_t>(from)] = row;
      queue.push_back(from);
    }
  }
  return rows;
}

bool start_below(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor) {
  return start_lower(m, range, rewards_of(m, range).least, exits_of(m, range, e).least, e, monitor);
}

bool start_above(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor) {
  return start_upper(m, range, rewards_of(m, range).most, exits_of(m, range, e).most, e, monitor);
}

namespace {

constexpr std::int64_t kPatience = 100'000;  // sweeps

/// Tells a slow approach from none: whether a width has shrunk by a thousandth in so many sweeps. At that pace a digit
/// would take two thousand times as many.
class Progress {
 public:
  explicit Progress(std::int64_t patience) : patience_(patience), left_(patience) {}

  bool made(double width) {
    if (width < 0.999 * best_) {
      best_ = width;
      left_ = patience_;
    }
    return left_-- > 0;
  }

 private:
  double best_ = kInfinity;
  std::int64_t patience_, left_;
};

}  // namespace

SweepEnd iterate_interval(const ReducedModel& m, const Range& range, const Target& target, std::int64_t max_sweeps,
                          Enclosure& e, Monitor& monitor) {
  const std::int64_t work = 2 * m.num_transitions(range.begin, range.end);
  Progress progress(kPatience + 50 * std::int64_t{range.size()});
  while (max_sweeps-- > 0) {
    bool moved = false, met = true;
    double residual = 0;
    for (int s = range.begin; s < range.end; ++s) {
      const auto state = static_cast<std::size_t>(s);
      const double before = e.lower[state];
      if (raise_lower(m, s, e)) moved = true;
      residual = std::max(residual, e.lower[state] - before);
      const double high = best_above(m, s, e.upper);
      if (high < e.upper[state]) {
        residual = std::max(residual, e.upper[state] - high);
        e.upper[state] = high;
        moved = true;
      }
      met = met && target.met(e.lower[state], e.upper[state]);
    }
    const double width = half_width(e, range);
    const bool go_on = monitor.iteration(work, width, residual);
    if (met) return SweepEnd::kTargetMet;
    if (!go_on) return SweepEnd::kStopped;
    if (!moved || !progress.made(width)) return SweepEnd::kRoundingLimited;
  }
  return SweepEnd::kGaveUp;
}

namespace {

/// Sweeps the lower bounds until what is still missing looks smaller than `share` of the allowed width: the largest
/// rise of a sweep, summed as a geometric series with the ratio of the last two rises. Only a stopping rule: the guess
/// made afterwards is proven or dropped. False when no entry moved.
bool sweep_lower(const ReducedModel& m, const Range& range, const Target& target, double share, std::int64_t& budget,
                 Enclosure& e, Monitor& monitor) {
  bool moved_ever = false;
  double before_last = kInfinity;
  while (budget-- > 0) {
    bool moved = false;
    double residual = 0, rise_in_widths = 0;
    for (int s = range.begin; s < range.end; ++s) {
      const auto state = static_cast<std::size_t>(s);
      const double before = e.lower[state];
      if (!raise_lower(m, s, e)) continue;
      moved = true;
      const double rise = e.lower[state] - before;
      residual = std::max(residual, rise);
      rise_in_widths = std::max(rise_in_widths, rise / target.width(e.lower[state], kInfinity));
    }
    moved_ever = moved_ever || moved;
    if (!monitor.iteration(m.num_transitions(range.begin, range.end), kInfinity, residual) || !moved) break;
    const double ratio = rise_in_widths / before_last;
    before_last = rise_in_widths;
    if (ratio < 1 && rise_in_widths <= 0.3 * share * (1 - ratio)) break;
  }
  return moved_ever;
}

/// Tries the guess that stands in e.upper: true when a sweep of backups raised no entry, which makes it an upper bound.
/// `known` is what the range held before, an upper bound already.
bool verify_guess(const ReducedModel& m, const Range& range, std::int64_t sweeps, const std::vector<double>& known,
                  Enclosure& e, Monitor& monitor) {
  for (std::int64_t k = 0; k < sweeps; ++k) {
    bool raised = false;
    for (int s = range.begin; s < range.end; ++s) {
      const auto state = static_cast<std::size_t>(s);
      const double x = std::min(best_above(m, s, e.upper), known[static_cast<std::size_t>(s - range.begin)]);
      raised = raised || x > e.upper[state];
      e.upper[state] = x;
      if (x < e.lower[state]) return false;  // the guess was too low somewhere
    }
    const bool go_on = monitor.iteration(m.num_transitions(range.begin, range.end), kInfinity, kInfinity);
    if (!raised) return true;
    if (!go_on) return false;
  }
  return false;
}

}  // namespace

SweepEnd iterate_optimistic(const ReducedModel& m, const Range& range, const Target& target, std::int64_t max_sweeps,
                            Enclosure& e, Monitor& monitor) {
  std::vector<double> known(e.upper.begin() + range.begin, e.upper.begin() + range.end);
  std::int64_t budget = max_sweeps;
  for (double share = 1;; share /= 10) {  // a wrong guess: ten times closer before the next one
    const std::int64_t before = budget;
    const bool moved = sweep_lower(m, range, target, share, budget, e, monitor);
    if (target_met(e, range, target)) return SweepEnd::kTargetMet;
    if (monitor.stopped()) return SweepEnd::kStopped;
    for (int s = range.begin; s < range.end; ++s) {
      const auto state = static_cast<std::size_t>(s);
      e.upper[state] = std::min(e.lower[state] + 0.9 * target.width(e.lower[state], kInfinity), e.upper[state]);
    }
    if (verify_guess(m, range, std::max<std::int64_t>(20, before - budget), known, e, monitor)) {
      if (target_met(e, range, target)) return SweepEnd::kTargetMet;
      known.assign(e.upper.begin() + range.begin, e.upper.begin() + range.end);
    } else {
      std::copy(known.begin(), known.end(), e.upper.begin() + range.begin);
    }
    if (monitor.stopped()) return SweepEnd::kStopped;
    if (!moved) return SweepEnd::kRoundingLimited;
    if (budget <= 0) return SweepEnd::kGaveUp;
  }
}

}  // namespace bellwether::solvers::total
