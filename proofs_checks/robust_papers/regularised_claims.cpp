// Regularised robust models are risk-sensitive ones: the recursions, what risk costs, learning Z from data.
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "core/rate_fit.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
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

/// The largest loss over beta and models, as a share of gamma beta span^2 / (8 (1 - gamma)).
Measurement cost_of_risk(const Effort& effort, const std::function<double(double discount)>& span) {
  double worst = 0;
  const int runs = effort.pick(8, 80);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const double beta = std::pow(10, 2 * stream.uniform() - 2.5), discount = 0.9;
    mdp::TabularMdp model = drawn_reward_garnet(8, 3, 4, stream);
    if (i % 2 == 0) {  // a coin decides between 1 and 0 for ever
      mdp::TabularMdpBuilder builder(3);
      builder.add_choice(0, 0.0, {{1, 0.5}, {2, 0.5}});
      builder.add_choice(1, 0.0, {{1, 1.0}});
      builder.add_choice(2, 1.0, {{2, 1.0}});
      model = std::move(builder).build();
    }
    const RobustProblem problem = priced(model, 1 / beta, discount);
    const Eigen::VectorXd free = policy_iteration(problem.nominal(), {}, {.tolerance = 1e-11}).value;
    const RobustSolution risky = partial_policy_iteration(problem, {}, {.tolerance = 1e-10});
    const double bound = discount * beta * std::pow(span(discount), 2) / (8 * (1 - discount));
    worst = std::max(worst, (free - risky.value).lpNorm<Eigen::Infinity>() / bound);
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim hoeffding_claim() {
  return {.id = "entropic-risk-cost",
          .family = "robust-papers",
          .statement = "|V_beta - V| <= gamma beta / (8 (1-gamma)^3) for rewards on [0, 1]",
          .page = kPage,
          .theorem = "Hoeffding's lemma, step by step",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return cost_of_risk(effort, [](double g) { return 1 / (1 - g); }); },
          .controls = {{"span-of-rewards", "takes the span of rewards for that of values",
                        [](const Effort& effort) { return cost_of_risk(effort, [](double) { return 1; }); }}}};
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
  for (int run = 0; run < effort.pick(6, 20); ++run) {
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

std::vector<Claim> regularised_claims() { return {recursion_claim(), hoeffding_claim(), data_claim()}; }

}  // namespace bellwether::claims
