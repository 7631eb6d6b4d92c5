// What gradients against nature promise: domination, Danskin's formula, and nature's own side of them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/policy_gradient/robust_policy_gradient.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/drpg.md";
constexpr const char* kRegularisedPage = "docs/papers/rfzi.md";

std::vector<double> uniform_start(const RobustProblem& problem) {
  const int states = problem.model.num_states();
  return std::vector<double>(static_cast<std::size_t>(states), 1.0 / states);
}

/// The i-th problem of a claim.
using MakeProblem = RobustProblem (*)(Stream& stream, int i);

/// L1 balls, by choice and by state in turn.
RobustProblem with_balls(Stream& stream, int i) {
  return drawn_robust_garnet(5, 6, 3, stream, i % 2 == 0 ? mdp::Rectangular::kChoice : mdp::Rectangular::kState);
}

/// Nature pays for the Kullback-Leibler divergence: risk aversion beta = 1 / (discount price) between .1 and 10.
RobustProblem with_prices(Stream& stream, int) {
  const double beta = std::pow(10, 2 * stream.uniform() - 1);
  return {.model = mdp::RobustMdp(drawn_reward_garnet(6, 3, 4, stream),
                                  {.kind = mdp::SetKind::kKl, .price = {1 / (.9 * beta)}}),
          .discount = .9};
}

// --- Domination ------------------------------------------------------------------------------------------------------

/// The largest gap of a policy over max of x*(s) / x(s), which can be left out, times what the gradient leaves
/// to gain.
Measurement domination(const Effort& effort, const MakeProblem& make, bool with_mismatch) {
  double worst = 0;
  std::int64_t policies = 0;
  for (int i = 0; i < effort.pick(6, 60); ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = make(stream, i);
    const double sign = problem.maximise() ? 1 : -1;
    const mdp::TabularMdp& model = problem.model.nominal();
    const std::vector<double> start = uniform_start(problem);
    const RobustSolution best = partial_policy_iteration(problem, {}, {.tolerance = 1e-10});
    std::vector<double> of_best(static_cast<std::size_t>(model.num_choices()));
    for (int s = 0; s < model.num_states(); ++s)
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        of_best[static_cast<std::size_t>(c)] = best.policy.probability(model, s, c);
    robust::Operator op(problem);
    Eigen::VectorXd v = Eigen::VectorXd::Zero(model.num_states());
    for (int trial = 0; trial < effort.pick(20, 200); ++trial) {
      // From far from the best policy to nearly it.
      std::vector<double> weights = drawn_weights(model, stream);
      const double near = 1 - std::pow(10, -3 * stream.uniform());
      for (std::size_t c = 0; c < weights.size(); ++c) weights[c] += near * (of_best[c] - weights[c]);
      const NatureRows answer = robust::exact_answer(op, weights, start, 0, v);
      const auto pair = robust::play(problem, answer, weights, start);
      const auto gradient = robust::policy_gradient(problem, pair);
      const auto visits = robust::play(problem, answer, of_best, start).visits;
      double reach = 0, mismatch = 1;
      for (int s = 0; s < model.num_states(); ++s) {
        double mean = 0, most = -std::numeric_limits<double>::infinity();
        for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
          const auto k = static_cast<std::size_t>(c);
          mean += weights[k] * sign * gradient[k];
          most = std::max(most, sign * gradient[k]);
        }
        reach += most - mean;
        const auto k = static_cast<std::size_t>(s);
        if (with_mismatch) mismatch = std::max(mismatch, visits[k] / pair.visits[k]);
      }
      worst = std::max(worst, (sign * (best.value.mean() - v.mean()) - 1e-8) / (mismatch * reach));
      ++policies;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = policies, .detail = "largest gap over what the gradient allows"};
}

Claim domination_claim() {
  return {.id = "robust-gradient-domination",
          .family = "robust-papers",
          .statement = "Phi(pi) - Phi* <= max of x*/x times max over pi' of <pi - pi', x q>, at nature's answer to pi",
          .page = kPage,
          .theorem = "Wang, Ho and Petrik 2023, Theorem 3.2 (its inequality for one answer of nature)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return domination(effort, with_balls, true); },
          .controls = {{"no-mismatch", "forgets that the best policy visits other states",
                        [](const Effort& effort) { return domination(effort, with_balls, false); }}}};
}

Claim priced_domination_claim() {
  return {.id = "regularised-gradient-domination",
          .family = "robust-papers",
          .statement = "Where nature pays for leaving the nominal rows, V* - V^pi <= max of x*/x times the same reach",
          .page = kRegularisedPage,
          .theorem = "Zhang, Hu and Li 2024 (gradient domination, for one answer of nature)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return domination(effort, with_prices, true); },
          .controls = {{"no-mismatch", "forgets that the best policy visits other states",
                        [](const Effort& effort) { return domination(effort, with_prices, false); }}}};
}

// --- The gradient ----------------------------------------------------------------------------------------------------

/// The largest relative difference of x(s) q(s,a) from difference quotients of the robust value along random lines.
Measurement difference_quotients(const Effort& effort, const MakeProblem& make, bool worst_rows) {
  double worst = 0;
  const int runs = effort.pick(10, 100);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = make(stream, i);
    const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream),
                              other = drawn_weights(problem.model.nominal(), stream), start = uniform_start(problem);
    robust::Operator op(problem);
    Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
    const NatureRows answer = robust::exact_answer(op, weights, start, 0, v);
    const auto gradient = robust::policy_gradient(
        problem, robust::play(problem, worst_rows ? answer : robust::nominal_rows(problem.model), weights, start));
    const auto moved = [&](double by) {
      std::vector<double> w = weights;
      for (std::size_t c = 0; c < w.size(); ++c) w[c] += by * (other[c] - weights[c]);
      robust::exact_answer(op, w, start, 0, v);
      return v.mean();
    };
    double expected = 0;
    for (std::size_t c = 0; c < weights.size(); ++c) expected += gradient[c] * (other[c] - weights[c]);
    const double slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    worst = std::max(worst, std::abs(slope - expected) / std::max(1.0, std::abs(slope)));
  }
  return {.measured = worst, .bound = 1e-4, .replicates = runs, .detail = "largest relative difference"};
}

Claim gradient_claim() {
  return {.id = "robust-gradient-danskin",
          .family = "robust-papers",
          .statement = "The gradient of the robust value is that of nature's answer: x(s) q(s,a) at the worst rows",
          .page = kPage,
          .theorem = "Danskin 1966; Wang, Ho and Petrik 2023, Lemma 3.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return difference_quotients(effort, with_balls, true); },
          .controls = {{"nominal-rows", "takes the gradient in the nominal model",
                        [](const Effort& effort) { return difference_quotients(effort, with_balls, false); }}}};
}

Claim priced_gradient_claim() {
  return {.id = "regularised-gradient-danskin",
          .family = "robust-papers",
          .statement = "The gradient of the regularised value is x(s) q(s,a) at nature's tilted rows, payment included",
          .page = kRegularisedPage,
          .theorem = "Zhang, Hu and Li 2024 (policy gradient); Danskin 1966",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return difference_quotients(effort, with_prices, true); },
          .controls = {{"nominal-rows", "takes the gradient in the nominal model",
                        [](const Effort& effort) { return difference_quotients(effort, with_prices, false); }}}};
}

// --- Nature's side ---------------------------------------------------------------------------------------------------

/// The largest relative difference of nature's gradient, times `factor`, from difference quotients of the value along
/// lines between two sets of rows.
Measurement nature_quotients(const Effort& effort, double factor) {
  double worst = 0;
  const int runs = effort.pick(20, 200);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream), start = uniform_start(problem);
    const NatureRows from = robust::nominal_rows(problem.model);
    NatureRows to = from;  // other weights on the same successors
    for (std::int64_t c = 0; c < problem.model.nominal().num_choices(); ++c) {
      const auto first = static_cast<std::size_t>(to.begin[static_cast<std::size_t>(c)]);
      double sum = 0;
      for (std::size_t k = 0; k < to.size(c); ++k) sum += to.probability[first + k] = .05 + stream.uniform();
      for (std::size_t k = 0; k < to.size(c); ++k) to.probability[first + k] /= sum;
    }
    const auto between = [&](double share) {
      NatureRows rows = from;
      for (std::size_t k = 0; k < rows.probability.size(); ++k)
        rows.probability[k] += share * (to.probability[k] - from.probability[k]);
      return rows;
    };
    const NatureRows here = between(.5);
    const auto gradient = robust::nature_gradient(problem, robust::play(problem, here, weights, start), here, weights);
    double expected = 0;
    for (std::size_t k = 0; k < gradient.size(); ++k)
      expected += factor * gradient[k] * (to.probability[k] - from.probability[k]);
    const auto value = [&](double share) { return robust::play(problem, between(share), weights, start).value.mean(); };
    const double slope = (value(.5 + 1e-5) - value(.5 - 1e-5)) / 2e-5;
    worst = std::max(worst, std::abs(slope - expected) / std::max(1.0, std::abs(slope)));
  }
  return {.measured = worst, .bound = 1e-6, .replicates = runs, .detail = "largest relative difference"};
}

Claim nature_gradient_claim() {
  return {.id = "nature-gradient",
          .family = "robust-papers",
          .statement = "In nature's row of (s,a) the value has the slope x(s) pi(a|s) (r(s,a,s') + gamma v(s'))",
          .page = kPage,
          .theorem = "Wang, Ho and Petrik 2023 (gradient of the inner problem)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return nature_quotients(effort, 1); },
          .controls = {{"normalised", "takes visits that sum to one, forgetting 1 / (1 - gamma)",
                        [](const Effort& effort) { return nature_quotients(effort, 1 - .95); }}}};
}

/// The largest share of what nature can take from the nominal value that `steps` gradient steps leave.
Measurement inner_answers(const Effort& effort, int steps) {
  double worst = 0;
  const int runs = effort.pick(8, 60);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream), start = uniform_start(problem);
    robust::Operator op(problem);
    Eigen::VectorXd exact = Eigen::VectorXd::Zero(problem.model.num_states()), reached = exact;
    robust::exact_answer(op, weights, start, 0, exact);
    const NatureRows nominal = robust::nominal_rows(problem.model);
    const double before = robust::play(problem, nominal, weights, start).value.mean();
    robust::gradient_answer(op, weights, start, 1e-9, .5 / robust::reward_range(problem.model), steps, nominal, nominal,
                            reached);
    worst = std::max(worst, std::abs(exact.mean() - reached.mean()) / std::abs(exact.mean() - before));
  }
  return {
      .measured = worst, .bound = 1e-4, .replicates = runs, .detail = "largest share of nature's gain that is left"};
}

Claim inner_claim() {
  return {.id = "inner-answers-agree",
          .family = "robust-papers",
          .statement = "Projected gradient steps of nature end at what her policy iteration finds",
          .page = kPage,
          .theorem = "Wang, Ho and Petrik 2023 (the inner problem is gradient dominated)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return inner_answers(effort, 2000); },
          .controls = {
              {"few-steps", "stops after three steps", [](const Effort& effort) { return inner_answers(effort, 3); }}}};
}

}  // namespace

std::vector<Claim> gradient_law_claims() {
  return {domination_claim(), gradient_claim(),          nature_gradient_claim(),
          inner_claim(),      priced_domination_claim(), priced_gradient_claim()};
}

}  // namespace bellwether::claims
