#include "solvers/exact/total/howard.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "solvers/exact/total/chain_system.h"
#include "solvers/exact/total/sweeps.h"

namespace bellwether::solvers::total {
namespace {

constexpr int kMaxPolicyUpdates = 500;
constexpr double kFirstDelta = 2 * kUnitRoundoff;
constexpr int kDeltaDoublings = 44;
constexpr double kTie = 16 * kUnitRoundoff;

/// Policy iteration with rewards shifted by delta(s). Works inside one of the two vectors of bounds: the entries of
/// solved ranges are read, those of this range are overwritten with values that are no bounds yet.
class PolicySearch {
 public:
  PolicySearch(const ReducedModel& m, const Range& range, Monitor& monitor)
      : m_(m),
        range_(range),
        rows_(exit_rows(m, range)),
        delta_(Eigen::VectorXd::Zero(range.size())),
        monitor_(monitor) {}

  const std::vector<std::int64_t>& rows() const { return rows_; }
  bool stopped() const { return monitor_.stopped(); }
  void work_in(std::vector<double>& v) { v_ = &v; }

  /// Size of the numbers that meet at a state under the current rows: what one rounding there can move.
  Eigen::VectorXd magnitudes() const {
    Eigen::VectorXd size(range_.size());
    for (int i = 0; i < range_.size(); ++i) size[i] = std::abs(v(i)) + evaluate_row(m_, row(i), *v_).magnitude;
    return size;
  }
  void set_delta(Eigen::VectorXd delta) { delta_ = std::move(delta); }

  /// Solves for the current rows, with refinement by the residual in difference form.
  bool evaluate() {
    if (!system_) system_.emplace(m_, range_, rows_, keep_going());
    if (!system_->ready()) return false;
    for (int i = 0; i < range_.size(); ++i) v(i) = 0;
    double last = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 6; ++round) {
      const Eigen::VectorXd missing = residual();
      const double size = missing.lpNorm<Eigen::Infinity>();
      if (!(size < last) || size == 0) break;
      last = size;
      const Eigen::VectorXd correction = system_->solve(missing);
      if (!correction.allFinite()) return false;
      for (int i = 0; i < range_.size(); ++i) v(i) += correction[i];
    }
    return true;
  }

  /// Switches to better rows until none is better by more than rounding; keeps the incumbent on ties.
  bool optimise() {
    for (int update = 0; update < kMaxPolicyUpdates; ++update) {
      if (!evaluate()) return false;
      const bool go_on = monitor_.iteration(2 * m_.num_transitions(range_.begin, range_.end),
                                            std::numeric_limits<double>::infinity(), best_advantage_);
      if (!go_on || !improve()) return true;
    }
    return true;
  }

 private:
  std::function<bool()> keep_going() {
    if (!monitor_.observed()) return nullptr;
    return [this] { return monitor_.still_wanted(); };
  }

  double& v(int i) { return (*v_)[static_cast<std::size_t>(range_.begin + i)]; }
  double v(int i) const { return (*v_)[static_cast<std::size_t>(range_.begin + i)]; }
  std::int64_t row(int i) const { return rows_[static_cast<std::size_t>(i)]; }

  Eigen::VectorXd residual() const {
    Eigen::VectorXd r(range_.size());
    for (int i = 0; i < range_.size(); ++i) r[i] = advantage(m_, row(i), v(i), *v_).value + delta_[i];
    return r;
  }

  bool improve() {
    const std::vector<std::int64_t> before = rows_;
    best_advantage_ = 0;
    for (int i = 0; i < range_.size(); ++i) {
      const int s = range_.begin + i;
      const RowValue mine = advantage(m_, row(i), v(i), *v_);
      double best = mine.value;
      for (std::int64_t c = m_.first_row(s); c < m_.first_row(s + 1); ++c) {
        const RowValue x = advantage(m_, c, v(i), *v_);
        const double noise = kTie * (x.magnitude + mine.magnitude + 2 * std::abs(v(i)));
        if (!(x.value > best) || !(x.value > mine.value + noise)) continue;
        best = x.value;
        rows_[static_cast<std::size_t>(i)] = c;
      }
      best_advantage_ = std::max(best_advantage_, best);
    }
    if (rows_ == before) return false;
    // Exact improvement keeps the play ending; an inexact one need not, where it could go on for ever.
    if (range_.losing && !ends_surely()) {
      rows_ = before;
      return false;
    }
    system_.reset();
    return true;
  }

  /// Does the current policy leave the range from everywhere?
  bool ends_surely() const {
    std::vector<std::vector<std::int32_t>> into(static_cast<std::size_t>(range_.size()));
    std::vector<char> ends(into.size(), 0);
    std::vector<std::int32_t> queue;
    for (int i = 0; i < range_.size(); ++i) {
      const auto c = static_cast<std::size_t>(row(i));
      bool leaves = m_.one_mass[c] > 0 || m_.zero_mass[c] > 0;
      for (std::int64_t k = m_.row_begin[c]; k < m_.row_begin[c + 1]; ++k) {
        const int j = m_.next[static_cast<std::size_t>(k)] - range_.begin;
        if (j < 0) leaves = true;
        if (j >= 0) into[static_cast<std::size_t>(j)].push_back(i);
      }
      if (!leaves) continue;
      ends[static_cast<std::size_t>(i)] = 1;
      queue.push_back(i);
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      for (const std::int32_t i : into[static_cast<std::size_t>(queue[head])]) {
        if (ends[static_cast<std::size_t>(i)]) continue;
        ends[static_cast<std::size_t>(i)] = 1;
        queue.push_back(i);
      }
    }
    return queue.size() == ends.size();
  }

  const ReducedModel& m_;
  const Range& range_;
  std::vector<double>* v_ = nullptr;
  std::vector<std::int64_t> rows_;
  Eigen::VectorXd delta_;
  Monitor& monitor_;
  std::optional<ChainSystem> system_;
  double best_advantage_ = 0;
};

bool lower_holds(const ReducedModel& m, const Range& range, const std::vector<std::int64_t>& rows,
                 const std::vector<double>& v) {
  for (int s = range.begin; s < range.end; ++s) {
    const std::int64_t row = rows[static_cast<std::size_t>(s - range.begin)];
    if (!surely_not_negative(m, row, v[static_cast<std::size_t>(s)], v)) return false;
  }
  return true;
}

bool upper_holds(const ReducedModel& m, const Range& range, const std::vector<double>& v) {
  for (int s = range.begin; s < range.end; ++s) {
    for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) {
      if (!surely_not_positive(m, row, v[static_cast<std::size_t>(s)], v)) return false;
    }
  }
  return true;
}

std::vector<double> saved_part(const std::vector<double>& v, const Range& range) {
  return {v.begin() + range.begin, v.begin() + range.end};
}

/// From the optimum in e.lower to a proven bound there. `before` is what the range held: still a bound, and the
/// better of two such bounds is one, row by row.
bool prove_lower(const ReducedModel& m, const Range& range, PolicySearch& search, const Eigen::VectorXd& size,
                 const std::vector<double>& before, Enclosure& e) {
  bool proven = false;
  double factor = kFirstDelta;
  for (int k = 0; k < kDeltaDoublings && !proven; ++k, factor *= 2) {
    search.set_delta(-factor * size);
    if (!search.evaluate()) break;
    proven = lower_holds(m, range, search.rows(), e.lower);
  }
  for (int i = 0; i < range.size(); ++i) {
    const auto s = static_cast<std::size_t>(range.begin + i);
    if (proven && e.lower[s] > before[static_cast<std::size_t>(i)]) {
      e.row[s] = search.rows()[static_cast<std::size_t>(i)];
    } else {
      e.lower[s] = before[static_cast<std::size_t>(i)];
    }
  }
  return proven;
}

bool prove_upper(const ReducedModel& m, const Range& range, PolicySearch& search, const Eigen::VectorXd& size,
                 Enclosure& e) {
  const std::vector<double> before = saved_part(e.upper, range);
  search.work_in(e.upper);
  bool proven = false;
  double factor = kFirstDelta;
  for (int k = 0; k < kDeltaDoublings && !proven; ++k, factor *= 2) {
    search.set_delta(factor * size);
    if (!search.optimise()) break;
    proven = upper_holds(m, range, e.upper);
    if (search.stopped()) break;
  }
  for (int i = 0; i < range.size(); ++i) {
    double& high = e.upper[static_cast<std::size_t>(range.begin + i)];
    const double old = before[static_cast<std::size_t>(i)];
    high = proven ? std::min(high, old) : old;
  }
  return proven;
}

}  // namespace

bool howard(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor) {
  const std::vector<double> before = saved_part(e.lower, range);
  PolicySearch search(m, range, monitor);
  search.work_in(e.lower);
  if (!search.optimise()) {
    std::copy(before.begin(), before.end(), e.lower.begin() + range.begin);
    return false;
  }
  const Eigen::VectorXd size = search.magnitudes();
  const bool below = prove_lower(m, range, search, size, before, e);
  return prove_upper(m, range, search, size, e) && below;
}

}  // namespace bellwether::solvers::total
