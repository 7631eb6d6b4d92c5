#include "bandits/stochastic/divergence_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "bandits/information/divergence.h"
#include "bandits/stochastic/arm_statistics.h"
#include "bandits/stochastic/bernoulli_evidence.h"
#include "bandits/stochastic/fixed_index.h"
#include "bandits/stochastic/requirements.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// ln t + c ln ln t, t = n + 1; what would be negative is 0.
double kl_ucb_level(double played, double c) {
  const double log = std::log(played + 1);
  return c == 0 ? log : std::max(0.0, log + c * std::log(std::max(1.0, log)));
}

class KlUcb final : public Agent {
 public:
  KlUcb(int arms, double c) : evidence_(arms), c_(c) {}

  int choose(const Round&) override {
    const int unplayed = evidence_.unplayed();
    if (unplayed < evidence_.arms()) return unplayed;
    level_ = kl_ucb_level(static_cast<double>(evidence_.total()), c_);
    last_ = evidence_.largest(level_, last_, value_, [&](int arm) { return index(arm); });
    return last_;
  }

  void learn(const Feedback& feedback) override { evidence_.add(feedback.arm, feedback.reward); }

  std::optional<double> optimistic_mean(int arm) const override {
    if (evidence_.pulls(arm) == 0 || level_ == 0) return kInfinity;  // not yet a matter of indices
    return arm == last_ ? value_ : index(arm);
  }

 private:
  double index(int arm) const { return bernoulli_upper(evidence_.mean(arm), level_ / evidence_.count(arm)); }

  BernoulliEvidence evidence_;
  int last_ = 0;
  double c_, level_ = 0, value_ = 0;
};

/// The same for normal laws: m + sigma sqrt(2 level / N).
class GaussianKlUcb final : public Agent {
 public:
  GaussianKlUcb(int arms, double c, double sigma) : statistics_(arms), c_(c), sigma_(sigma) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    width_ = sigma_ * std::sqrt(2 * kl_ucb_level(static_cast<double>(statistics_.total()), c_));
    return statistics_.largest([&](int arm) { return index(arm); });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

  std::optional<double> optimistic_mean(int arm) const override {
    return statistics_.count(arm) == 0 ? kInfinity : index(arm);
  }

 private:
  double index(int arm) const { return statistics_.mean(arm) + width_ * statistics_.inverse_root(arm); }

  ArmStatistics statistics_;
  double c_, sigma_, width_ = 0;
};

/// The same for laws of which nothing is known in closed form but the root.
class LawKlUcb final : public Agent {
 public:
  LawKlUcb(int arms, double c, const LawFamily& law) : statistics_(arms), c_(c), law_(law) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    level_ = kl_ucb_level(static_cast<double>(statistics_.total()), c_);
    return statistics_.largest([&](int arm) { return index(arm); });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

  std::optional<double> optimistic_mean(int arm) const override {
    return statistics_.count(arm) == 0 ? kInfinity : index(arm);
  }

 private:
  double index(int arm) const {
    return law_.upper(statistics_.mean(arm), level_ / static_cast<double>(statistics_.count(arm)));
  }

  ArmStatistics statistics_;
  double c_, level_ = 0;
  LawFamily law_;
};

struct KlUcbPpIndex {
  double share;  ///< T / K
  LawFamily law;
  double operator()(double mean, double count) const {
    const double x = share / count, log = std::max(0.0, std::log(x));
    const double level = std::max(0.0, std::log(x * (1 + log * log)));
    return law.upper(mean, level / count);
  }
};

/// IMED. Of each arm ln N is kept; of the evidence against the largest mean two logarithms a round are computed.
class Imed final : public Agent {
 public:
  explicit Imed(int arms) : evidence_(arms), log_count_(static_cast<std::size_t>(arms)) {}

  int choose(const Round&) override {
    const int unplayed = evidence_.unplayed();
    if (unplayed < evidence_.arms()) return unplayed;
    double largest = 0;
    for (int a = 0; a < evidence_.arms(); ++a) largest = std::max(largest, evidence_.mean(a));
    constexpr double kEdge = 1e-15;
    const double q = std::clamp(largest, kEdge, 1 - kEdge), log_q = std::log(q), log_rest = std::log1p(-q);
    int best = 0;
    double least = kInfinity;
    for (int a = 0; a < evidence_.arms(); ++a) {
      const double against = evidence_.mean(a) < largest ? std::max(0.0, evidence_.evidence(a, log_q, log_rest)) : 0;
      const double index = against + log_count_[static_cast<std::size_t>(a)];
      if (index < least) {
        least = index;
        best = a;
      }
    }
    return best;
  }

  void learn(const Feedback& feedback) override {
    evidence_.add(feedback.arm, feedback.reward);
    log_count_[static_cast<std::size_t>(feedback.arm)] = std::log(evidence_.count(feedback.arm));
  }

 private:
  BernoulliEvidence evidence_;
  std::vector<double> log_count_;
};

/// The same for other laws.
class LawImed final : public Agent {
 public:
  LawImed(int arms, const LawFamily& law) : statistics_(arms), log_count_(static_cast<std::size_t>(arms)), law_(law) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    double largest = -kInfinity;
    for (int a = 0; a < statistics_.arms(); ++a) largest = std::max(largest, statistics_.mean(a));
    return statistics_.largest([&](int arm) {
      const double against = law_.divergence(statistics_.mean(arm), largest);
      return -(static_cast<double>(statistics_.count(arm)) * against + log_count_[static_cast<std::size_t>(arm)]);
    });
  }

  void learn(const Feedback& feedback) override {
    statistics_.add(feedback.arm, feedback.reward);
    log_count_[static_cast<std::size_t>(feedback.arm)] = std::log(static_cast<double>(statistics_.count(feedback.arm)));
  }

 private:
  ArmStatistics statistics_;
  std::vector<double> log_count_;
  LawFamily law_;
};

}  // namespace

std::unique_ptr<Agent> make_kl_ucb(const World& world, const KlUcbOptions& options, const Stream&) {
  const LawFamily law = require_law("kl-ucb", options.law, world);
  if (law.kind == LawFamily::Kind::kBernoulli) return std::make_unique<KlUcb>(world.arms, options.c);
  if (law.kind == LawFamily::Kind::kGaussian) return std::make_unique<GaussianKlUcb>(world.arms, options.c, law.sigma);
  return std::make_unique<LawKlUcb>(world.arms, options.c, law);
}

std::unique_ptr<Agent> make_kl_ucb_pp(const World& world, const KlUcbPpOptions& options, const Stream&) {
  const double share = static_cast<double>(world.rounds) / world.arms;
  return std::make_unique<FixedIndex<KlUcbPpIndex>>(world.arms,
                                                    KlUcbPpIndex{share, require_law("kl-ucb-pp", options.law, world)});
}

std::unique_ptr<Agent> make_imed(const World& world, const ImedOptions& options, const Stream&) {
  const LawFamily law = require_law("imed", options.law, world);
  if (law.kind == LawFamily::Kind::kBernoulli) return std::make_unique<Imed>(world.arms);
  return std::make_unique<LawImed>(world.arms, law);
}

}  // namespace bellwether::bandits
