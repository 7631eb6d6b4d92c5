#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/rounding.h"

namespace bellwether::solvers::total {

/// What is left of a total-reward or reachability problem once the graph has answered all it can: the states with a
/// finite value that needs numbers, in *maximise* form, zero-reward end components shrunk, self-loops divided out.
///
/// States are numbered component by component in reverse topological order. Row c of state s stands for
///   reward[c] + one_mass[c] * one_value + sum over i of weight[i] * v(next[i]),
/// and one_mass + zero_mass + sum of weights is exactly 1 for the true numbers, of which the stored ones are rounded
/// versions: each has a relative error of at most rounding[c]. No entry of a row leads back to s.
/// The play cannot go on for ever without its reward falling to minus infinity, so the value is the only solution of
/// v = T v, every v >= T v lies above it, and every v <= T_pi v lies below the value of pi.
struct ReducedModel {
  std::vector<std::int64_t> state_begin{0}, row_begin{0};
  std::vector<std::int32_t> next;
  std::vector<double> weight;
  std::vector<double> reward, one_mass, zero_mass, rounding;  ///< one a row
  std::vector<std::int64_t> source;                           ///< what the row is in the caller's model
  double one_value = 1;                                       ///< +1, or -1 when probabilities are minimised
  std::vector<std::int32_t> component_begin{0};
  std::vector<char> losing;  ///< per component: a policy can stay in it for ever (and then loses without bound)

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  int num_components() const { return static_cast<int>(component_begin.size()) - 1; }
  std::int64_t first_row(int s) const { return state_begin[static_cast<std::size_t>(s)]; }
  std::int64_t num_transitions(int begin, int end) const {
    return row_begin[static_cast<std::size_t>(first_row(end))] - row_begin[static_cast<std::size_t>(first_row(begin))];
  }
};

/// Absolute slack for products that underflow; far below any value that matters.
inline constexpr double kUnderflow = 1e-300;

struct RowValue {
  double value = 0, magnitude = 0;
  bool exactly_zero = true;  ///< every term is: judged by the factors, for products may underflow
};

/// reward + one_mass one_value + sum of weight v, with the sum of the absolute terms.
inline RowValue evaluate_row(const ReducedModel& m, std::int64_t row, const std::vector<double>& v) {
  const auto c = static_cast<std::size_t>(row);
  RowValue sum{m.reward[c] + m.one_mass[c] * m.one_value, std::abs(m.reward[c]) + m.one_mass[c],
               m.reward[c] == 0 && m.one_mass[c] == 0};
  for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double at = v[static_cast<std::size_t>(m.next[k])], term = m.weight[k] * at;
    sum.exactly_zero = sum.exactly_zero && at == 0;
    sum.value += term;
    sum.magnitude += std::abs(term);
  }
  return sum;
}

/// A bound above, or below, what the true row gives for the true values that v bounds from above, or below. The
/// slack is four times the rounding error, so that the result also passes a second check made with its own rounding.
inline double row_above(const ReducedModel& m, std::int64_t row, const std::vector<double>& v) {
  const RowValue x = evaluate_row(m, row, v);
  return x.exactly_zero ? 0 : x.value + (4 * m.rounding[static_cast<std::size_t>(row)] * x.magnitude + kUnderflow);
}
inline double row_below(const ReducedModel& m, std::int64_t row, const std::vector<double>& v) {
  const RowValue x = evaluate_row(m, row, v);
  return x.exactly_zero ? 0 : x.value - (4 * m.rounding[static_cast<std::size_t>(row)] * x.magnitude + kUnderflow);
}

/// T v - v of one row, as a sum of differences: reward + one_mass (one_value - v_s) + zero_mass (0 - v_s)
/// + sum of weight (v(next) - v_s). Its rounding error is relative to the differences, not to v: a long walk between
/// nearly equal values is judged as sharply as a short one.
inline RowValue advantage(const ReducedModel& m, std::int64_t row, double v_s, const std::vector<double>& v) {
  const auto c = static_cast<std::size_t>(row);
  const double to_one = m.one_mass[c] * (m.one_value - v_s), to_zero = -m.zero_mass[c] * v_s;
  RowValue sum{m.reward[c] + to_one + to_zero, std::abs(m.reward[c]) + std::abs(to_one) + std::abs(to_zero),
               m.reward[c] == 0 && (m.one_mass[c] == 0 || v_s == m.one_value) && (m.zero_mass[c] == 0 || v_s == 0)};
  for (std::int64_t i = m.row_begin[c]; i < m.row_begin[c + 1]; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double difference = v[static_cast<std::size_t>(m.next[k])] - v_s, term = m.weight[k] * difference;
    sum.exactly_zero = sum.exactly_zero && difference == 0;
    sum.value += term;
    sum.magnitude += std::abs(term);
  }
  return sum;
}

/// Is the true advantage surely at most, or at least, zero?
inline bool surely_not_positive(const ReducedModel& m, std::int64_t row, double v_s, const std::vector<double>& v) {
  const RowValue x = advantage(m, row, v_s, v);
  return x.exactly_zero || x.value + 4 * m.rounding[static_cast<std::size_t>(row)] * x.magnitude + kUnderflow <= 0;
}
inline bool surely_not_negative(const ReducedModel& m, std::int64_t row, double v_s, const std::vector<double>& v) {
  const RowValue x = advantage(m, row, v_s, v);
  return x.exactly_zero || x.value - 4 * m.rounding[static_cast<std::size_t>(row)] * x.magnitude - kUnderflow >= 0;
}

}  // namespace bellwether::solvers::total
