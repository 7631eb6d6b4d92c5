#include "solvers/online/long_run/ucrl.h"

#include <cmath>

#include "core/learner.h"
#include "solvers/online/long_run/confidence.h"
#include "solvers/online/long_run/doubling.h"
#include "solvers/online/long_run/extended_value_iteration.h"

namespace bellwether::online {
namespace {

template <class Sets>
class Ucrl final : public AverageAgent {
 public:
  Ucrl(const AverageWorld& world, Sets sets, bool warm_start)
      : AverageAgent(world),
        seen_(world),
        sets_(std::move(sets)),
        reward_(static_cast<std::size_t>(world.num_choices())),
        evi_(world.state_begin),
        warm_start_(warm_start) {}

  void plan(std::int64_t step, int /*state*/) override {
    const auto t = static_cast<double>(step + 1);
    seen_.settle();
    sets_.renew(seen_, t, reward_);
    evi_.run(reward_, sets_, {.tolerance = 1 / std::sqrt(t), .warm = warm_start_});
    std::ranges::copy(evi_.choices(), epoch().choice.begin());
    end_when_visits_double(seen_, epoch());
  }
  void learn(std::span<const AverageStep> steps) override { seen_.add(steps); }
  std::optional<double> optimistic_gain() const override { return evi_.gain_high(); }

 private:
  Experience seen_;
  Sets sets_;
  std::vector<double> reward_;
  ExtendedValueIteration evi_;
  bool warm_start_;
};

}  // namespace

std::unique_ptr<AverageAgent> make_ucrl2(const AverageWorld& world, const UcrlOptions& options,
                                         const Stream& /*stream*/) {
  require_valid("ucrl2", options);
  const double factor = Constant("ucrl2", options.constant, kUcrl2Practical).factor();
  return std::make_unique<Ucrl<HoeffdingSets>>(world, HoeffdingSets(world, options.delta, factor), options.warm_start);
}

std::unique_ptr<AverageAgent> make_ucrl2b(const AverageWorld& world, const Ucrl2bOptions& options,
                                          const Stream& /*stream*/) {
  require_valid("ucrl2b", options);
  const double factor = Constant("ucrl2b", options.constant, kUcrl2bPractical).factor();
  const auto widths = options.widths == "2020" ? BernsteinSets::Widths::k2020 : BernsteinSets::Widths::k2018;
  return std::make_unique<Ucrl<BernsteinSets>>(world, BernsteinSets(world, widths, options.delta, factor),
                                               options.warm_start);
}

std::unique_ptr<AverageAgent> make_kl_ucrl(const AverageWorld& world, const UcrlOptions& options,
                                           const Stream& /*stream*/) {
  require_valid("kl-ucrl", options);
  const double factor = Constant("kl-ucrl", options.constant, kKlUcrlPractical).factor();
  return std::make_unique<Ucrl<KlSets>>(world, KlSets(world, options.delta, factor), options.warm_start);
}

}  // namespace bellwether::online
