// Learners of policies from batches, where features are tables.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/sampling.h"
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

// --- Errors of evaluation --------------------------------------------------------------------------------------------

/// One unit vector a state, whatever the choice.
mdp::FeatureMap by_state(const mdp::TabularMdp& model) {
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows =
      Eigen::MatrixXd::Zero(model.num_choices(), model.num_states());
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s) + model.num_choices(s); ++c) rows(c, s) = 1;
  return {model.num_states(), std::vector<double>(rows.data(), rows.data() + rows.size())};
}

/// Normal features of a third of the number of choices.
mdp::FeatureMap drawn_features(const mdp::TabularMdp& model, Stream stream) {
  const auto dimension = static_cast<int>(model.num_choices() / 3);
  std::vector<double> rows(static_cast<std::size_t>(model.num_choices() * dimension));
  for (double& x : rows) x = sample_normal(stream);
  return {dimension, std::move(rows)};
}

/// Nearly all weight on the first choice of every state.
solvers::SampleBatch lopsided(const mdp::TabularMdp& model) {
  constexpr double kRest = 1e-3;
  solvers::SampleBatch batch = solvers::exact_batch(model);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s) + 1; c < model.first_choice(s) + model.num_choices(s); ++c) {
      batch.weight[static_cast<std::size_t>(c)] *= kRest;
      for (std::int64_t i = batch.begin[static_cast<std::size_t>(c)]; i < batch.begin[static_cast<std::size_t>(c) + 1];
           ++i)
        batch.entries[static_cast<std::size_t>(i)].weight *= kRest;
    }
  }
  return batch;
}

/// Q of the policy, exactly: LSTD-Q on tables with all that can be seen.
Eigen::VectorXd true_q(const mdp::TabularMdp& model, const std::vector<std::int32_t>& policy) {
  return solvers::lstd_q(model.state_begin(), mdp::one_hot(model.num_choices()), solvers::exact_batch(model), kDiscount,
                         policy, 0);
}

/// max |Q* - Q^pi| of the last policies of LSPI over the largest error of an evaluation among them.
double loss_over_error(const mdp::TabularMdp& model, const mdp::FeatureMap& features,
                       const solvers::SampleBatch& batch) {
  constexpr int kPolicies = 60, kLate = 30;
  const Eigen::VectorXd best = swept_q(model, 400);
  std::vector<std::int32_t> policy(static_cast<std::size_t>(model.num_states()), 0);
  double error = 0, loss = 0;
  for (int k = 0; k < kPolicies; ++k) {
    const Eigen::VectorXd w = solvers::lstd_q(model.state_begin(), features, batch, kDiscount, policy, 1e-9);
    const Eigen::VectorXd exact = true_q(model, policy);
    if (k >= kLate) {
      error = std::max(error, (features.matrix() * w - exact).lpNorm<Eigen::Infinity>());
      loss = std::max(loss, (best - exact).lpNorm<Eigen::Infinity>());
    }
    policy = solvers::greedy_choices(model.state_begin(), features, w);
  }
  return loss / error;
}

Measurement propagated(const Effort& effort, double factor) {
  double worst = 0;
  const std::int64_t models = effort.pick(20, 200);
  for (std::int64_t i = 0; i < models; ++i) {
    const mdp::TabularMdp model = drawn_control(effort.run(i));
    worst = std::max(
        {worst, loss_over_error(model, by_state(model), lopsided(model)),
         loss_over_error(model, drawn_features(model, effort.run(i).child("features")), solvers::exact_batch(model))});
  }
  return {.measured = worst / factor, .bound = 1, .replicates = models, .detail = "largest share of the bound"};
}

Claim propagation_claim() {
  constexpr double kSquare = (1 - kDiscount) * (1 - kDiscount);
  return {.id = "lspi-errors",
          .family = "linear",
          .statement = "LSPI whose evaluations err by eps at most loses 2 g eps / (1 - g)^2 at most in the end, in Q",
          .page = kLinearPage,
          .theorem = "Bertsekas and Tsitsiklis 1996, Proposition 6.2; Lagoudakis and Parr 2003, Theorem 7.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return propagated(effort, 2 * kDiscount / kSquare); },
          .controls = {{"one-step", "2 g eps, as if an error were made once",
                        [](const Effort& effort) { return propagated(effort, 2 * kDiscount); }}}};
}

}  // namespace

std::vector<Claim> fitted_control_claims() { return {fitted_q_claim(), lspi_claim(), propagation_claim()}; }

}  // namespace bellwether::claims
