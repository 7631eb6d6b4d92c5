// Regularised robust models are risk-sensitive ones: the recursions, what risk costs, learning Z from data.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/robust.h"
#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/regularised/rfzi.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/rfzi.md";

/// Nature pays so much for a unit of Kullback-Leibler divergence, one step later.
RobustProblem priced(mdp::TabularMdp model, double price, double discount) {
  return {.model = mdp::RobustMdp(std::move(model), {.kind = mdp::SetKind::kKl, .price = {price}}),
          .discount = discount};
}

// --- One fixed point -------------------------------------------------------------------------------------------------

/// The largest distance of the robust value, nature paying `factor` times the penalty, from that of the Z recursion.
Measurement recursions(const Effort& effort, const std::function<double(double discount)>& factor) {
  double worst = 0;
  const int runs = effort.pick(6, 60);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const double beta = std::pow(10, 2 * stream.uniform() - 1), discount = 0.5 + 0.45 * stream.uniform();
    const double price = factor(discount) / (discount * beta);
    const RobustProblem problem = priced(drawn_reward_garnet(8, 3, 4, stream), price, discount);
    const RobustSolution direct = partial_policy_iteration(problem, {}, {.tolerance = 1e-11});
    const RfziResult z = z_fixed_point(problem.model.nominal(), discount, beta, 1e-11);
    worst = std::max(worst, (direct.value - z.value).lpNorm<Eigen::Infinity>());
  }
  return {.measured = worst, .bound = 1e-9, .replicates = runs, .detail = "largest difference of values"};
}

Claim recursion_claim() {
  return {.id = "regularised-is-risk-sensitive",
          .family = "robust-papers",
          .statement = "Robust planning in which nature pays gamma KL / beta has the value of the Z recursion",
          .page = kPage,
          .theorem = "Zhang, Hu and Li 2024, Theorem 3.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return recursions(effort, [](double discount) { return discount; }); },
          .controls = {{"undiscounted-penalty", "nature pays at once: the factor gamma is missing",
                        [](const Effort& effort) { return recursions(effort, [](double) { return 1; }); }}}};
}

// --- What risk costs -------------------------------------------------------------------------------------------------

/// A coin decides between 1 and 0 for ever.
mdp::TabularMdp coin() {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  builder.add_choice(2, 1.0, {{2, 1.0}});
  return std::move(builder).build();
}

/// The sum of gamma^(t+1) beta span^2 / 8 along the policy in the nominal model, `span` that of `value` over the
/// successors of the choice: what Hoeffding's lemma takes at each step.
Eigen::VectorXd hoeffding_sum(const mdp::TabularMdp& model, const mdp::Policy& policy, const Eigen::VectorXd& value,
                              double beta, double discount) {
  std::vector<double> step(static_cast<std::size_t>(model.num_choices()));
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const std::int32_t next : model.successors(c)) {
      low = std::min(low, value[next]);
      high = std::max(high, value[next]);
    }
    step[static_cast<std::size_t>(c)] = discount * beta * (high - low) * (high - low) / 8;
  }
  const mdp::PolicyChain chain(model.with_expected_rewards(step), policy);
  return mdp::evaluate_discounted(chain, discount).value;
}

/// What nature is in place of the one that pays: her side, and her price over the right one.
struct Deviation {
  NatureSide side = NatureSide::kWorst;
  double price = 1;
};

/// The largest share that the loss V - V_beta takes of Hoeffding's sum along the policy that is best without risk;
/// infinite where risk earns something.
Measurement cost_of_risk(const Effort& effort, const Deviation& deviation) {
  double worst = 0;
  const int runs = effort.pick(8, 80);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const double beta = std::pow(10, 2 * stream.uniform() - 2.5), discount = 0.9;
    // The lemma is tight for a coin and small beta.
    const mdp::TabularMdp model = i % 2 == 0 ? coin() : drawn_reward_garnet(8, 3, 4, stream);
    const RobustProblem truth = priced(model, 1 / beta, discount);
    RobustProblem problem = priced(model, deviation.price / beta, discount);
    problem.nature = deviation.side;
    const Solution free = policy_iteration(problem.nominal(), {}, {.tolerance = 1e-11});
    const Eigen::VectorXd own = evaluate_robust(truth, free.policy, {}, {.tolerance = 1e-11}).value;
    const Eigen::VectorXd loss = free.value - partial_policy_iteration(problem, {}, {.tolerance = 1e-10}).value;
    const Eigen::VectorXd bound = hoeffding_sum(model, free.policy, own, beta, discount);
    for (int s = 0; s < model.num_states(); ++s) {
      if (loss[s] < -1e-8) worst = std::numeric_limits<double>::infinity();
      worst = std::max(worst, (loss[s] - 1e-8) / std::max(bound[s], 1e-12));
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim hoeffding_claim() {
  return {
      .id = "entropic-risk-cost",
      .family = "robust-papers",
      .statement = "0 <= V - V_beta <= E sum of gamma^(t+1) beta span_t^2 / 8, at most gamma beta / (8 (1-gamma)^3)",
      .page = kPage,
      .theorem = "Hoeffding's lemma, step by step",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return cost_of_risk(effort, {}); },
      .controls = {{"no-payment", "nature goes anywhere for nothing (a millionth of the price)",
                    [](const Effort& effort) { return cost_of_risk(effort, {.price = 1e-6}); }},
                   {"wrong-side", "nature raises values instead of lowering them",
                    [](const Effort& effort) { return cost_of_risk(effort, {.side = NatureSide::kBest}); }}}};
}

// --- From data -------------------------------------------------------------------------------------------------------

/// Fitted iteration that averages log Z, which is -beta V, in place of Z.
Eigen::VectorXd average_of_logs(const mdp::TabularMdp& model, double discount,
                                const std::vector<OfflineSample>& samples, std::int64_t iterations) {
  RfziOptions options;
  options.beta = 0;  // -(1/beta) mean of log exp(-beta V) is the mean of V
  options.iterations = iterations;
  return rfzi(model, discount, samples, options).value;
}

Measurement data_rate(const Effort& effort, bool logs) {
  std::vector<double> slopes;
  // Slopes of single models scatter by about .08, and six of them missed the interval at one seed of a few.
  for (int run = 0; run < effort.pick(24, 60); ++run) {
    Stream stream = effort.run(run);
    const mdp::TabularMdp model = drawn_reward_garnet(6, 2, 4, stream);
    constexpr double kBeta = 5, kDiscount = 0.8;
    constexpr std::int64_t kIterations = 60;
    const RfziResult truth = z_fixed_point(model, kDiscount, kBeta);
    std::vector<double> counts, errors;
    for (int power = 9; power <= 15; power += 2) {
      double mean = 0;
      const int seeds = effort.pick(15, 30);
      for (int i = 0; i < seeds; ++i) {
        const auto samples =
            draw_offline(model, std::int64_t{1} << power, stream.child(static_cast<std::uint64_t>(1000 * power + i)));
        RfziOptions options;
        options.beta = kBeta;
        options.iterations = kIterations;
        const Eigen::VectorXd v = logs ? average_of_logs(model, kDiscount, samples, kIterations)
                                       : rfzi(model, kDiscount, samples, options).value;
        mean += (v - truth.value).lpNorm<Eigen::Infinity>() / seeds;
      }
      counts.push_back(std::pow(2, power));
      errors.push_back(mean);
    }
    slopes.push_back(power_line(counts, errors).slope);
  }
  return slope_within(slopes, -0.65, -0.35, "slope of log error in log samples");
}

/// The least number of samples of a choice.
std::int64_t least_count(const mdp::TabularMdp& model, const std::vector<OfflineSample>& samples) {
  std::vector<std::int64_t> count(static_cast<std::size_t>(model.num_choices()), 0);
  for (const OfflineSample& sample : samples) ++count[static_cast<std::size_t>(sample.choice)];
  return *std::ranges::min_element(count);
}

/// How often the error of fitted Z iteration exceeds its bound with delta = .1.
Measurement data_error(const Effort& effort, bool logs) {
  constexpr double kDiscount = 0.8, kDelta = 0.1;
  std::int64_t violated = 0, runs = 0;
  double worst = 0;
  for (int i = 0; i < effort.pick(30, 300); ++i) {
    Stream stream = effort.run(i);
    const double beta = 0.5 + stream.uniform() / 4;
    const mdp::TabularMdp model = i % 3 == 0 ? drawn_reward_garnet(6, 2, 4, stream) : coin();
    const RfziResult truth = z_fixed_point(model, kDiscount, beta);
    const auto samples = draw_offline(model, 1 << 17, stream.child("samples"));
    RfziOptions options;
    options.beta = beta;
    options.iterations = 100;
    const Eigen::VectorXd v = logs ? average_of_logs(model, kDiscount, samples, options.iterations)
                                   : rfzi(model, kDiscount, samples, options).value;
    const double bound = bounds::fitted_z_error(least_count(model, samples), model.num_choices(), beta,
                                                truth.value.maxCoeff() - truth.value.minCoeff(), kDiscount, kDelta);
    const double error = (v - truth.value).lpNorm<Eigen::Infinity>();
    worst = std::max(worst, error / bound);
    violated += error > bound ? 1 : 0;
    ++runs;
  }
  return never(violated, runs, kDelta, fmt::format("runs whose error exceeds the bound; largest share {:.2f}", worst));
}

Claim data_error_claim() {
  return {
      .id = "fitted-z-error",
      .family = "robust-papers",
      .statement =
          "With n samples a choice |V_n - V| <= gamma/(1-gamma) (e^(beta span) - 1)/beta sqrt(log(2C/delta)/2n)",
      .page = kPage,
      .theorem = "Hoeffding's inequality for Z, its logarithm, the contraction (docs/papers/rfzi.md, \"From data\")",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return data_error(effort, false); },
      .controls = {{"average-of-logs", "regresses log Z: biased, by Jensen",
                    [](const Effort& effort) { return data_error(effort, true); }}}};
}

Claim data_claim() {
  return {.id = "fitted-z-rate",
          .family = "robust-papers",
          .statement = "The error of fitted Z iteration falls as 1 / sqrt(samples)",
          .page = kPage,
          .theorem = "Zhang, Hu and Li 2024, Theorem 5.1",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return data_rate(effort, false); },
          .controls = {{"average-of-logs", "regresses log Z: biased, by Jensen",
                        [](const Effort& effort) { return data_rate(effort, true); }}}};
}

}  // namespace

std::vector<Claim> regularised_claims() {
  return {recursion_claim(), hoeffding_claim(), data_claim(), data_error_claim()};
}

}  // namespace bellwether::claims
