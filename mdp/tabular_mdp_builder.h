#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// One entry of a row under construction.
struct Entry {
  int next = 0;
  double probability = 0;
  double reward = 0;  ///< of this transition; see TabularMdpBuilder::add_choice
};

/// Builds a model choice by choice:
///
///   TabularMdpBuilder builder(2);
///   builder.add_choice(0, 5.0, {{0, .5}, {1, .5}});
///   builder.add_choice(0, 10.0, {{1, 1.0}});
///   builder.add_choice(1, -1.0, {{1, 1.0}});
///   TabularMdp model = std::move(builder).build();
///
/// States may come in any order; choices of a state keep theirs. Entries with probability 0 are dropped, entries with
/// the same successor are kept apart. Reward laws, costs and identifiers belong to the choice added last.
class TabularMdpBuilder {
 public:
  explicit TabularMdpBuilder(int num_states);

  /// A choice with one reward whatever the successor.
  TabularMdpBuilder& add_choice(int state, double reward, std::span<const Entry> row);
  TabularMdpBuilder& add_choice(int state, double reward, std::initializer_list<Entry> row) {
    return add_choice(state, reward, std::span<const Entry>(row.begin(), row.size()));
  }
  /// A choice whose reward is that of the entry taken.
  TabularMdpBuilder& add_choice(int state, std::span<const Entry> row);
  TabularMdpBuilder& add_choice(int state, std::initializer_list<Entry> row) {
    return add_choice(state, std::span<const Entry>(row.begin(), row.size()));
  }

  TabularMdpBuilder& action(int identifier);
  TabularMdpBuilder& cost(std::string_view name, double value);
  TabularMdpBuilder& bernoulli_reward(double high = 1);
  TabularMdpBuilder& gaussian_reward(double standard_deviation);
  TabularMdpBuilder& finite_reward(std::span<const double> values, std::span<const double> weights);

  TabularMdpBuilder& initial(std::vector<double> distribution);
  TabularMdpBuilder& start_in(int state);
  TabularMdpBuilder& state_names(std::vector<std::string> names);
  TabularMdpBuilder& action_names(std::vector<std::string> names);
  TabularMdpBuilder& label(std::string name, std::vector<std::int32_t> states);
  TabularMdpBuilder& discount(double recommended);
  TabularMdpBuilder& reserve(std::int64_t choices, std::int64_t transitions);

  TabularMdp build() &&;

 private:
  struct CostColumn {
    std::string name;
    std::vector<double> values;
  };
  void begin_choice(int state);
  void require_choice(std::string_view what) const;
  void append_row(std::span<const Entry> row, bool own_rewards);
  ModelData in_state_order() const;

  int num_states_;
  std::vector<std::int32_t> state_;  // of each choice, in the order added
  std::vector<std::int64_t> choice_begin_{0};
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, expected_, by_transition_;
  std::vector<std::int32_t> action_;
  std::vector<std::uint8_t> law_;
  std::vector<double> scale_;
  std::vector<std::int64_t> support_begin_{0};
  std::vector<double> support_values_, support_weights_;
  std::vector<CostColumn> costs_;
  bool varies_by_transition_ = false, has_actions_ = false, has_laws_ = false;
  ModelData named_;  // names, labels, initial distribution, discount
};

}  // namespace bellwether::mdp
