#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mdp/model_data.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {

/// Throws InvalidOption: "garnet: option 'successors' is 9, must be at most the number of states, 5".
[[noreturn]] void reject_option(std::string_view instance, std::string_view option, const std::string& value,
                                const std::string& rule);

/// InvalidOption unless the model stays within 2^31 - 1 states and 2 * 10^9 transitions. `option` is what to make
/// smaller; the sizes are doubles so that no product overflows.
void require_size(std::string_view instance, std::string_view option, double states, double transitions);

/// The row with entries of the same successor (and the same reward) added up, in order of first appearance.
std::vector<Entry> merged(const std::vector<Entry>& row);

/// The arrays of a model in which every state has the same number of choices and every choice the same number of
/// transitions, sized, with their offsets filled in.
struct RegularArrays {
  RegularArrays(std::int64_t states, std::int64_t actions, std::int64_t successors);

  std::vector<std::int64_t> state_begin, choice_begin;
  std::vector<std::int32_t> successor;
  std::vector<double> probability, reward;

  ModelData take() &&;
};

/// Arrays of a model whose choices are written in state order, for instances too large for TabularMdpBuilder, which
/// sorts and so holds everything twice.
class OrderedRows {
 public:
  OrderedRows(std::int64_t choices, std::int64_t transitions);

  void add_choice(double reward, std::span<const Entry> row);
  void end_state();
  ModelData take() &&;

 private:
  std::vector<std::int64_t> state_begin_{0}, choice_begin_{0};
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, reward_;
};

/// For each transition 1 if it enters `state` from elsewhere, else 0.
std::vector<double> rewards_on_entering(const ModelData& data, int state);

/// A distribution with all its mass on one of `states` states.
std::vector<double> point_mass(int states, int state);

/// Birth-death chains: from cell i one step up with probability up[i] (the last entry is not used), down with down[i]
/// (the first is not used), else stay.
struct BirthDeathChain {
  std::vector<double> up, down;

  /// Long-run share of time in each cell, by detailed balance.
  std::vector<double> stationary() const;
  /// Expected time from the first to the last cell: the sum of t_i = (1 + down_i t_(i-1)) / up_i.
  /// When only the last cell pays and the gain is g, the differences d_i of the bias obey g = up_i d_i - down_i
  /// d_(i-1), so h(last) - h(first) is g times this.
  double climbing_time() const;
};

}  // namespace bellwether::mdp
