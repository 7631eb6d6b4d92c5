// What the Bellman operators promise: contraction, monotonicity, constant shifts.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mdp/operators.h"
#include "proofs_checks/planning/claims.h"
#include "proofs_checks/planning/models.h"

namespace bellwether::claims {
namespace {

using Values = std::vector<double>;
/// (case, discount to apply, v, stream that draws a policy) -> operator applied to v.
using Operator = std::function<Values(const Case&, double, const Values&, Stream)>;

constexpr const char* kPage = "docs/papers/exact-solvers.md";
/// Sums of fewer than 50 terms of size one, twice: rounding may add this much to a ratio.
constexpr double kRounding = 1e-11;

template <class Choose>
Values back_up(const Case& on, double discount, const Values& v, const Choose& choose) {
  Values out(v.size());
  mdp::backup(on.model(), discount, v, out, mdp::Expectation{}, choose);
  return out;
}

/// T V = max over c of r + discount P V.
Values optimality(const Case& on, double discount, const Values& v, Stream) {
  return back_up(on, discount, v, mdp::Largest{});
}
Values worst_choice(const Case& on, double discount, const Values& v, Stream) {
  return back_up(on, discount, v, mdp::Smallest{});
}
/// T_pi V = r_pi + discount P_pi V for a policy that the stream draws.
Values of_policy(const Case& on, double discount, const Values& v, Stream stream) {
  const mdp::Policy policy = drawn_randomised_policy(on.model(), stream);
  return back_up(on, discount, v, mdp::PolicyAverage(on.model(), policy));
}

const std::vector<Operator>& operators() {
  static const std::vector<Operator> all = {optimality, worst_choice, of_policy};
  return all;
}

/// Pairs of vectors: independent ones, ones that differ in one state, and shifts by a constant, which contract by the
/// discount exactly and make the bound tight.
std::vector<std::pair<Values, Values>> drawn_pairs(int size, int count, Stream& stream) {
  std::vector<std::pair<Values, Values>> pairs;
  for (int i = 0; i < count; ++i) {
    Values v = drawn_values(size, 10, stream), w = v;
    if (i % 3 == 0) w = drawn_values(size, 10, stream);
    if (i % 3 == 1) w[stream.below(w.size())] += 1 + stream.uniform();
    if (i % 3 == 2)
      for (double& x : w) x += 3;
    pairs.emplace_back(std::move(v), std::move(w));
  }
  return pairs;
}

/// The largest |TV - TW| / (factor |V - W|), where the operators apply `applied(discount)`.
Measurement contraction(const Effort& effort, const std::function<double(double)>& applied,
                        const std::function<double(double)>& factor) {
  double worst = 0;
  std::int64_t pairs = 0;
  std::string where;
  for (const Case& on : discounted_cases(effort)) {
    Stream stream = effort.stream.child(on.name);
    for (const auto& [v, w] : drawn_pairs(on.model().num_states(), effort.pick(30, 300), stream)) {
      for (const Operator& apply : operators()) {
        const double d = applied(on.discount());
        const double ratio = distance(apply(on, d, v, stream), apply(on, d, w, stream)) / distance(v, w);
        ++pairs;
        if (ratio / factor(on.discount()) > worst) {
          worst = ratio / factor(on.discount());
          where = on.name;
        }
      }
    }
  }
  return {.measured = worst,
          .bound = 1 + kRounding,
          .replicates = pairs,
          .detail = fmt::format("|TV - TW| comes nearest to the factor times |V - W| on {}", where)};
}

Claim contraction_claim() {
  const auto same = [](double d) { return d; };
  const auto squared = [](double d) { return d * d; };
  const auto none = [](double) { return 1.0; };
  return {
      .id = "bellman-contraction",
      .family = "planning",
      .statement = "Bellman operators (best, worst and policy) contract with factor gamma in the largest difference",
      .page = kPage,
      .theorem = "Puterman 1994, Proposition 6.2.4",
      .kind = Kind::kBelow,
      .measure = [=](const Effort& effort) { return contraction(effort, same, same); },
      .controls = {{"squared-factor", "claims the factor gamma^2 instead of gamma",
                    [=](const Effort& effort) { return contraction(effort, same, squared); }},
                   {"undiscounted", "applies the operator without its discount",
                    [=](const Effort& effort) { return contraction(effort, none, same); }}}};
}

/// V + relaxation (TV - V): monotone for relaxation up to 1 / (1 - gamma min p(s|s,a)), not beyond.
Values relaxed(const Case& on, const Operator& apply, const Values& v, double relaxation, const Stream& stream) {
  Values out = apply(on, on.discount(), v, stream);
  for (std::size_t s = 0; s < out.size(); ++s) out[s] = v[s] + relaxation * (out[s] - v[s]);
  return out;
}

/// How many pairs V <= W have TV > TW somewhere. Sums are rounded monotonically, so no slack is needed at 1.
Measurement monotonicity(const Effort& effort, double relaxation) {
  std::int64_t pairs = 0, violated = 0;
  for (const Case& on : discounted_cases(effort)) {
    Stream stream = effort.stream.child(on.name);
    for (int i = 0; i < effort.pick(30, 300); ++i) {
      const Values v = drawn_values(on.model().num_states(), 10, stream);
      Values w = v;
      for (double& x : w)
        if (stream.uniform() < 0.3) x += stream.uniform();
      for (const Operator& apply : operators()) {
        const Values low =
            relaxation == 1 ? apply(on, on.discount(), v, stream) : relaxed(on, apply, v, relaxation, stream);
        const Values high =
            relaxation == 1 ? apply(on, on.discount(), w, stream) : relaxed(on, apply, w, relaxation, stream);
        bool ordered = true;
        for (std::size_t s = 0; s < low.size(); ++s) ordered = ordered && low[s] <= high[s];
        ++pairs;
        if (!ordered) ++violated;
      }
    }
  }
  return never(violated, pairs, 0, "pairs V <= W with TV > TW in some state");
}

Claim monotonicity_claim() {
  return {.id = "bellman-monotone",
          .family = "planning",
          .statement = "V <= W in every state implies TV <= TW in every state",
          .page = kPage,
          .theorem = "Puterman 1994, Lemma 6.1.2",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return monotonicity(effort, 1); },
          .controls = {{"over-relaxed", "takes steps of 1.5 (TV - V), which are not monotone without self-loops",
                        [](const Effort& effort) { return monotonicity(effort, 1.5); }}}};
}

/// |T(V + k) - (TV + gamma k)|, relative to the size of the values.
Measurement shift(const Effort& effort, double exponent) {
  double worst = 0;
  std::int64_t trials = 0;
  for (const Case& on : discounted_cases(effort)) {
    Stream stream = effort.stream.child(on.name);
    for (int i = 0; i < effort.pick(10, 100); ++i) {
      const Values v = drawn_values(on.model().num_states(), 10, stream);
      const double by = 100 * stream.uniform();
      Values shifted = v;
      for (double& x : shifted) x += by;
      for (const Operator& apply : operators()) {
        Values expected = apply(on, on.discount(), v, stream);
        for (double& x : expected) x += std::pow(on.discount(), exponent) * by;
        worst = std::max(worst, distance(apply(on, on.discount(), shifted, stream), expected) / (10 + by));
        ++trials;
      }
    }
  }
  return {.measured = worst, .bound = kRounding, .replicates = trials, .detail = "largest relative difference"};
}

Claim shift_claim() {
  return {.id = "bellman-shift",
          .family = "planning",
          .statement = "T(V + k) = TV + gamma k for every constant k",
          .page = kPage,
          .theorem = "Puterman 1994, section 6.6 (the step behind MacQueen's bounds)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return shift(effort, 1); },
          .controls = {{"undiscounted", "expects TV + k", [](const Effort& effort) { return shift(effort, 0); }}}};
}

}  // namespace

std::vector<Claim> operator_claims() { return {contraction_claim(), monotonicity_claim(), shift_claim()}; }

}  // namespace bellwether::claims
