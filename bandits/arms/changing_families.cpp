#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/changing.h"
#include "bandits/arms/changing_drifts.h"
#include "bandits/arms/corrupted.h"
#include "bandits/arms/delayed.h"
#include "bandits/arms/families.h"
#include "bandits/arms/sequence.h"
#include "bandits/nested_settings.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// What all changing arms have: whose earnings regret is counted against, and how rewards are drawn.
struct ComparedOptions {
  std::string against = "rounds";
  std::string draw = "bernoulli";
};

template <class Field>
void describe_compared(ComparedOptions& o, Field&& field) {
  field("against", o.against, one_of({"rounds", "fixed"}),
        "regret against the best arm of each round, or the best fixed arm of the run");
  field("draw", o.draw, one_of({"bernoulli", "exact"}), "rewards are 0 or 1 with these means, or the means themselves");
}

Draw draw_of(const std::string& word) { return word == "exact" ? Draw::kExact : Draw::kBernoulli; }

NamedBandit changing(const ComparedOptions& o, std::shared_ptr<const Drift> drift) {
  return {.bandit =
              std::make_shared<const ChangingBandit>(std::move(drift), against("bandit", o.against), draw_of(o.draw))};
}

struct PiecewiseOptions : ComparedOptions {
  std::string problem = "garivier-moulines", means = "", breaks = "";
  int arms = 3;
};

template <class Field>
void describe(PiecewiseOptions& o, Field&& field) {
  field("problem", o.problem, one_of({"garivier-moulines", "smpybandits-1"}), "where means is empty: a known one");
  field("means", o.means, any_value(), "means of the arms in the first phase, the second, ..., with / between them");
  field("arms", o.arms, between(1, 1'000'000), "how many of the means make a phase");
  field("breaks", o.breaks, any_value(),
        "after which round each phase begins: 0 and shares of the run below 1, or 0 and numbers of rounds; "
        "empty: phases of equal length");
  describe_compared(o, field);
}

NamedBandit piecewise(const PiecewiseOptions& o) {
  std::string means = o.means, breaks = o.breaks;
  int arms = o.arms;
  if (means.empty()) {
    const bool french = o.problem == "garivier-moulines";
    means =
        french ? "0.5/0.3/0.4/0.5/0.3/0.9/0.5/0.3/0.4" : "0.3/0.5/0.9/0.3/0.2/0.9/0.3/0.2/0.1/0.7/0.2/0.1/0.7/0.5/0.1";
    if (breaks.empty()) breaks = french ? "0/0.3/0.5" : "0/0.2/0.4/0.6/0.8";
    arms = 3;
  }
  const std::vector<double> numbers = read_numbers("bandit", "means", means);
  const auto width = static_cast<std::size_t>(arms);
  if (numbers.size() % width != 0)
    throw InvalidOption(
        fmt::format("bandit: option 'means' has {} numbers, must be a multiple of {} arms", numbers.size(), arms));
  std::vector<std::vector<double>> phases;
  for (auto at = numbers.begin(); at != numbers.end(); at += arms) phases.emplace_back(at, at + arms);
  std::vector<double> starts = read_numbers("bandit", "breaks", breaks);
  for (std::size_t j = 0; breaks.empty() && j < phases.size(); ++j)
    starts.push_back(static_cast<double>(j) / static_cast<double>(phases.size()));
  const double changes = static_cast<double>(phases.size()) - 1;
  NamedBandit made = changing(o, piecewise_drift(std::move(phases), std::move(starts)));
  made.facts.push_back({"changes", changes, "how often some mean jumps"});
  return made;
}

struct DriftingOptions : ComparedOptions {
  std::string shape = "sine";
  int arms = 2;
  double swing = 0.3, variation = 3, step = 0.005, low = 0, high = 1;
};

template <class Field>
void describe(DriftingOptions& o, Field&& field) {
  field("shape", o.shape, one_of({"sine", "walk"}), "sine waves out of phase, or random walks");
  field("arms", o.arms, between(1, 1'000'000), "number of arms");
  field(
      "swing", o.swing,
      [] {
        Rule rule = above(0);
        rule.high = 0.5;
        rule.has_high = true;
        return rule;
      }(),
      "sine: how far a mean swings around 1/2");
  field("variation", o.variation, at_least(0), "sine: how far a mean travels in the whole run");
  field("step", o.step, at_least(0), "walk: standard deviation of a step, one a round");
  field("low", o.low, between(0, 1), "walk: reflected here");
  field("high", o.high, between(0, 1), "walk: and here");
  describe_compared(o, field);
}

NamedBandit drifting(const DriftingOptions& o) {
  if (o.shape == "walk") return changing(o, walk_drift(o.arms, o.step, o.low, o.high));
  NamedBandit made = changing(o, sine_drift(o.arms, o.swing, o.variation));
  made.facts.push_back({"variation", o.variation, "how far each mean travels in the whole run"});
  return made;
}

struct ConstrainedOptions : ComparedOptions {
  int arms = 5;
  double gap = 0.125, factor = 1.6;
};

template <class Field>
void describe(ConstrainedOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 1'000'000), "number of arms");
  field("gap", o.gap, between(0, 1), "by how much arm 0 is better in every round");
  field("factor", o.factor, above(1), "how much longer a phase is than the one before");
  describe_compared(o, field);
}

NamedBandit constrained(const ConstrainedOptions& o) { return changing(o, constrained_drift(o.arms, o.gap, o.factor)); }

struct SequenceOptions : ComparedOptions {
  SequenceOptions() {
    against = "fixed";
    draw = "exact";
  }
  std::string file = "", values = "losses";
};

template <class Field>
void describe(SequenceOptions& o, Field&& field) {
  field("file", o.file, any_value(), "comma-separated: names of the arms, then a line a round");
  field("values", o.values, one_of({"losses", "rewards"}), "what the numbers in [0, 1] are; a reward is 1 - loss");
  describe_compared(o, field);
}

NamedBandit sequence(const SequenceOptions& o) {
  if (o.file.empty()) throw InvalidOption("bandit: option 'file' is empty, must name a file with a column an arm");
  Sequence read = read_sequence(o.file);
  NamedBandit made = changing(o, sequence_drift(read, o.values == "losses"));
  made.facts.push_back({"rounds", static_cast<double>(read.rows.size() / read.arm_names.size()), "lines of the file"});
  made.arm_names = std::move(read.arm_names);
  return made;
}

struct AdaptiveOptions {
  int arms = 5, memory = 100;
  double low = 0.25, high = 0.75;
  std::string draw = "bernoulli";
};

template <class Field>
void describe(AdaptiveOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 1'000'000), "number of arms");
  field("memory", o.memory, between(1, 100'000'000), "how many rounds the adversary looks back");
  field("low", o.low, between(0, 1), "mean of the arm that was played most in them");
  field("high", o.high, between(0, 1), "mean of all others");
  field("draw", o.draw, one_of({"bernoulli", "exact"}), "rewards are 0 or 1 with these means, or the means themselves");
}

NamedBandit adaptive(const AdaptiveOptions& o) {
  return {.bandit = adaptive_adversary(o.arms, o.memory, o.low, o.high, draw_of(o.draw))};
}

/// What is built around another bandit.
struct AroundOptions {
  std::string base = "bernoulli-arms", with = "";
};

template <class Field>
void describe_around(AroundOptions& o, Field&& field) {
  field("base", o.base, any_value(), "the bandit around which it is built");
  field("with", o.with, any_value(), "its settings: name=value with spaces or ; between them");
}

NamedBandit base_of(const AroundOptions& o) {
  const Family* family = find_family(o.base);
  if (family == nullptr) throw InvalidOption(fmt::format("bandit: there is no bandit \"{}\" to build around", o.base));
  return family->make(nested_settings("bandit", "with", o.with, "arms=5;gap=0.2"));
}

struct CorruptedOptions : AroundOptions {
  CorruptedOptions() { with = "means=0.6/0.5/0.5/0.5/0.5"; }
  std::int64_t rounds = 300;
  std::string shown = "0.1/0.9/0.5/0.5/0.5";
};

template <class Field>
void describe(CorruptedOptions& o, Field&& field) {
  describe_around(o, field);
  field("rounds", o.rounds, at_least(0), "how many rounds, from the first on, are corrupted");
  field("shown", o.shown, any_value(),
        "mean of the 0-or-1 rewards that are shown in them, one an arm; empty: rewards upside down");
}

NamedBandit corrupted_arms(const CorruptedOptions& o) {
  NamedBandit made = base_of(o);
  made.bandit = corrupted(made.bandit, {o.rounds, read_numbers("bandit", "shown", o.shown)});
  return made;
}

struct DelayedOptions : AroundOptions {
  DelayedOptions() { with = "means=0.6/0.5/0.5/0.5/0.5"; }
  std::int64_t delay = 100, largest = 0;
  std::string law = "constant";
};

template <class Field>
void describe(DelayedOptions& o, Field&& field) {
  describe_around(o, field);
  field("delay", o.delay, between(0, 1e9), "in how many rounds feedback comes, on average");
  field("law", o.law, one_of({"constant", "uniform", "geometric"}), "always so many; 0 to twice as many; geometric");
  field("largest", o.largest, between(0, 1e9), "geometric: no more than this; 0: twenty times the mean");
}

NamedBandit delayed_arms(const DelayedOptions& o) {
  using Law = DelayLaw::Family;
  NamedBandit made = base_of(o);
  const Law law = o.law == "constant" ? Law::kConstant : (o.law == "uniform" ? Law::kUniform : Law::kGeometric);
  made.bandit = delayed(made.bandit, {law, o.delay, o.largest > 0 ? o.largest : 20 * o.delay});
  return made;
}

}  // namespace

std::vector<Family> changing_families() {
  return {bandit_family<PiecewiseOptions, piecewise>("piecewise-arms", "means that jump at a few breaks",
                                                     "Garivier and Moulines 2011; SMPyBandits"),
          bandit_family<DriftingOptions, drifting>("drifting-arms", "means that drift: sine waves or random walks",
                                                   "Besbes, Gur and Zeevi 2014", "arms"),
          bandit_family<ConstrainedOptions, constrained>(
              "constrained-adversary", "one arm always better by the same, the level of all leaping in longer phases",
              "Zimmert and Seldin 2021, section 6", "arms"),
          bandit_family<SequenceOptions, sequence>("loss-sequence", "losses or rewards of every round from a file",
                                                   "yours"),
          bandit_family<AdaptiveOptions, adaptive>(
              "adaptive-adversary", "the arm played most of late is worse than all others", "textbooks", "arms"),
          bandit_family<CorruptedOptions, corrupted_arms>(
              "corrupted-arms", "another bandit whose first rewards are shown wrong", "Lykouris et al. 2018"),
          bandit_family<DelayedOptions, delayed_arms>("delayed-arms", "another bandit whose feedback comes late",
                                                      "Joulani, Gyorgy and Szepesvari 2013")};
}

}  // namespace bellwether::bandits
