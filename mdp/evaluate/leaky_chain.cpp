#include "mdp/evaluate/leaky_chain.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/parallel.h"
#include "core/rounding.h"

namespace bellwether::mdp {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kRefinements = 40;

}  // namespace

LeakySystem::LeakySystem(LeakyChain chain) : chain_(std::move(chain)) {}

SparseRows LeakySystem::matrix() const {
  SparseRows a;
  for (int s = 0; s < chain_.size(); ++s) {
    const auto row = static_cast<std::size_t>(s);
    double diagonal = chain_.leak[row];
    const auto begin = static_cast<std::size_t>(chain_.moves.row_begin[row]);
    const auto end = static_cast<std::size_t>(chain_.moves.row_begin[row + 1]);
    for (std::size_t k = begin; k < end; ++k) diagonal += chain_.moves.entry[k];
    bool placed = false;  // columns ascend, as compressed rows want them
    const auto place = [&] {
      a.column.push_back(s);
      a.entry.push_back(diagonal);
      placed = true;
    };
    for (std::size_t k = begin; k < end; ++k) {
      if (!placed && chain_.moves.column[k] > s) place();
      a.column.push_back(chain_.moves.column[k]);
      a.entry.push_back(-chain_.moves.entry[k]);
    }
    if (!placed) place();
    a.row_begin.push_back(static_cast<std::int64_t>(a.column.size()));
  }
  return a;
}

SparseRows LeakySystem::transposed_matrix() const {
  const SparseRows a = matrix();
  const auto n = static_cast<std::size_t>(a.size());
  SparseRows t;
  t.row_begin.assign(n + 1, 0);
  t.column.resize(a.column.size());
  t.entry.resize(a.entry.size());
  for (const std::int32_t j : a.column) ++t.row_begin[static_cast<std::size_t>(j) + 1];
  for (std::size_t j = 0; j < n; ++j) t.row_begin[j + 1] += t.row_begin[j];
  std::vector<std::int64_t> next(t.row_begin.begin(), t.row_begin.end() - 1);
  for (std::size_t s = 0; s < n; ++s) {
    for (auto k = static_cast<std::size_t>(a.row_begin[s]); k < static_cast<std::size_t>(a.row_begin[s + 1]); ++k) {
      const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(a.column[k])]++);
      t.column[place] = static_cast<std::int32_t>(s);
      t.entry[place] = a.entry[k];
    }
  }
  return t;
}

LeakySystem::Remainder LeakySystem::remainder(const Eigen::VectorXd& x, const Eigen::VectorXd& b,
                                              const Eigen::VectorXd& b_error) const {
  const int n = chain_.size();
  Remainder rest{Eigen::VectorXd(n), Eigen::VectorXd(n)};
  parallel_for(n, static_cast<std::int64_t>(chain_.moves.column.size()), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t s = first; s < last; ++s) {
      const auto row = static_cast<std::size_t>(s);
      const auto begin = static_cast<std::size_t>(chain_.moves.row_begin[row]);
      const auto end = static_cast<std::size_t>(chain_.moves.row_begin[row + 1]);
      double sum = 0, moved = 0;
      for (std::size_t k = begin; k < end; ++k) {
        const double term = chain_.moves.entry[k] * (x[s] - x[chain_.moves.column[k]]);
        sum += term;
        moved += std::abs(term);
      }
      const double leaked = chain_.leak[row] * x[s];
      rest.value[s] = b[s] - leaked - sum;
      // A term suffers a difference, a product and n - 1 additions, the leak a product. The two subtractions lose
      // u |b - leaked| <= u (|rest| + moved) and u |rest|: what regards `rest` is left to those who ask, what regards
      // `moved` has room here, as has the rounding of this error itself in rows of less than 2^25 moves.
      const double arithmetic = rounding_error(static_cast<std::int64_t>(end - begin) + 6);
      rest.error[s] = arithmetic * (std::abs(leaked) + moved) + chain_.share[row] * moved +
                      chain_.leak_share[row] * std::abs(leaked) + b_error[s] + kUnderflowSlack;
    }
  });
  return rest;
}

template <class Solve, class Measure>
LeakySystem::Remainder LeakySystem::refine(Eigen::VectorXd& x, Solve&& solve, Measure&& measure) const {
  Remainder rest = measure(x);
  for (int round = 0; round < kRefinements; ++round) {
    if ((rest.value.cwiseAbs() - rest.error).maxCoeff() <= 0) break;
    Eigen::VectorXd better = x + solve(rest.value);
    Remainder less = measure(better);
    // Written so that a NaN ends the loop.
    if (!(less.value.cwiseAbs().maxCoeff() < rest.value.cwiseAbs().maxCoeff())) break;
    const bool stalls = less.value.cwiseAbs().maxCoeff() > 0.7 * rest.value.cwiseAbs().maxCoeff();
    x.swap(better);
    rest = std::move(less);
    if (stalls) break;
  }
  return rest;
}

bool LeakySystem::dominates(const Eigen::VectorXd& y, const Eigen::VectorXd& f) const {
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(y.size());
  const Remainder rest = remainder(y, zero, zero);
  for (Eigen::Index s = 0; s < y.size(); ++s)
    if (!(-rest.value[s] - rest.error[s] >= f[s])) return false;  // so that a NaN does not pass
  return true;
}

Eigen::VectorXd LeakySystem::bound(const Remainder& rest) {
  // The factor covers what remainder() leaves and the last additions there, here and in dominates().
  const Eigen::VectorXd f = (rest.value.cwiseAbs() + rest.error) * (1 + 1e-12);
  const double largest = f.size() == 0 ? 0 : f.maxCoeff();
  if (largest == 0) return f;
  if (std::isfinite(largest)) {
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(f.size());
    // A little more than f is asked for, so that the rounding of y does no harm; more where little is not enough.
    for (const double extra : {0x1p-10, 0x1p-4, 1.0}) {
      const Eigen::VectorXd g = 1.125 * f + Eigen::VectorXd::Constant(f.size(), extra * largest);
      Eigen::VectorXd y = solver_->solve(g);
      if (dominates(y, f)) return y;
      refine(
          y, [&](const Eigen::VectorXd& d) { return solver_->solve(d); },
          [&](const Eigen::VectorXd& at) { return remainder(at, g, zero); });
      if (dominates(y, f)) return y;
    }
  }
  return Eigen::VectorXd::Constant(f.size(), kInfinity);
}

Evaluation LeakySystem::solve(const Eigen::VectorXd& b, const Eigen::VectorXd& b_error) {
  if (b.isZero(0) && b_error.isZero(0)) return {b, b_error};  // exactly; or there is no state at all
  if (!solver_) solver_.emplace(matrix());
  const auto invert = [&](const Eigen::VectorXd& d) { return solver_->solve(d); };
  for (;;) {
    Evaluation result{invert(b), {}};
    const Remainder rest =
        refine(result.value, invert, [&](const Eigen::VectorXd& x) { return remainder(x, b, b_error); });
    result.error = bound(rest);
    if (std::isfinite(result.gap()) || !solver_->strengthen()) return result;
  }
}

LeakySystem::Remainder LeakySystem::flow_remainder(const Eigen::VectorXd& z, const Eigen::VectorXd& mu) const {
  const int n = chain_.size();
  Eigen::VectorXd entering = Eigen::VectorXd::Zero(n), inaccurate = entering;
  std::vector<std::int64_t> terms(static_cast<std::size_t>(n), 0);
  Remainder rest{Eigen::VectorXd(n), Eigen::VectorXd(n)};
  for (int s = 0; s < n; ++s) {
    const auto row = static_cast<std::size_t>(s);
    for (auto k = static_cast<std::size_t>(chain_.moves.row_begin[row]);
         k < static_cast<std::size_t>(chain_.moves.row_begin[row + 1]); ++k) {
      const std::int32_t to = chain_.moves.column[k];
      entering[to] += chain_.moves.entry[k] * z[s];
      inaccurate[to] += chain_.share[row] * chain_.moves.entry[k] * std::abs(z[s]);
      ++terms[static_cast<std::size_t>(to)];
    }
  }
  for (int s = 0; s < n; ++s) {
    const auto row = static_cast<std::size_t>(s);
    const auto begin = static_cast<std::size_t>(chain_.moves.row_begin[row]);
    const auto end = static_cast<std::size_t>(chain_.moves.row_begin[row + 1]);
    double moving = 0;
    for (std::size_t k = begin; k < end; ++k) moving += chain_.moves.entry[k];
    const double leaving = (chain_.leak[row] + moving) * z[s];
    rest.value[s] = mu[s] + entering[s] - leaving;
    // Each unit that leaves was rounded n + 1 times; what enters and starts, leaving + rest in all, once for each term
    // and once more. The share of `rest` in that is left to flow().
    const double arithmetic = rounding_error(terms[row] + static_cast<std::int64_t>(end - begin) + 8);
    rest.error[s] = arithmetic * std::abs(leaving) + inaccurate[s] +
                    (chain_.share[row] * moving + chain_.leak_share[row] * chain_.leak[row]) * std::abs(z[s]) +
                    kUnderflowSlack;
  }
  return rest;
}

LeakySystem::Flow LeakySystem::flow(const Eigen::VectorXd& mu) {
  if (!flow_solver_) flow_solver_.emplace(transposed_matrix());
  const auto invert = [&](const Eigen::VectorXd& d) { return flow_solver_->solve(d); };
  Flow result{invert(mu), kInfinity};
  refine(result.mass, invert, [&](const Eigen::VectorXd& z) { return flow_remainder(z, mu); });
  result.mass = result.mass.cwiseMax(0.0);  // the truth has no negative entry, so this brings no entry further from it
  const Remainder rest = flow_remainder(result.mass, mu);
  // Each unit of remainder passes through at most 1 / (smallest leak) states.
  double slowest = kInfinity;
  for (int s = 0; s < chain_.size(); ++s) {
    const auto row = static_cast<std::size_t>(s);
    slowest = std::min(slowest, chain_.leak[row] * (1 - chain_.leak_share[row]));
  }
  // No state is entered from more than all others, so the factor covers what rounding `rest` lost, and this sum.
  const double total =
      (rest.value.cwiseAbs() + rest.error).sum() * (1 + rounding_error(3 * std::int64_t{chain_.size()} + 8));
  if (std::isfinite(total) && slowest > 0) result.error = total / slowest;
  return result;
}

}  // namespace bellwether::mdp
