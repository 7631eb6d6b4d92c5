#include "mdp/io/cassandra.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/cassandra_lexer.h"
#include "mdp/io/cassandra_tables.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

class Reader {
 public:
  Reader(std::string_view text, const std::string& name, std::int64_t most)
      : in_(text, name),
        most_(std::min<std::int64_t>(most, std::numeric_limits<std::int32_t>::max())),
        budget_(most, [this](std::int64_t limit) {
          in_.fail(fmt::format("the tables up to here have more than {} entries", limit));
        }) {}

  ModelFile read() {
    while (!in_.at_end()) {
      if (!in_.at_keyword()) {
        const std::string_view word = in_.take();
        in_.fail(fmt::format("expected the next line of the model (T:, O:, R:, start: ...), found {}", quoted(word)));
      }
      read_section();
    }
    require_sizes();
    return assembled();
  }

 private:
  void read_section() {
    const std::string_view section = in_.take();
    if (section == "start") return read_start();
    in_.expect(":", fmt::format("after '{}'", section));
    if (section == "discount") {
      discount_ = in_.number("the discount");
      if (!(*discount_ >= 0 && *discount_ <= 1)) in_.fail(fmt::format("discount {} must lie in [0, 1]", *discount_));
    } else if (section == "values") {
      read_values();
    } else if (section == "states") {
      states_.read(in_, most_);
    } else if (section == "actions") {
      actions_.read(in_, most_);
    } else if (section == "observations") {
      if (rewards_) in_.fail("'observations' must come before the first T:, O: or R:");
      observations_.read(in_, most_);
    } else {
      require_sizes();
      if (section == "T") read_transitions();
      if (section == "O") read_observations();
      if (section == "R") read_rewards();
    }
  }

  void read_values() {
    const std::string_view word = in_.take();
    if (word != "reward" && word != "rewards" && word != "cost" && word != "costs")
      in_.fail(fmt::format("values: is {}, must be reward or cost", quoted(word)));
    costs_ = word.starts_with("cost");
  }

  /// Makes the tables when the first line needs them.
  void require_sizes() {
    if (rewards_) return;
    if (!states_.known()) in_.fail("'states:' is missing");
    if (!actions_.known()) in_.fail("'actions:' is missing");
    const std::int64_t rows = std::int64_t{states_.count()} * actions_.count();
    transitions_.emplace(rows, states_.count(), budget_);
    rewards_.emplace(rows, budget_);
    if (observations_.known()) seen_.emplace(rows, observations_.count(), budget_);
  }

  void read_start() {
    if (!states_.known()) in_.fail("'states:' must come before 'start'");
    const auto S = static_cast<std::size_t>(states_.count());
    if (start_.empty()) budget_.take(states_.count());
    start_.assign(S, 0.0);
    if (in_.peek() == "include" || in_.peek() == "exclude") return read_start_set();
    in_.expect(":", "after 'start'");
    if (in_.peek() == "uniform") {
      in_.take();
      start_.assign(S, 1.0 / static_cast<double>(S));
      return;
    }
    const bool one_word = in_.peek(1).empty() || in_.peek(1) == ":" || is_cassandra_keyword(in_.peek(1));
    if (one_word && S > 1) {
      start_[static_cast<std::size_t>(one(states_.select(in_), "start:"))] = 1;
      return;
    }
    for (double& p : start_) p = probability("a probability of start:");
    if (const auto fault = row_fault(start_)) in_.fail("the start distribution " + *fault);
  }

  void read_start_set() {
    const bool include = in_.take() == "include";
    in_.expect(":", include ? "after 'start include'" : "after 'start exclude'");
    std::vector<bool> listed(start_.size(), false);
    while (!in_.at_end() && !in_.at_keyword())
      listed[static_cast<std::size_t>(one(states_.select(in_), "the list of start states"))] = true;
    const auto count = std::count(listed.begin(), listed.end(), include);
    if (count == 0) in_.fail("no state is left to start in");
    for (std::size_t s = 0; s < start_.size(); ++s)
      start_[s] = listed[s] == include ? 1.0 / static_cast<double>(count) : 0;
  }

  std::int32_t one(std::int32_t selected, std::string_view where) const {
    if (selected < 0) in_.fail(fmt::format("'*' cannot stand in {}", where));
    return selected;
  }

  double probability(std::string_view what) {
    const double p = in_.number(what);
    if (!(p >= 0 && p <= 1 + 1e-9)) in_.fail(fmt::format("{} is {}, must lie in [0, 1]", what, p));
    return p;
  }

  bool take_colon() {
    if (in_.peek() != ":") return false;
    in_.take();
    return true;
  }

  /// Calls each(row) for the rows action * S + state that a line is about.
  template <class Each>
  void each_row(std::int32_t action, std::int32_t state, Each&& each) const {
    const std::int32_t S = states_.count();
    for (std::int32_t a = std::max(action, 0); a < (action < 0 ? actions_.count() : action + 1); ++a)
      for (std::int32_t s = std::max(state, 0); s < (state < 0 ? S : state + 1); ++s) each(std::int64_t{a} * S + s, s);
  }

  void read_transitions() { read_table(*transitions_, states_, "a transition probability", true); }

  void read_observations() {
    if (!seen_) in_.fail("O: needs 'observations:' in the preamble");
    read_table(*seen_, observations_, "an observation probability", false);
  }

  /// T: or O: in its three forms: one number, a row, a matrix.
  void read_table(SparseTable& table, const CassandraNames& columns, std::string_view what, bool of_states) {
    const std::int32_t action = actions_.select(in_);
    if (!take_colon()) return read_matrix(table, columns.count(), what, action);
    const std::int32_t state = states_.select(in_);
    std::vector<double> row(static_cast<std::size_t>(columns.count()));
    if (!take_colon()) {
      read_row(row, what, of_states);
    } else if (const std::int32_t column = columns.select(in_); column >= 0) {
      const double p = probability(what);
      return each_row(action, state, [&](std::int64_t r, std::int32_t) { table.set(r, column, p, in_.line_number()); });
    } else {
      row.assign(row.size(), probability(what));
    }
    each_row(action, state, [&](std::int64_t r, std::int32_t) { table.set_row(r, row, in_.line_number()); });
  }

  void read_row(std::vector<double>& row, std::string_view what, bool of_states) {
    if (in_.peek() == "uniform") {
      in_.take();
      row.assign(row.size(), 1.0 / static_cast<double>(row.size()));
    } else if (of_states && in_.peek() == "reset") {
      in_.take();
      row.assign(row.size(), 1.0 / static_cast<double>(row.size()));
      if (!start_.empty()) row = start_;
    } else {
      for (double& p : row) p = probability(what);
    }
  }

  void read_matrix(SparseTable& table, std::int32_t columns, std::string_view what, std::int32_t action) {
    std::vector<double> row(static_cast<std::size_t>(columns));
    const bool uniform = in_.peek() == "uniform", identity = in_.peek() == "identity";
    if (uniform || identity) in_.take();
    if (identity && columns != states_.count()) {
      in_.fail(fmt::format("an identity of {} needs as many columns, here are {}", counted(states_.count(), "state"),
                           columns));
    }
    if (uniform) row.assign(row.size(), 1.0 / columns);
    for (std::int32_t s = 0; s < states_.count(); ++s) {
      if (identity) {
        each_row(action, s, [&](std::int64_t r, std::int32_t) {
          table.set_row(r, {}, in_.line_number());
          table.set(r, s, 1.0, in_.line_number());
        });
        continue;
      }
      if (!uniform)
        for (double& p : row) p = probability(what);
      each_row(action, s, [&](std::int64_t r, std::int32_t) { table.set_row(r, row, in_.line_number()); });
    }
  }

  /// R: in all its forms; in a model without observations the matrix of an action is over states, and the fourth
  /// place may hold '*'.
  void read_rewards() {
    const std::int32_t action = actions_.select(in_);
    const std::int64_t O = observations_.known() ? observations_.count() : 1;
    const std::int64_t S = states_.count();
    RewardRule rule{-1, -1, rewards_->numbers().size(), 0, 0};
    std::int32_t state = -1;
    bool matrix_of_states = false;
    if (!take_colon()) {
      if (observations_.known()) in_.fail("R: of a model with observations needs a state: R: action : state ...");
      matrix_of_states = true;
      rule.by_next = 1;
      read_numbers(S * S);
    } else {
      state = states_.select(in_);
      if (!take_colon()) {
        rule.by_next = O;
        rule.by_observation = 1;
        read_numbers(S * O);
      } else {
        rule.next = states_.select(in_);
        if (!take_colon()) {
          rule.by_observation = 1;
          read_numbers(O);
        } else {
          rule.observation = select_observation();
          read_numbers(1);
        }
      }
    }
    if (!matrix_of_states) return apply(rule, action, state);
    for (std::int32_t s = 0; s < states_.count(); ++s) {
      apply(rule, action, s);
      rule.offset += static_cast<std::size_t>(S);
    }
  }

  std::int32_t select_observation() {
    if (observations_.known()) return observations_.select(in_);
    if (const std::string_view word = in_.take(); word != "*")
      in_.fail(fmt::format("the model has no observations: {} must be '*'", quoted(word)));
    return -1;
  }

  void read_numbers(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      budget_.take(1);
      rewards_->numbers().push_back(in_.number("a reward"));
    }
  }

  void apply(const RewardRule& rule, std::int32_t action, std::int32_t state) {
    const std::int32_t index = rewards_->add(rule);
    each_row(action, state, [&](std::int64_t r, std::int32_t) { rewards_->apply(r, index); });
  }

  const SparseTable::Row& checked_row(SparseTable& table, std::int32_t action, std::int32_t state, char kind) {
    const SparseTable::Row& row = table.finished(std::int64_t{action} * states_.count() + state);
    std::vector<double> values;
    for (const auto& [column, p] : row) values.push_back(p);
    const auto fault = row_fault(values);
    if (!fault) return row;
    fail_at(in_.name(), table.line_of(std::int64_t{action} * states_.count() + state),
            fmt::format("{}: of action {} in state {} {}", kind, actions_.text(action), states_.text(state),
                        row.empty() ? "is missing" : *fault));
  }

  ModelFile assembled() {
    Assembly assembly;
    RewardParts reward{.name = "reward", .state = {}, .choice = {}, .transition = {}};
    const SparseTable::Row unseen{{0, 1.0}};
    if (seen_) check_observations();
    std::vector<const SparseTable::Row*> after;
    std::vector<double> mean;
    for (std::int32_t s = 0; s < states_.count(); ++s) {
      for (std::int32_t a = 0; a < actions_.count(); ++a) {
        const SparseTable::Row& row = checked_row(*transitions_, a, s, 'T');
        after.clear();
        for (const auto& [next, p] : row) {
          assembly.successor.push_back(next);
          assembly.probability.push_back(p);
          after.push_back(seen_ ? &seen_->finished(std::int64_t{a} * states_.count() + next) : &unseen);
        }
        rewards_->mean_rewards(std::int64_t{a} * states_.count() + s, row, after, mean);
        reward.transition.insert(reward.transition.end(), mean.begin(), mean.end());
        assembly.choice_begin.push_back(static_cast<std::int64_t>(assembly.successor.size()));
      }
      assembly.state_begin.push_back(assembly.num_choices());
    }
    assembly.rewards.push_back(std::move(reward));
    describe(assembly);
    return assemble(std::move(assembly), in_.name());
  }

  void describe(Assembly& assembly) {
    const auto S = static_cast<std::size_t>(states_.count());
    // The format starts a POMDP without start: anywhere; for an MDP it says nothing.
    if (start_.empty() && seen_) start_.assign(S, 1.0 / static_cast<double>(S));
    const bool in_first = !start_.empty() && start_[0] == 1;
    if (!in_first) assembly.rest.initial = start_;
    assembly.rest.discount = discount_;
    assembly.rest.state_names = states_.names();
    assembly.rest.action_names = actions_.names();
    assembly.rewards_are_costs = costs_;
    if (seen_) assembly.observations = observations();
  }

  void check_observations() {
    for (std::int32_t a = 0; a < actions_.count(); ++a)
      for (std::int32_t s = 0; s < states_.count(); ++s) checked_row(*seen_, a, s, 'O');
  }

  Observations observations() {
    const std::int64_t rows = std::int64_t{actions_.count()} * states_.count();
    std::vector<std::int64_t> begin{0};
    std::vector<std::int32_t> observation;
    std::vector<double> chance;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (const auto& [o, p] : seen_->finished(r)) {
        observation.push_back(o);
        chance.push_back(p);
      }
      begin.push_back(static_cast<std::int64_t>(observation.size()));
    }
    return {.count = observations_.count(),
            .names = observations_.names(),
            .begin = std::move(begin),
            .observation = std::move(observation),
            .probability = std::move(chance)};
  }

  CassandraLexer in_;
  std::int64_t most_;
  EntryBudget budget_;
  std::optional<double> discount_;
  bool costs_ = false;
  CassandraNames states_{"state"}, actions_{"action"}, observations_{"observation"};
  std::vector<double> start_;
  std::optional<SparseTable> transitions_, seen_;
  std::optional<RewardTable> rewards_;
};

}  // namespace

ModelFile parse_cassandra(std::string_view text, const std::string& name, std::int64_t most_entries) {
  return Reader(text, name, most_entries).read();
}

ModelFile read_cassandra(const std::string& path) {
  const FileBytes bytes = FileBytes::open_decompressed(path);
  return parse_cassandra(bytes.view(), path);
}

}  // namespace bellwether::mdp
