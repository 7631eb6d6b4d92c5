#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/learner.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// A row of the table of bandit learners. `make` is given the bandit for the sake of baselines that know it; learners
/// look at the world only.
struct Learner : LearnerInfo {
  using Make = std::unique_ptr<Agent> (*)(const Bandit& bandit, const World& world,
                                          const std::vector<Setting>& settings, const Stream& stream);

  std::string_view index = {};  ///< the rule of choice as a formula: "m + sqrt(2 ln n / N)"
  Kind kind = Kind::kArms;
  std::vector<OptionRow> (*options)() = nullptr;
  /// InvalidOption when a setting is unknown or inadmissible, or the world is not one that the learner is made for.
  Make make = nullptr;
};

/// What learners that share a page and a protocol have in common: `rounds("ucb1", title, summary)`.
struct LearnerPage {
  std::string_view page;
  Protocol protocol = Protocol::kRounds;
  double practical = 1;  ///< unless a row has its own

  LearnerInfo operator()(std::string_view name, std::string_view title, std::string_view summary,
                         std::optional<double> practical_of_row = {}) const {
    return {.name = name,
            .title = title,
            .summary = summary,
            .page = page,
            .protocol = protocol,
            .practical = practical_of_row.value_or(practical)};
  }
};

/// The row of a baseline without options.
inline Learner baseline_learner(const LearnerInfo& info, std::string_view index, Learner::Make make,
                                Kind kind = Kind::kArms) {
  Learner row;
  static_cast<LearnerInfo&>(row) = info;
  row.index = index;
  row.kind = kind;
  row.options = [] { return std::vector<OptionRow>{}; };
  row.make = make;
  return row;
}

/// The row of a learner whose options have a describe() and which Make(world, options, stream) builds.
template <class Options, std::unique_ptr<Agent> (*Make)(const World&, const Options&, const Stream&)>
Learner bandit_learner(const LearnerInfo& info, std::string_view index, Kind kind = Kind::kArms) {
  Learner row;
  static_cast<LearnerInfo&>(row) = info;
  row.index = index;
  row.kind = kind;
  row.options = [] { return option_rows(Options{}); };
  row.make = [](const Bandit&, const World& world, const std::vector<Setting>& settings, const Stream& stream) {
    Options options;
    apply_settings("learner", options, settings);
    return Make(world, options, stream);
  };
  return row;
}

}  // namespace bellwether::bandits
