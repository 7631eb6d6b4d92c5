#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "mdp/linear/linear_structure.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// Bounds on each transition probability of an interval model (N entries each); the model's own probabilities are one
/// distribution inside them.
struct Intervals {
  Array<double> lower, upper;

  friend bool operator==(const Intervals&, const Intervals&) = default;
};

/// What is seen of a partially observable model: after action a leads to state s', observation o appears with the
/// probability of row a * S + s' (sparse rows, as the transitions).
struct Observations {
  int count = 0;
  std::vector<std::string> names;  ///< count of them, or none
  Array<std::int64_t> begin;       ///< num_actions * S + 1
  Array<std::int32_t> observation;
  Array<double> probability;

  friend bool operator==(const Observations&, const Observations&) = default;
};

/// The whole content of a file.
struct ModelFile {
  TabularMdp model;  ///< the nominal model; the first stage or context when there are several
  std::optional<Intervals> intervals = {};
  std::vector<std::int32_t> interval_lines = {};  ///< of a text, those that gave each interval; for messages
  std::optional<Observations> observations = {};
  std::vector<TabularMdp> stages = {};    ///< one a stage when the file is stage-dependent
  std::vector<TabularMdp> contexts = {};  ///< one a context when the file is a latent model
  bool rewards_are_costs = false;         ///< the file asks for minimisation
  LinearStructure linear = {};            ///< features of choices, the same in all stages or contexts
};

/// A file format by name. Readers check everything and throw ParseError ("file:line: ...") or InvalidModel; writers
/// replace the file in one step or leave it alone, and return what the format could not hold, one phrase a thing.
/// A file must not be written to while it is read, and a .bwm file, whose arrays the model uses in place, not while the
/// model lives: see FileBytes.
struct Format {
  std::string_view name;         ///< "csv"
  std::string_view extensions;   ///< ".csv", several separated by blanks
  std::string_view description;  ///< one line for `bellwether list formats`
  ModelFile (*read)(const std::string& path);
  std::vector<std::string> (*write)(const ModelFile& file, const std::string& path);  ///< null: read only
  bool contexts = false;      ///< has a place for the contexts of a latent model
  bool observations = false;  ///< has a place for any observations
  bool features = false;      ///< has a place for features of choices
};

}  // namespace bellwether::mdp
