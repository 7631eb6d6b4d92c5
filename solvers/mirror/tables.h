#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers::mirror {

/// One number a choice of the model: probabilities, their logarithms, gradients, values.
using Table = std::vector<double>;

/// No log-probability is kept below this: exp of it is an exact zero many times over, and steps of any size stay
/// finite.
inline constexpr double kLowestLog = -1e12;
/// No step is longer than this.
inline constexpr double kLongestStep = 1e200;

/// The part of a table that belongs to a state.
template <class T>
auto of_state(const mdp::TabularMdp& model, T& table, int s) {
  const auto first = static_cast<std::size_t>(model.first_choice(s));
  return std::span(table).subspan(first, static_cast<std::size_t>(model.num_choices(s)));
}

Table uniform_weights(const mdp::TabularMdp& model);
/// The weights of a policy divided by their sum in each state; uniform when it is empty.
Table weights_of(const mdp::TabularMdp& model, const mdp::Policy& policy);

/// Logits of one state become log-probabilities: minus their log-sum-exp, none below kLowestLog.
void normalise_logits(std::span<double> logits);
/// The same in every state.
void normalise_logits(const mdp::TabularMdp& model, Table& logits);
/// exp of normalised logits.
Table probabilities(const Table& log_weights);
/// Logarithms of weights, none below kLowestLog.
Table logarithms(const Table& weights);

/// The policy that a program can play and evaluate: weights so small that their products with the model's
/// probabilities might underflow (below 1e-150, or what the smallest probability of the model asks for) count as 0.
mdp::Policy played(const mdp::TabularMdp& model, std::span<const double> weights);

/// The largest number of choices a state has.
int most_choices(const mdp::TabularMdp& model);

/// The distribution over states that gradients are taken for: "uniform", or the model's "initial" one.
std::vector<double> start_distribution(const mdp::TabularMdp& model, std::string_view kind);

}  // namespace bellwether::solvers::mirror
