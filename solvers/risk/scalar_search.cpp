#include "solvers/risk/scalar_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <vector>

namespace bellwether::solvers {
namespace {

struct Piece {
  double bound;
  double a, value_a, b, value_b;

  bool operator<(const Piece& other) const { return bound < other.bound; }
};

}  // namespace

ScalarMaximum maximise(const ScalarFunction& function, double low, double high, double tolerance,
                       const std::function<bool(std::int64_t evaluations, double gap)>& proceed,
                       std::int64_t most_evaluations) {
  ScalarMaximum best{.value = -std::numeric_limits<double>::infinity()};
  const auto evaluate = [&](double x) {
    const double value = function.value(x);
    ++best.evaluations;
    if (value > best.value) {
      best.argument = x;
      best.value = value;
    }
    return value;
  };
  std::priority_queue<Piece> open;
  double closed = -std::numeric_limits<double>::infinity();  // the largest bound of pieces that were put aside
  const auto push = [&](double a, double value_a, double b, double value_b) {
    const double bound = function.bound(a, value_a, b, value_b);
    open.push({std::isnan(bound) ? std::numeric_limits<double>::infinity() : std::max({bound, value_a, value_b}), a,
               value_a, b, value_b});
  };
  const double value_low = evaluate(low);
  push(low, value_low, high, high > low ? evaluate(high) : value_low);
  while (!open.empty() && open.top().bound > best.value + tolerance) {
    if (proceed && !proceed(best.evaluations, std::max(closed, open.top().bound) - best.value)) {
      best.stopped = true;
      break;
    }
    if (best.evaluations >= most_evaluations) {
      best.exhausted = true;
      break;
    }
    const Piece piece = open.top();
    open.pop();
    const std::optional<double> x = function.split(piece.a, piece.b);
    if (!x) {
      closed = std::max(closed, piece.bound);
      continue;
    }
    const double value = evaluate(*x);
    if (std::isnan(value)) {
      open.push(piece);
      best.stopped = true;
      break;
    }
    push(piece.a, piece.value_a, *x, value);
    push(*x, value, piece.b, piece.value_b);
  }
  best.upper = std::max({best.value, closed, open.empty() ? best.value : open.top().bound});
  return best;
}

std::optional<double> middle_of(double a, double b) {
  const double middle = a + (b - a) / 2;
  const double apart = 8 * std::numeric_limits<double>::epsilon() * std::max(std::abs(a), std::abs(b));
  if (!(b - a > apart) || middle <= a || middle >= b) return std::nullopt;
  return middle;
}

}  // namespace bellwether::solvers
