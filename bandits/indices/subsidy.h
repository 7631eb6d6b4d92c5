#pragma once

#include <vector>

#include "bandits/indices/arm_chain.h"

namespace bellwether::bandits {

/// What rest would have to be paid a round: as the subsidy grows from minus to plus infinity the best policy of one arm
/// goes from "always play" to "always rest", one state after the other. An arm is indexable (Whittle 1988) when no
/// state that rests ever plays again; the subsidy at which a state starts to rest is then its index.
enum class Indexability {
  kIndexable,
  kNotIndexable,  ///< `witness` proves it
  kUndecided      ///< some state rests and plays again within rounding
};

/// A state that is best rested at one subsidy and best played at a larger one.
struct IndexabilityWitness {
  int state = -1;
  double rests = 0, plays = 0;  ///< the subsidies, rests < plays
  /// By how much the better activity is better there, the least of all states', rounding taken off: above 0.
  double rest_margin = 0, play_margin = 0;
};

/// From this subsidy to that of the next piece one policy is best: that of the piece before with one state changed.
struct SubsidyPiece {
  double from = 0;      ///< minus infinity of the first, which always plays
  int state = -1;       ///< -1 of the first
  double reward = 0;    ///< discounted, or a round in the long run, from the start state: without subsidies
  double activity = 0;  ///< plays, counted likewise
};

struct SubsidyPath {
  Indexability verdict = Indexability::kUndecided;
  std::vector<double> index = {};  ///< Whittle's, of each state, where the arm is indexable; else the first subsidy at
                                   ///< which the state rests
  IndexabilityWitness witness = {};
  std::vector<SubsidyPiece> pieces = {};

  /// What one arm earns at most with this subsidy: the upper envelope of reward + subsidy (time - activity), time being
  /// 1 / (1 - discount), or 1 in the long run.
  double value(double subsidy, double discount) const;
};

/// The whole path by parametric policy improvement: every change of one state is a rank-one change of the policy's
/// linear system, O(n^2), so an indexable arm costs O(n^3) (as Akbarzadeh and Mahajan 2022; Gast, Gaujal and Khun
/// 2023). Discounted below 1; at 1 rewards a round in the long run, for arms that every policy drives into one class of
/// states. InvalidModel for a bad arm or one with several classes, InvalidOption for a discount outside [0, 1]
/// (docs/papers/bandit-indices.md).
SubsidyPath subsidy_path(const ArmChain& arm, double discount, int start = 0);

/// Whittle's indices. InvalidModel with the witness when the arm is not indexable, or not surely.
std::vector<double> whittle_indices(const ArmChain& arm, double discount);

/// Of several arms of which at most `active` are played in a round: no policy earns more than
///   min over subsidies l >= 0 of  sum_i value_i(l) - l (arms - active) time,
/// which is what could be earned if that had to be right on average alone (Whittle's relaxation).
double relaxation_bound(const std::vector<SubsidyPath>& paths, int active, double discount);

}  // namespace bellwether::bandits
