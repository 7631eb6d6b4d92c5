// Choices of the incremental learners against the plain argmax of the formula, arm by arm, on histories that no learner
// would choose: ties, arms far behind, means of 0 and 1.
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/registry.h"

namespace bellwether::bandits {
namespace {

/// What is known of an arm before round t of T, with K arms.
struct Facts {
  double t, rounds, arms;
  double count, mean, variance;
  double best_mean;
};

using Formula = std::function<double(const Facts&)>;

double kl(double p, double q) {
  const auto term = [](double x, double y) { return x > 0 ? x * std::log(x / y) : 0; };
  return term(p, q) + term(1 - p, 1 - q);
}

/// max{q : N kl(m, q) <= level} by bisection.
double kl_index(const Facts& f, double level) {
  double low = f.mean, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double q = (low + high) / 2;
    (f.count * kl(f.mean, q) <= level ? low : high) = q;
  }
  return low;
}

double poisson(double p, double q) { return (p > 0 ? p * std::log(p / q) : 0) + q - p; }
double exponential(double p, double q) { return std::log(q / p) + p / q - 1; }

/// max{q : N d(m, q) <= level} by bisection, of means that have no end.
double index_above(const Facts& f, double (*d)(double, double), double level) {
  double low = f.mean, high = f.mean + 1;
  while (f.count * d(f.mean, high) <= level) high *= 2;
  for (int i = 0; i < 200; ++i) {
    const double q = (low + high) / 2;
    (f.count * d(f.mean, q) <= level ? low : high) = q;
  }
  return low;
}

double pp_level(const Facts& f) {
  const double x = f.rounds / (f.arms * f.count), log = std::max(0.0, std::log(x));
  return std::max(0.0, std::log(x * (1 + log * log)));
}

struct Case {
  std::string learner;
  std::vector<Setting> settings;
  bool gaussian;
  Formula formula;
  Law::Family family = Law::Family::kBernoulli;  ///< unless gaussian
};

constexpr double kSigma = 1.5;

std::vector<Case> cases() {
  const auto square = [](double x) { return x * x; };
  const auto level3 = [](const Facts& f) {
    return std::max(0.0, std::log(f.t) + 3 * std::log(std::max(1.0, std::log(f.t))));
  };
  return {
      {"greedy", {}, true, [](const Facts& f) { return f.mean; }},
      {"ucb1", {}, false, [](const Facts& f) { return f.mean + std::sqrt(2 * std::log(f.t - 1) / f.count); }},
      {"ucb",
       {},
       true,
       [=](const Facts& f) {
         return f.mean + std::sqrt(2 * kSigma * kSigma * std::log(1 + f.t * square(std::log(f.t))) / f.count);
       }},
      {"ucb-delta",
       {},
       true,
       [](const Facts& f) { return f.mean + std::sqrt(4 * kSigma * kSigma * std::log(f.rounds) / f.count); }},
      {"ucb-delta",
       {{"delta", "0.1"}},
       false,
       [](const Facts& f) { return f.mean + std::sqrt(0.5 * std::log(10) / f.count); }},
      {"ucb-v",
       {},
       false,
       [](const Facts& f) {
         const double e = 1.2 * std::log(f.t);
         return f.mean + std::sqrt(2 * f.variance * e / f.count) + 3 * e / f.count;
       }},
      {"moss",
       {},
       true,
       [](const Facts& f) {
         return f.mean + 2 * kSigma * std::sqrt(std::max(0.0, std::log(f.rounds / (f.arms * f.count))) / f.count);
       }},
      {"kl-ucb", {}, false, [](const Facts& f) { return kl_index(f, std::log(f.t)); }},
      {"kl-ucb", {{"c", "3"}}, false, [=](const Facts& f) { return kl_index(f, level3(f)); }},
      {"kl-ucb", {}, true, [](const Facts& f) { return f.mean + kSigma * std::sqrt(2 * std::log(f.t) / f.count); }},
      {"kl-ucb-pp", {}, false, [](const Facts& f) { return kl_index(f, pp_level(f)); }},
      {"kl-ucb-pp", {}, true, [](const Facts& f) { return f.mean + kSigma * std::sqrt(2 * pp_level(f) / f.count); }},
      {"imed",
       {},
       false,
       [](const Facts& f) {
         const double best = std::min(f.best_mean, 1 - 1e-15);
         return -(f.mean < best ? f.count * kl(f.mean, best) : 0) - std::log(f.count);
       }},
      {"imed",
       {},
       true,
       [=](const Facts& f) {
         return -f.count * square(f.best_mean - f.mean) / (2 * kSigma * kSigma) - std::log(f.count);
       }},
      {"bayes-ucb",
       {},
       false,
       [](const Facts& f) {
         const double s = f.mean * f.count;
         return quantile(complement(boost::math::beta_distribution<>(s + 1, f.count - s + 1), 1 / f.t));
       }},
      {"bayes-ucb",
       {{"c", "5"}},
       true,
       [](const Facts& f) {
         const double tail = 1 / (f.t * std::pow(std::log(f.rounds), 5));
         return f.mean + kSigma / std::sqrt(f.count) * quantile(complement(boost::math::normal_distribution<>(), tail));
       }},
      {"kl-ucb",
       {},
       false,
       [](const Facts& f) { return index_above(f, poisson, std::log(f.t)); },
       Law::Family::kPoisson},
      {"kl-ucb",
       {{"c", "3"}},
       false,
       [=](const Facts& f) { return index_above(f, exponential, level3(f)); },
       Law::Family::kExponential},
      {"imed",
       {},
       false,
       [](const Facts& f) { return -f.count * poisson(f.mean, f.best_mean) - std::log(f.count); },
       Law::Family::kPoisson},
      {"bayes-ucb",
       {},
       false,
       [](const Facts& f) {
         const boost::math::inverse_gamma_distribution<> posterior(f.count, f.count * f.mean);
         return quantile(complement(posterior, 1 / f.t));
       },
       Law::Family::kExponential},
  };
}

/// An arm's rewards so far.
struct History {
  std::vector<double> rewards;

  double mean() const {
    double sum = 0;
    for (const double x : rewards) sum += x;
    return sum / static_cast<double>(rewards.size());
  }
  double variance() const {
    double sum = 0;
    for (const double x : rewards) sum += (x - mean()) * (x - mean());
    return sum / static_cast<double>(rewards.size());
  }
};

/// Plays arms at random and asks in every round; a choice is right when its formula is the largest, up to rounding.
void compare(const Case& test, int arms, std::uint64_t seed) {
  constexpr int kRounds = 400;
  std::vector<Law> laws;
  for (int a = 0; a < arms; ++a) {
    if (test.gaussian)
      laws.push_back({Law::Family::kGaussian, a * 0.4, kSigma});
    else if (test.family == Law::Family::kBernoulli)
      laws.push_back({test.family, a / (arms - 1.0)});
    else
      laws.push_back({test.family, 0.3 + a * 0.7});
  }
  const StationaryBandit bandit(laws);
  const auto agent =
      find_learner(test.learner).make(bandit, bandit.world(kRounds), test.settings, Stream(seed).child("learner"));
  const auto game = bandit.start(kRounds, Stream(seed).child("environment"));
  Stream stream = Stream(seed).child("arms");
  std::vector<History> histories(static_cast<std::size_t>(arms));
  for (int t = 1; t <= kRounds; ++t) {
    const Round& round = game->next();
    const int chosen = agent->choose(round);
    if (t <= arms) {
      ASSERT_EQ(chosen, t - 1) << test.learner;
    } else {
      double best_mean = -std::numeric_limits<double>::infinity();
      for (const History& h : histories) best_mean = std::max(best_mean, h.mean());
      std::vector<double> index;
      for (const History& h : histories)
        index.push_back(test.formula({static_cast<double>(t), kRounds, static_cast<double>(arms),
                                      static_cast<double>(h.rewards.size()), h.mean(), h.variance(), best_mean}));
      const double largest = *std::max_element(index.begin(), index.end());
      ASSERT_NEAR(index[static_cast<std::size_t>(chosen)], largest, 1e-9) << test.learner << " round " << t;
      for (int a = 0; a < chosen; ++a)
        ASSERT_NE(index[static_cast<std::size_t>(a)], largest) << test.learner << ": ties go to the first arm";
      if (const auto stated = agent->optimistic_mean(chosen)) {
        ASSERT_NEAR(*stated, largest, 1e-9) << test.learner;
      }
    }
    const int played = t <= arms ? t - 1 : static_cast<int>(stream.below(static_cast<std::uint64_t>(arms)));
    const Outcome outcome = game->play(played);
    histories[static_cast<std::size_t>(played)].rewards.push_back(outcome.reward);
    agent->learn({.round = t, .arm = played, .reward = outcome.reward});
  }
}

TEST(ReferenceIndex, IncrementalLearnersChooseTheArgmax) {
  for (const Case& test : cases())
    for (const int arms : {2, 7})
      for (std::uint64_t seed = 0; seed < 4; ++seed) compare(test, arms, seed);
}

/// All arms alike in everything: the same index, and the first arm.
TEST(ReferenceIndex, TiesGoToTheFirstArm) {
  for (const Case& test : cases()) {
    for (const double reward : {0.0, 0.25, 1.0}) {
      const StationaryBandit bandit(std::vector<Law>(
          4, test.gaussian ? Law{Law::Family::kGaussian, 0, kSigma} : Law{Law::Family::kUniform, 0.5, 0.5}));
      const auto agent = find_learner(test.learner).make(bandit, bandit.world(100), test.settings, Stream(1));
      const Round round{.number = 1, .arms = 4};
      std::int64_t t = 0;
      for (int pulls = 0; pulls < 3; ++pulls) {
        for (const int arm : {0, 1, 2, 3}) {
          agent->choose(round);
          agent->learn({.round = ++t, .arm = arm, .reward = reward});
        }
        EXPECT_EQ(agent->choose(round), 0) << test.learner << " " << reward;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::bandits
