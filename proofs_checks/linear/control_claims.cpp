// Learners of policies from batches, where features are tables.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "mdp/operators.h"
#include "proofs_checks/linear/claims.h"
#include "proofs_checks/linear/tasks.h"
#include "solvers/linear/fitted_q.h"
#include "solvers/linear/policy_iteration.h"

namespace bellwether::claims {
namespace {

constexpr double kDiscount = 0.9;

/// Q of so many sweeps of value iteration from V = 0.
Eigen::VectorXd swept_q(const mdp::TabularMdp& model, int sweeps) {
  std::vector<double> v(static_cast<std::size_t>(model.num_states()), 0.0), next = v;
  for (int k = 1; k < sweeps; ++k) {
    mdp::backup(model, kDiscount, v, next, mdp::Expectation{}, mdp::Largest{});
    v.swap(next);
  }
  Eigen::VectorXd q(model.num_choices());
  for (std::int64_t c = 0; c < q.size(); ++c)
    q[c] = model.reward(c) + kDiscount * mdp::Expectation{}(model.successors(c), model.probabilities(c), v);
  return q;
}

Measurement fitted_gap(const Effort& effort, int behind) {
  double worst = 0;
  const std::int64_t models = effort.pick(20, 500);
  for (std::int64_t i = 0; i < models; ++i) {
    const mdp::TabularMdp model = drawn_control(effort.run(i));
    for (const int sweeps : {2, 5, 30}) {
      const auto fitted =
          solvers::fitted_q(model.state_begin(), mdp::one_hot(model.num_choices()), solvers::exact_batch(model),
                            kDiscount, {.ridge = 0, .iterations = sweeps - behind, .tolerance = 0, .clip = false});
      worst = std::max(worst, (fitted.weights - swept_q(model, sweeps)).lpNorm<Eigen::Infinity>());
    }
  }
  return {.measured = worst, .bound = 1e-12, .replicates = models, .detail = "largest difference of a Q"};
}

Claim fitted_q_claim() {
  return {
      .id = "fitted-q-tables",
      .family = "linear",
      .statement = "On tables fitted Q iteration is value iteration, sweep by sweep",
      .page = kLinearPage,
      .theorem = "Ernst, Geurts and Wehenkel 2005, section 3",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return fitted_gap(effort, 0); },
      .controls = {{"behind", "one fit less than sweeps", [](const Effort& effort) { return fitted_gap(effort, 1); }}}};
}

Measurement lspi_gap(const Effort& effort, int policies) {
  double worst = 0;
  const std::int64_t models = effort.pick(20, 500);
  for (std::int64_t i = 0; i < models; ++i) {
    const mdp::TabularMdp model = drawn_control(effort.run(i));
    const auto result = solvers::lspi(model.state_begin(), mdp::one_hot(model.num_choices()),
                                      solvers::exact_batch(model), kDiscount, {.ridge = 0, .iterations = policies});
    worst = std::max(worst, (result.weights - swept_q(model, 400)).lpNorm<Eigen::Infinity>());
  }
  return {.measured = worst, .bound = 1e-10, .replicates = models, .detail = "largest difference from Q*"};
}

Claim lspi_claim() {
  return {.id = "lspi-tables",
          .family = "linear",
          .statement = "On tables with all that can be seen LSPI is policy iteration: it ends at Q*",
          .page = kLinearPage,
          .theorem = "Lagoudakis and Parr 2003, section 7",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return lspi_gap(effort, 50); },
          .controls = {
              {"once", "evaluates the first policy alone", [](const Effort& effort) { return lspi_gap(effort, 1); }}}};
}

}  // namespace

std::vector<Claim> fitted_control_claims() { return {fitted_q_claim(), lspi_claim()}; }

}  // namespace bellwether::claims
