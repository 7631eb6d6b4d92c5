#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "mdp/latent/pomdp.h"

namespace bellwether::mdp {

/// A partially observable model as planners see it: cells that are always known, each with places that are not.
///
/// States that no sequence of actions and observations confuses lie in different cells, so a latent model over S states
/// has S cells with one place a context, and a model in which nothing is ever certain has one cell. A belief is a
/// vector over the places of one cell; planners keep it unnormalised, as the probability of the history so far and of
/// the place.
class BeliefModel {
 public:
  /// What is seen after a choice: observation, the cell it tells, and for each place of the old cell the probabilities
  /// of places in the new one (sparse rows).
  struct Message {
    std::int32_t observation = 0, cell = 0;
    std::vector<std::int32_t> begin = {}, to = {};
    std::vector<double> probability = {};
  };
  struct Choice {
    std::int32_t action = 0;  ///< identifier
    std::vector<double> reward;
    std::vector<Message> messages;
  };
  struct Cell {
    std::vector<std::int32_t> states;  ///< of the model, one a place
    std::vector<Choice> choices;

    int size() const { return static_cast<int>(states.size()); }
    int num_choices() const { return static_cast<int>(choices.size()); }
  };
  /// A possible beginning: what is seen (-1: nothing) and the belief, which sums to its probability.
  struct Start {
    std::int32_t observation = -1, cell = 0;
    std::vector<double> belief;
  };

  /// InvalidModel, naming two states, when they can be confused but have different actions. Rewards are multiplied by
  /// `sign`.
  explicit BeliefModel(const Pomdp& pomdp, double sign = 1);

  int num_cells() const { return static_cast<int>(cells_.size()); }
  const Cell& cell(int x) const { return cells_[static_cast<std::size_t>(x)]; }
  std::span<const Start> starts() const { return starts_; }
  int num_observations() const { return num_observations_; }
  /// Of all states: the cell and the place in it; -1 for states that are never entered nor begun in.
  std::int32_t cell_of(int state) const { return cell_of_[static_cast<std::size_t>(state)]; }
  std::int32_t place_of(int state) const { return place_of_[static_cast<std::size_t>(state)]; }

  double lowest_reward() const { return lowest_; }
  double highest_reward() const { return highest_; }
  double largest_reward() const { return std::max(-lowest_, highest_); }
  int largest_cell() const { return largest_cell_; }
  /// Roundings by which a step may change a mass or a value, relative to their size, the reading of rows that miss one
  /// included (2^-50 for the transition and for the observation).
  std::int64_t roundings() const { return roundings_; }

 private:
  std::vector<Cell> cells_;
  std::vector<Start> starts_;
  std::vector<std::int32_t> cell_of_, place_of_;
  int num_observations_ = 0, largest_cell_ = 0;
  double lowest_ = 0, highest_ = 0;
  std::int64_t roundings_ = 0;
};

/// The belief after a message, unnormalised: to[j] = sum over i of belief[i] P(j, message | i). Its sum is the
/// probability of the message times the mass of `belief`.
void advance(const BeliefModel::Message& message, std::span<const double> belief, std::span<double> to);

/// out[i] += factor * sum over j of P(j, message | i) alpha[j]: what values after the message are worth before it.
void add_back(const BeliefModel::Message& message, std::span<const double> alpha, double factor, std::span<double> out);

/// Sum of the entries.
double mass(std::span<const double> belief);
double dot(std::span<const double> a, std::span<const double> b);

}  // namespace bellwether::mdp
