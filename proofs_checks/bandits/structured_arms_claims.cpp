// Optimal designs and elimination; items; duels.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/items.h"
#include "bandits/linear/phased_elimination.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/optimal_design.h"
#include "core/sampling.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bounds/bandits_linear.h"

namespace bellwether::claims {
namespace {

using bandits::Bandit;

constexpr const char* kPage = "docs/papers/linear-bandits.md";

std::shared_ptr<const Bandit> make(const std::string& family, const std::vector<Setting>& settings = {}) {
  return bandits::find_family(family)->make(settings).bandit;
}

// --- Designs ---------------------------------------------------------------------------------------------------------

std::vector<double> optimal(const Eigen::MatrixXd& points) { return optimal_design(points).weights; }

std::vector<double> uniform(const Eigen::MatrixXd& points) {
  return std::vector<double>(static_cast<std::size_t>(points.rows()), 1 / static_cast<double>(points.rows()));
}

/// The largest of max leverage / d over random sets, leverages by a factor of their own.
Measurement leverage(const Effort& effort, std::vector<double> (*weigh)(const Eigen::MatrixXd&)) {
  double worst = 0;
  const int trials = effort.pick(20, 200);
  for (int trial = 0; trial < trials; ++trial) {
    Stream stream = effort.run(trial);
    const Eigen::Index d = 2 + static_cast<Eigen::Index>(stream.below(10));
    Eigen::MatrixXd points(100, d);
    for (double& entry : points.reshaped()) entry = sample_normal(stream);
    const std::vector<double> weights = weigh(points);
    const Eigen::Map<const Eigen::VectorXd> w(weights.data(), 100);
    const Eigen::MatrixXd precision = points.transpose() * w.asDiagonal() * points;
    const Eigen::MatrixXd image = precision.llt().solve(points.transpose());
    const double largest = image.transpose().cwiseProduct(points).rowwise().sum().maxCoeff();
    worst = std::max(worst, largest / static_cast<double>(d));
  }
  return {
      .measured = worst, .bound = 1 + 2e-6, .replicates = trials, .detail = "largest leverage / d over random sets"};
}

Claim design_claim() {
  return {.id = "optimal-design",
          .family = "bandits",
          .statement = "The G-optimal design of points that span d dimensions has largest leverage d",
          .page = kPage,
          .theorem = "Kiefer and Wolfowitz 1960",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return leverage(effort, optimal); },
          .controls = {{"uniform", "the same weight on every point",
                        [](const Effort& effort) { return leverage(effort, uniform); }}}};
}

/// ln det of the precision under these weights.
double log_det(const Eigen::MatrixXd& points, const std::vector<double>& weights) {
  const Eigen::Map<const Eigen::VectorXd> w(weights.data(), points.rows());
  const Eigen::MatrixXd precision = points.transpose() * w.asDiagonal() * points;
  return 2 * precision.llt().matrixL().toDenseMatrix().diagonal().array().log().sum();
}

/// Weights after every step of the ascent.
std::vector<std::vector<double>> climbed(const Eigen::MatrixXd& points, int steps) {
  std::vector<std::vector<double>> all;
  for (int k = 0; k <= steps; ++k) all.push_back(optimal_design(points, {.max_steps = k}).weights);
  return all;
}

/// From the same start 2 / (k + 2) of the way to the point of largest leverage: Frank and Wolfe without a line search.
std::vector<std::vector<double>> stridden(const Eigen::MatrixXd& points, int steps) {
  std::vector<std::vector<double>> all = {optimal_design(points, {.max_steps = 0}).weights};
  for (int k = 1; k <= steps; ++k) {
    std::vector<double> next = all.back();
    const Eigen::Map<const Eigen::VectorXd> w(next.data(), points.rows());
    const Eigen::MatrixXd precision = points.transpose() * w.asDiagonal() * points;
    const Eigen::MatrixXd image = precision.llt().solve(points.transpose());
    Eigen::Index far = 0;
    image.transpose().cwiseProduct(points).rowwise().sum().maxCoeff(&far);
    const double stride = 2.0 / (k + 2);
    for (double& x : next) x *= 1 - stride;
    next[static_cast<std::size_t>(far)] += stride;
    all.push_back(std::move(next));
  }
  return all;
}

Measurement descents(const Effort& effort, std::vector<std::vector<double>> (*walk)(const Eigen::MatrixXd&, int)) {
  constexpr int kSteps = 60;
  std::int64_t fallen = 0;
  const int trials = effort.pick(20, 200);
  for (int trial = 0; trial < trials; ++trial) {
    Stream stream = effort.run(trial);
    Eigen::MatrixXd points(100, 2 + static_cast<Eigen::Index>(stream.below(10)));
    for (double& entry : points.reshaped()) entry = sample_normal(stream);
    double before = -1e300;
    for (const std::vector<double>& weights : walk(points, kSteps)) {
      const double here = log_det(points, weights);
      fallen += here < before - 1e-10 ? 1 : 0;
      before = here;
    }
  }
  return never(fallen, std::int64_t{trials} * kSteps, 0, "steps after which ln det was smaller");
}

Claim ascent_claim() {
  return {.id = "optimal-design-ascends",
          .family = "bandits",
          .statement = "No step on the way to the optimal design makes det V smaller",
          .page = kPage,
          .theorem = "Fedorov 1972; Atwood 1973: the step is the maximiser along its line",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return descents(effort, climbed); },
          .controls = {{"no-line-search", "steps of 2 / (k + 2), whatever they do",
                        [](const Effort& effort) { return descents(effort, stridden); }}}};
}

Measurement best_dropped(const Effort& effort, const std::string& constant) {
  constexpr double kDelta = 0.1;
  const auto bandit = make("circle-arms", {{"arms", "12"}});
  const std::int64_t runs = effort.pick(200, 2000), rounds = effort.pick(5000, 50'000);
  std::int64_t violated = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    bandits::PhasedElimination agent(bandit->world(rounds), {.constant = constant, .delta = kDelta});
    run_rounds(*bandit, agent, effort.run(run), {.length = rounds, .checkpoints = {rounds}});
    violated += std::ranges::find(agent.active(), 0) == agent.active().end() ? 1 : 0;
  }
  return never(violated, runs, kDelta, "runs in which the best arm was dropped");
}

Claim elimination_claim() {
  return {.id = "phased-elimination-keeps-the-best",
          .family = "bandits",
          .statement = "Phased elimination never drops the best arm, with probability 1 - delta",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 22.1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return best_dropped(effort, "theory"); },
          .controls = {{"few-pulls", "a hundredth of the pulls",
                        [](const Effort& effort) { return best_dropped(effort, "0.1"); }}}};
}

// --- Items -----------------------------------------------------------------------------------------------------------

/// One set for ever: the best one that holds the item whose best set is worst.
class OneSet : public bandits::Agent {
 public:
  explicit OneSet(const bandits::ItemsBandit& bandit) {
    const std::vector<double> gaps = bandit.gaps();
    std::vector<double> weights(gaps.size());
    weights[static_cast<std::size_t>(std::ranges::max_element(gaps) - gaps.begin())] = 1;
    const auto oracle = bandit.sets().clone();
    const std::span<const int> found = oracle->best(weights);
    items_.assign(found.begin(), found.end());
  }
  int choose(const bandits::Round&) override { return 0; }
  void learn(const bandits::Feedback&) override {}
  std::span<const int> choose_items(const bandits::Round&) override { return items_; }
  void learn_items(std::int64_t, std::span<const int>, std::span<const double>) override {}

 private:
  std::vector<int> items_;
};

std::shared_ptr<const bandits::ItemsBandit> items(const std::string& family, const std::vector<Setting>& settings) {
  return std::static_pointer_cast<const bandits::ItemsBandit>(make(family, settings));
}

double comb_bound(const bandits::ItemsBandit& bandit, std::int64_t rounds) {
  std::vector<double> outside;
  const std::vector<double> gaps = bandit.gaps();
  for (std::size_t i = 0; i < gaps.size(); ++i)
    if (!std::ranges::binary_search(bandit.best_set(), static_cast<int>(i))) outside.push_back(gaps[i]);
  const int most = bandit.sets().most(), count = bandit.sets().items();
  return std::min(bounds::comb_ucb_regret(rounds, most, count, outside),
                  bounds::comb_ucb_worst_regret(rounds, most, count));
}

/// The largest share of the bound that the regret reaches, run by run, over these bandits.
Measurement comb_regret(const Effort& effort, const std::vector<std::shared_ptr<const bandits::ItemsBandit>>& on,
                        bool learns) {
  const std::int64_t rounds = 30'000;
  const TrialOptions options{.length = rounds, .checkpoints = {rounds}};
  std::vector<double> bound, shares;
  for (const auto& bandit : on) bound.push_back(comb_bound(*bandit, rounds));
  for (int run = 0; run < effort.pick(10, 100); ++run) {
    double largest = 0;
    for (std::size_t i = 0; i < on.size(); ++i) {
      double regret = 0;
      if (learns) {
        regret = bandits::play(*on[i], "comb-ucb1", {}, effort.run(run), options).value(0, 0);
      } else {
        OneSet agent(*on[i]);
        regret = run_rounds(*on[i], agent, effort.run(run), options).last.pseudo_regret;
      }
      largest = std::max(largest, regret / bound[i]);
    }
    shares.push_back(largest);
  }
  return mean_against(shares, 1, "regret / bound");
}

// What one set loses for ever passes the bound soonest where items are few: two items, two pairs, two ways.

Claim comb_claim() {
  const auto two = [] { return items("top-items", {{"means", "0.1/0.9"}, {"chosen", "1"}}); };
  return {.id = "comb-ucb1-regret",
          .family = "bandits",
          .statement = "Expected regret of CombUCB1 <= sum of 534 m ln T / gap + (pi^2 / 3 + 1) m n",
          .page = "docs/papers/combinatorial-bandits.md",
          .theorem = "Kveton, Wen, Ashkan and Szepesvari 2015, Theorems 4 and 6",
          .kind = Kind::kBelow,
          .measure =
              [two](const Effort& effort) {
                return comb_regret(effort, {two(), items("top-items", {})}, true);
              },
          .controls = {{"never-learns", "plays one item for ever",
                        [two](const Effort& effort) { return comb_regret(effort, {two()}, false); }}}};
}

Claim comb_structure_claim() {
  const auto pairs = [] {
    return items("matching-items", {{"left", "2"}, {"right", "2"}, {"means", "0.95/0.05/0.05/0.95"}});
  };
  const auto ways = [] {
    return items("path-items", {{"width", "2"}, {"height", "2"}, {"means", "0.95/0.05/0.05/0.95"}});
  };
  return {
      .id = "comb-ucb1-structured-regret",
      .family = "bandits",
      .statement = "The same bound with the sets of a structure: matchings, and paths through a grid",
      .page = "docs/papers/combinatorial-bandits.md",
      .theorem = "Kveton, Wen, Ashkan and Szepesvari 2015, Theorems 4 and 6",
      .kind = Kind::kBelow,
      .measure =
          [=](const Effort& effort) {
            return comb_regret(effort, {pairs(), ways(), items("matching-items", {}), items("path-items", {})}, true);
          },
      .controls = {{"one-matching", "plays one matching for ever",
                    [=](const Effort& effort) { return comb_regret(effort, {pairs()}, false); }},
                   {"one-path", "takes one way for ever",
                    [=](const Effort& effort) { return comb_regret(effort, {ways()}, false); }}}};
}

// --- Duels -----------------------------------------------------------------------------------------------------------

/// Two items drawn at random.
class AnyPair : public bandits::Agent {
 public:
  AnyPair(int arms, const Stream& stream) : arms_(arms), stream_(stream) {}
  int choose(const bandits::Round&) override {
    return static_cast<int>(stream_.below(static_cast<std::uint64_t>(arms_)));
  }
  void learn(const bandits::Feedback&) override {}

 private:
  int arms_;
  Stream stream_;
};

Measurement settled(const Effort& effort, bool learns) {
  const auto bandit = make("duels");
  std::vector<double> shares;
  for (int run = 0; run < effort.pick(100, 400); ++run) {
    const std::int64_t half = 10'000;
    const TrialOptions options{.length = 2 * half, .checkpoints = {half, 2 * half}};
    double settled_rounds = 0;
    if (learns) {
      const Series series = bandits::play(*bandit, "rucb", {}, effort.run(run), options);
      settled_rounds = 2 * series.value(1, 3) - series.value(0, 3);
    } else {
      AnyPair agent(bandit->world(1).arms, effort.run(run).child("pairs"));
      const auto rows = run_rounds(*bandit, agent, effort.run(run), options).rows;
      settled_rounds = static_cast<double>(rows[1].best_rounds - rows[0].best_rounds) / static_cast<double>(half);
    }
    shares.push_back(settled_rounds);
  }
  return mean_against(shares, 0.95, "share of rounds 10,000 to 20,000 that were the winner against itself");
}

Claim duel_claim() {
  return {.id = "rucb-settles",
          .family = "bandits",
          .statement =
              "RUCB duels the Condorcet winner with itself in over 95 % of rounds 10,000 to 20,000 (all but O(ln T) of "
              "them)",
          .page = "docs/papers/duelling-bandits.md",
          .theorem = "Zoghi, Whiteson, Munos and de Rijke 2014, Theorem 4",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return settled(effort, true); },
          .controls = {
              {"any-pair", "two items drawn at random", [](const Effort& effort) { return settled(effort, false); }}}};
}

}  // namespace

std::vector<Claim> structured_arms_claims() {
  return {design_claim(), ascent_claim(), elimination_claim(), comb_claim(), comb_structure_claim(), duel_claim()};
}

}  // namespace bellwether::claims
