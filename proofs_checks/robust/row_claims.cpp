// Nature's answers against programs and duals that know nothing of how they are found.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/projections.h"
#include "mdp/robust/nature.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::claims {
namespace {

using mdp::Ambiguity;
using mdp::RobustMdp;
using mdp::SetKind;
using Values = std::vector<double>;

constexpr const char* kPage = "docs/papers/robust-mdps.md";

// --- One row ---------------------------------------------------------------------------------------------------------

/// Nature moves p to make q.z small.
struct Row {
  Values p, z, weight, lower, upper;
  std::size_t size() const { return p.size(); }
};

/// Up to eight outcomes, one in five without probability (unless `positive`), some values alike.
Row drawn_row(Stream& stream, bool positive) {
  Row row;
  const std::size_t n = 2 + stream.below(7);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    row.p.push_back(!positive && i > 0 && stream.below(5) == 0 ? 0 : .02 + stream.uniform());
    row.z.push_back(stream.below(4) == 0 ? 1 : 10 * stream.uniform() - 5);
    row.weight.push_back(.2 + stream.uniform());
    sum += row.p.back();
  }
  for (double& p : row.p) p /= sum;
  for (const double p : row.p) {
    row.lower.push_back(p * stream.uniform());
    row.upper.push_back(p + (1 - p) * stream.uniform());
  }
  return row;
}

/// The row as state 0 of a model whose values are z, all states being its outcomes; nature's answer, in units of z.
double answer_of_nature(const Row& row, Ambiguity set) {
  const auto n = static_cast<int>(row.size());
  mdp::TabularMdpBuilder builder(n);
  std::vector<mdp::Entry> entries;
  std::vector<double> lower, upper;
  for (int i = 0; i < n; ++i) {
    const auto j = static_cast<std::size_t>(i);
    if (row.p[j] == 0) continue;
    entries.push_back({.next = i, .probability = row.p[j]});
    lower.push_back(row.lower[j]);
    upper.push_back(row.upper[j]);
  }
  builder.add_choice(0, 0.0, entries);
  for (int s = 1; s < n; ++s) {
    builder.add_choice(s, 0.0, {{s, 1.0}});
    lower.push_back(1);
    upper.push_back(1);
  }
  if (set.kind == SetKind::kWeightedL1) set.weight = row.weight;
  if (set.kind == SetKind::kInterval) set.intervals = {lower, upper};
  if (set.kind != SetKind::kInterval) set.support = mdp::Support::kAll;
  const RobustMdp robust(std::move(builder).build(), set);
  constexpr double kDiscount = .5;
  mdp::Nature nature(robust, kDiscount, mdp::NatureAim::kLowest);
  nature.prepare(row.z);
  return nature.value(0, row.z) / kDiscount;
}

/// min q.z by Clp, the set written out.
double program_value(const Row& row, SetKind kind, double radius) {
  lp::LinearProgram program;
  const std::size_t n = row.size();
  if (kind == SetKind::kLinf || kind == SetKind::kInterval) {  // q between two bounds
    program.add_row(1, 1);
    for (std::size_t i = 0; i < n; ++i) {
      const bool interval = kind == SetKind::kInterval;
      program.add_column(row.z[i], interval ? row.lower[i] : std::max(0.0, row.p[i] - radius),
                         interval ? row.upper[i] : std::min(1.0, row.p[i] + radius));
      program.add_entry(0, 1);
    }
    return lp::solve(program).objective;
  }
  if (kind == SetKind::kWasserstein) {  // plans x_ij >= 0 with sum_j x_ij = p_i
    for (const double p : row.p) program.add_row(p, p);
    const int budget = program.add_row(-lp::kInfinity, radius);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        program.add_column(row.z[j], 0, lp::kInfinity);
        program.add_entry(static_cast<int>(i), 1);
        if (i != j) program.add_entry(budget, static_cast<double>(i > j ? i - j : j - i));
      }
    }
    return lp::solve(program).objective;
  }
  // q = p + up - down with sum up = sum down and a budget for both.
  program.add_row(0, 0);
  program.add_row(-lp::kInfinity, kind == SetKind::kTotalVariation ? 2 * radius : radius);
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = kind == SetKind::kWeightedL1 ? row.weight[i] : 1;
    for (const double sign : {1.0, -1.0}) {
      program.add_column(sign * row.z[i], 0, sign > 0 ? lp::kInfinity : row.p[i]);
      program.add_entry(0, sign);
      program.add_entry(1, weight);
    }
  }
  return std::inner_product(row.p.begin(), row.p.end(), row.z.begin(), 0.0) + lp::solve(program).objective;
}

/// What is taken for nature's answer.
using Answer = std::function<double(const Row&, SetKind, double radius)>;

double shipped(const Row& row, SetKind kind, double radius) {
  return answer_of_nature(row, {.kind = kind, .radius = {radius}});
}

/// The closed form that lets probabilities fall below zero.
double unclipped(const Row& row, SetKind, double radius) {
  const auto [low, high] = std::ranges::minmax_element(row.z);
  return std::inner_product(row.p.begin(), row.p.end(), row.z.begin(), 0.0) - radius / 2 * (*high - *low);
}

Measurement programs(const Effort& effort, const std::vector<SetKind>& kinds, const Answer& answer) {
  double worst = 0;
  std::int64_t rows = 0;
  std::string where = "no difference";
  Stream stream = effort.stream.child("rows");
  for (int i = 0; i < effort.pick(60, 1000); ++i) {
    for (const SetKind kind : kinds) {
      const Row row = drawn_row(stream, kind == SetKind::kInterval);
      const double radius = i % 5 == 0 ? 0 : 1.5 * stream.uniform();
      const double off = std::abs(answer(row, kind, radius) - program_value(row, kind, radius));
      ++rows;
      if (!(off > worst)) continue;
      worst = off;
      where = fmt::format("largest for {}", to_string(kind));
    }
  }
  return {.measured = worst, .bound = 1e-8, .replicates = rows, .detail = where};
}

Claim programs_claim() {
  return {
      .id = "rows-are-linear-programs",
      .family = "robust",
      .statement = "Nature's answers for L1, weighted L1, total variation, Linf, transport, intervals solve their LP",
      .page = kPage,
      .theorem = "linear programming (\"The sets\")",
      .kind = Kind::kEqual,
      .measure =
          [](const Effort& effort) {
            return programs(effort,
                            {SetKind::kL1, SetKind::kWeightedL1, SetKind::kTotalVariation, SetKind::kLinf,
                             SetKind::kWasserstein, SetKind::kInterval},
                            [](const Row& row, SetKind kind, double radius) {
                              if (kind == SetKind::kInterval) return answer_of_nature(row, {.kind = kind});
                              return shipped(row, kind, radius);
                            });
          },
      .controls = {{"unclipped", "p.z - k span(z) / 2: lets probabilities fall below zero",
                    [](const Effort& effort) { return programs(effort, {SetKind::kL1}, unclipped); }},
                   {"not-halved", "takes total variation for the L1 distance", [](const Effort& effort) {
                      return programs(effort, {SetKind::kTotalVariation},
                                      [](const Row& row, SetKind, double k) { return shipped(row, SetKind::kL1, k); });
                    }}}};
}

// --- Round sets ------------------------------------------------------------------------------------------------------

/// The largest value of a concave function, by golden section.
double largest(const std::function<double(double)>& f, double low, double high) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double a = high - ratio * (high - low), b = low + ratio * (high - low), fa = f(a), fb = f(b);
  for (int i = 0; i < 200; ++i) {
    if (fa > fb) {
      high = b;
      b = a;
      fb = fa;
      a = high - ratio * (high - low);
      fa = f(a);
    } else {
      low = a;
      a = b;
      fa = fb;
      b = low + ratio * (high - low);
      fb = f(b);
    }
  }
  return std::max(fa, fb);
}

/// max over b of -b log E_p exp(-z / b) - b k, in log b (quasi-concave there); z from its smallest.
double kl_dual(const Row& row, double radius) {
  const double least = *std::ranges::min_element(row.z);
  const auto dual = [&](double log_b) {
    const double b = std::exp(log_b);
    double sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) sum += row.p[i] * std::exp(-(row.z[i] - least) / b);
    return -b * std::log(sum) - b * radius;
  };
  return least + std::max(largest(dual, -12, 12), 0.0);
}

/// max over a of E_p min(z, a) - sqrt(k Var_p min(z, a)).
double chi_square_dual(const Row& row, double radius) {
  const auto [low, high] = std::ranges::minmax_element(row.z);
  return largest(
      [&](double a) {
        double mean = 0, square = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
          const double x = std::min(row.z[i], a);
          mean += row.p[i] * x;
          square += row.p[i] * x * x;
        }
        return mean - std::sqrt(radius * std::max(0.0, square - mean * mean));
      },
      *low, *high);
}

/// q(t) = projection of p - t z on the simplex, t by bisection until |q - p| = k.
double l2_path(const Row& row, double radius) {
  double low = 0, high = 1e6;
  Values q;
  for (int i = 0; i < 200; ++i) {
    const double t = (low + high) / 2;
    q.clear();
    for (std::size_t j = 0; j < row.size(); ++j) q.push_back(row.p[j] - t * row.z[j]);
    project_to_simplex(q);
    double square = 0;
    for (std::size_t j = 0; j < row.size(); ++j) square += (q[j] - row.p[j]) * (q[j] - row.p[j]);
    (std::sqrt(square) < radius ? low : high) = t;
  }
  return std::inner_product(q.begin(), q.end(), row.z.begin(), 0.0);
}

/// `reading` says what the radius of a set is taken for.
Measurement round_sets(const Effort& effort, const std::function<double(SetKind, double)>& reading) {
  double worst = 0;
  std::int64_t rows = 0;
  std::string where = "no difference";
  Stream stream = effort.stream.child("rows");
  for (int i = 0; i < effort.pick(100, 1000); ++i) {
    const Row row = drawn_row(stream, true);
    const double radius = .02 + .5 * stream.uniform();
    for (const SetKind kind : {SetKind::kKl, SetKind::kChiSquare, SetKind::kL2}) {
      const double truth = kind == SetKind::kKl          ? kl_dual(row, radius)
                           : kind == SetKind::kChiSquare ? chi_square_dual(row, radius)
                                                         : l2_path(row, radius);
      const double off = std::abs(shipped(row, kind, reading(kind, radius)) - truth);
      ++rows;
      if (!(off > worst)) continue;
      worst = off;
      where = fmt::format("largest for {}", to_string(kind));
    }
  }
  return {.measured = worst, .bound = 1e-7, .replicates = rows, .detail = where};
}

Claim round_claim() {
  return {
      .id = "round-sets-are-their-duals",
      .family = "robust",
      .statement = "Nature's answers for Kullback-Leibler, chi-square and L2 attain their one-dimensional duals",
      .page = kPage,
      .theorem = "Nilim and El Ghaoui 2005; Iyengar 2005 (\"Round balls\")",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return round_sets(effort, [](SetKind, double radius) { return radius; }); },
      .controls = {{"root", "lets the radius bound the root of the divergence", [](const Effort& effort) {
                      return round_sets(effort, [](SetKind, double radius) { return radius * radius; });
                    }}}};
}

// --- Identities ------------------------------------------------------------------------------------------------------

/// Total variation `half` = 1/2 of L1, transport at cost one and weights of one as other sets, radius 0 and 1.
Measurement identities(const Effort& effort, double half) {
  double worst = 0;
  const int rows = effort.pick(100, 1000);
  Stream stream = effort.stream.child("rows");
  for (int i = 0; i < rows; ++i) {
    Row row = drawn_row(stream, false);
    const double radius = stream.uniform();
    const double variation = shipped(row, SetKind::kTotalVariation, radius);
    const double mean = std::inner_product(row.p.begin(), row.p.end(), row.z.begin(), 0.0);
    const double least = *std::ranges::min_element(row.z);
    row.weight.assign(row.size(), 1.0);
    const Ambiguity transport{
        .kind = SetKind::kWasserstein, .radius = {radius}, .ground_cost = {.kind = mdp::GroundCost::Kind::kDiscrete}};
    worst = std::max({worst, std::abs(variation - shipped(row, SetKind::kL1, radius / half)),
                      std::abs(variation - answer_of_nature(row, transport)),
                      std::abs(shipped(row, SetKind::kWeightedL1, radius) - shipped(row, SetKind::kL1, radius)),
                      std::abs(shipped(row, SetKind::kTotalVariation, 1) - least),
                      std::abs(shipped(row, SetKind::kContamination, radius) - (1 - radius) * mean - radius * least)});
    for (const SetKind kind : {SetKind::kL1, SetKind::kWeightedL1, SetKind::kLinf, SetKind::kL2, SetKind::kKl,
                               SetKind::kChiSquare, SetKind::kWasserstein})
      worst = std::max(worst, std::abs(shipped(row, kind, 0) - mean));
  }
  return {.measured = worst, .bound = 1e-11, .replicates = rows, .detail = "largest difference"};
}

Claim identities_claim() {
  return {.id = "sets-that-are-one",
          .family = "robust",
          .statement = "Total variation s is L1 of 2 s and transport at unit cost; radius 0 is the mean, 1 the least",
          .page = kPage,
          .theorem = "definitions (\"The sets\")",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return identities(effort, .5); },
          .controls = {{"not-halved", "takes total variation for the L1 distance",
                        [](const Effort& effort) { return identities(effort, 1); }}}};
}

}  // namespace

std::vector<Claim> robust_row_claims() { return {programs_claim(), round_claim(), identities_claim()}; }

}  // namespace bellwether::claims
