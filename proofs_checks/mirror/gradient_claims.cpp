// What the proofs about policy gradients rest on: the gradient itself, its smoothness, its domination of the gap.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/gradients.h"
#include "solvers/mirror/policy_gradient.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/policy-gradient.md";

double value_at(const Problem& problem, const Table& logits, const std::vector<double>& mu, double temperature) {
  Table log_weights = logits;
  normalise_logits(problem.model, log_weights);
  const Eigen::VectorXd v =
      PolicyValues(problem.model, problem.discount, probabilities(log_weights)).regularised_value(temperature);
  return Eigen::Map<const Eigen::VectorXd>(mu.data(), v.size()).dot(v);
}

// --- The gradient ----------------------------------------------------------------------------------------------------

/// The largest distance of the gradient, times `factor`, from central differences, relative to its largest entry.
Measurement difference_quotients(const Effort& effort, const std::function<double(double)>& factor) {
  double worst = 0;
  std::int64_t entries = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(2, 20))) {
    Stream stream = effort.stream.child("policies");
    const Table logits = drawn_logits(problem.model, 2, stream);
    const std::vector<double> mu = drawn_start(problem.model.num_states(), stream);
    for (const double temperature : {0.0, 0.2}) {
      const Table gradient = entropy_gradient(problem.model, problem.discount, logits, mu, temperature);
      double size = 0;
      for (const double g : gradient) size = std::max(size, std::abs(g));
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        Table above = logits, below = logits;
        above[i] += 1e-5;
        below[i] -= 1e-5;
        const double slope =
            (value_at(problem, above, mu, temperature) - value_at(problem, below, mu, temperature)) / 2e-5;
        worst = std::max(worst, std::abs(factor(problem.discount) * gradient[i] - slope) / size);
        ++entries;
      }
    }
  }
  return {.measured = worst, .bound = 1e-6, .replicates = entries, .detail = "largest relative difference"};
}

Claim gradient_claim() {
  return {.id = "policy-gradient-theorem",
          .family = "mirror",
          .statement =
              "dV(mu)/dtheta(s,a) = d(s) pi(a|s) A(s,a) / (1-gamma), with entropy too, against difference quotients",
          .page = kPage,
          .theorem = "Sutton, McAllester, Singh and Mansour 2000; Mei et al. 2020",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return difference_quotients(effort, [](double) { return 1; }); },
          .controls = {{"normalised", "forgets the factor 1 / (1 - gamma)", [](const Effort& effort) {
                          return difference_quotients(effort, [](double discount) { return 1 - discount; });
                        }}}};
}

// --- Smoothness ------------------------------------------------------------------------------------------------------

/// The largest |V(y) - V(x) - <g, y - x>| / (beta / 2 |y - x|^2), for g `share` of the gradient.
Measurement smoothness(const Effort& effort, double share) {
  double worst = 0;
  std::int64_t pairs = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30), 0.7)) {
    Stream stream = effort.stream.child("pairs");
    for (int i = 0; i < effort.pick(60, 600); ++i) {
      const double temperature = i % 2 == 0 ? 0 : 0.2;
      const double beta =
          temperature > 0 ? entropy_smoothness(problem.discount, temperature, 4) : softmax_smoothness(problem.discount);
      const std::vector<double> mu = drawn_start(problem.model.num_states(), stream);
      const Table x = drawn_logits(problem.model, 2, stream);
      const Table g = entropy_gradient(problem.model, problem.discount, x, mu, temperature);
      const double length = std::pow(10, -6 * stream.uniform());
      Table y = x;
      double linear = 0, square = 0;
      for (std::size_t k = 0; k < y.size(); ++k) {
        const double by = length * (2 * stream.uniform() - 1);
        y[k] += by;
        linear += share * g[k] * by;
        square += by * by;
      }
      const double left = value_at(problem, y, mu, temperature) - value_at(problem, x, mu, temperature) - linear;
      worst = std::max(worst, (std::abs(left) - 1e-12) / (beta / 2 * square));
      ++pairs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = pairs, .detail = "largest remainder / (beta/2 |y-x|^2)"};
}

Claim smoothness_claim() {
  return {.id = "softmax-smoothness",
          .family = "mirror",
          .statement = "V(mu) of softmax policies is smooth with 8/(1-gamma)^3, plus tau (4 + 8 log A)/(1-gamma)^3",
          .page = kPage,
          .theorem = "Mei, Xiao, Szepesvari and Schuurmans 2020",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return smoothness(effort, 1); },
          .controls = {{"no-gradient", "leaves the linear term out",
                        [](const Effort& effort) { return smoothness(effort, 0); }}}};
}

/// The same for probabilities as parameters: x and y are policies, beta is 2 gamma A / (1-gamma)^3.
Measurement smoothness_of_probabilities(const Effort& effort, double share) {
  double worst = 0;
  std::int64_t pairs = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30), 0.7)) {
    Stream stream = effort.stream.child("policies");
    const auto value = [&](const Table& weights, const std::vector<double>& mu) {
      const Eigen::VectorXd v = PolicyValues(problem.model, problem.discount, weights).value();
      return Eigen::Map<const Eigen::VectorXd>(mu.data(), v.size()).dot(v);
    };
    for (int i = 0; i < effort.pick(60, 600); ++i) {
      const std::vector<double> mu = drawn_start(problem.model.num_states(), stream);
      const Table x = probabilities(drawn_logits(problem.model, 2, stream)),
                  towards = probabilities(drawn_logits(problem.model, 2, stream));
      const Table g = direct_gradient(problem.model, problem.discount, x, mu);
      const double length = std::pow(10, -5 * stream.uniform());
      Table y = x;
      double linear = 0, square = 0;
      for (std::size_t k = 0; k < y.size(); ++k) {
        const double by = length * (towards[k] - x[k]);
        y[k] += by;
        linear += share * g[k] * by;
        square += by * by;
      }
      const double left = value(y, mu) - value(x, mu) - linear;
      worst = std::max(worst, (std::abs(left) - 1e-12) / (direct_smoothness(problem.discount, 4) / 2 * square));
      ++pairs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = pairs, .detail = "largest remainder / (beta/2 |y-x|^2)"};
}

Claim direct_smoothness_claim() {
  return {.id = "direct-smoothness",
          .family = "mirror",
          .statement = "V(mu) as a function of the probabilities is smooth with 2 gamma A/(1-gamma)^3",
          .page = kPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return smoothness_of_probabilities(effort, 1); },
          .controls = {{"no-gradient", "leaves the linear term out",
                        [](const Effort& effort) { return smoothness_of_probabilities(effort, 0); }}}};
}

// --- Domination ------------------------------------------------------------------------------------------------------

/// What both inequalities speak of, for one policy.
struct Dominated {
  double gap = 0;       ///< V*(rho) - V(rho), rho one state
  double mismatch = 0;  ///< |d*_rho / d_mu|
  double least = 1;     ///< min over s of pi(a*(s) | s)
  double norm = 0;      ///< |grad V(mu)|_2 of the softmax
  double reach = 0;     ///< max over p of <p - pi, grad V(mu)>, direct
};

Dominated look_at(const Problem& problem, const Solution& best, const Table& logits, const std::vector<double>& mu,
                  int rho) {
  const mdp::TabularMdp& model = problem.model;
  std::vector<double> start(mu.size(), 0.0);
  start[static_cast<std::size_t>(rho)] = 1;
  const std::vector<double> of_best =
      PolicyValues(model, problem.discount, weights_of(model, best.policy)).visits(start);
  PolicyValues own(model, problem.discount, probabilities(logits));
  const std::vector<double> visits = own.visits(mu);
  const Table direct = direct_gradient(model, problem.discount, own.weights(), mu);
  Dominated result{.gap = best.value[rho] - own.value()[rho]};
  for (int s = 0; s < model.num_states(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    result.mismatch = std::max(result.mismatch, of_best[i] / visits[i]);
    const std::int64_t optimal = model.first_choice(s) + best.policy.choices()[i];
    result.least = std::min(result.least, own.weights()[static_cast<std::size_t>(optimal)]);
    const auto g = of_state(model, direct, s);
    const auto pi = of_state(model, own.weights(), s);
    double mean = 0;
    for (std::size_t a = 0; a < g.size(); ++a) mean += pi[a] * g[a];
    result.reach += *std::ranges::max_element(g) - mean;
  }
  for (const double x : softmax_gradient(model, problem.discount, logits, mu)) result.norm += x * x;
  result.norm = std::sqrt(result.norm);
  return result;
}

Measurement violations(const Effort& effort, const std::function<bool(const Dominated&, int states)>& holds) {
  std::int64_t violated = 0, policies = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(5, 50))) {
    const Solution best = policy_iteration(problem, {}, {.tolerance = 1e-12});
    Stream stream = effort.stream.child("policies");
    for (int i = 0; i < effort.pick(20, 200); ++i) {
      // Nearly deterministic ones among them, where the gradient is small and the gap need not be.
      const Table logits = drawn_logits(problem.model, std::pow(10, 2 * stream.uniform() - 0.5), stream);
      const auto rho = static_cast<int>(stream.below(20));
      const Dominated seen = look_at(problem, best, logits, drawn_start(20, stream), rho);
      violated += holds(seen, 20) ? 0 : 1;
      ++policies;
    }
  }
  return never(violated, policies, 0, "policies whose gap exceeds what the gradient allows");
}

Claim softmax_domination_claim() {
  const auto with = [](bool probability) {
    return [=](const Effort& effort) {
      return violations(effort, [=](const Dominated& at, int states) {
        const double least = probability ? at.least : 1;
        return at.norm * (1 + 1e-9) >= bounds::softmax_domination(at.gap, least, states, at.mismatch);
      });
    };
  };
  return {.id = "softmax-gradient-domination",
          .family = "mirror",
          .statement = "|grad V(mu)| >= min pi(a*|s) / (sqrt(S) |d*/d_mu|) (V* - V): no bad stationary points",
          .page = kPage,
          .theorem = "Mei et al. 2020, Lemma 8",
          .kind = Kind::kNever,
          .measure = with(true),
          .controls = {{"no-probability", "drops the probability of the optimal choice: there would be no plateau",
                        with(false)}}};
}

Claim direct_domination_claim() {
  const auto with = [](bool mismatch) {
    return [=](const Effort& effort) {
      return violations(effort, [=](const Dominated& at, int) {
        return at.gap <= (mismatch ? at.mismatch : 1) * at.reach * (1 + 1e-9) + 1e-12;
      });
    };
  };
  return {.id = "direct-gradient-domination",
          .family = "mirror",
          .statement = "V*(rho) - V(rho) <= |d*_rho / d_mu| max over p of <p - pi, grad V(mu)>",
          .page = kPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021",
          .kind = Kind::kNever,
          .measure = with(true),
          .controls = {{"no-mismatch", "forgets that the optimal policy visits other states", with(false)}}};
}

// --- Bandits ---------------------------------------------------------------------------------------------------------

/// The largest gap / bound along softmax policy gradient on bandits; `first` the logit of a bad arm at the start, `c`
/// what the bound takes for the least probability of the best arm.
Measurement bandit_rate(const Effort& effort, double first, const std::function<double(double measured, int arms)>& c) {
  double worst = 0;
  std::int64_t steps = 0;
  Stream stream = effort.stream.child("rewards");
  for (int trial = 0; trial < effort.pick(20, 200); ++trial) {
    const auto arms = static_cast<int>(2 + stream.below(5));
    mdp::TabularMdpBuilder builder(1);
    // The best arm pays 1, the second-best, which may hold the logits, at most .8; one pays nothing.
    for (int a = 0; a < arms; ++a) {
      const double reward = a == 0 ? 1 : (a == 1 ? 0.8 * stream.uniform() : 0);
      builder.add_choice(0, reward, {{0, 1.0}});
    }
    const Problem problem{.model = std::move(builder).build(), .discount = 0};
    Table logits(static_cast<std::size_t>(arms), 0.0);
    logits[1] = first;
    std::vector<double> gap;
    double least = 1;
    softmax_policy_gradient(problem,
                            {.iterations = 2001,
                             .logits = logits,
                             .watch =
                                 [&](const Iterate& at) {
                                   gap.push_back(1 - at.value[0]);
                                   least = std::min(least, at.weights[0]);
                                 }},
                            without_end());
    for (std::size_t k = 1; k < gap.size(); ++k) {
      const double bound =
          bounds::softmax_gradient_error(static_cast<std::int64_t>(k), 1, c(least, arms), 1, 1, problem.discount);
      worst = std::max(worst, gap[k] / bound);
      ++steps;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = steps, .detail = "largest gap / bound over steps"};
}

Claim bandit_claim() {
  const auto uniform = [](double, int arms) { return 1.0 / arms; };
  return {.id = "softmax-gradient-rate",
          .family = "mirror",
          .statement = "Softmax policy gradient on a bandit from the uniform policy: gap <= 16 A^2 / t (c = 1/A)",
          .page = kPage,
          .theorem = "Mei et al. 2020, Theorem 4",
          .kind = Kind::kBelow,
          .measure = [=](const Effort& effort) { return bandit_rate(effort, 0, uniform); },
          .controls = {{"bad-start", "begins on a poor arm and still takes 1/A for c",
                        [=](const Effort& effort) { return bandit_rate(effort, 14, uniform); }}}};
}

}  // namespace

std::vector<Claim> gradient_claims() {
  return {gradient_claim(),           smoothness_claim(),        direct_smoothness_claim(),
          softmax_domination_claim(), direct_domination_claim(), bandit_claim()};
}

}  // namespace bellwether::claims
