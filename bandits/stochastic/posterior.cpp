#include "bandits/stochastic/posterior.h"

#include <cmath>
#include <limits>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>

#include "bandits/stochastic/arm_statistics.h"
#include "bandits/stochastic/bernoulli_evidence.h"
#include "bandits/stochastic/posterior_law.h"
#include "bandits/stochastic/requirements.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

namespace bm = boost::math;
using Plain = bm::policies::policy<bm::policies::promote_double<false>>;

class BetaThompson final : public Agent {
 public:
  BetaThompson(const World& world, const ThompsonOptions& o, const Stream& stream)
      : posterior_(static_cast<std::size_t>(world.arms), Posterior{o.successes, o.failures}),
        draws_(stream.child("draw")),
        coins_(stream.child("coin")) {}

  int choose(const Round&) override {
    std::size_t best = 0;
    double best_x = 0, best_y = 1;
    for (std::size_t a = 0; a < posterior_.size(); ++a) {
      const double x = posterior_[a].first(draws_), y = posterior_[a].second(draws_);
      // x / (x + y) > best_x / (best_x + best_y)
      if (x * best_y > best_x * y || a == 0) {
        best = a;
        best_x = x;
        best_y = y;
      }
    }
    return static_cast<int>(best);
  }

  void learn(const Feedback& feedback) override {
    Posterior& arm = posterior_[static_cast<std::size_t>(feedback.arm)];
    const bool whole = feedback.reward == 0 || feedback.reward == 1;
    if (whole ? feedback.reward == 1 : sample_bernoulli(coins_, feedback.reward))
      arm.first = GammaLaw(arm.successes += 1);
    else
      arm.second = GammaLaw(arm.failures += 1);
  }

 private:
  struct Posterior {
    Posterior(double s, double f) : successes(s), failures(f), first(s), second(f) {}
    double successes, failures;
    GammaLaw first, second;  // Beta(s, f) = X / (X + Y) of two gamma draws
  };

  std::vector<Posterior> posterior_;
  Stream draws_, coins_;
};

class GaussianThompson final : public Agent {
 public:
  GaussianThompson(int arms, double sigma, const Stream& stream) : statistics_(arms), sigma_(sigma), draws_(stream) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    return statistics_.largest([&](int arm) {
      return statistics_.mean(arm) + sigma_ * statistics_.inverse_root(arm) * sample_normal(draws_);
    });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  double sigma_;
  Stream draws_;
};

/// N(mean, sigma^2) before the first reward: precisions add up.
struct NormalPrior {
  double mean, sigma;
};

class NormalPriorThompson final : public Agent {
 public:
  NormalPriorThompson(int arms, double sigma, const NormalPrior& prior, const Stream& stream)
      : statistics_(arms),
        share_(sigma * sigma / (prior.sigma * prior.sigma)),
        prior_mean_(prior.mean),
        sigma_(sigma),
        draws_(stream) {}

  int choose(const Round&) override {
    return statistics_.largest([&](int arm) {
      // As if the prior were sigma^2 / prior_sigma^2 rewards, all of them its mean.
      const auto n = static_cast<double>(statistics_.count(arm)), all = n + share_;
      return (share_ * prior_mean_ + n * statistics_.mean(arm)) / all + sigma_ / std::sqrt(all) * sample_normal(draws_);
    });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  double share_, prior_mean_, sigma_;
  Stream draws_;
};

/// Poisson and exponential laws.
class LawThompson final : public Agent {
 public:
  LawThompson(int arms, const LawFamily& law, const Stream& stream) : statistics_(arms), law_(law), draws_(stream) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    return statistics_.largest([&](int arm) {
      return draw_mean(law_, static_cast<double>(statistics_.count(arm)), statistics_.mean(arm), draws_);
    });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  LawFamily law_;
  Stream draws_;
};

/// ln(t (ln T)^c), t = n + 1: minus the logarithm of the tail that the quantile leaves.
double tail_level(double played, double extra) { return std::log(played + 1) + extra; }

class BetaUcb final : public Agent {
 public:
  /// The posterior is Beta(S + 1, N - S + 1): evidence of N + 1 rounds, one a failure, bounds its tails by Chernoff.
  BetaUcb(int arms, double extra) : evidence_(arms, 1), extra_(extra) {}

  int choose(const Round&) override {
    const int unplayed = evidence_.unplayed();
    if (unplayed < evidence_.arms()) return unplayed;
    const double level = tail_level(static_cast<double>(evidence_.total()), extra_), tail = std::exp(-level);
    double value = 0;
    last_ = evidence_.largest(level, last_, value,
                              [&](int arm) { return surely_below(arm, tail, value) ? 0 : quantile(arm, tail); });
    return last_;
  }

  void learn(const Feedback& feedback) override { evidence_.add(feedback.arm, feedback.reward); }

 private:
  /// One tail in place of its inverse: less than `tail` lies above q. (q is 0 as long as nothing is known.)
  bool surely_below(int arm, double tail, double q) const {
    const double s = evidence_.successes(arm), n = evidence_.count(arm);
    return q > 0 && q < 1 && bm::ibetac(s + 1, n - s, q, Plain()) < (1 - 1e-9) * tail;
  }
  double quantile(int arm, double tail) const {
    const double s = evidence_.successes(arm), n = evidence_.count(arm);
    return bm::quantile(bm::complement(bm::beta_distribution<double, Plain>(s + 1, n - s), tail));
  }

  BernoulliEvidence evidence_;
  double extra_;
  int last_ = 0;
};

class GaussianBayesUcb final : public Agent {
 public:
  GaussianBayesUcb(int arms, double extra, double sigma) : statistics_(arms), extra_(extra), sigma_(sigma) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    const double tail = std::exp(-tail_level(static_cast<double>(statistics_.total()), extra_));
    const double width = sigma_ * bm::quantile(bm::complement(bm::normal_distribution<double, Plain>(), tail));
    return statistics_.largest([&](int arm) { return statistics_.mean(arm) + width * statistics_.inverse_root(arm); });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  double extra_, sigma_;
};

class LawBayesUcb final : public Agent {
 public:
  LawBayesUcb(int arms, double extra, const LawFamily& law) : statistics_(arms), extra_(extra), law_(law) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    const double tail = std::exp(-tail_level(static_cast<double>(statistics_.total()), extra_));
    return statistics_.largest([&](int arm) {
      return upper_quantile(law_, static_cast<double>(statistics_.count(arm)), statistics_.mean(arm), tail);
    });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  double extra_;
  LawFamily law_;
};

}  // namespace

std::unique_ptr<Agent> make_thompson(const World& world, const ThompsonOptions& options, const Stream& stream) {
  const LawFamily law = require_law("thompson", options.law, world);
  if (law.kind == LawFamily::Kind::kBernoulli) return std::make_unique<BetaThompson>(world, options, stream);
  if (law.kind == LawFamily::Kind::kGaussian && options.prior_sigma > 0)
    return std::make_unique<NormalPriorThompson>(
        world.arms, law.sigma, NormalPrior{options.prior_mean, options.prior_sigma}, stream.child("draw"));
  if (law.kind == LawFamily::Kind::kGaussian)
    return std::make_unique<GaussianThompson>(world.arms, law.sigma, stream.child("draw"));
  return std::make_unique<LawThompson>(world.arms, law, stream.child("draw"));
}

std::unique_ptr<Agent> make_bayes_ucb(const World& world, const BayesUcbOptions& options, const Stream&) {
  const LawFamily law = require_law("bayes-ucb", options.law, world);
  const double rounds = std::log(static_cast<double>(world.rounds));
  const double extra = options.c == 0 ? 0 : options.c * std::log(std::max(1.0, rounds));
  if (law.kind == LawFamily::Kind::kBernoulli) return std::make_unique<BetaUcb>(world.arms, extra);
  if (law.kind == LawFamily::Kind::kGaussian) return std::make_unique<GaussianBayesUcb>(world.arms, extra, law.sigma);
  return std::make_unique<LawBayesUcb>(world.arms, extra, law);
}

}  // namespace bellwether::bandits
