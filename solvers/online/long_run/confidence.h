#pragma once

#include <span>

#include "solvers/online/average/agent.h"
#include "solvers/online/long_run/boxes.h"
#include "solvers/online/long_run/experience.h"
#include "solvers/online/long_run/kl_balls.h"
#include "solvers/online/long_run/l1_balls.h"

namespace bellwether::online {

// The models that each paper still holds possible after some steps, ready for extended value iteration: the best mean
// rewards of the sets, never above 1, and the sets of laws. `factor` multiplies every width. SA below is the number of
// choices, n that of visits; a choice that was never taken may pay 1 and lead anywhere.

/// UCRL2 (Jaksch, Ortner and Auer 2010, (3) and (4)), t the number of the next step, from 1 on:
///   |r - r^| <= sqrt(7 ln(2 SA t / delta) / (2 n)),   ||p - p^||_1 <= sqrt(14 S ln(2 A t / delta) / n).
class HoeffdingSets {
 public:
  HoeffdingSets(const AverageWorld& world, double delta, double factor);
  void renew(const Experience& seen, double t, std::span<double> reward);
  void prepare(std::span<const double> u) { laws_.prepare(u); }
  double value(std::int64_t choice) { return laws_.value(choice); }

 private:
  double states_, actions_, choices_, delta_, factor_;
  L1Balls laws_;
};

/// Empirical Bernstein bounds, for rewards with their empirical variance and for each next state with p^ (1 - p^).
class BernsteinSets {
 public:
  enum class Widths {
    /// 2 sqrt(var l / n) + 6 l / n with l = ln(6 SA n / delta): UCRL2B (Fruit, Pirotta and Lazaric 2020).
    k2020,
    /// sqrt(14 var l / n) + 49 l / (3 (n - 1)) with l = ln(2 SA t / delta): SCAL (Fruit, Pirotta, Lazaric and Ortner
    /// 2018); n - 1 counts as 1 when n = 1.
    k2018,
  };
  BernsteinSets(const AverageWorld& world, Widths widths, double delta, double factor);
  void renew(const Experience& seen, double t, std::span<double> reward);
  void prepare(std::span<const double> u) { laws_.prepare(u); }
  double value(std::int64_t choice) { return laws_.value(choice); }

 private:
  double choices_, delta_, factor_;
  Widths widths_;
  Boxes laws_;
};

/// KL-UCRL (Filippi, Cappe and Garivier 2010, Section III), T the number of all steps:
///   |r - r^| <= sqrt(C_R / n), C_R = ln(4 SA ln T / delta) / 1.99,
///   KL(p^, p) <= C_P / n,      C_P = S (B + ln(B + 1 / ln T) (1 + 1 / (B + 1 / ln T))), B = ln(2 e S^2 A ln T /
///   delta).
class KlSets {
 public:
  KlSets(const AverageWorld& world, double delta, double factor);
  void renew(const Experience& seen, double t, std::span<double> reward);
  void prepare(std::span<const double> u) { laws_.prepare(u); }
  double value(std::int64_t choice) { return laws_.value(choice); }

  double reward_constant() const { return reward_constant_; }
  double law_constant() const { return law_constant_; }

 private:
  double reward_constant_, law_constant_, factor_;
  KlBalls laws_;
};

}  // namespace bellwether::online
