#pragma once

#include <memory>
#include <string>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// Arms that bring 1 with a probability drawn anew for every run from Beta(successes, failures): the law is known, the
/// draw is not. With a discount below 1 round t counts discount^(t - 1), and what a round is compared with is
/// (1 - discount) times the most that any policy is expected to earn: regret summed over all rounds is then what a
/// policy loses against the best one, 0 on average for Gittins. Without, the comparator is the best arm of the run.
class PriorBandit : public Bandit {
 public:
  /// InvalidOption unless there is an arm, both parameters are above 0 and 0 <= discount < 1 or it is 1.
  PriorBandit(int arms, double successes, double failures, double discount);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  int arms() const { return arms_; }
  double successes() const { return successes_; }
  double failures() const { return failures_; }
  double discount() const { return discount_; }
  /// With a discount: (1 - discount) times what the best policy is expected to earn, and how far that may be off.
  double optimum() const { return optimum_; }
  double slack() const { return slack_; }

 private:
  int arms_;
  double successes_, failures_, discount_, optimum_ = 0, slack_ = 0;
};

/// Normal rewards of standard deviation `sigma` around means drawn anew for every run from N(mean, spread^2). Regret is
/// against the best arm of the run.
class NormalPriorBandit : public Bandit {
 public:
  /// InvalidOption unless there is an arm, the mean is finite and spread and sigma are above 0.
  NormalPriorBandit(int arms, double mean, double spread, double sigma);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

 private:
  int arms_;
  double mean_, spread_, sigma_;
};

}  // namespace bellwether::bandits
