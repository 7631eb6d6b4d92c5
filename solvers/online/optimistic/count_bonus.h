#pragma once

#include <optional>
#include <vector>

#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {

/// What a learner adds to the empirical model when its bonus depends on the number n of visits alone.
struct CountBonus {
  enum class Decay { kRoot, kOnePlus };
  double scale = 0;  ///< bonus: scale / sqrt(n), or scale / (1 + n)
  Decay decay = Decay::kRoot;
  bool known_rewards = true;  ///< mean rewards of the world, else the means of those that were seen
  double epsilon = 0;         ///< in every step play a uniform choice with this probability
  bool optimistic = true;     ///< whether the values are meant as upper bounds
};

/// Q_h(c) = r(c) + bonus(n(c)) + sum over s' of P^(s' | c) V_{h+1}(s').
class CountBonusAgent final : public InductionAgent {
 public:
  CountBonusAgent(const EpisodicWorld& world, const InductionOptions& options, const CountBonus& bonus);

  void plan(std::int64_t /*episode*/) override { induction().plan(*this); }
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override;

  // The rule of the induction.
  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Row& r = rows_[static_cast<std::size_t>(i)];
    return r.fixed + r.per_visit * counts_.sum(i, next);
  }
  bool settle(int stage, int state, std::int64_t best);

 private:
  struct Row {
    double fixed = 0;  ///< reward and bonus
    double per_visit = 0;
  };

  void play_nearly(int stage, int state, std::int64_t best);

  CountBonus bonus_;
  TransitionCounts counts_;
  std::vector<Moments> rewards_;  ///< unless they are known
  std::vector<Row> rows_;
};

}  // namespace bellwether::online
