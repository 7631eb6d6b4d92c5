// Arms that move: indices of Gittins and Whittle, the relaxation of many arms, arms that rot.
#include "proofs_checks/bandits/index_claims.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/restless.h"
#include "bandits/indices/beta_gittins.h"
#include "bandits/indices/gittins.h"
#include "bandits/indices/joint.h"
#include "bandits/indices/subsidy.h"
#include "bandits/trial.h"
#include "proofs_checks/bounds/bandits_rotting.h"

namespace bellwether::claims {
namespace {

using namespace bandits;

constexpr const char* kIndices = "docs/papers/bandit-indices.md";
constexpr const char* kRotting = "docs/papers/rotting-bandits.md";

ArmChain drawn_arm(int states, double kept, Stream stream) {
  ArmChain arm{.states = states};
  const auto n = static_cast<std::size_t>(states);
  for (const Activity what : {kRest, kPlay})
    for (std::size_t s = 0; s < n; ++s) {
      arm.rewards[what].push_back(stream.uniform());
      std::vector<double> row(n);
      double sum = 0.1;
      for (double& p : row) sum += p = stream.uniform() < kept ? stream.uniform() : 0;
      row[(s + 1) % n] += 0.1;
      for (const double p : row) arm.transitions[what].push_back(p / sum);
    }
  return arm;
}

ArmChain drawn_rested_arm(int states, const Stream& stream) {
  const ArmChain arm = drawn_arm(states, 0.6, stream);
  return rested_arm(arm.rewards[kPlay], arm.transitions[kPlay]);
}

// --- Gittins ---------------------------------------------------------------------------------------------------------

/// The largest loss of playing these priorities against the best policy of three arms.
template <class Priority>
Measurement loss_of(const Effort& effort, const Priority& priority) {
  const int instances = effort.pick(20, 200);
  Measurement worst{.measured = 0, .bound = 1e-7, .replicates = instances};
  for (int k = 0; k < instances; ++k) {
    std::vector<ArmChain> arms;
    std::vector<std::vector<double>> priorities;
    for (std::uint64_t i = 0; i < 3; ++i) {
      arms.push_back(drawn_rested_arm(3 + k % 3, effort.run(k).child(i)));
      priorities.push_back(priority(arms.back()));
    }
    const JointQuestion question{.arms = arms, .discount = 0.9, .start = {0, 1, 2}};
    const double loss = joint_optimum(question, 1e-8).middle() - priority_value(question, priorities, 1e-8).middle();
    worst.measured = std::max(worst.measured, loss);
  }
  worst.detail = "largest loss against value iteration over joint states";
  return worst;
}

Claim optimality_claim() {
  return {
      .id = "gittins-optimal",
      .family = "bandits",
      .statement = "Playing the largest Gittins index earns what the best policy of all arms together earns",
      .page = kIndices,
      .theorem = "Gittins and Jones 1974",
      .kind = Kind::kBelow,
      .measure = [](const Effort& e) { return loss_of(e, [](const ArmChain& a) { return gittins_indices(a, 0.9); }); },
      .controls = {{"myopic", "plays what brings most at once",
                    [](const Effort& e) { return loss_of(e, [](const ArmChain& a) { return a.rewards[kPlay]; }); }},
                   {"other-discount", "indices of a discount of 0.5", [](const Effort& e) {
                      return loss_of(e, [](const ArmChain& a) { return gittins_indices(a, 0.5); });
                    }}}};
}

/// The largest difference of the two indices, of arms that rest where they are or, with a share of their moves, not.
Measurement index_difference(const Effort& effort, double moves) {
  const int instances = effort.pick(50, 500);
  Measurement worst{.measured = 0, .bound = 1e-9, .replicates = instances, .detail = "largest difference"};
  for (int k = 0; k < instances; ++k) {
    ArmChain arm = drawn_rested_arm(3 + k % 8, effort.run(k));
    const auto n = static_cast<std::size_t>(arm.states);
    const std::vector<double> gittins = gittins_indices(arm, 0.95);
    for (std::size_t s = 0; s < n; ++s)
      for (std::size_t to = 0; to < n; ++to)
        arm.transitions[kRest][s * n + to] =
            (1 - moves) * (s == to ? 1 : 0) + moves * arm.transitions[kPlay][s * n + to];
    const SubsidyPath path = subsidy_path(arm, 0.95);
    for (std::size_t s = 0; s < n; ++s) worst.measured = std::max(worst.measured, std::abs(path.index[s] - gittins[s]));
  }
  return worst;
}

Claim rested_claim() {
  return {.id = "whittle-is-gittins-at-rest",
          .family = "bandits",
          .statement = "Of an arm that rests where it is Whittle's index, by the path of subsidies, is Gittins'",
          .page = kIndices,
          .theorem = "Whittle 1988",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return index_difference(effort, 0); },
          .controls = {{"moves", "the arm makes a tenth of its moves at rest",
                        [](const Effort& effort) { return index_difference(effort, 0.1); }}}};
}

/// Posteriors whose enclosure of the index is wrong: playing on, in a tree twice as deep with the mean at its leaves,
/// is worth no more than the fee at the low end, or more at the high end.
Measurement wrong_retirements(const Effort& effort, bool mean_only) {
  constexpr double kDiscount = 0.9;
  const int instances = effort.pick(40, 400), depth = 300;
  BetaGittins gittins(kDiscount, 1e-5);
  std::int64_t wrong = 0;
  for (int k = 0; k < instances; ++k) {
    Stream stream = effort.run(k);
    const double a = 0.2 + 10 * stream.uniform(), b = 0.2 + 10 * stream.uniform(), mean = a / (a + b);
    const Enclosure index = mean_only ? Enclosure{mean - 1e-6, mean + 1e-6} : gittins.index(a, b);
    const auto worth = [&](double fee) {
      std::vector<double> v;
      for (int j = 0; j <= depth; ++j) v.push_back(std::max(fee, (a + j) / (a + b + depth)));
      for (int level = depth - 1;; --level)
        for (int j = 0; j <= level; ++j) {
          const auto at = static_cast<std::size_t>(j);
          const double p = (a + j) / (a + b + level);
          const double again = (1 - kDiscount) * p + kDiscount * (p * v[at + 1] + (1 - p) * v[at]);
          if (level == 0) return again - fee;
          v[at] = std::max(fee, again);
        }
    };
    wrong += worth(index.low) < -1e-12 || worth(index.high) > 1e-12 ? 1 : 0;
  }
  return never(wrong, instances, 0, "posteriors whose index lies outside");
}

Claim retirement_claim() {
  return {.id = "gittins-retirement",
          .family = "bandits",
          .statement = "Between the ends of the proven index of a posterior playing on stops to be worth its fee",
          .page = kIndices,
          .theorem = "Whittle 1980; the enclosure is derived on its page",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return wrong_retirements(effort, false); },
          .controls = {{"mean", "takes the posterior mean for the index",
                        [](const Effort& effort) { return wrong_retirements(effort, true); }}}};
}

// --- Whittle ---------------------------------------------------------------------------------------------------------

/// By how much playing is better than resting, of each state at this subsidy, by value iteration.
std::vector<double> advantages(const ArmChain& arm, double subsidy, double discount) {
  const auto n = static_cast<std::size_t>(arm.states);
  std::vector<double> v(n), best(n), advantage(n);
  for (int sweep = 0; sweep < 400; ++sweep) {
    for (std::size_t s = 0; s < n; ++s) {
      double rest = arm.rewards[kRest][s] + subsidy, play = arm.rewards[kPlay][s];
      for (std::size_t to = 0; to < n; ++to) {
        rest += discount * arm.transitions[kRest][s * n + to] * v[to];
        play += discount * arm.transitions[kPlay][s * n + to] * v[to];
      }
      advantage[s] = play - rest;
      best[s] = std::max(play, rest);
    }
    v = best;
  }
  return advantage;
}

/// Arms of whom the verdict is wrong: value iteration over a grid of subsidies finds a state that plays after it rested
/// where there should be none, or does not find the witness.
Measurement wrong_verdicts(const Effort& effort, bool trusts_all) {
  constexpr double kDiscount = 0.9;
  const int arms = effort.pick(2000, 20'000);
  std::int64_t wrong = 0, refuted = 0;
  for (int k = 0; k < arms; ++k) {
    const ArmChain arm = drawn_arm(3, 0.35, effort.run(k));
    const SubsidyPath path = subsidy_path(arm, kDiscount);
    if (path.verdict == Indexability::kNotIndexable) {
      ++refuted;
      const auto s = static_cast<std::size_t>(path.witness.state);
      const bool confirmed = path.witness.rests < path.witness.plays &&
                             advantages(arm, path.witness.rests, kDiscount)[s] < 0 &&
                             advantages(arm, path.witness.plays, kDiscount)[s] > 0;
      wrong += confirmed && !trusts_all ? 0 : 1;
      continue;
    }
    if (k % 20 != 0) continue;  // a grid for every twentieth of the others
    std::vector<bool> rested(static_cast<std::size_t>(arm.states), false);
    bool again = false;
    for (double subsidy = -1.5; subsidy <= 1.5; subsidy += 0.02) {
      const std::vector<double> advantage = advantages(arm, subsidy, kDiscount);
      for (std::size_t s = 0; s < rested.size(); ++s) {
        again = again || (rested[s] && advantage[s] > 1e-9);
        rested[s] = rested[s] || advantage[s] < -1e-9;
      }
    }
    wrong += again ? 1 : 0;
  }
  return never(wrong, arms, 0, fmt::format("{} arms proven not indexable", refuted));
}

Claim verdict_claim() {
  return {.id = "whittle-indexability",
          .family = "bandits",
          .statement = "An arm is called indexable only when no state plays after it rested, and refused with a proof",
          .page = kIndices,
          .theorem = "Whittle 1988 (the definition)",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return wrong_verdicts(effort, false); },
          .controls = {{"trusts-all", "calls every arm indexable",
                        [](const Effort& effort) { return wrong_verdicts(effort, true); }}}};
}

/// Regret a round and arm against the relaxation, of many machines over that of few, the share of repairs the same.
Measurement loss_of_many(const Effort& effort, const std::string& policy) {
  const int runs = effort.pick(8, 40);
  const std::int64_t rounds = 3000;
  const auto loss = [&](int arms, const Stream& stream) {
    const NamedBandit named =
        find_family("machines")
            ->make(
                {{"arms", std::to_string(arms)}, {"active", std::to_string(arms / 6)}, {"vary", "0"}, {"states", "6"}});
    return play(*named.bandit, policy, {}, stream, {.length = rounds, .checkpoints = {rounds}}).value(0, 0) / arms /
           static_cast<double>(rounds);
  };
  std::vector<double> few, many;
  for (int run = 0; run < runs; ++run) {
    few.push_back(loss(6, effort.run(run)));
    many.push_back(loss(192, effort.run(run)));
  }
  double base = 0;
  for (const double x : few) base += x / runs;
  for (double& x : many) x /= base;
  return mean_against(many, 0.25, fmt::format("of the loss an arm of 6 machines, {:.4f}, with 192", base));
}

Claim asymptotic_claim() {
  return {.id = "whittle-asymptotic",
          .family = "bandits",
          .statement =
              "Whittle's loss an arm against the relaxation vanishes as arms multiply: at 32 times as many it is "
              "at most a quarter",
          .page = kIndices,
          .theorem = "Weber and Weiss 1990",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return loss_of_many(effort, "whittle"); },
          .controls = {{"myopic", "repairs for what a repair brings at once: never",
                        [](const Effort& effort) { return loss_of_many(effort, "myopic"); }}}};
}

/// The largest excess of the best policy of four arms over a bound.
Measurement excess(const Effort& effort, int slots_off) {
  const int instances = effort.pick(12, 100);
  Measurement worst{.measured = -1, .bound = 1e-7, .replicates = instances, .detail = "largest excess over the bound"};
  for (int k = 0; k < instances; ++k) {
    std::vector<ArmChain> arms;
    std::vector<SubsidyPath> paths;
    for (std::uint64_t i = 0; i < 4; ++i) {
      arms.push_back(drawn_arm(4, 0.8, effort.run(k).child(i)));
      paths.push_back(subsidy_path(arms.back(), 1));
    }
    const double best = joint_optimum({.arms = arms, .active = 2}, 1e-8).low;
    worst.measured = std::max(worst.measured, best - relaxation_bound(paths, 2 - slots_off, 1));
  }
  return worst;
}

Claim relaxation_claim() {
  return {.id = "whittle-relaxation",
          .family = "bandits",
          .statement = "No policy of restless arms earns more than Whittle's relaxation",
          .page = kIndices,
          .theorem = "Whittle 1988",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return excess(effort, 0); },
          .controls = {{"one-fewer", "the bound of one play fewer a round",
                        [](const Effort& effort) { return excess(effort, 1); }}}};
}

// --- Rotting ---------------------------------------------------------------------------------------------------------

Measurement rotting_share(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings) {
  const std::int64_t rounds = 400'000;
  const NamedBandit named = find_family("rotting-arms")->make({});
  const double bound = bounds::raw_ucb(2, 0.5, 0.8, rounds, true);
  std::vector<double> sample;
  for (int run = 0; run < effort.pick(5, 50); ++run)
    sample.push_back(
        play(*named.bandit, learner, settings, effort.run(run), {.length = rounds, .checkpoints = {rounds}})
            .value(0, 0) /
        bound);
  return mean_against(sample, 1, fmt::format("of the bound {:.0f}", bound));
}

Claim rotting_claim() {
  return {.id = "raw-ucb-bound",
          .family = "bandits",
          .statement = "RAW-UCB, doubling windows: regret at most (1 + sqrt 2) sqrt(32 sigma^2 K T ln T) + lower terms",
          .page = kRotting,
          .theorem = "Seznec, Menard, Lazaric and Valko 2020, constants derived on its page",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return rotting_share(effort, "raw-ucb", {}); },
          .controls = {{"all-pulls", "UCB1: averages over all pulls",
                        [](const Effort& effort) { return rotting_share(effort, "ucb1", {}); }}}};
}

}  // namespace

std::vector<Claim> index_bandit_claims() {
  return {optimality_claim(), rested_claim(),     retirement_claim(), verdict_claim(),
          asymptotic_claim(), relaxation_claim(), rotting_claim()};
}

}  // namespace bellwether::claims
