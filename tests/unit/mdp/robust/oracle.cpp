#include "tests/unit/mdp/robust/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bellwether::mdp::test {
namespace {

using lp::kInfinity;
using lp::LinearProgram;

/// Rows of the program for one distribution q: sum q = 1, the distance in row `budget`, q.z in row `value` with factor
/// `weight` (when value >= 0). Returns the columns of q.
std::vector<int> add_distribution(LinearProgram& program, SetKind kind, const TestRow& row, int budget, int value,
                                  double weight, double cost_weight) {
  const std::size_t n = row.size();
  const int total = program.add_row(1, 1);
  std::vector<int> link(n), q(n);
  const auto entry = [&](std::size_t i) {
    q[i] = program.add_column(cost_weight * row.z[i], 0, kInfinity);
    program.add_entry(total, 1);
    if (value >= 0) program.add_entry(value, weight * row.z[i]);
  };
  if (kind == SetKind::kL1 || kind == SetKind::kWeightedL1 || kind == SetKind::kTotalVariation) {
    for (std::size_t i = 0; i < n; ++i) link[i] = program.add_row(row.p[i], row.p[i]);  // q - up + down = p
    for (std::size_t i = 0; i < n; ++i) {
      entry(i);
      program.add_entry(link[i], 1);
      const double w = kind == SetKind::kWeightedL1 ? row.w[i] : (kind == SetKind::kL1 ? 1 : 0.5);
      for (const double sign : {-1.0, 1.0}) {
        program.add_column(0, 0, kInfinity);
        program.add_entry(link[i], sign);
        program.add_entry(budget, w);
      }
    }
  } else if (kind == SetKind::kLinf) {
    std::vector<int> above(n), below(n);
    for (std::size_t i = 0; i < n; ++i) above[i] = program.add_row(-kInfinity, row.p[i]);  // q - x <= p
    for (std::size_t i = 0; i < n; ++i) below[i] = program.add_row(row.p[i], kInfinity);   // q + x >= p
    for (std::size_t i = 0; i < n; ++i) {
      entry(i);
      program.add_entry(above[i], 1);
      program.add_entry(below[i], 1);
    }
    program.add_column(0, 0, kInfinity);
    program.add_entry(budget, 1);
    for (std::size_t i = 0; i < n; ++i) {
      program.add_entry(above[i], -1);
      program.add_entry(below[i], 1);
    }
  } else if (kind == SetKind::kWasserstein) {
    std::vector<int> source(n);
    for (std::size_t i = 0; i < n; ++i) source[i] = program.add_row(row.p[i], row.p[i]);
    for (std::size_t i = 0; i < n; ++i) link[i] = program.add_row(0, 0);  // q_j - sum of flow into j
    for (std::size_t i = 0; i < n; ++i) {
      entry(i);
      program.add_entry(link[i], 1);
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        program.add_column(0, 0, kInfinity);
        program.add_entry(source[i], 1);
        program.add_entry(link[j], -1);
        program.add_entry(budget, row.cost[i][j]);
      }
    }
  } else if (kind == SetKind::kContamination) {
    for (std::size_t i = 0; i < n; ++i) link[i] = program.add_row(row.p[i], row.p[i]);  // q + x p - y = p, sum y = x
    const int moved = program.add_row(0, 0);
    for (std::size_t i = 0; i < n; ++i) {
      entry(i);
      program.add_entry(link[i], 1);
      program.add_column(0, 0, kInfinity);
      program.add_entry(link[i], -1);
      program.add_entry(moved, 1);
    }
    program.add_column(0, 0, 1);
    program.add_entry(budget, 1);
    program.add_entry(moved, -1);
    for (std::size_t i = 0; i < n; ++i) program.add_entry(link[i], row.p[i]);
  } else if (kind == SetKind::kInterval) {
    for (std::size_t i = 0; i < n; ++i) {
      program.add_column(cost_weight * row.z[i], row.lower[i], row.upper[i]);
      program.add_entry(total, 1);
    }
  }
  return q;
}

double solved(const LinearProgram& program) {
  const lp::LpResult result = lp::solve(program, {.method = "dual", .tolerance = 1e-11});
  return result.status == lp::LpStatus::kOptimal ? result.objective : std::nan("");
}

long double norm_of_projection(const TestRow& row, long double t, long double& value) {
  // Sorting form of the projection of p - t z on the simplex.
  std::vector<long double> x;
  for (std::size_t i = 0; i < row.size(); ++i) x.push_back(row.p[i] - t * row.z[i]);
  std::vector<long double> sorted = x;
  std::sort(sorted.rbegin(), sorted.rend());
  long double sum = 0, tau = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += sorted[k];
    const long double candidate = (sum - 1) / static_cast<long double>(k + 1);
    if (sorted[k] - candidate > 0) tau = candidate;
  }
  long double square = 0;
  value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double q = std::max(0.0L, x[i] - tau), d = q - row.p[i];
    square += d * d;
    value += q * row.z[i];
  }
  return std::sqrt(square);
}

/// Largest value of a concave function of exp(s) on [low, high] by golden section.
template <class F>
long double largest(const F& f, long double low, long double high) {
  const long double ratio = (std::sqrt(5.0L) - 1) / 2;
  for (int i = 0; i < 400; ++i) {
    const long double a = high - ratio * (high - low), b = low + ratio * (high - low);
    (f(a) < f(b) ? low : high) = f(a) < f(b) ? a : b;
  }
  return f((low + high) / 2);
}

}  // namespace

TestRow random_row(Stream& stream, int most, bool positive) {
  TestRow row;
  const int n = 1 + static_cast<int>(stream.below(static_cast<std::uint64_t>(most)));
  const bool ties = stream.uniform() < 0.3;
  const double scale = std::pow(10.0, std::floor(5 * stream.uniform()) - 2), shift = 3 * (stream.uniform() - 0.5);
  double total = 0;
  for (int i = 0; i < n; ++i) {
    const bool zero = !positive && i > 0 && stream.uniform() < 0.2;
    row.p.push_back(zero ? 0 : (stream.uniform() < 0.1 ? 1e-6 : 0.02 + stream.uniform()));
    total += row.p.back();
    row.z.push_back(scale * (shift + (ties ? std::floor(3 * stream.uniform()) : stream.uniform())));
    row.w.push_back(stream.uniform() < 0.3 ? 1 : 0.1 + 2 * stream.uniform());
  }
  for (double& x : row.p) x /= total;
  for (int i = 0; i < n; ++i) {
    const double p = row.p[static_cast<std::size_t>(i)];
    row.lower.push_back(p * (stream.uniform() < 0.3 ? 1 : stream.uniform()));
    row.upper.push_back(std::min(1.0, p + (stream.uniform() < 0.3 ? 0 : stream.uniform())));
    row.cost.emplace_back();
    for (int j = 0; j < n; ++j)
      row.cost.back().push_back(i == j ? 0 : (stream.uniform() < 0.1 ? 0 : std::ceil(4 * stream.uniform()) / 2));
  }
  return row;
}

double random_radius(Stream& stream, const TestRow& row) {
  switch (stream.below(6)) {
    case 0:
      return 0;
    case 1:
      return 1e-7 * stream.uniform();
    case 2:
      return 2 * row.p[stream.below(row.size())];  // a corner of the L1 ball
    case 3:
      return 10 + stream.uniform();
    default:
      return std::pow(stream.uniform(), 2);
  }
}

double lp_value(SetKind kind, const TestRow& row, double k) {
  LinearProgram program;
  const int budget = program.add_row(-kInfinity, k);
  add_distribution(program, kind, row, budget, -1, 0, 1);
  return solved(program);
}

long double paid_value(SetKind kind, const TestRow& row, double price) {
  if (kind == SetKind::kL1 || kind == SetKind::kTotalVariation) {
    LinearProgram program;
    const int spent = program.add_row(-kInfinity, 0);
    program.add_column(price, 0, kInfinity);
    program.add_entry(spent, -1);
    add_distribution(program, kind, row, spent, -1, 0, 1);
    return solved(program);
  }
  const double low = *std::min_element(row.z.begin(), row.z.end());
  long double total = 0, mean = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    total += row.p[i];
    mean += row.p[i] * (static_cast<long double>(row.z[i]) - low);
  }
  mean /= total;
  if (kind == SetKind::kKl) {
    long double sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i)
      sum += row.p[i] / total * std::expm1(-(static_cast<long double>(row.z[i]) - low) / price);
    return low - price * std::log1p(sum);
  }
  // max over m of m + sum p min over q of q (z - m) + price (q - 1)^2
  const auto dual = [&](long double share) {
    const long double m = mean * share;
    long double value = m;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const long double y = static_cast<long double>(row.z[i]) - low, q = std::max(0.0L, 1 + (m - y) / (2 * price));
      value += row.p[i] / total * (q * (y - m) + price * (q - 1) * (q - 1));
    }
    return value;
  };
  return low + std::max({largest(dual, 0, 1), dual(0), dual(1)});
}

double lp_game_value(SetKind kind, const std::vector<TestRow>& rows, double k) {
  LinearProgram program;
  const int budget = program.add_row(-kInfinity, k);
  std::vector<int> level;
  for (std::size_t a = 0; a < rows.size(); ++a) level.push_back(program.add_row(-kInfinity, 0));
  program.add_column(1, -kInfinity, kInfinity);
  for (const int row : level) program.add_entry(row, -1);
  for (std::size_t a = 0; a < rows.size(); ++a) add_distribution(program, kind, rows[a], budget, level[a], 1, 0);
  return solved(program);
}

double lp_policy_value(SetKind kind, const std::vector<TestRow>& rows, const std::vector<double>& weight, double k) {
  LinearProgram program;
  const int budget = program.add_row(-kInfinity, k);
  for (std::size_t a = 0; a < rows.size(); ++a) add_distribution(program, kind, rows[a], budget, -1, 0, weight[a]);
  return solved(program);
}

long double round_value(SetKind kind, const TestRow& given, long double k) {
  // Outcomes without probability take no part in KL and chi-square.
  TestRow row;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given.p[i] <= 0 && kind != SetKind::kL2) continue;
    row.p.push_back(given.p[i]);
    row.z.push_back(given.z[i]);
  }
  const double low = *std::min_element(row.z.begin(), row.z.end());
  const double high = *std::max_element(row.z.begin(), row.z.end());
  long double mean = 0, total = 0, on_least = 0, far = 0, ties = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    total += row.p[i];
    mean += static_cast<long double>(row.p[i]) * row.z[i];
    if (row.z[i] == low) {
      on_least += row.p[i];
      ++ties;
    } else {
      far += static_cast<long double>(row.p[i]) * row.p[i];
    }
  }
  mean /= total;
  if (k <= 0 || low == high) return mean;
  const long double scale = static_cast<long double>(high) - low;
  if (kind == SetKind::kL2) {
    if (k >= std::sqrt(far + (1 - on_least) * (1 - on_least) / ties)) return low;
    TestRow unit = row;  // t is scale-free on these
    for (double& z : unit.z) z = static_cast<double>((z - static_cast<long double>(low)) / scale);
    long double t_low = -80, t_high = 80, value = 0;
    for (int i = 0; i < 200; ++i) {
      const long double t = (t_low + t_high) / 2;
      (norm_of_projection(unit, std::exp(t), value) < k ? t_low : t_high) = t;
    }
    return low + scale * value;
  }
  if (kind == SetKind::kKl) {
    if (k >= -std::log(on_least / total)) return low;
    const auto dual = [&](long double s) {
      const long double b = std::exp(s);
      long double sum = 0;
      for (std::size_t i = 0; i < row.size(); ++i)
        sum += row.p[i] / total * std::expm1(-(row.z[i] - static_cast<long double>(low)) / scale / b);
      return -b * std::log1p(sum) - b * k;
    };
    return low + scale * std::max(largest(dual, -30, 40), 0.0L);
  }
  if (k >= total / on_least - 1) return low;
  const auto dual = [&](long double s) {
    const auto clipped = [&](std::size_t i) {
      return std::min((row.z[i] - static_cast<long double>(low)) / scale, std::exp(s));
    };
    long double m = 0, variance = 0;
    for (std::size_t i = 0; i < row.size(); ++i) m += row.p[i] / total * clipped(i);
    for (std::size_t i = 0; i < row.size(); ++i) variance += row.p[i] / total * (clipped(i) - m) * (clipped(i) - m);
    return m - std::sqrt(k * variance);
  };
  return low + scale * std::max(largest(dual, -60, 0), 0.0L);
}

long double distance(SetKind kind, const TestRow& row, const std::vector<double>& q) {
  long double sum = 0, most = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const long double d = static_cast<long double>(q[i]) - row.p[i], p = row.p[i];
    most = std::max(most, std::abs(d));
    if (kind == SetKind::kL1) sum += std::abs(d);
    if (kind == SetKind::kTotalVariation) sum += std::abs(d) / 2;
    if (kind == SetKind::kWeightedL1) sum += row.w[i] * std::abs(d);
    if (kind == SetKind::kL2) sum += d * d;
    if (kind == SetKind::kChiSquare && (d != 0 || p > 0)) sum += d * d / p;
    if (kind == SetKind::kKl && q[i] > 0) sum += q[i] * std::log(q[i] / p);
  }
  if (kind == SetKind::kLinf) return most;
  return kind == SetKind::kL2 ? std::sqrt(sum) : sum;
}

}  // namespace bellwether::mdp::test
