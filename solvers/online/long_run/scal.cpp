#include "solvers/online/long_run/scal.h"

#include <cmath>

#include "core/learner.h"
#include "solvers/online/long_run/confidence.h"
#include "solvers/online/long_run/doubling.h"
#include "solvers/online/long_run/extended_value_iteration.h"

namespace bellwether::online {
namespace {

/// Every law leads to state 0 with probability eta at least: (1 - eta) p + eta e_0. Sweeps then contract the span by
/// 1 - eta. Costs no gain beyond eta times the span of the bias.
class Perturbed {
 public:
  Perturbed(BernsteinSets& sets, double eta) : sets_(sets), eta_(eta) {}
  void prepare(std::span<const double> u) {
    sets_.prepare(u);
    home_ = u[0];
  }
  double value(std::int64_t choice) { return (1 - eta_) * sets_.value(choice) + eta_ * home_; }

 private:
  BernsteinSets& sets_;
  double eta_, home_ = 0;
};

class Scal final : public AverageAgent {
 public:
  Scal(const AverageWorld& world, BernsteinSets sets, const ScalOptions& options)
      : AverageAgent(world),
        state_begin_(world.state_begin),
        seen_(world),
        sets_(std::move(sets)),
        reward_(static_cast<std::size_t>(world.num_choices())),
        evi_(world.state_begin),
        span_(options.span_bound),
        warm_start_(options.warm_start) {
    epoch().probability.assign(static_cast<std::size_t>(world.num_choices()), 0.0);
  }

  void plan(std::int64_t step, int /*state*/) override {
    const auto t = static_cast<double>(step + 1);
    const double eta = 1 / t;
    seen_.settle();
    sets_.renew(seen_, t, reward_);
    Perturbed laws(sets_, eta);
    const EviOptions options{.tolerance = 1 / std::sqrt(t), .span = span_, .warm = warm_start_};
    evi_.run(reward_, laws, options);
    // The truth, perturbed and truncated, gains at least g* - eta * span.
    gain_ = evi_.gain_high() + eta * span_;
    mix(laws, options.tau);
    end_when_visits_double(seen_, epoch());
  }
  void learn(std::span<const AverageStep> steps) override { seen_.add(steps); }
  std::optional<double> optimistic_gain() const override { return gain_; }

 private:
  /// Plays each state's best choice; where that is worth more than the ceiling, mixed with its worst, such that the
  /// mixture is worth exactly the ceiling. Rewards of the worst may be 0, so its value is below the ceiling always.
  void mix(Perturbed& laws, double tau) {
    std::ranges::fill(epoch().probability, 0.0);
    negated_.clear();
    for (std::size_t s = 0; s < evi_.choices().size(); ++s) {
      const auto best = static_cast<std::size_t>(evi_.choices()[s]);
      epoch().probability[best] = 1;
      const double excess = evi_.untruncated()[s] - evi_.ceiling();
      if (excess <= 0) continue;
      if (negated_.empty()) {
        for (const double u : evi_.values()) negated_.push_back(-u);
        laws.prepare(negated_);
      }
      double lowest = std::numeric_limits<double>::infinity();
      std::size_t worst = best;
      for (std::int64_t c = state_begin_[s]; c < state_begin_[s + 1]; ++c) {
        const double value = -tau * laws.value(c);
        if (value < lowest) {
          lowest = value;
          worst = static_cast<std::size_t>(c);
        }
      }
      lowest += (1 - tau) * evi_.values()[s];
      const double share = std::min(1.0, excess / (evi_.untruncated()[s] - lowest));
      epoch().probability[best] -= share;
      epoch().probability[worst] += share;
    }
  }

  std::span<const std::int64_t> state_begin_;
  Experience seen_;
  BernsteinSets sets_;
  std::vector<double> reward_, negated_;
  ExtendedValueIteration evi_;
  double span_, gain_ = 0;
  bool warm_start_;
};

}  // namespace

std::unique_ptr<AverageAgent> make_scal(const AverageWorld& world, const ScalOptions& options,
                                        const Stream& /*stream*/) {
  require_valid("scal", options);
  const double factor = Constant("scal", options.constant, kScalPractical).factor();
  const auto widths = options.widths == "2020" ? BernsteinSets::Widths::k2020 : BernsteinSets::Widths::k2018;
  return std::make_unique<Scal>(world, BernsteinSets(world, widths, options.delta, factor), options);
}

}  // namespace bellwether::online
