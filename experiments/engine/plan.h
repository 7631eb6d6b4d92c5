#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"

namespace bellwether::experiments {

/// A setting with the values it takes. Several values make a sweep: one variant for each.
struct Choices {
  std::string name = {};
  std::vector<std::string> values = {};
  std::string place = {};  ///< "plan.toml:12" for messages; empty when it stands in no file
};

/// An instance or a learner of a plan; `settings` with several values multiply into variants.
///
/// An instance also takes "horizon" (the length of an episode) and "discount" (of learners of a discounted model),
/// where its family has no setting of that name; for learners with constraints "budget" ("damage=0.3", "damage=40%",
/// several with a + between), "floor" (the least value of an episode, as a share of the baseline's) and "baseline"
/// ("safest", "uniform" or how much of the best unconstrained policy is in it); a learner
/// "episodes", "steps", "samples" or "rounds" (its length of run in place of the plan's) and "protocol" ("episodic",
/// "average") where its name stands for both.
struct Entry {
  std::string name = {};  ///< "riverswim", "riverswim@1", "ucbvi-bf", or what to call the model of `file`
  std::vector<Choices> settings = {};
  std::string file = {};   ///< an instance read from a model file: its path
  std::string place = {};  ///< as in Choices
};

/// How replicates are summarised.
struct SummaryOptions {
  double level = 0.95;     ///< of intervals and bands
  int resamples = 2000;    ///< of bootstraps and permutation tests
  double window_from = 0;  ///< slopes are fitted from this checkpoint on; 0: over the last decade
  double window_to = 0;    ///< and up to this one; 0: the last
  double exponent = 0.5;   ///< what slopes are held against (of errors, which fall: its negative)
  /// Of slopes and comparisons; "regret": the regret with the least variance, on logs (no regret is known) mean-reward.
  std::string metric = "regret";
};

template <class Field>
void describe(SummaryOptions& o, Field&& field) {
  field("level", o.level, inside(0, 1), "confidence level of intervals and bands");
  field("resamples", o.resamples, between(100, 1'000'000), "resamples of bootstraps and permutation tests");
  field("window_from", o.window_from, at_least(0), "first checkpoint of the fitted slopes (0: the last decade)");
  field("window_to", o.window_to, at_least(0), "last checkpoint of the fitted slopes (0: the last one)");
  field("exponent", o.exponent, between(-10, 10),
        "exponent that fitted slopes are held against (errors: its negative)");
  field("metric", o.metric, any_value(), "metric of slopes and comparisons (regret: the least noisy regret)");
}

/// 0, 1, ..., count - 1.
std::vector<std::uint64_t> first_seeds(int count);

/// What is to be run: every variant of every instance, met by every variant of every learner, once a seed.
struct Plan {
  std::string title = {};
  std::vector<Entry> instances = {}, learners = {};
  /// Given to every entry that has a setting of this name and does not set it itself; "instance.x" and "learner.x" tell
  /// apart what both have.
  std::vector<Choices> sweep = {};
  std::int64_t episodes = 0;                   ///< of episodic learners; 0: not said, 1000
  std::int64_t steps = 0;                      ///< of learners of the long run; 0: not said, 100000
  std::int64_t samples = 0;                    ///< of each choice, with a generative model; 0: not said, 10000
  std::int64_t rounds = 0;                     ///< of learners of bandits; 0: not said, 10000
  std::vector<std::int64_t> checkpoints = {};  ///< ascending; empty: about twenty a decade and the last
  /// An episode that loses more is a mistake; the error at which sample sizes are read off; what learners that stop by
  /// themselves may lose, where they do not say it. Not said: 0.1, and the learners' own.
  std::optional<double> epsilon = {};
  std::vector<std::uint64_t> seeds = first_seeds(10);
  std::uint64_t stream = 1;  ///< root of all randomness
  SummaryOptions summary = {};
  std::string place = {};  ///< the file

  double precision() const { return epsilon.value_or(0.1); }
};

/// A table of a plan file that belongs to somebody else (a figure, a claim).
struct Section {
  std::string name = {};
  std::vector<Choices> settings = {};
  std::string place = {};
};

struct PlanFile {
  Plan plan;
  std::vector<Section> sections = {};
};

/// Reads a TOML file:
///
///     title = "Who finds the far bank?"
///     episodes = 20000                        # steps = 1000000 for learners of the long run,
///                                             # samples = 100000 (of each choice) with a generative model,
///                                             # rounds = 10000 of bandits
///     seeds = 20                              # or a list of numbers
///     instances = ["deep-sea@1", {name = "riverswim@1", states = [6, 8], horizon = 20}]
///     learners = ["psrl", {name = "ucbvi-bf", constant = ["theory", "practical"]}]
///
///     [sweep]                                 # whatever has such a setting takes each of these values
///     delta = [0.05, 0.1]
///
/// also: stream, checkpoints, epsilon, a [summary] table (SummaryOptions), `file = "model.csv"` in an instance,
/// relative to the plan. Tables named in `sections` ([[figure]], say) are handed over unread. ParseError ("plan.toml:7:
/// ...", naming the key and what is allowed) for anything else.
PlanFile read_plan(const std::string& path, const std::vector<std::string>& sections = {});

/// The same from the text itself; `name` stands for the path in messages, and files are relative to its folder.
PlanFile read_plan_text(std::string_view text, const std::string& name, const std::vector<std::string>& sections = {});

/// A command-line word: "riverswim", "riverswim:states=6,8:horizon=20" or "lake.csv:horizon=30" (a path that has an
/// extension or a slash is a model file). InvalidOption when it is malformed.
Entry parse_entry(std::string_view text);

}  // namespace bellwether::experiments
