#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/arguments.h"
#include "mdp/robust/ambiguity.h"
#include "solvers/problem.h"

namespace bellwether::cli {

/// How sure sets are that came from samples of every choice.
struct SampledSets {
  double confidence = 0;             ///< that all of them hold their true rows
  std::optional<double> prior = {};  ///< concentration of each successor, where they are credible regions
  std::int64_t unseen = 0;           ///< choices without a sample
  double smallest = 0, largest = 0;  ///< radius, of rows that are not known
  bool lists_everything = false;     ///< only if nothing can happen that the file does not list
  std::string words() const;         ///< what is guaranteed, as a sentence
};

/// --samples with --confidence, for sets of a kind that has a theorem, or with --credible and --prior: sets the radii
/// of `sets`, 0 for states in which the play has `ended`. Nothing without --samples. InvalidOption or InvalidModel,
/// naming option, column, state and action, for what cannot be numbers of samples.
std::optional<SampledSets> read_samples(const Arguments& arguments, const solvers::Problem& problem,
                                        const std::vector<std::int32_t>& ended, mdp::Ambiguity& sets);

}  // namespace bellwether::cli
