// Other ways to carry the stock (in units of the stage, on a grid, for so many stages only) and what each may miss.
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "proofs_checks/bounds/risk.h"
#include "proofs_checks/risk/claims.h"
#include "proofs_checks/risk/small_models.h"
#include "solvers/risk/discounted_tail.h"
#include "solvers/risk/entropic.h"
#include "solvers/risk/static_risk.h"

namespace bellwether::claims {
namespace {

using solvers::Problem;
using Atoms = std::vector<std::pair<double, double>>;

constexpr const char* kPage = "docs/papers/distdp-stock.md";

// --- Other ways to carry the stock -----------------------------------------------------------------------------------

/// U_n(s, c) = scale max_a E U_{n-1}(s', (c + r) / discount), U_0 = f: the stock in units of the stage.
struct StageStock {
  const mdp::TabularMdp& model;
  double discount, scale;
  std::function<double(double)> f;
  bool divides = true;

  double after(double stock, double reward) const { return (stock + reward) / (divides ? discount : 1); }

  double choice_value(int left, std::int64_t c, double stock) const {
    double sum = 0;
    for (std::size_t k = 0; k < model.successors(c).size(); ++k)
      sum += model.probabilities(c)[k] * value(left - 1, model.successors(c)[k], after(stock, rewards_of(model, c)[k]));
    return scale * sum;
  }
  std::int64_t best_choice(int left, int state, double stock) const {
    std::int64_t best = model.first_choice(state);
    for (std::int64_t c = best + 1; c < model.first_choice(state + 1); ++c)
      if (choice_value(left, c, stock) > choice_value(left, best, stock)) best = c;
    return best;
  }
  double value(int left, int state, double stock) const {
    return left == 0 ? f(stock) : choice_value(left, best_choice(left, state, stock), stock);
  }
  /// Adds the returns of the greedy policy.
  void returns(int left, int state, double stock, double weight, double earned, double probability,
               Atoms& atoms) const {
    if (left == 0) {
      atoms.emplace_back(earned, probability);
      return;
    }
    const std::int64_t c = best_choice(left, state, stock);
    for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
      const double reward = rewards_of(model, c)[k];
      returns(left - 1, model.successors(c)[k], after(stock, reward), weight * discount, earned + weight * reward,
              probability * model.probabilities(c)[k], atoms);
    }
  }
};

/// Homogeneous utilities: the stock of the stage, with discount^p a step, against the stock discounted to the start.
Measurement stage_stock(const Effort& effort, bool divides) {
  struct Utility {
    std::function<double(double)> f;
    double degree;
  };
  const std::vector<Utility> utilities = {{[](double x) { return std::min(x, 0.0); }, 1},
                                          {[](double x) { return -std::abs(x); }, 1},
                                          {[](double x) { return -x * x; }, 2},
                                          {[](double x) { return x >= 0 ? 1.0 : 0.0; }, 0}};
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    Stream stream = effort.run(i);
    const Problem problem = over_stages(drawn_risky_model(stream.child(0)), 4, .5);
    const double budget = static_cast<double>(stream.below(9)) / 2 - 1;
    for (const Utility& utility : utilities) {
      const StageStock recursion{problem.model, .5, std::pow(.5, utility.degree), utility.f, divides};
      const double fixed = solvers::plan_for_utility(
                               problem, [&](double x) { return utility.f(x - budget); }, HUGE_VAL)
                               .value;
      worst = std::max(worst, std::abs(recursion.value(problem.horizon, 0, -budget) - fixed));
    }
  }
  return {.measured = worst, .bound = 1e-12, .replicates = models, .detail = "largest difference of the two"};
}

Claim stage_stock_claim() {
  return {.id = "stock-of-the-stage",
          .family = "risk",
          .statement = "For homogeneous utilities U(s,c) = g^p max E U(s', (c + r)/g) is planning with the fixed stock",
          .page = kPage,
          .theorem = "Pires et al. 2025 (indifference to the discount)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return stage_stock(effort, true); },
          .controls = {{"undivided", "adds the reward to the stock without dividing by the discount",
                        [](const Effort& effort) { return stage_stock(effort, false); }}}};
}

/// The entropic risk of planning for -exp(-beta x) with the stock against the planner that needs none.
/// `with_stage_stock`: of the policy that is greedy for the recursion above, where this utility is not homogeneous.
Measurement exponential(const Effort& effort, bool with_stage_stock) {
  double worst = 0;
  const int models = effort.pick(40, 400);
  for (int i = 0; i < models; ++i) {
    Stream stream = effort.run(i);
    const Problem problem = over_stages(drawn_risky_model(stream.child(0)), 4, .7);
    const double beta = std::exp(3 * stream.uniform() - 2);
    const auto utility = [beta](double x) { return -std::exp(-beta * x); };
    double found = 0;
    if (with_stage_stock) {
      Atoms atoms;
      StageStock{problem.model, .7, 1, utility}.returns(problem.horizon, 0, 0, 1, 0, 1, atoms);
      found = solvers::entropic_risk(solvers::make_law(std::move(atoms)), beta);
    } else {
      found = -std::log(-solvers::plan_for_utility(problem, utility, HUGE_VAL).value) / beta;
    }
    worst = std::max(worst, std::abs(found - solvers::plan_for_entropic_risk(problem, beta).value[0]));
  }
  return {
      .measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference from the entropic risk"};
}

Claim exponential_claim() {
  return {.id = "exponential-utility-is-entropic",
          .family = "risk",
          .statement = "-(1/beta) log of the best exponential disutility is the best entropic risk, discounted too",
          .page = kPage,
          .theorem = "Howard and Matheson 1972; Pires et al. 2025",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return exponential(effort, false); },
          .controls = {{"stage-stock", "carries c / g^t with one utility for all stages, as if it were homogeneous",
                        [](const Effort& effort) { return exponential(effort, true); }}}};
}

// --- Without a horizon -----------------------------------------------------------------------------------------------

/// The largest width of the interval over its bound; infinite where the interval misses what a long horizon says.
Measurement grid(const Effort& effort, const std::function<double(double, double, double)>& bound) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int i = 0; i < effort.pick(3, 20); ++i) {
    Stream stream = effort.run(i);
    const mdp::TabularMdp model = drawn_risky_model(stream.child(0));
    const double level = .1 + .8 * stream.uniform();
    for (const double discount : {.5, .9}) {
      const Problem problem{.model = model, .discount = discount};
      double low = -HUGE_VAL, high = HUGE_VAL;  // of the best tail mean, which moves by no more than the return
      if (discount == .5) {
        constexpr int kStages = 9;
        const double truth =
            solvers::plan_for_conditional_value_at_risk(over_stages(model, kStages, discount), level).value;
        const double rest = std::pow(discount, kStages) / (1 - discount) * 3;
        low = truth - rest;
        high = truth + rest;
      }
      for (const int points : {201, 801}) {
        const auto tail = solvers::plan_for_discounted_tail(problem, level, {.points = points}, {.tolerance = 1e-8});
        const bool fits = tail.lower <= high && tail.upper >= low;
        worst = fits ? std::max(worst, tail.gap / bound(tail.policy.step, discount, level)) : HUGE_VAL;
        ++runs;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim grid_claim() {
  return {.id = "stock-grid-is-linear",
          .family = "risk",
          .statement = "With stocks on a grid the best discounted tail mean is known to 2 step (1/(1-g) - level)",
          .page = kPage,
          .theorem = "rounding down and up (proven on the page)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return grid(effort, bounds::stock_grid_gap); },
          .controls = {{"one-step", "counts the rounding of one step alone", [](const Effort& effort) {
                          return grid(effort, [](double step, double, double) { return 2 * step; });
                        }}}};
}

/// |best utility of n stages - of m| over its bound, for E min(X - b, 0); `late` overstates n.
Measurement stages(const Effort& effort, int late) {
  constexpr int kLong = 9;
  constexpr double kDiscount = .5;
  double worst = 0;
  std::int64_t runs = 0;
  for (int i = 0; i < effort.pick(4, 40); ++i) {
    Stream stream = effort.run(i);
    const mdp::TabularMdp model = drawn_risky_model(stream.child(0));
    double largest = 0;
    for (std::int64_t c = 0; c < model.num_choices(); ++c)
      for (const double reward : rewards_of(model, c)) largest = std::max(largest, std::abs(reward));
    for (const double budget : {20.0, 1.0}) {
      const auto best = [&](int n) {
        return solvers::plan_for_utility(
                   over_stages(model, n, kDiscount), [budget](double x) { return std::min(x - budget, 0.0); }, 1)
            .value;
      };
      const double truth = best(kLong);
      for (int n = 1; n < kLong; ++n) {
        worst = std::max(
            worst, std::abs(best(n) - truth) / bounds::error_of_stages(n + late, kLong + late, kDiscount, largest));
        ++runs;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim stages_claim() {
  return {.id = "stages-that-suffice",
          .family = "risk",
          .statement = "After n stages the best utility of slope one is known to g^n max|r| / (1-g)",
          .page = kPage,
          .theorem = "Pires et al. 2025 (value iteration, Lipschitz functionals)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return stages(effort, 0); },
          .controls = {{"two-stages-late", "counts two stages more than were planned",
                        [](const Effort& effort) { return stages(effort, 2); }}}};
}

}  // namespace

std::vector<Claim> stock_form_claims() {
  return {stage_stock_claim(), exponential_claim(), grid_claim(), stages_claim()};
}

}  // namespace bellwether::claims
