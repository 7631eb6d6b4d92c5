// What MDPO's steps are, where they end, and what more of the inner ones bring.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/mirror/gradients.h"
#include "solvers/mirror/mdpo.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/regularised.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/mdpo.md";

// --- Inner steps -----------------------------------------------------------------------------------------------------

/// The mean gap of MDPO's last policy; `sign` -1 turns the advantages around.
double final_gap(const Problem& problem, const Eigen::VectorXd& best, int inner_steps, double sign) {
  const std::vector<double> mu = start_distribution(problem.model, "uniform");
  Table logits = logarithms(uniform_weights(problem.model));
  const UpdateRule rule{.inner_steps = inner_steps};
  for (int k = 0; k < 99; ++k) {
    Surrogate surrogate = exact_surrogate(problem.model, problem.discount, logits, mu, 0);
    if (sign < 0) {
      std::swap(surrogate.gain, surrogate.loss);
      for (double& x : surrogate.gain) x = -x;
      for (double& x : surrogate.loss) x = -x;
    }
    logits = updated(rule, surrogate, 1);
  }
  return (best - valued(problem, probabilities(logits)).v).mean();
}

/// In how many models the order m = 1, 5, 10, closed form is broken.
Measurement order(const Effort& effort, double sign) {
  std::int64_t broken = 0, models = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(10, 100))) {
    const Eigen::VectorXd best = optimum(problem);
    std::vector<double> gap;
    for (const int m : {1, 5, 10, 0}) gap.push_back(final_gap(problem, best, m, sign));
    broken += std::ranges::is_sorted(gap, std::greater<>()) ? 0 : 1;
    ++models;
  }
  return {.measured = static_cast<double>(broken) / static_cast<double>(models),
          .bound = 0.1,
          .replicates = models,
          .detail = "share of the models in which more inner steps ended further away"};
}

Claim order_claim() {
  return {.id = "mdpo-inner-steps",
          .family = "mirror",
          .statement =
              "After 100 policies MDPO with 1, 5, 10 inner steps and in closed form is ever nearer (9 of 10 models)",
          .page = kPage,
          .theorem = "observation of Tomar, Shani, Efroni and Ghavamzadeh 2020",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return order(effort, 1); },
          .controls = {
              {"wrong-sign", "turns the advantages around", [](const Effort& effort) { return order(effort, -1); }}}};
}

// --- What a step is --------------------------------------------------------------------------------------------------

/// A drawn policy of a problem with its exact surrogate.
struct Old {
  const Problem& problem;
  std::vector<double> mu;
  Table logits;
  Surrogate surrogate;
};
Old drawn_old(const Problem& problem, Stream& stream) {
  Old old{problem, drawn_start(problem.model.num_states(), stream), drawn_logits(problem.model, 2, stream), {}};
  old.surrogate = exact_surrogate(problem.model, problem.discount, old.logits, old.mu, 0);
  return old;
}

double largest_difference(const Table& a, const Table& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// The first inner gradient against `factor` times the policy gradient.
Measurement first_gradient(const Effort& effort, const std::function<double(double)>& factor) {
  double worst = 0;
  const auto problems = unit_garnets(effort, effort.pick(10, 100));
  Stream stream = effort.stream.child("policies");
  for (const Problem& problem : problems) {
    const Old old = drawn_old(problem, stream);
    Table expected = softmax_gradient(problem.model, problem.discount, old.logits, old.mu);
    for (double& x : expected) x *= factor(problem.discount);
    worst = std::max(worst, largest_difference(mdpo_gradient(old.surrogate, .7, old.logits), expected));
  }
  return {.measured = worst,
          .bound = 1e-10,
          .replicates = static_cast<std::int64_t>(problems.size()),
          .detail = "largest difference of an entry"};
}

Claim first_gradient_claim() {
  return {.id = "mdpo-first-step-is-the-gradient",
          .family = "mirror",
          .statement = "The first inner gradient of MDPO is the policy gradient times 1 - gamma, whatever t is",
          .page = kPage,
          .theorem = "Tomar, Shani, Efroni and Ghavamzadeh 2020",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return first_gradient(effort, [](double g) { return 1 - g; }); },
          .controls = {{"unnormalised", "forgets that visits are normalised",
                        [](const Effort& effort) { return first_gradient(effort, [](double) { return 1.0; }); }}}};
}

/// argmax of <p, A> - (1/t) KL(old, p), the divergence the other way round: p = old / (m - t A) with the one m above
/// every t A that makes the sum one.
Table forward_closed_form(const Old& old, double t) {
  const mdp::TabularMdp& model = old.problem.model;
  Table logits(old.logits.size());
  for (int s = 0; s < model.num_states(); ++s) {
    const auto first = static_cast<std::size_t>(model.first_choice(s)),
               last = static_cast<std::size_t>(model.first_choice(s + 1));
    double most = -HUGE_VAL;
    for (std::size_t c = first; c < last; ++c) most = std::max(most, t * old.surrogate.advantage(c));
    double low = most, high = most + 1;  // the sum is at most 1 / (m - most)
    for (int i = 0; i < 200; ++i) {
      const double m = (low + high) / 2;
      double sum = 0;
      for (std::size_t c = first; c < last; ++c) sum += std::exp(old.logits[c]) / (m - t * old.surrogate.advantage(c));
      (sum > 1 ? low : high) = m;
    }
    for (std::size_t c = first; c < last; ++c)
      logits[c] = old.logits[c] - std::log(high - t * old.surrogate.advantage(c));
  }
  normalise_logits(model, logits);
  return logits;
}

/// The largest divergence of 2000 inner steps from a closed form; all states weigh alike, which changes no closed form.
Measurement inner_limit(const Effort& effort, bool forward) {
  double worst = 0;
  const auto problems = unit_garnets(effort, effort.pick(3, 30));
  Stream stream = effort.stream.child("policies");
  for (const Problem& problem : problems) {
    Old old = drawn_old(problem, stream);
    old.surrogate.weight.assign(old.surrogate.weight.size(), .1);
    constexpr double kTrust = .5;
    const Table reached = mdpo_steps(old.surrogate, kTrust, 2000, 5),
                exact = forward ? forward_closed_form(old, kTrust) : mdpo_closed_form(old.surrogate, kTrust);
    for (int s = 0; s < problem.model.num_states(); ++s)
      worst = std::max(worst, divergence(of_state(problem.model, reached, s), of_state(problem.model, exact, s)));
  }
  return {.measured = worst,
          .bound = 1e-8,
          .replicates = static_cast<std::int64_t>(problems.size()),
          .detail = "largest divergence of a state"};
}

Claim inner_limit_claim() {
  return {.id = "mdpo-inner-limit",
          .family = "mirror",
          .statement = "Many inner steps of MDPO end at pi exp(t A), the maximiser with KL(new, old)",
          .page = kPage,
          .theorem = "Tomar, Shani, Efroni and Ghavamzadeh 2020",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return inner_limit(effort, false); },
          .controls = {{"forward-divergence", "takes the maximiser with KL(old, new)",
                        [](const Effort& effort) { return inner_limit(effort, true); }}}};
}

/// Policies of MDPO in closed form against those of the natural gradient with exponent `factor` t.
Measurement natural_steps(const Effort& effort, const std::function<double(double)>& factor) {
  double worst = 0;
  std::int64_t policies = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    std::vector<Table> a, b;
    const auto into = [](std::vector<Table>& seen) {
      return [&seen](const Iterate& at) { seen.emplace_back(at.weights.begin(), at.weights.end()); };
    };
    mdpo(problem, {.rule = {.inner_steps = 0, .t = .8}, .iterations = 50, .watch = into(a)}, without_end());
    natural_policy_gradient(problem, {.eta = .8 * factor(problem.discount), .iterations = 50, .watch = into(b)},
                            without_end());
    for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k, ++policies)
      worst = std::max(worst, largest_difference(a[k], b[k]));
  }
  return {.measured = worst, .bound = 1e-12, .replicates = policies, .detail = "largest difference of a probability"};
}

Claim natural_steps_claim() {
  return {.id = "mdpo-is-the-natural-gradient",
          .family = "mirror",
          .statement = "MDPO in closed form is the natural policy gradient with exponent t, so its bound holds for it",
          .page = kPage,
          .theorem = "Tomar, Shani, Efroni and Ghavamzadeh 2020; Kakade 2001",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return natural_steps(effort, [](double) { return 1.0; }); },
          .controls = {{"papers-step", "takes t for the step that is divided by 1 - gamma", [](const Effort& effort) {
                          return natural_steps(effort, [](double discount) { return 1 / (1 - discount); });
                        }}}};
}

/// Where soft MDPO ends, against soft value iteration with `factor` times its temperature.
Measurement soft_limit(const Effort& effort, double factor) {
  constexpr double kTemperature = .2;
  double worst = 0;
  std::int64_t runs = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(2, 30))) {
    const Table truth = probabilities(
        soft_value_iteration(problem, {.temperature = factor * kTemperature}, {.tolerance = 1e-12}).log_weights);
    for (const double t : {10.0, 50.0, 1e6}) {
      Table last;
      mdpo(problem,
           {.rule = {.inner_steps = 0, .t = t, .entropy = kTemperature},
            .iterations = 350,
            .watch = [&](const Iterate& at) { last.assign(at.weights.begin(), at.weights.end()); }},
           without_end());
      worst = std::max(worst, largest_difference(last, truth));
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1e-8, .replicates = runs, .detail = "largest difference of a probability"};
}

Claim soft_limit_claim() {
  return {.id = "soft-mdpo-limit",
          .family = "mirror",
          .statement = "For every t soft MDPO ends at the policy of soft value iteration",
          .page = kPage,
          .theorem = "Geist, Scherrer and Pietquin 2019 (one fixed point)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return soft_limit(effort, 1); },
          .controls = {{"another-temperature", "looks for it at a temperature a tenth higher",
                        [](const Effort& effort) { return soft_limit(effort, 1.1); }}}};
}

}  // namespace

std::vector<Claim> policy_optimisation_claims() {
  return {order_claim(), first_gradient_claim(), inner_limit_claim(), natural_steps_claim(), soft_limit_claim()};
}

}  // namespace bellwether::claims
