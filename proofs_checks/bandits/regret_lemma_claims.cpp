// What holds of every single run of a regularised leader, whatever the losses and the draws.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/adversarial/estimators.h"
#include "bandits/adversarial/potential.h"
#include "bandits/agent.h"
#include "bandits/registry.h"
#include "bandits/run.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/adversarial_runs.h"

namespace bellwether::claims {
namespace {

using bandits::Estimator;

constexpr const char* kPage = "docs/papers/adversarial-bandits.md";

/// Hands every round of an agent to a ledger: its probabilities, the arm and the loss.
class Audited : public bandits::Agent {
 public:
  using Ledger = std::function<void(std::int64_t round, std::span<const double> p, int arm, double loss)>;

  Audited(std::unique_ptr<bandits::Agent> agent, Ledger ledger)
      : agent_(std::move(agent)), ledger_(std::move(ledger)) {}

  int choose(const bandits::Round& round) override { return agent_->choose(round); }
  void learn(const bandits::Feedback& feedback) override {
    ledger_(feedback.round, agent_->probabilities(), feedback.arm, 1 - feedback.reward);
    agent_->learn(feedback);
  }

 private:
  std::unique_ptr<bandits::Agent> agent_;
  Ledger ledger_;
};

/// Plays a learner on many bandits; calls begin(K) before each run, `ledger` in each round and end() after it.
struct Auditor {
  std::function<void(std::size_t arms)> begin;
  Audited::Ledger ledger;
  std::function<void()> end;
};

void audit(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings,
           const Auditor& auditor) {
  std::vector<NamedArms> all = adversarial_arms();
  all.push_back(named_arms("adaptive", "adaptive-adversary", {}));
  all.push_back(named_arms("exact", "drifting-arms", {{"shape", "walk"}, {"step", "0.05"}, {"draw", "exact"}}));
  const std::int64_t rounds = effort.pick(4000, 40'000);
  for (const NamedArms& on : all) {
    for (std::int64_t run = 0; run < effort.pick(3, 20); ++run) {
      const Stream stream = effort.run(run).child(on.name);
      const bandits::World world = on.bandit->world(rounds);
      auditor.begin(static_cast<std::size_t>(world.arms));
      Audited agent(bandits::find_learner(learner).make(*on.bandit, world, settings, stream.child("learner")),
                    auditor.ledger);
      run_rounds(*on.bandit, agent, stream, {.length = rounds, .checkpoints = {rounds}});
      auditor.end();
    }
  }
}

/// Runs of Exp3 that break sum <p - e_i, l> <= ln K / eta + share eta sum_t sum_j p_tj l_tj^2 for the best i.
Measurement exponential_lemma(const Effort& effort, double share) {
  const double rate = 0.02;
  std::vector<double> sum;
  double mixed = 0, squares = 0, closest = 0;
  std::int64_t runs = 0, broken = 0;
  audit(effort, "exp3", {{"eta", fmt::format("{}", rate)}},
        {.begin =
             [&](std::size_t arms) {
               sum.assign(arms, 0.0);
               mixed = squares = 0;
             },
         .ledger =
             [&](std::int64_t, std::span<const double> p, int arm, double loss) {
               const double estimate = loss / p[static_cast<std::size_t>(arm)];
               sum[static_cast<std::size_t>(arm)] += estimate;
               mixed += loss;  // <p, l> of a single entry l = loss / p_A
               squares += loss * estimate;
             },
         .end =
             [&] {
               const double regret = mixed - std::ranges::min(sum);
               const double bound = std::log(static_cast<double>(sum.size())) / rate + share * rate * squares;
               closest = std::max(closest, regret / bound);
               ++runs;
               broken += regret > bound + 1e-9 * (1 + mixed);
             }});
  return never(broken, runs, 0, fmt::format("runs that broke it; the closest came to {:.3f} of the bound", closest));
}

Claim exponential_lemma_claim() {
  return {
      .id = "exp3-regret-lemma",
      .family = "bandits",
      .statement = "sum <p_t - e_i, l_t> <= ln K / eta + (eta / 2) sum_t sum_j p_tj l_tj^2, l the estimates of Exp3",
      .page = kPage,
      .theorem = "Auer et al. 2002; Bubeck and Cesa-Bianchi 2012, section 3",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return exponential_lemma(effort, 0.5); },
      .controls = {{"half-the-variance", "allows a quarter of eta where half of it is needed",
                    [](const Effort& effort) { return exponential_lemma(effort, 0.25); }}}};
}

/// psi(p) = -4 sum (sqrt(p) - p / 2) and the Bregman divergence that goes with it.
double tsallis(std::span<const double> p) {
  double sum = 0;
  for (const double x : p) sum -= 4 * (std::sqrt(x) - x / 2);
  return sum;
}

double divergence(std::span<const double> q, std::span<const double> p) {
  double sum = 0;  // 2 (sqrt(q) - sqrt(p))^2 / sqrt(p), which is never negative
  for (std::size_t i = 0; i < q.size(); ++i)
    sum += 2 * std::pow(std::sqrt(q[i]) - std::sqrt(p[i]), 2) / std::sqrt(p[i]);
  return sum;
}

/// The ledger of a leader of rates scale / sqrt(t): its regret against each arm by the estimates, and what the lemma
/// allows: sum_t (1 / eta_t - 1 / eta_{t-1}) (psi(e_i) - psi(p_t)) + sum_t max_q <p_t - q, l_t> - D(q, p_t) / eta_t.
class TsallisLedger {
 public:
  TsallisLedger(Estimator estimator, double scale, double penalty_share)
      : estimator_(estimator), scale_(scale), penalty_share_(penalty_share) {}

  void begin(std::size_t arms) {
    sum_.assign(arms, 0.0);
    estimate_.assign(arms, 0.0);
    theta_.assign(arms, 0.0);
    next_.assign(arms, 0.0);
    mixed_ = penalty_ = stability_ = last_inverse_ = 0;
  }

  void add(std::int64_t round, std::span<const double> p, int arm, double loss) {
    const double rate = scale_ / std::sqrt(static_cast<double>(round));
    penalty_ += (1 / rate - last_inverse_) * (-2 - tsallis(p));
    last_inverse_ = 1 / rate;
    std::ranges::fill(estimate_, 0.0);
    bandits::LossEstimate{.kind = estimator_, .rate = rate}.add(p, arm, loss, 1, estimate_);
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      sum_[i] += estimate_[i];
      mixed_ += p[i] * estimate_[i];
    }
    // The q of the maximum is the leader after this round at the rate of this round.
    const double least = std::ranges::min(sum_);
    for (std::size_t i = 0; i < sum_.size(); ++i) theta_[i] = rate * (sum_[i] - least);
    potential_.minimise(theta_, next_);
    for (std::size_t i = 0; i < sum_.size(); ++i) stability_ += (p[i] - next_[i]) * estimate_[i];
    stability_ -= divergence(next_, p) / rate;
  }

  double regret() const { return mixed_ - std::ranges::min(sum_); }
  double bound() const { return penalty_share_ * penalty_ + stability_; }
  double scale_of_sums() const { return 1 + std::abs(mixed_) + penalty_; }

 private:
  Estimator estimator_;
  double scale_, penalty_share_;
  bandits::Potential potential_{0.5};
  std::vector<double> sum_, estimate_, theta_, next_;
  double mixed_ = 0, penalty_ = 0, stability_ = 0, last_inverse_ = 0;
};

Measurement tsallis_lemma(const Effort& effort, double penalty_share) {
  double closest = 0;
  std::int64_t runs = 0, broken = 0;
  for (const bool reduced : {false, true}) {
    TsallisLedger ledger(reduced ? Estimator::kReduced : Estimator::kWeighted, reduced ? 4 : 2, penalty_share);
    audit(effort, "tsallis-inf", {{"estimator", reduced ? "rv" : "iw"}},
          {.begin = [&](std::size_t arms) { ledger.begin(arms); },
           .ledger = [&](std::int64_t round, std::span<const double> p, int arm,
                         double loss) { ledger.add(round, p, arm, loss); },
           .end =
               [&] {
                 closest = std::max(closest, ledger.regret() / ledger.bound());
                 ++runs;
                 broken += ledger.regret() > ledger.bound() + 1e-9 * ledger.scale_of_sums();
               }});
  }
  return never(broken, runs, 0, fmt::format("runs that broke it; the closest came to {:.3f} of the bound", closest));
}

Claim tsallis_lemma_claim() {
  return {
      .id = "tsallis-inf-regret-lemma",
      .family = "bandits",
      .statement = "The regret of Tsallis-INF by its estimates is at most penalty and stability, both computed exactly",
      .page = kPage,
      .theorem = "Zimmert and Seldin 2021, section 4; Orabona 2019, Lemma 7.1",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return tsallis_lemma(effort, 1); },
      .controls = {{"half-the-penalty", "allows half the penalty",
                    [](const Effort& effort) { return tsallis_lemma(effort, 0.5); }}}};
}

}  // namespace

std::vector<Claim> regret_lemma_claims() { return {exponential_lemma_claim(), tsallis_lemma_claim()}; }

}  // namespace bellwether::claims
