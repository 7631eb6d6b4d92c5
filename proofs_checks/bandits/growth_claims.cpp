// How regret grows with ln T on long runs, beside the constant of Lai and Robbins.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/math/distributions/binomial.hpp>

#include "bandits/information/complexity.h"
#include "bandits/information/divergence.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"

namespace bellwether::claims {
namespace {

using bandits::StationaryBandit;

constexpr const char* kPage = "docs/papers/stochastic-bandits.md";
constexpr std::int64_t kFrom = 10'000, kTo = 100'000;

/// Growth of the regret of each run from T = 10^4 to 10^5 per unit of ln T, divided by `unit`.
std::vector<double> growths(const StationaryBandit& bandit, const std::string& learner,
                            const std::vector<Setting>& settings, std::int64_t runs, const Stream& stream,
                            double unit) {
  std::vector<double> all;
  for (const auto& run : pseudo_regrets(bandit, learner, settings, {kFrom, kTo}, runs, stream))
    all.push_back((run[1] - run[0]) / (unit * std::log(static_cast<double>(kTo) / kFrom)));
  return all;
}

// --- Beside the constant of the limit --------------------------------------------------------------------------------

Measurement beside_constant(const Effort& effort, const std::string& learner, std::int64_t runs) {
  const StationaryBandit bandit = coins(one_above(0.5, 0.4, 9));
  return slope_within(
      growths(bandit, learner, {}, runs, effort.stream, bandits::lai_robbins_constant(bandit.means(), {})), 0.6, 1.35,
      "asymptotic: of the constant, between T = 10^4 and 10^5");
}

/// The index of the best arm lies above its mean by sqrt(2 sigma^2 ln f / T), 6 % of the gap of 0.4 at T = 10^4 and 2 %
/// at 10^5; while that falls pulls grow by some 40 % more than the limit says.
/// Of the sum of 2 sigma^2 / D per ln f(T), f(t) = 1 + t ln(t)^2: the width of `ucb` counts pulls by ln f.
Measurement beside_width(const Effort& effort, const std::string& learner) {
  const std::vector<double> means = {0.8, 0.4, 0.4, 0.4};
  constexpr double kSigma = 0.5;  // of rewards in [0, 1]
  const auto log_f = [](double t) { return std::log1p(t * std::log(t) * std::log(t)); };
  double unit = 0;
  for (const double gap : bandits::gaps(means)) unit += gap > 0 ? 2 * kSigma * kSigma / gap : 0;
  unit *= (log_f(kTo) - log_f(kFrom)) / std::log(static_cast<double>(kTo) / kFrom);
  return slope_within(growths(coins(means), learner, {}, 400, effort.stream, unit), 0.75, 1.5,
                      "asymptotic: of the constant, between T = 10^4 and 10^5");
}

Claim width_claim() {
  return {.id = "ucb-slope",
          .family = "bandits",
          .statement =
              "Regret of asymptotically optimal UCB grows by the sum of 2 sigma^2 / D per ln(1 + T ln(T)^2), "
              "asymptotically",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 8.1",
          .kind = Kind::kRate,
          .tier = Tier::kFull,
          .measure = [](const Effort& effort) { return beside_width(effort, "ucb"); },
          .controls = {{"ucb1", "UCB1 in its place, whose width is twice as long",
                        [](const Effort& effort) { return beside_width(effort, "ucb1"); }}}};
}

Claim limit_claim(const std::string& learner, const std::string& name, const std::string& theorem) {
  return {.id = learner + "-slope",
          .family = "bandits",
          .statement = "Regret of " + name + " grows by the constant of Lai and Robbins per ln T, asymptotically",
          .page = kPage,
          .theorem = theorem,
          .kind = Kind::kRate,
          .tier = Tier::kFull,
          .measure = [learner](const Effort& effort) { return beside_constant(effort, learner, 400); },
          .controls = {{"ucb1", "UCB1 in its place",
                        [](const Effort& effort) { return beside_constant(effort, "ucb1", 400); }}}};
}

// --- Beside the sum that the limit comes from ------------------------------------------------------------------------

/// Pulls of the worse of two coins after T rounds of KL-UCB, as its analysis counts them: the sum over n of
/// P(n kl(m_n, u) <= f or m_n >= u), f = ln T + c ln ln T, m_n the mean of n tosses of the worse coin and u the index
/// of the better one after T tosses that show its mean: T kl(best, u) = f. As T grows u falls to the best mean and the
/// sum to f / kl(worse, best); at T = 10^5 u is still 5 % of a gap of 0.1 above it.
double kl_ucb_pulls(double worse, double best, double rounds, double c) {
  const double level = std::log(rounds) + c * std::log(std::log(rounds));
  const double index = bandits::bernoulli_upper(best, level / rounds);
  const double limit = level / bandits::bernoulli_divergence(worse, best);
  double sum = 0;
  for (std::int64_t n = 1;; ++n) {
    // The mean must be at least the q below the index with kl(q, index) = f / n; kl(., index) falls up to there.
    double low = 0, high = index;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (bandits::bernoulli_divergence(middle, index) <= level / static_cast<double>(n) ? high : low) = middle;
    }
    const double heads = std::ceil(high * static_cast<double>(n) - 1e-9);
    const boost::math::binomial_distribution<double> tosses(static_cast<double>(n), worse);
    const double probability = heads <= 0 ? 1 : cdf(complement(tosses, heads - 1));
    sum += probability;
    if (probability < 1e-10 && static_cast<double>(n) > limit) return sum;
  }
}

Measurement beside_sum(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings,
                       std::int64_t runs) {
  constexpr double kBest = 0.9, kWorse = 0.8;
  const double sum = kl_ucb_pulls(kWorse, kBest, kTo, 0) - kl_ucb_pulls(kWorse, kBest, kFrom, 0);
  const double unit = (kBest - kWorse) * sum / std::log(static_cast<double>(kTo) / kFrom);
  return slope_within(growths(coins({kBest, kWorse}), learner, settings, runs, effort.stream, unit), 0.85, 1.15,
                      "of what the sum grows by, between T = 10^4 and 10^5");
}

Claim sum_claim() {
  return {.id = "kl-ucb-slope",
          .family = "bandits",
          .statement =
              "Regret of KL-UCB (c = 0) grows as the sum of P(n kl(m_n, u) <= ln T) over n says, whose growth "
              "tends to the constant of Lai and Robbins per ln T",
          .page = kPage,
          .theorem = "Garivier and Cappe 2011, the first sum of the proof of Theorem 2",
          .kind = Kind::kRate,
          .tier = Tier::kFull,
          .measure = [](const Effort& effort) { return beside_sum(effort, "kl-ucb", {}, 1600); },
          .controls = {
              {"wide", "the level ln T + 3 ln ln T",
               [](const Effort& effort) {
                 return beside_sum(effort, "kl-ucb", {{"c", "3"}}, 400);
               }},
              {"ucb1", "UCB1 in its place", [](const Effort& effort) { return beside_sum(effort, "ucb1", {}, 400); }}}};
}

}  // namespace

std::vector<Claim> bandit_growth_claims() {
  return {limit_claim("imed", "IMED", "Honda and Takemura 2015"),
          limit_claim("thompson", "Thompson sampling", "Kaufmann, Korda and Munos 2012"), width_claim(), sum_claim()};
}

}  // namespace bellwether::claims
