// What risk measures promise of a single law.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/risk/claims.h"
#include "proofs_checks/risk/small_models.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::claims {
namespace {

using solvers::Law;
using LawFunctional = std::function<double(const Law&, double level)>;

constexpr const char* kPage = "docs/papers/risk-measures.md";

double tail_mean(const Law& law, double level) { return solvers::conditional_value_at_risk(law, level); }

/// min sum q x with 0 <= q <= p / level and sum q = 1.
double dual_tail_mean(const Law& law, double level) {
  lp::LinearProgram program;
  const int mass = program.add_row(1, 1);
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    program.add_column(law.atom[i], 0, law.weight[i] / level);
    program.add_entry(mass, 1);
  }
  return lp::solve(program).objective;
}

/// visit(law, level) for many laws.
void for_laws(const Effort& effort, const std::function<void(const Law&, double)>& visit) {
  for (int i = 0; i < effort.pick(200, 5000); ++i) {
    Stream stream = effort.stream.child(static_cast<std::uint64_t>(i));
    const Law law = drawn_law(stream.child(0), 1 + i % 9);
    visit(law, std::max(0.01, stream.uniform()));
  }
}

Measurement tail_dual(const Effort& effort, double level_factor) {
  double worst = 0;
  std::int64_t laws = 0;
  for_laws(effort, [&](const Law& law, double level) {
    worst = std::max(worst, std::abs(tail_mean(law, std::min(1.0, level_factor * level)) - dual_tail_mean(law, level)));
    ++laws;
  });
  return {.measured = worst, .bound = 1e-9, .replicates = laws, .detail = "largest difference from the linear program"};
}

Claim tail_dual_claim() {
  return {.id = "tail-mean-duality",
          .family = "risk",
          .statement = "The mean of the worst share of the mass is the least mean under densities up to 1 / level",
          .page = kPage,
          .theorem = "Rockafellar and Uryasev 2000; Artzner et al. 1999",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return tail_dual(effort, 1); },
          .controls = {{"another-level", "takes the mean of a share twice as large",
                        [](const Effort& effort) { return tail_dual(effort, 2); }}}};
}

/// How many laws break: smallest atom <= entropic value <= tail mean <= min(quantile, mean).
Measurement order(const Effort& effort, const LawFunctional& tail) {
  std::int64_t laws = 0, broken = 0;
  for_laws(effort, [&](const Law& law, double level) {
    const double entropic = solvers::entropic_value_at_risk(law, level).middle(), middle = tail(law, level);
    const bool fine = law.atom.front() <= entropic + 1e-9 && entropic <= middle + 1e-9 &&
                      middle <= std::min(solvers::value_at_risk(law, level), solvers::mean(law)) + 1e-9;
    broken += !fine;
    ++laws;
  });
  return never(broken, laws, 0);
}

Claim order_claim() {
  return {.id = "risk-order",
          .family = "risk",
          .statement = "Worst case <= entropic value at risk <= tail mean <= quantile and mean, at every level",
          .page = kPage,
          .theorem = "Ahmadi-Javid 2012, Proposition 3.2",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return order(effort, tail_mean); },
          .controls = {{"upper-tail", "takes the mean of the best share of the mass", [](const Effort& effort) {
                          return order(effort, [](const Law& law, double level) {
                            Law turned = law;
                            std::ranges::reverse(turned.atom);
                            std::ranges::reverse(turned.weight);
                            for (double& x : turned.atom) x = -x;
                            return -tail_mean(turned, level);
                          });
                        }}}};
}

/// Coherence: monotone, moves with constants, positively homogeneous, superadditive under any coupling (here: the
/// atoms of two laws with the same weights added place by place).
Measurement coherence(const Effort& effort, const LawFunctional& risk) {
  std::int64_t cases = 0, broken = 0;
  for_laws(effort, [&](const Law& law, double level) {
    Stream stream = effort.stream.child("second").child(static_cast<std::uint64_t>(cases));
    std::vector<std::pair<double, double>> other, sum, above, scaled;
    for (std::size_t i = 0; i < law.atom.size(); ++i) {
      const double y = 20 * stream.uniform() - 10, more = stream.uniform();
      other.emplace_back(y, law.weight[i]);
      sum.emplace_back(law.atom[i] + y, law.weight[i]);
      above.emplace_back(law.atom[i] + more, law.weight[i]);
      scaled.emplace_back(3 * law.atom[i] + 2, law.weight[i]);
    }
    const double x = risk(law, level);
    const bool fine = risk(solvers::make_law(sum), level) >= x + risk(solvers::make_law(other), level) - 1e-8 &&
                      risk(solvers::make_law(above), level) >= x - 1e-8 &&
                      std::abs(risk(solvers::make_law(scaled), level) - (3 * x + 2)) <= 1e-7;
    broken += !fine;
    ++cases;
  });
  return never(broken, cases, 0);
}

Claim coherence_claim() {
  return {.id = "tail-mean-coherent",
          .family = "risk",
          .statement = "The tail mean is monotone, moves with constants, scales, and rewards mixing of risks",
          .page = kPage,
          .theorem = "Artzner, Delbaen, Eber and Heath 1999; Acerbi and Tasche 2002",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return coherence(effort, tail_mean); },
          .controls = {{"quantile", "puts the quantile in its place, which punishes some mixing",
                        [](const Effort& effort) { return coherence(effort, solvers::value_at_risk); }},
                       {"mean-variance", "puts mean minus variance in its place, which is not monotone",
                        [](const Effort& effort) {
                          return coherence(effort, [](const Law& law, double) {
                            return solvers::mean(law) - solvers::variance(law);
                          });
                        }}}};
}

}  // namespace

std::vector<Claim> risk_measure_claims() { return {tail_dual_claim(), order_claim(), coherence_claim()}; }

}  // namespace bellwether::claims
