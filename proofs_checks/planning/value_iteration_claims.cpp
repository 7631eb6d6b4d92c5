// What value iteration promises: errors, stopping rules, enclosures, the residual of its anchored form.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/operators.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/planning.h"
#include "proofs_checks/planning/claims.h"
#include "proofs_checks/planning/models.h"
#include "solvers/exact/discounted/anchored_value_iteration.h"
#include "solvers/exact/discounted/value_iteration.h"

namespace bellwether::claims {
namespace {

using Values = std::vector<double>;

constexpr const char* kPage = "docs/papers/exact-solvers.md";

/// One sweep of value iteration: v becomes Tv; returns the change.
mdp::Change sweep(const Case& on, Values& v) {
  Values next(v.size());
  const mdp::Change change =
      mdp::backup_with_change(on.model(), on.discount(), v, next, mdp::Expectation{}, mdp::Largest{});
  v.swap(next);
  return change;
}

/// The largest error, relative to the tolerance, where value iteration stops when `error_of(change, discount)` is
/// within the tolerance.
Measurement stopping_error(const Effort& effort, const std::function<double(double, double)>& error_of) {
  double worst = 0;
  std::int64_t runs = 0;
  std::string where;
  for (const Case& on : discounted_cases(effort)) {
    const Truth truth(on);
    for (const double tolerance : {1e-1, 1e-3, 1e-6}) {
      Values v(static_cast<std::size_t>(on.model().num_states()), 0.0);
      double change = 0;
      do change = sweep(on, v).residual();
      while (error_of(change, on.discount()) > tolerance);
      const double ratio = std::max(0.0, distance(v, truth.value) - truth.error) / tolerance;
      ++runs;
      if (ratio > worst) {
        worst = ratio;
        where = on.name;
      }
    }
  }
  return {.measured = worst,
          .bound = 1,
          .replicates = runs,
          .detail = fmt::format("largest error / tolerance, on {}", where)};
}

Claim stopping_claim() {
  return {.id = "value-iteration-stopping",
          .family = "planning",
          .statement = "Stopped when gamma/(1-gamma) |V_{k+1} - V_k| <= eps, value iteration is within eps of V*",
          .page = kPage,
          .theorem = "Puterman 1994, Theorem 6.3.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return stopping_error(effort, bounds::value_iteration_error); },
          .controls = {{"last-change", "takes the last change for the error", [](const Effort& effort) {
                          return stopping_error(effort, [](double change, double) { return change; });
                        }}}};
}

/// The largest |V_k - V*| / (factor^k |V_0 - V*|) over k up to where rounding takes over.
Measurement geometric_error(const Effort& effort, const std::function<double(double)>& factor) {
  double worst = 0;
  std::int64_t iterates = 0;
  for (const Case& on : discounted_cases(effort)) {
    const Truth truth(on);
    Stream stream = effort.stream.child(on.name);
    // From above, where a constant is the error for a while, and from anywhere.
    Values above = truth.value;
    for (double& x : above) x += 1;
    for (Values v : {above, drawn_values(on.model().num_states(), 10, stream)}) {
      const double first = distance(v, truth.value) + truth.error;
      for (int k = 1; k <= effort.pick(200, 2000); ++k) {
        sweep(on, v);
        const double allowed = std::pow(factor(on.discount()), k) * first;
        const double rounding = truth.error + 1e-13 * norm(v) / (1 - on.discount());
        worst = std::max(worst, (distance(v, truth.value) - rounding) / allowed);
        ++iterates;
        if (allowed < 1e3 * rounding) break;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest error / (gamma^k first error)"};
}

Claim geometric_claim() {
  return {.id = "value-iteration-error",
          .family = "planning",
          .statement = "|V_k - V*| <= gamma^k |V_0 - V*| along value iteration",
          .page = kPage,
          .theorem = "Puterman 1994, Theorem 6.3.3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return geometric_error(effort, [](double d) { return d; }); },
          .controls = {{"faster-factor", "claims the factor gamma - (1 - gamma)/10", [](const Effort& effort) {
                          return geometric_error(effort, [](double d) { return d - 0.1 * (1 - d); });
                        }}}};
}

/// In how many sweeps V* leaves the interval TV + weight * [min d, max d]; from below, from above and from anywhere.
Measurement enclosure(const Effort& effort, const std::function<double(double)>& weight) {
  std::int64_t sweeps = 0, violated = 0;
  for (const Case& on : discounted_cases(effort)) {
    const Truth truth(on);
    Stream stream = effort.stream.child(on.name);
    const auto states = static_cast<std::size_t>(on.model().num_states());
    const double large = 2 / (1 - on.discount());
    for (Values v :
         {Values(states, -large), Values(states, large), drawn_values(on.model().num_states(), 10, stream)}) {
      for (int k = 0; k < effort.pick(60, 600); ++k) {
        const mdp::Change d = sweep(on, v);
        const double rounding = truth.error + 1e-13 * (norm(v) + large) / (1 - on.discount());
        const double t = weight(on.discount());
        bool inside = true;
        for (std::size_t s = 0; s < states; ++s) {
          inside = inside && v[s] + t * d.low <= truth.value[s] + rounding;
          inside = inside && truth.value[s] <= v[s] + t * d.high + rounding;
        }
        ++sweeps;
        if (!inside) ++violated;
      }
    }
  }
  return never(violated, sweeps, 0, "sweeps whose interval misses V*");
}

Claim enclosure_claim() {
  return {
      .id = "macqueen-enclosure",
      .family = "planning",
      .statement = "TV + gamma/(1-gamma) min d <= V* <= TV + gamma/(1-gamma) max d, d = TV - V, at every sweep",
      .page = kPage,
      .theorem = "MacQueen 1966; Puterman 1994, Theorem 6.6.3",
      .kind = Kind::kNever,
      .measure =
          [](const Effort& effort) { return enclosure(effort, [](double d) { return bounds::macqueen_width(1, d); }); },
      .controls = {{"no-horizon", "drops the factor 1/(1 - gamma)",
                    [](const Effort& effort) { return enclosure(effort, [](double d) { return d; }); }}}};
}

/// In how many runs a solver's interval [lower, upper] misses V* when it is stopped after a few iterations; `shrink` is
/// the share of its half width that is kept.
Measurement proven_interval(const Effort& effort, double shrink) {
  std::int64_t runs = 0, violated = 0;
  std::vector<Case> cases = discounted_cases(effort);
  for (Case on : discounted_cases(effort)) {
    on.problem.direction = solvers::Direction::kMinimise;
    cases.push_back(std::move(on));
  }
  for (const Case& on : cases) {
    const Truth truth(on);
    for (const int most : {1, 3, 10, 30, 100}) {
      const solvers::SolveOptions run{.tolerance = 1e-9, .max_iterations = most};
      for (const solvers::Solution& got :
           {solvers::value_iteration(on.problem, {}, run), solvers::anchored_value_iteration(on.problem, {}, run)}) {
        bool inside = true;
        for (int s = 0; s < on.model().num_states(); ++s) {
          const double half = shrink * (got.upper[s] - got.lower[s]) / 2, v = truth.value[static_cast<std::size_t>(s)];
          const double middle = (got.upper[s] + got.lower[s]) / 2;
          inside = inside && std::abs(v - middle) <= half + truth.error + 1e-15 * std::abs(v);
        }
        ++runs;
        if (!inside) ++violated;
      }
    }
  }
  return never(violated, runs, 0, "early stops whose proven interval misses V*");
}

Claim proven_interval_claim() {
  return {.id = "proven-interval",
          .family = "planning",
          .statement = "The interval [lower, upper] of a solver contains V* wherever it is stopped",
          .page = kPage,
          .theorem = "certificate of docs/papers/exact-solvers.md",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return proven_interval(effort, 1); },
          .controls = {{"half-width", "keeps half of the interval around its middle",
                        [](const Effort& effort) { return proven_interval(effort, 0.5); }}}};
}

/// V_k = b_k V_0 + (1 - b_k) T V_{k-1}, or plain value iteration (b_k = 0), from 0 on the cycle of two states whose
/// values are 1 and -1: plain iterates jump to and fro. There is one choice, so best and worst operator are the same
/// and the bound needs |V_0 - V*| = 1 alone. The largest residual / bound.
Measurement anchored_residual(const Effort& effort, bool anchored) {
  double worst = 0;
  std::int64_t iterates = 0;
  for (const double discount : {0.9, 0.99, 0.999}) {
    mdp::TabularMdpBuilder builder(2);
    builder.add_choice(0, 1 + discount, {{1, 1.0}});
    builder.add_choice(1, -1 - discount, {{0, 1.0}});
    const Case on{"cycle", {.model = std::move(builder).build(), .discount = discount}};
    Values v(2, 0.0);
    double inverse_weight = 1;  // 1 / b_k = sum of gamma^{-2i}, i = 0 .. k
    for (int k = 1; k <= effort.pick(400, 4000); ++k) {
      sweep(on, v);
      inverse_weight += std::pow(discount, -2 * k);
      if (anchored)
        for (double& x : v) x *= 1 - 1 / inverse_weight;
      Values next = v;
      const double residual = sweep(on, next).residual();
      // Rounding stops the iterates at errors of a unit in the last place over 1 - gamma.
      const double rounding = 1e-15 / (1 - discount);
      worst = std::max(worst, (residual - rounding) / bounds::anchored_residual(k, 1, discount));
      ++iterates;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest residual / bound on a cycle"};
}

Claim anchored_claim() {
  return {
      .id = "anchored-residual",
      .family = "planning",
      .statement = "Anchored value iteration keeps |TV_k - V_k| under its bound, where plain value iteration does not",
      .page = kPage,
      .theorem = "Lee and Ryu 2023",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return anchored_residual(effort, true); },
      .controls = {{"plain", "plain value iteration, which has no such bound",
                    [](const Effort& effort) { return anchored_residual(effort, false); }}}};
}

}  // namespace

std::vector<Claim> value_iteration_claims() {
  return {stopping_claim(), geometric_claim(), enclosure_claim(), proven_interval_claim(), anchored_claim()};
}

}  // namespace bellwether::claims
