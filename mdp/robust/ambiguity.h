#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// How far nature's distribution q may be from the nominal p (docs/papers/robust-mdps.md, "The sets").
enum class SetKind : std::uint8_t {
  kL1,              ///< sum |q - p| <= k
  kWeightedL1,      ///< sum w |q - p| <= k
  kTotalVariation,  ///< half of sum |q - p| <= k
  kLinf,            ///< max |q - p| <= k
  kL2,              ///< square root of sum (q - p)^2 <= k
  kKl,              ///< sum q log(q / p) <= k
  kChiSquare,       ///< sum (q - p)^2 / p <= k
  kWasserstein,     ///< the cost of transporting p to q <= k
  kInterval,        ///< lower <= q <= upper, entry by entry
  kContamination,   ///< q = (1 - k) p + k q', q' arbitrary
  kScenarios        ///< q is one of finitely many distributions
};

/// "l1", "weighted-l1", "tv", "linf", "l2", "kl", "chi2", "wasserstein", "interval", "contamination", "scenarios".
std::string_view to_string(SetKind kind);
std::optional<SetKind> set_kind(std::string_view name);

/// What nature chooses independently of what: for each choice, or for all choices of a state from one budget (the sum
/// of the distances of their rows is at most k).
enum class Rectangular : std::uint8_t { kChoice, kState };

/// Where nature may put probability: on the listed successors of a choice or on all states. Kullback-Leibler and
/// chi-square distances are infinite outside the successors, so for them both mean the same.
enum class Support : std::uint8_t { kSuccessors, kAll };

/// What it costs to move a unit of probability from a state to another, for Wasserstein sets.
struct GroundCost {
  enum class Kind : std::uint8_t {
    kDiscrete,  ///< 1 between different states: total variation
    kIndex,     ///< |i - j|: states on a line
    kMatrix     ///< cost[i * S + j], non-negative, 0 for i = j
  };
  Kind kind = Kind::kIndex;
  std::vector<double> matrix = {};

  double operator()(std::int32_t from, std::int32_t to, std::int64_t states) const {
    if (from == to) return 0;
    if (kind == Kind::kDiscrete) return 1;
    if (kind == Kind::kIndex) return from < to ? to - from : from - to;
    return matrix[static_cast<std::size_t>(from * states + to)];
  }
};

/// The sets around the rows of a nominal model. Two entries of a row with the same successor are two outcomes.
struct Ambiguity {
  SetKind kind = SetKind::kL1;
  Rectangular rectangular = Rectangular::kChoice;
  Support support = Support::kSuccessors;
  /// k: one number for all, or one a choice (one a state when kState). None for intervals and scenarios.
  std::vector<double> radius = {};
  /// kWeightedL1: w > 0, one a state (that of the successor), or one a transition when the support is the successors.
  std::vector<double> weight = {};
  GroundCost ground_cost = {};                      ///< kWasserstein
  Intervals intervals = {};                         ///< kInterval
  std::vector<std::vector<double>> scenarios = {};  ///< kScenarios: each a probability for every transition
  /// In place of a radius: nature may take any row and pays price * distance for it, in units of the value of the next
  /// state. One number for all, or one a choice. L1, total variation, KL and chi-square, by choice;
  /// docs/papers/rfzi.md.
  std::vector<double> price = {};

  bool state_wise() const { return rectangular == Rectangular::kState; }
  bool priced() const { return !price.empty(); }
};

}  // namespace bellwether::mdp
