#include "solvers/exact/total/enclosure.h"

#include <algorithm>
#include <limits>

namespace bellwether::solvers::total {

Enclosure trivial_enclosure(const ReducedModel& m) {
  const auto n = static_cast<std::size_t>(m.num_states());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const bool reach = std::any_of(m.one_mass.begin(), m.one_mass.end(), [](double x) { return x > 0; });
  const auto [least, most] = std::minmax_element(m.reward.begin(), m.reward.end());
  const bool loses = !m.reward.empty() && *least < 0, earns = !m.reward.empty() && *most > 0;
  Enclosure e;
  e.lower.assign(n, loses ? -kInfinity : (reach ? std::min(0.0, m.one_value) : 0.0));
  e.upper.assign(n, earns ? kInfinity : (reach ? std::max(0.0, m.one_value) : 0.0));
  e.row.resize(n);
  for (std::size_t s = 0; s < n; ++s) e.row[s] = m.state_begin[s];
  return e;
}

bool target_met(const Enclosure& e, const Range& range, const Target& target) {
  for (auto s = static_cast<std::size_t>(range.begin); s < static_cast<std::size_t>(range.end); ++s)
    if (!target.met(e.lower[s], e.upper[s])) return false;
  return true;
}

double half_width(const Enclosure& e, const Range& range) {
  double widest = 0;
  for (auto s = static_cast<std::size_t>(range.begin); s < static_cast<std::size_t>(range.end); ++s)
    widest = std::max(widest, e.upper[s] - e.lower[s]);
  return widest / 2;
}

bool Monitor::report(double gap, double residual) {
  if (stopped()) return false;
  const TraceRow row{iterations_, gap, residual, transitions_};
  recorder_.record(row);
  reported_ = transitions_;
  if (run_.observer && !run_.observer(row)) status_ = Status::kStoppedByCaller;
  return !stopped();
}

bool Monitor::iteration(std::int64_t transitions, double gap, double residual) {
  transitions_ += transitions;
  if (stopped()) return false;
  ++iterations_;
  if (!report(gap, residual)) return false;
  if (iterations_ >= run_.max_iterations) status_ = Status::kBudgetExhausted;
  return !stopped();
}

bool Monitor::work(std::int64_t transitions) {
  transitions_ += transitions;
  constexpr std::int64_t kQuietWork = 2'000'000;
  if (transitions_ - reported_ < kQuietWork) return !stopped();
  return report(std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
}

}  // namespace bellwether::solvers::total
