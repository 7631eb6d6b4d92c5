#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bandits/arms/families.h"
#include "bandits/arms/restless.h"
#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

struct RestlessOptions {
  int arms = 6, active = 2;
  std::string comparator = "bound";
  std::int64_t seed = 0;
};

template <class Field>
void describe_restless(RestlessOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 10'000), "number of arms");
  field("active", o.active, between(1, 10'000), "how many may be played in a round");
  field("comparator", o.comparator, one_of({"bound", "optimum"}),
        "regret against Whittle's relaxation, or the best policy where there are few joint states");
  field("seed", o.seed, at_least(0), "draws what is random about the arms");
}

NamedBandit restless(const RestlessOptions& o, std::vector<ArmChain> arms, int start) {
  const auto comparator =
      o.comparator == "bound" ? RestlessBandit::Comparator::kBound : RestlessBandit::Comparator::kOptimum;
  std::vector<int> starts(arms.size(), start);
  const auto bandit = std::make_shared<const RestlessBandit>(std::move(arms), std::move(starts), o.active, comparator);
  double indexable = 0;
  for (int i = 0; i < o.arms; ++i) indexable += bandit->path(i).verdict == Indexability::kIndexable ? 1 : 0;
  NamedBandit made{.bandit = bandit,
                   .facts = {{"most that can be earned a round", bandit->bound(), "Whittle's relaxation"},
                             {"indexable arms", indexable, "in the long run: they have Whittle's index"}}};
  if (comparator == RestlessBandit::Comparator::kOptimum)
    made.facts.push_back(
        {"earned a round by the best policy", bandit->comparator_value(), "value iteration over joint states"});
  return made;
}

/// A draw for arm i, uniform within `vary` of the centre, kept inside (0, 1).
double varied(double centre, double vary, Stream& stream) {
  return std::clamp(centre + vary * (2 * stream.uniform() - 1), 0.001, 0.999);
}

// --- Channels: good or bad, seen only when used ----------------------------------------------------------------------

struct ChannelOptions : RestlessOptions {
  double stay = 0.8, become = 0.2, vary = 0;
  int ages = 20;
};

template <class Field>
void describe(ChannelOptions& o, Field&& field) {
  describe_restless(o, field);
  field("stay", o.stay, inside(0, 1), "probability that a good channel is good in the next round");
  field("become", o.become, inside(0, 1), "probability that a bad one becomes good");
  field("vary", o.vary, between(0, 1), "both are drawn for every channel, uniformly within this distance");
  field("ages", o.ages, between(1, 200),
        "rounds after which what was seen is forgotten: the channel is as in the long run");
}

/// States: seen good 1 .. ages rounds ago, seen bad so many ago, forgotten. The reward is the belief to be good.
ArmChain channel_arm(double stay, double become, int ages) {
  const int forgotten = 2 * ages;
  ArmChain arm{.states = forgotten + 1};
  const auto n = static_cast<std::size_t>(arm.states);
  for (auto& rows : arm.transitions) rows.assign(n * n, 0.0);
  for (auto& rewards : arm.rewards) rewards.assign(n, 0.0);
  for (const int seen : {0, ages, forgotten}) {
    double belief = seen == forgotten ? become / (1 - stay + become) : seen == 0 ? stay : become;
    for (int age = 0; age < (seen == forgotten ? 1 : ages); ++age) {
      const auto s = static_cast<std::size_t>(seen + age);
      arm.rewards[kPlay][s] = belief;
      arm.transitions[kPlay][s * n] = belief;
      arm.transitions[kPlay][s * n + static_cast<std::size_t>(ages)] = 1 - belief;
      arm.transitions[kRest][s * n + (seen == forgotten || age + 1 == ages ? n - 1 : s + 1)] = 1;
      belief = belief * stay + (1 - belief) * become;
    }
  }
  return arm;
}

NamedBandit channels(const ChannelOptions& o) {
  std::vector<ArmChain> arms;
  for (int i = 0; i < o.arms; ++i) {
    Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("arm").child(static_cast<std::uint64_t>(i));
    const double stay = varied(o.stay, o.vary, stream), become = varied(o.become, o.vary, stream);
    arms.push_back(channel_arm(stay, become, o.ages));
  }
  return restless(o, std::move(arms), 2 * o.ages);
}

// --- Machines that wear out ------------------------------------------------------------------------------------------

struct MachineOptions : RestlessOptions {
  int states = 8;
  double wear = 0.4, cost = 0.5, vary = 0.2;
};

template <class Field>
void describe(MachineOptions& o, Field&& field) {
  describe_restless(o, field);
  field("states", o.states, between(2, 1000), "stages of wear, 0 being new");
  field("wear", o.wear, inside(0, 1), "probability of the next stage in a round of work");
  field("cost", o.cost, at_least(0), "of a repair, which takes the round");
  field("vary", o.vary, between(0, 1), "wear is drawn for every machine, uniformly within this distance");
}

/// Rest is work: it brings 1 - (s / (states - 1))^2. Play is a repair.
ArmChain machine_arm(int states, double wear, double cost) {
  ArmChain arm{.states = states};
  const auto n = static_cast<std::size_t>(states);
  for (auto& rows : arm.transitions) rows.assign(n * n, 0.0);
  for (std::size_t s = 0; s < n; ++s) {
    const double worn = static_cast<double>(s) / static_cast<double>(n - 1);
    arm.rewards[kRest].push_back(1 - worn * worn);
    arm.rewards[kPlay].push_back(-cost);
    arm.transitions[kPlay][s * n] = 1;
    arm.transitions[kRest][s * n + std::min(s + 1, n - 1)] += wear;
    arm.transitions[kRest][s * n + s] += 1 - wear;
  }
  return arm;
}

NamedBandit machines(const MachineOptions& o) {
  std::vector<ArmChain> arms;
  for (int i = 0; i < o.arms; ++i) {
    Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("arm").child(static_cast<std::uint64_t>(i));
    arms.push_back(machine_arm(o.states, varied(o.wear, o.vary, stream), o.cost));
  }
  return restless(o, std::move(arms), 0);
}

// --- Chains drawn at random: some are not indexable ------------------------------------------------------------------

struct RandomOptions : RestlessOptions {
  int states = 3;
  double kept = 0.4;
};

template <class Field>
void describe(RandomOptions& o, Field&& field) {
  describe_restless(o, field);
  field("states", o.states, between(2, 1000), "of every arm");
  field("kept", o.kept, between(0, 1), "share of possible successors; one is always there, so the arm is one class");
}

NamedBandit random_arms(const RandomOptions& o) {
  std::vector<ArmChain> arms;
  const auto n = static_cast<std::size_t>(o.states);
  for (int i = 0; i < o.arms; ++i) {
    Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("arm").child(static_cast<std::uint64_t>(i));
    ArmChain arm{.states = o.states};
    for (const Activity what : {kRest, kPlay})
      for (std::size_t s = 0; s < n; ++s) {
        arm.rewards[what].push_back(stream.uniform());
        std::vector<double> row(n);
        for (double& p : row) p = stream.uniform() < o.kept ? stream.uniform() : 0;
        row[(s + 1) % n] += 0.1;
        double sum = 0;
        for (const double p : row) sum += p;
        for (const double p : row) arm.transitions[what].push_back(p / sum);
      }
    arms.push_back(std::move(arm));
  }
  return restless(o, std::move(arms), 0);
}

}  // namespace

std::vector<Family> restless_families() {
  return {
      bandit_family<ChannelOptions, channels>(
          "channels", "channels that turn good and bad, seen only when used; several used in a round", "Liu, Zhao 2010",
          "arms"),
      bandit_family<MachineOptions, machines>(
          "machines", "machines that wear out while they work, and few who can repair them", "Whittle 1988", "arms"),
      bandit_family<RandomOptions, random_arms>(
          "restless-arms", "Markov chains drawn at random that move whether they are played or not: some have no index",
          "Whittle 1988", "arms")};
}

}  // namespace bellwether::bandits
