// What planning for the risk of the return promises, against the enumeration of all policies.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/risk.h"
#include "proofs_checks/risk/claims.h"
#include "proofs_checks/risk/small_models.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/lp/linear_program.h"
#include "solvers/risk/entropic.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/risk/static_risk.h"

namespace bellwether::claims {
namespace {

using solvers::Law;
using LawsOf = std::vector<Law> (*)(const mdp::TabularMdp&, int, double);

constexpr const char* kPage = "docs/papers/risk-measures.md";
constexpr const char* kStockPage = "docs/papers/distdp-stock.md";

double best_of(const std::vector<Law>& laws, const std::function<double(const Law&)>& functional) {
  double best = -1e300;
  for (const Law& law : laws) best = std::max(best, functional(law));
  return best;
}

/// The largest |planned - best by enumeration| over models, levels and criteria.
Measurement planned_against_enumerated(const Effort& effort, LawsOf laws_of) {
  double worst = 0;
  const int models = effort.pick(20, 300);
  std::string where;
  for (int i = 0; i < models; ++i) {
    Stream stream = effort.stream.child(static_cast<std::uint64_t>(i));
    const double discount = i % 3 == 0 ? 0.9 : 1.0;
    const solvers::Problem problem = over_stages(drawn_risky_model(stream.child(0)), 3, discount);
    const std::vector<Law> laws = laws_of(problem.model, 3, discount);
    const double level = 0.05 + 0.9 * stream.uniform(), weight = stream.uniform();
    const auto compare = [&](const char* what, double planned, const std::function<double(const Law&)>& functional) {
      const double off = std::abs(planned - best_of(laws, functional));
      if (!(off > worst)) return;
      worst = off;
      where = what;
    };
    const solvers::SolveOptions exact{.tolerance = 1e-9};
    compare("tail mean", solvers::plan_for_conditional_value_at_risk(problem, level, {}, exact).value,
            [&](const Law& law) { return solvers::conditional_value_at_risk(law, level); });
    compare("quantile", solvers::plan_for_value_at_risk(problem, level, {}, exact).value,
            [&](const Law& law) { return solvers::value_at_risk(law, level); });
    compare("mean minus variance", solvers::plan_for_mean_variance(problem, weight, {}, exact).value,
            [&](const Law& law) { return solvers::mean(law) - weight * solvers::variance(law); });
    compare("entropic value", solvers::plan_for_entropic_value_at_risk(problem, level, {.tolerance = 1e-7}).value,
            [&](const Law& law) { return solvers::entropic_value_at_risk(law, level).middle(); });
  }
  return {.measured = worst,
          .bound = 1e-6,
          .replicates = models,
          .detail = where.empty() ? "no difference" : "largest for the " + where};
}

Claim stock_claim() {
  return {.id = "stock-is-enough",
          .family = "risk",
          .statement = "For any risk of the return the state and the earnings so far are all a policy need remember",
          .page = kStockPage,
          .theorem = "Bäuerle and Ott 2011; Pires et al. 2025",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return planned_against_enumerated(effort, laws_of_all_policies); },
          .controls = {{"no-stock", "lets policies look at the stage and the state alone", [](const Effort& effort) {
                          return planned_against_enumerated(effort, laws_of_markov_policies);
                        }}}};
}

/// Discounted entropic risk by backward induction against enumeration; `discount_of_aversion` says what the aversion of
/// stage t is beta times.
Measurement entropic(const Effort& effort, bool shrinks) {
  double worst = 0;
  const int models = effort.pick(30, 400);
  for (int i = 0; i < models; ++i) {
    Stream stream = effort.stream.child(static_cast<std::uint64_t>(i));
    const double discount = 0.7, beta = std::exp(4 * stream.uniform() - 2);
    const solvers::Problem problem = over_stages(drawn_risky_model(stream.child(0)), 3, discount);
    const double best = best_of(laws_of_all_policies(problem.model, 3, discount),
                                [&](const Law& law) { return solvers::entropic_risk(law, beta); });
    const double planned = shrinks
                               ? solvers::plan_for_entropic_risk(problem, beta).value[0]
                               : solvers::plan_for_nested_risk(problem, {.measure = "entropic", .beta = beta}).value[0];
    worst = std::max(worst, std::abs(planned - best));
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference from enumeration"};
}

Claim entropic_claim() {
  return {.id = "entropic-aversion-shrinks",
          .family = "risk",
          .statement = "Discounted entropic risk has a Bellman equation in which stage t has the aversion beta gamma^t",
          .page = kPage,
          .theorem = "Hau, Petrik and Ghavamzadeh 2023, Theorem 3.3",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return entropic(effort, true); },
          .controls = {{"constant-aversion", "keeps the aversion of the first stage, which is nested risk",
                        [](const Effort& effort) { return entropic(effort, false); }}}};
}

/// How far the best entropic risk is below the best mean, in shares of `bound`(beta, spread of the returns); infinite
/// where it is above.
Measurement below_mean(const Effort& effort, double (*bound)(double, double)) {
  double worst = 0;
  std::int64_t runs = 0;
  const auto compare = [&](const solvers::Problem& problem, double reward_range, double beta) {
    const double spread = bounds::spread_of_returns(reward_range, problem.horizon, problem.discount);
    const double below =
        solvers::backward_induction(problem).value[0] - solvers::plan_for_entropic_risk(problem, beta).value[0];
    worst = below < -1e-12 ? HUGE_VAL : std::max(worst, (below - 1e-10) / bound(beta, spread));
    ++runs;
  };
  mdp::TabularMdpBuilder coin(1);
  coin.add_choice(0, {{0, 0.5, 99.0}, {0, 0.5, 101.0}});  // far from zero: it is the spread that counts
  const mdp::TabularMdp tossed = std::move(coin).build();
  for (const double beta : {.01, .1, 1.0}) compare(over_stages(tossed, 1, 1), 2, beta);
  for (int i = 0; i < effort.pick(20, 200); ++i) {
    Stream stream = effort.run(i);
    compare(over_stages(drawn_risky_model(stream.child(0)), 4, .9), 5, std::exp(3 * stream.uniform() - 2));
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim spread_claim() {
  return {.id = "entropic-risk-near-mean",
          .family = "risk",
          .statement = "The best entropic risk is below the best mean by at most beta D^2 / 8, D the spread of returns",
          .page = kPage,
          .theorem = "Hoeffding's lemma (\"Entropic risk\")",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return below_mean(effort, bounds::entropic_below_mean); },
          .controls = {{"half", "divides by 16", [](const Effort& effort) {
                          return below_mean(effort, [](double beta, double spread) {
                            return .5 * bounds::entropic_below_mean(beta, spread);
                          });
                        }}}};
}

/// A root that leads to each of some states with the same probability; there a choice between lotteries.
struct TwoSteps {
  std::vector<std::vector<Law>> choices;
};

/// What the recursion over (state, share of the tail) says: min over shares z with mean `level` of the mean of
/// max over choices of z CVaR_z, whose lines are the tangents of the piecewise linear z CVaR_z.
double tail_decomposition(const TwoSteps& steps, double level) {
  lp::LinearProgram program;
  const double p = 1.0 / static_cast<double>(steps.choices.size());
  const int mass = program.add_row(level, level);
  struct Line {
    double slope, intercept;
  };
  for (const auto& lotteries : steps.choices) {
    std::vector<std::pair<int, Line>> rows;
    for (const Law& law : lotteries) {
      double spent = 0, sum = 0;
      for (std::size_t i = 0; i < law.atom.size(); ++i) {
        // For a share z in this atom: sum + (z - spent) atom.
        rows.emplace_back(program.add_row(sum - spent * law.atom[i], lp::kInfinity),
                          Line{law.atom[i], sum - spent * law.atom[i]});
        spent += law.weight[i];
        sum += law.weight[i] * law.atom[i];
      }
    }
    program.add_column(0, 0, 1);  // z
    program.add_entry(mass, p);
    for (const auto& [row, line] : rows) program.add_entry(row, -line.slope);
    program.add_column(p / level, -lp::kInfinity, lp::kInfinity);  // t >= slope z + intercept
    for (const auto& [row, line] : rows) program.add_entry(row, 1);
  }
  return lp::solve(program).objective;
}

/// The best over all ways to choose.
double best_tail(const TwoSteps& steps, double level) {
  std::vector<std::vector<std::pair<double, double>>> mixtures{{}};
  const double p = 1.0 / static_cast<double>(steps.choices.size());
  for (const auto& lotteries : steps.choices) {
    std::vector<std::vector<std::pair<double, double>>> longer;
    for (const auto& mixture : mixtures) {
      for (const Law& law : lotteries) {
        longer.push_back(mixture);
        for (std::size_t i = 0; i < law.atom.size(); ++i) longer.back().emplace_back(law.atom[i], p * law.weight[i]);
      }
    }
    mixtures = std::move(longer);
  }
  double best = -1e300;
  for (auto& mixture : mixtures)
    best = std::max(best, solvers::conditional_value_at_risk(solvers::make_law(std::move(mixture)), level));
  return best;
}

TwoSteps drawn_two_steps(Stream stream) {
  TwoSteps steps;
  for (int s = 0; s < 2; ++s) {
    steps.choices.emplace_back();
    for (int a = 0; a < 2; ++a)
      steps.choices.back().push_back(
          drawn_law(stream.child(static_cast<std::uint64_t>(2 * s + a)), 1 + static_cast<int>(stream.below(4))));
  }
  return steps;
}

/// How often the decomposition is below the truth (never, it is an upper bound), or, turned round, above it.
Measurement decomposition(const Effort& effort, double side) {
  std::int64_t broken = 0;
  const int trials = effort.pick(200, 3000);
  double most = 0;
  for (int i = 0; i < trials; ++i) {
    Stream stream = effort.stream.child(static_cast<std::uint64_t>(i));
    const TwoSteps steps = drawn_two_steps(stream.child(0));
    const double level = 0.1 + 0.8 * stream.uniform();
    const double over = tail_decomposition(steps, level) - best_tail(steps, level);
    most = std::max(most, over);
    broken += side * over < -1e-8;
  }
  return never(broken, trials, 0, fmt::format("it overestimates by up to {:.2g}", most));
}

Claim decomposition_claim() {
  return {.id = "tail-decomposition-overestimates",
          .family = "risk",
          .statement = "The recursion over (state, share of the tail) bounds the best tail mean from above",
          .page = kPage,
          .theorem = "Chow et al. 2015; Hau, Delage, Ghavamzadeh and Petrik 2023",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return decomposition(effort, 1); },
          .controls = {{"exact", "claims that it is no larger either, as if maximum and minimum changed places",
                        [](const Effort& effort) { return decomposition(effort, -1); }}}};
}

/// What the recursion over (state, share of the tail) says of one policy, written out as a linear program over the tree
/// of its plays: the share of a node is the mean of its successors', that of the root is the level, none exceeds one.
class ShareProgram {
 public:
  ShareProgram(const mdp::TabularMdp& model, int horizon, const std::vector<int>& played, double level)
      : model_(model), horizon_(horizon), played_(played), level_(level) {
    program_.add_column(0, level, level);
    add_successors(program_.add_row(0, 0), 0, 0, 0, 1);
  }
  double value() const { return lp::solve(program_).objective; }

 private:
  /// Below the node of the last column, whose row is `row`.
  void add_successors(int row, int stage, int state, double earned, double reached) {
    program_.add_entry(row, -1);
    const std::int64_t c = model_.first_choice(state) + played_[static_cast<std::size_t>(2 * stage + state)];
    for (std::size_t k = 0; k < model_.successors(c).size(); ++k) {
      const double p = model_.probabilities(c)[k], sum = earned + rewards_of(model_, c)[k];
      const bool last = stage + 1 == horizon_;
      const int own = last ? -1 : program_.add_row(0, 0);
      program_.add_column(last ? reached * p * sum / level_ : 0, 0, 1);
      program_.add_entry(row, p);
      if (!last) add_successors(own, stage + 1, model_.successors(c)[k], sum, reached * p);
    }
  }

  const mdp::TabularMdp& model_;
  int horizon_;
  const std::vector<int>& played_;
  double level_;
  lp::LinearProgram program_;
};

/// The recursion without the share: every step takes its worst `level`.
double same_share(const mdp::TabularMdp& model, int horizon, const std::vector<int>& played, double level,
                  int stage = 0, int state = 0) {
  if (stage == horizon) return 0;
  const std::int64_t c = model.first_choice(state) + played[static_cast<std::size_t>(2 * stage + state)];
  std::vector<std::pair<double, double>> atoms;
  for (std::size_t k = 0; k < model.successors(c).size(); ++k)
    atoms.emplace_back(
        rewards_of(model, c)[k] + same_share(model, horizon, played, level, stage + 1, model.successors(c)[k]),
        model.probabilities(c)[k]);
  return solvers::conditional_value_at_risk(solvers::make_law(std::move(atoms)), level);
}

Measurement recursion(const Effort& effort, bool splits) {
  constexpr int kStages = 4;
  double worst = 0;
  const int policies = effort.pick(40, 400);
  for (int i = 0; i < policies; ++i) {
    Stream stream = effort.run(i);
    const mdp::TabularMdp model = drawn_risky_model(stream.child(0));
    const double level = .1 + .8 * stream.uniform();
    std::vector<int> played;
    for (int j = 0; j < 2 * kStages; ++j) played.push_back(static_cast<int>(stream.below(2)));
    const double said =
        splits ? ShareProgram(model, kStages, played, level).value() : same_share(model, kStages, played, level);
    const Law law = law_of_markov_policy(model, kStages, 1, played);
    worst = std::max(worst, std::abs(said - solvers::conditional_value_at_risk(law, level)));
  }
  return {.measured = worst, .bound = 1e-8, .replicates = policies, .detail = "largest difference"};
}

Claim recursion_claim() {
  return {.id = "tail-decomposition-evaluates",
          .family = "risk",
          .statement = "Of a policy that is given the recursion over (state, share of the tail) says the tail mean",
          .page = kPage,
          .theorem = "Chow et al. 2015; Pflug and Pichler 2016",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return recursion(effort, true); },
          .controls = {{"same-share", "gives every successor the share of the tail that the level is",
                        [](const Effort& effort) { return recursion(effort, false); }}}};
}

/// The instance on which it says .45 and the truth is .375.
Measurement known_gap(double (*evaluate)(const TwoSteps&, double)) {
  const TwoSteps steps{{{{{0.5}, {1}}, {{0, 3}, {0.5, 0.5}}}, {{{0, 1, 2, 4}, {0.25, 0.25, 0.25, 0.25}}}}};
  return {
      .measured = evaluate(steps, 0.5), .bound = 0.375 + 1e-9, .detail = "the best tail mean of the example is .375"};
}

Claim known_gap_claim() {
  return {.id = "tail-needs-the-budget",
          .family = "risk",
          .statement = "On the two-step example no policy has a tail mean above .375",
          .page = kPage,
          .theorem = "Hau, Delage, Ghavamzadeh and Petrik 2023, section 4",
          .kind = Kind::kBelow,
          .measure = [](const Effort&) { return known_gap(best_tail); },
          .controls = {{"decomposition", "reads the recursion over shares of the tail as a value: it says .45",
                        [](const Effort&) { return known_gap(tail_decomposition); }}}};
}

}  // namespace

std::vector<Claim> return_risk_claims() {
  return {stock_claim(), entropic_claim(), spread_claim(), decomposition_claim(), recursion_claim(), known_gap_claim()};
}

}  // namespace bellwether::claims
