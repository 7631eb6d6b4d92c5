// Confidence ellipsoids, what they can hold, and the regret that follows.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/linear/oful.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/rate_fit.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bounds/bandits_linear.h"
#include "proofs_checks/shares.h"

namespace bellwether::claims {
namespace {

using bandits::Bandit;
using bandits::Feedback;
using bandits::LinearBandit;
using bandits::Oful;
using bandits::OfulOptions;
using bandits::Round;
using bandits::World;

constexpr const char* kPage = "docs/papers/linear-bandits.md";

std::shared_ptr<const Bandit> make(const std::string& family, const std::vector<Setting>& settings = {}) {
  return bandits::find_family(family)->make(settings).bandit;
}

bounds::LinearSize size_of(const World& world, double delta) {
  return {.rounds = world.rounds,
          .dimension = world.dimension,
          .feature_bound = world.feature_bound,
          .parameter_bound = world.parameter_bound,
          .sigma = world.sigma,
          .delta = delta};
}

/// Plays a fixed arm; learns nothing.
class Stubborn : public bandits::Agent {
 public:
  int choose(const Round&) override { return 0; }
  void learn(const Feedback&) override {}
};

double final_regret(const Bandit& bandit, bandits::Agent& agent, std::int64_t rounds, const Stream& stream) {
  return run_rounds(bandit, agent, stream, {.length = rounds, .checkpoints = {rounds}}).last.pseudo_regret;
}

// --- theta* in the ellipsoid -----------------------------------------------------------------------------------------

/// OFUL, watching whether theta* was in its ellipsoid before every choice.
class Watched : public bandits::Agent {
 public:
  Watched(const World& world, const OfulOptions& options, std::vector<double> theta)
      : oful_(world, options),
        theta_(Eigen::Map<Eigen::VectorXd>(theta.data(), static_cast<Eigen::Index>(theta.size()))) {}

  int choose(const Round& round) override {
    const Eigen::VectorXd miss = oful_.estimate().theta() - theta_;
    outside_ = outside_ || std::sqrt(miss.dot(oful_.estimate().precision() * miss)) > oful_.radius();
    return oful_.choose(round);
  }
  void learn(const Feedback& feedback) override { oful_.learn(feedback); }
  bool outside() const { return outside_; }

 private:
  Oful oful_;
  Eigen::VectorXd theta_;
  bool outside_ = false;
};

Measurement outside_ellipsoid(const Effort& effort, const std::string& radius, const std::string& constant) {
  constexpr double kDelta = 0.1;
  const auto bandit = std::static_pointer_cast<const LinearBandit>(make("subset-arms"));
  const std::int64_t runs = effort.pick(500, 5000), rounds = effort.pick(1000, 5000);
  std::int64_t violated = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    const World world = bandit->world(rounds);
    Watched agent(world, {.constant = constant, .radius = radius, .delta = kDelta}, bandit->rewards().theta);
    final_regret(*bandit, agent, rounds, effort.run(run));
    violated += agent.outside() ? 1 : 0;
  }
  return never(violated, runs, kDelta, "runs in which theta* was outside at some time");
}

Claim ellipsoid_claim(const std::string& radius) {
  return {.id = "ellipsoid-" + radius,
          .family = "bandits",
          .statement = "theta* lies in the " + radius + " ellipsoid in all rounds, with probability 1 - delta",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 2",
          .kind = Kind::kNever,
          .measure = [radius](const Effort& effort) { return outside_ellipsoid(effort, radius, "theory"); },
          .controls = {{"half-radius", "an ellipsoid of half the radius",
                        [radius](const Effort& effort) { return outside_ellipsoid(effort, radius, "0.5"); }}}};
}

// --- The elliptical potential ----------------------------------------------------------------------------------------

/// The largest of potential / (factor ln det) over sequences: random ones, repetitions, and those that always add the
/// direction with the largest norm.
Measurement potential(const Effort& effort, double factor) {
  double worst = 0;
  const int trials = effort.pick(30, 300);
  for (int trial = 0; trial < trials; ++trial) {
    Stream stream = effort.run(trial);
    const int d = 2 + static_cast<int>(stream.below(8));
    Ridge ridge(d, 0.2 + stream.uniform());
    std::vector<double> x(static_cast<std::size_t>(d)), best(x);
    double sum = 0;
    for (int t = 0; t < 2000; ++t) {
      double most = -1;
      for (int candidate = 0; candidate < (trial % 3 == 0 ? 1 : 8); ++candidate) {
        bandits::draw_direction(stream, x);
        const double norm = ridge.squared_norm(x);
        if (norm > most) best = x;
        most = std::max(most, norm);
      }
      if (trial % 3 == 2 && t % 10 != 0) best = x;
      sum += std::min(1.0, ridge.add(best, 0).squared_norm);
      worst = std::max(worst, sum / (factor / 2 * bounds::elliptical_potential(ridge.log_det_growth())));
    }
  }
  return {.measured = worst, .bound = 1, .replicates = trials, .detail = "largest sum / bound over all times"};
}

Claim potential_claim() {
  return {.id = "elliptical-potential-bandit",
          .family = "bandits",
          .statement = "sum of min(1, |a_t|^2_{V^-1}) <= 2 ln(det V_T / lambda^d), whatever the order",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Lemma 11",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return potential(effort, 2); },
          .controls = {{"no-factor", "ln(det V_T / lambda^d) without the 2",
                        [](const Effort& effort) { return potential(effort, 1); }}}};
}

/// ln(det V_T / lambda^d) as a share of d ln(1 + T L^2 / (d lambda)).
Measurement determinant(const Effort& effort, double dimensions) {
  double worst = 0;
  for (int trial = 0; trial < effort.pick(30, 300); ++trial) {
    Stream stream = effort.run(trial);
    const int d = 2 + static_cast<int>(stream.below(8));
    bounds::LinearSize size{.dimension = d, .lambda = 0.2 + stream.uniform()};
    Ridge ridge(d, size.lambda);
    std::vector<double> x(static_cast<std::size_t>(d));
    for (size.rounds = 1; size.rounds <= 2000; ++size.rounds) {
      if (trial % 2 == 0) {
        bandits::draw_direction(stream, x);
      } else {  // unit vectors in turn: the determinant that is the bound
        std::ranges::fill(x, 0);
        x[static_cast<std::size_t>(size.rounds % d)] = 1;
      }
      ridge.add(x, 0);
      worst = std::max(worst, ridge.log_det_growth() / (dimensions * bounds::log_det_growth(size)));
    }
  }
  return {.measured = worst, .bound = 1 + 1e-12, .detail = "largest share of the bound"};
}

Claim determinant_claim() {
  return {.id = "determinant-growth",
          .family = "bandits",
          .statement = "ln(det V_T / lambda^d) <= d ln(1 + T L^2 / (d lambda))",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Lemma 10",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return determinant(effort, 1); },
          .controls = {{"less-dimension", "a bound for nine tenths of the dimension",
                        [](const Effort& effort) { return determinant(effort, 0.9); }}}};
}

Measurement switches(const Effort& effort, double growth) {
  double worst = 0;
  for (const char* family : {"linear-arms", "contextual-arms", "circle-arms"}) {
    const std::int64_t rounds = effort.pick(5'000, 50'000);
    const auto bandit = make(family);
    const World world = bandit->world(rounds);
    Oful agent(world, {.growth = growth});
    final_regret(*bandit, agent, rounds, effort.stream);
    worst =
        std::max(worst, static_cast<double>(agent.switches()) / bounds::determinant_switches(size_of(world, 0.05), 1));
  }
  return {.measured = worst, .bound = 1, .detail = "largest share of (d / ln 2) ln(1 + T L^2 / (d lambda))"};
}

Claim switch_claim() {
  return {
      .id = "determinant-doubling",
      .family = "bandits",
      .statement = "OFUL that waits for det V to double changes its estimate (d / ln 2) ln(1 + T L^2/(d lambda)) times",
      .page = kPage,
      .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, section 5.1",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return switches(effort, 1); },
      .controls = {{"every-round", "an estimate that changes in every round",
                    [](const Effort& effort) { return switches(effort, 0); }}}};
}

// --- Regret ----------------------------------------------------------------------------------------------------------

Measurement above_bound(const Effort& effort, bool learns) {
  constexpr double kDelta = 0.05;
  std::vector<Shares> tasks;
  const std::int64_t rounds = effort.pick(12'000, 50'000);
  const auto look = [&](const std::string& family, const std::vector<Setting>& settings, std::int64_t seeds) {
    const auto bandit = make(family, settings);
    const World world = bandit->world(rounds);
    Shares& shares = tasks.emplace_back(Shares{.on = family});
    for (std::int64_t seed = 0; seed < seeds; ++seed) {
      Oful oful(world, {.delta = kDelta});
      Stubborn stubborn;
      bandits::Agent& agent = learns ? static_cast<bandits::Agent&>(oful) : stubborn;
      shares.of_bound.push_back(final_regret(*bandit, agent, rounds, effort.run(seed)) /
                                bounds::oful_regret(size_of(world, kDelta)));
    }
  };
  // theta opposite to the first arm: who never leaves it loses 2 a round.
  look("circle-arms", {{"angle", "0.5"}}, effort.pick(10, 100));
  look("subset-arms", {}, effort.pick(10, 50));
  look("contextual-arms", {}, effort.pick(10, 20));
  look("end-of-optimism", {}, effort.pick(10, 100));
  return never_above(tasks, kDelta);
}

Claim oful_claim() {
  return {.id = "oful-regret",
          .family = "bandits",
          .statement = "Regret of OFUL <= beta_T sqrt(8 d T ln(1 + T L^2 / (d lambda))), with probability 1 - delta",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 3",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return above_bound(effort, true); },
          .controls = {{"never-learns", "plays the first arm for ever",
                        [](const Effort& effort) { return above_bound(effort, false); }}}};
}

/// Slopes of log regret over log T, one a run: horizons of their own, since delta = 1 / T is told.
Measurement slopes(const Effort& effort, bool learns) {
  const auto bandit = make("circle-arms", {{"arms", "300"}, {"angle", "0.3"}});
  std::vector<double> fitted;
  for (int run = 0; run < effort.pick(40, 100); ++run) {
    std::vector<double> x, y;
    for (const std::int64_t rounds : {1000, 4000, 16'000}) {
      Oful oful(bandit->world(rounds), {});
      Stubborn stubborn;
      bandits::Agent& agent = learns ? static_cast<bandits::Agent&>(oful) : stubborn;
      x.push_back(static_cast<double>(rounds));
      y.push_back(final_regret(*bandit, agent, rounds, effort.run(run)));
    }
    fitted.push_back(power_line(x, y).slope);
  }
  return slope_within(fitted, 0.35, 0.65, "log regret over log T, T = 1000, 4000, 16000");
}

Claim slope_claim() {
  return {.id = "oful-rate",
          .family = "bandits",
          .statement =
              "Regret of OFUL on a net of the circle, where gaps are as small as they like, grows about like sqrt(T)",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 3",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return slopes(effort, true); },
          .controls = {{"never-learns", "plays the first arm for ever",
                        [](const Effort& effort) { return slopes(effort, false); }}}};
}

/// Mean regret over signs of theta on the cube, as a share of the lower bound.
Measurement hypercube(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings) {
  constexpr std::int64_t kRounds = 1000;
  constexpr int kDimension = 4;
  std::vector<double> shares;
  for (int run = 0; run < effort.pick(40, 400); ++run) {
    const auto bandit = make("hypercube-arms", {{"dimension", std::to_string(kDimension)},
                                                {"gap", fmt::format("{}", 1 / std::sqrt(kRounds))},
                                                {"seed", std::to_string(run)}});
    const Series series =
        bandits::play(*bandit, learner, settings, effort.run(run), {.length = kRounds, .checkpoints = {kRounds}});
    shares.push_back(series.value(0, 0) / bounds::hypercube_regret(kRounds, kDimension));
  }
  return mean_against(shares, 1, "mean regret over signs / lower bound");
}

/// The same for one that was told theta.
Measurement hypercube_told(const Effort& effort) {
  const std::vector<double> none(static_cast<std::size_t>(effort.pick(40, 400)), 0.0);
  return mean_against(none, 1, "regret of the best arm");
}

Claim hypercube_claim(const std::string& learner, const std::vector<Setting>& settings) {
  return {.id = learner + "-hypercube",
          .family = "bandits",
          .statement = learner + " cannot beat exp(-2) d sqrt(T) / 8 on average over the signs of theta on a cube",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 24.1",
          .kind = Kind::kAbove,
          .measure = [learner, settings](const Effort& effort) { return hypercube(effort, learner, settings); },
          .controls = {{"told", "plays the best arm, having been told theta", hypercube_told}}};
}

}  // namespace

std::vector<Claim> ellipsoid_claims() {
  return {ellipsoid_claim("log-det"),
          ellipsoid_claim("a-priori"),
          potential_claim(),
          determinant_claim(),
          switch_claim(),
          oful_claim(),
          slope_claim(),
          hypercube_claim("oful", {{"constant", "practical"}}),
          hypercube_claim("lin-ts", {{"width", "posterior"}})};
}

}  // namespace bellwether::claims
