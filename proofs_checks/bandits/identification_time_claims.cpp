// How many rounds it takes to name the best arm, from above: the characteristic time, and a bound with its constant.
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/identification/evidence.h"
#include "bandits/information/proportions.h"
#include "bandits/run.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/best-arm-identification.md";
constexpr std::int64_t kMostRounds = 10'000'000;

// --- The characteristic time -----------------------------------------------------------------------------------------

/// All arms in turn, stopped by the same evidence as Track-and-Stop.
class InTurn : public bandits::Agent {
 public:
  InTurn(int arms, double delta) : evidence_(arms, {}, {.delta = delta}) {}

  int choose(const bandits::Round&) override { return static_cast<int>(evidence_.total() % evidence_.arms()); }
  void learn(const bandits::Feedback& feedback) override { evidence_.add(feedback.arm, feedback.reward); }
  bool finished() const override { return evidence_.sure(); }
  int answer() const override { return evidence_.best(); }

 private:
  bandits::Evidence evidence_;
};

/// What to measure: how long a run takes with this delta.
using Rounds = std::vector<double> (*)(const bandits::StationaryBandit& bandit, double delta, const Effort& effort,
                                       std::int64_t runs);

std::vector<double> tracked(const bandits::StationaryBandit& bandit, double delta, const Effort& effort,
                            std::int64_t runs) {
  return names(bandit, "track-and-stop", {{"delta", fmt::format("{}", delta)}}, kMostRounds, runs, effort.stream)
      .rounds;
}

/// Its threshold ln((1 + ln t) / delta^2) is twice the other but for ln ln t.
std::vector<double> doubtful(const bandits::StationaryBandit& bandit, double delta, const Effort& effort,
                             std::int64_t runs) {
  return tracked(bandit, delta * delta, effort, runs);
}

std::vector<double> in_turn(const bandits::StationaryBandit& bandit, double delta, const Effort& effort,
                            std::int64_t runs) {
  std::vector<double> rounds;
  for (std::int64_t run = 0; run < runs; ++run) {
    InTurn agent(static_cast<int>(bandit.means().size()), delta);
    rounds.push_back(static_cast<double>(
        run_rounds(bandit, agent, effort.run(run), {.length = kMostRounds, .checkpoints = {1}}).last.rounds));
  }
  return rounds;
}

/// By how much more rounds the smaller delta takes per unit of ln(1 / delta), in units of T*; the same rewards for
/// both.
Measurement beside_characteristic_time(const Effort& effort, Rounds rounds) {
  constexpr double kLarge = 1e-3, kSmall = 1e-12;
  const std::vector<double> means = {0.6, 0.4, 0.2, 0.2, 0.2, 0.2};
  const auto bandit = coins(means);
  const double time = bandits::optimal_proportions(means, {}).time;
  const std::int64_t runs = effort.pick(60, 1000);
  const std::vector<double> early = rounds(bandit, kLarge, effort, runs);
  std::vector<double> slopes = rounds(bandit, kSmall, effort, runs);
  for (std::size_t i = 0; i < slopes.size(); ++i)
    slopes[i] = (slopes[i] - early[i]) / (time * std::log(kLarge / kSmall));
  return slope_within(
      slopes, 0.75, 1.25,
      fmt::format("asymptotic: of T* = {:.1f} rounds per ln(1 / delta), delta from {} to {}", time, kLarge, kSmall));
}

Claim characteristic_claim() {
  return {.id = "track-and-stop-time",
          .family = "bandits",
          .statement = "Mean rounds of Track-and-Stop grow by T* per ln(1 / delta), asymptotically",
          .page = kPage,
          .theorem = "Garivier and Kaufmann 2016, Theorem 14",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return beside_characteristic_time(effort, tracked); },
          .controls = {{"in-turn", "plays all arms in turn, and stops by the same rule",
                        [](const Effort& effort) { return beside_characteristic_time(effort, in_turn); }},
                       {"doubtful", "stops at twice the evidence",
                        [](const Effort& effort) { return beside_characteristic_time(effort, doubtful); }}}};
}

// --- LUCB ------------------------------------------------------------------------------------------------------------

/// Mean rounds of LUCB on normal arms as a share of the bound for sigma = 1/2, where it comes closest.
Measurement lucb_share(const Effort& effort, double sigma) {
  constexpr double kDelta = 0.1;
  Measurement worst;
  for (const std::vector<double>& means : {std::vector<double>{0.7, 0.4, 0.3, 0.2}, one_above(0.8, 0.4, 9)}) {
    const auto bandit = normal_arms(means, sigma);
    const double bound = bounds::lucb_rounds(gaps_of(bandit), kDelta);
    std::vector<double> sample =
        names(bandit, "lucb", {{"delta", fmt::format("{}", kDelta)}}, kMostRounds, effort.pick(20, 200), effort.stream)
            .rounds;
    for (double& x : sample) x /= bound;
    const Measurement here = mean_against(sample, 1, fmt::format("of the bound {:.0f}", bound));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

Claim lucb_claim() {
  return {.id = "lucb-rounds",
          .family = "bandits",
          .statement = "LUCB takes 292 H1 ln(H1 / delta) + 16 rounds on average at most, rewards 1/2-sub-Gaussian",
          .page = kPage,
          .theorem = "Kalyanakrishnan, Tewari, Auer and Stone 2012, Theorem 6, the constant of its proof",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return lucb_share(effort, 0.5); },
          .controls = {{"wide", "intervals as wide as for arms with six times the noise",
                        [](const Effort& effort) { return lucb_share(effort, 3); }}}};
}

}  // namespace

std::vector<Claim> identification_time_claims() { return {characteristic_claim(), lucb_claim()}; }

}  // namespace bellwether::claims
