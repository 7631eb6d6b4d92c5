#include "mdp/io/drn.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/remarks.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::int64_t kMostIndices = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kNoLabel = "__NOLABEL__";

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : in_(text, name) {}

  ModelFile read() {
    read_header();
    while (next()) {
      if (in_.skip("state ")) {
        begin_state();
      } else if (in_.skip("action ")) {
        begin_action();
      } else {
        read_transition();
      }
    }
    end_state();
    check_counts();
    return finish();
  }

 private:
  /// The next line with content; comments are remarks or nothing.
  bool next() {
    while (in_.next_filled_line()) {
      if (!in_.rest().starts_with("//")) return true;
      remarks_.read(in_.rest().substr(2), in_);
    }
    return false;
  }

  void read_header() {
    std::string_view section;
    while (next()) {
      const std::string_view line = in_.rest();
      if (line == "@model") return end_header();
      if (!line.starts_with('@')) {
        read_section(section, line);
      } else if (line.starts_with("@type:")) {
        read_type(trimmed(line.substr(6)));
      } else if (line.starts_with("@value_type:")) {
        read_value_type(trimmed(line.substr(12)));
      } else if (line == "@nr_states") {
        states_ = read_count("@nr_states");
      } else if (line == "@nr_choices") {
        choices_ = read_count("@nr_choices");
      } else if (line == "@parameters" || line == "@placeholders" || line == "@reward_models") {
        section = line;
      } else {
        in_.fail(fmt::format("{} is no part of a DRN header", quoted(line)));
      }
    }
    in_.fail("the header ends without @model");
  }

  /// A line that belongs to the section begun last.
  void read_section(std::string_view section, std::string_view line) {
    if (section == "@parameters") fail_parameters();
    if (section == "@placeholders") return read_placeholder();
    if (section != "@reward_models") in_.fail(fmt::format("{} is no part of a DRN header", quoted(line)));
    while (!in_.rest().empty()) rewards_.push_back({in_.name_from(in_.word(), "a reward model"), {}, {}, {}});
    rewards_counted_ = true;
  }

  void end_header() {
    if (type_.empty()) in_.fail("@type is missing before @model");
    if (states_ < 0) in_.fail("@nr_states is missing before @model");
  }

  void read_type(std::string_view type) {
    if (type != "MDP" && type != "DTMC" && type != "POMDP")
      in_.fail(fmt::format("@type is {}, only MDP, DTMC and POMDP are read", quoted(type)));
    type_ = type;
  }

  void read_value_type(std::string_view type) {
    if (type == "parametric") fail_parameters();
    if (type != "double" && type != "rational" && type != "double-interval" && type != "rational-interval") {
      in_.fail(fmt::format("@value_type is {}, only double, rational and their intervals are read", quoted(type)));
    }
  }

  [[noreturn]] void fail_parameters() const {
    in_.fail("the model has parameters; give them values in Storm (--constants or an instantiation) and export again");
  }

  std::int64_t read_count(std::string_view what) {
    if (!in_.next_filled_line()) in_.fail(fmt::format("{} needs a number on the next line", what));
    const std::int64_t count = in_.integer(what);
    in_.expect_end();
    // A state or a choice takes several bytes of the file.
    if (count < 1 || count > std::min(kMostIndices, static_cast<std::int64_t>(in_.size()))) {
      in_.fail(fmt::format("{} is {}, which a file of {} bytes cannot hold", what, count, in_.size()));
    }
    return count;
  }

  void read_placeholder() {
    const std::string_view name = trimmed(in_.until(':', "a placeholder"));
    if (!placeholders_.emplace(name, in_.rest()).second)
      in_.fail(fmt::format("placeholder {} is defined twice", quoted(name)));
  }

  std::string_view resolved(std::string_view value) const {
    value = trimmed(value);
    if (!value.starts_with('$')) return value;
    const auto found = placeholders_.find(value);
    if (found == placeholders_.end()) in_.fail(fmt::format("placeholder {} is not defined", quoted(value)));
    return found->second;
  }

  void begin_state() {
    end_state();
    const std::int32_t state = in_.index("state", states_);
    if (state != state_ + 1) in_.fail(fmt::format("state {} comes where state {} is due", state, state_ + 1));
    state_ = state;
    line_of_state_ = in_.line_number();
    assembly_.state_begin.push_back(assembly_.state_begin.back());
    if (in_.rest().starts_with('!')) in_.fail("exit rates (\"!\") belong to continuous time, which is not read");
    if (in_.skip("{")) {
      const std::int64_t seen = in_.integer_from(trimmed(in_.until('}', "an observation")), "the observation");
      if (seen < 0 || seen >= kMostIndices) in_.fail(fmt::format("observation {} is out of range", seen));
      observations_.push_back(seen);
    } else if (type_ == "POMDP") {
      in_.fail(fmt::format("state {} of a POMDP needs an observation in braces", state));
    }
    read_rewards(&RewardParts::state, static_cast<std::size_t>(state));
    while (!in_.rest().empty()) read_label();
  }

  void read_label() {
    const std::string_view name = in_.skip("\"") ? in_.until('"', "a label") : in_.word();
    const auto [place, fresh] = label_of_.try_emplace(name, labels_.size());
    if (fresh) labels_.emplace_back();
    std::vector<std::int32_t>& states = labels_[place->second];
    if (fresh) label_names_.push_back(in_.name_from(name, "a label"));
    if (states.empty() || states.back() != state_) states.push_back(static_cast<std::int32_t>(state_));
  }

  /// "[1, 0.5]": one number for each reward structure, into the given part at `at`.
  void read_rewards(std::vector<double> RewardParts::*part, std::size_t at) {
    if (!in_.skip("[")) return;
    std::string_view list = trimmed(in_.until(']', "the rewards"));
    for (std::size_t i = 0; !list.empty(); ++i) {
      const std::size_t comma = std::min(list.find(','), list.size());
      if (i == rewards_.size()) {
        if (rewards_counted_)
          in_.fail(fmt::format("there are more rewards than the {} reward models", rewards_.size()));
        rewards_.push_back({fmt::format("rew{}", i), {}, {}, {}});
      }
      const double value = in_.number_from(resolved(list.substr(0, comma)), "the reward");
      std::vector<double>& values = rewards_[i].*part;
      if (value != 0) {
        values.resize(std::max(values.size(), at + 1));
        values[at] = value;
      }
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
    rewards_counted_ = true;
  }

  void begin_action() {
    if (state_ < 0) in_.fail("an action comes before the first state");
    end_action();
    const std::string_view name = in_.word();
    if (name.empty()) in_.fail("the action has no name");
    const std::int64_t place = assembly_.num_choices() - assembly_.state_begin[static_cast<std::size_t>(state_)];
    if (place > 0 && type_ == "DTMC") in_.fail(fmt::format("state {} of a DTMC has a second action", state_));
    ++assembly_.state_begin.back();
    actions_.index.push_back(static_cast<std::int32_t>(place));
    if (name == kNoLabel) {
      actions_.label.push_back(-1);
    } else {
      const auto [found, fresh] = action_of_.try_emplace(name, static_cast<std::int32_t>(actions_.names.size()));
      if (fresh) actions_.names.push_back(in_.name_from(name, "an action"));
      actions_.label.push_back(found->second);
    }
    in_action_ = true;
    read_rewards(&RewardParts::choice, static_cast<std::size_t>(assembly_.num_choices()));
    in_.expect_end();
  }

  void read_transition() {
    if (!in_action_) in_.fail("expected \"state\" or \"action\" here; a transition must follow an action");
    const std::int64_t next =
        in_.integer_from(trimmed(in_.until(':', "a transition \"target : probability\"")), "target");
    if (next < 0 || next >= states_) {
      in_.fail(fmt::format("target state {} is out of range, @nr_states is {}", next, states_));
    }
    assembly_.successor.push_back(static_cast<std::int32_t>(next));
    read_probability(resolved(in_.rest()));
  }

  void read_probability(std::string_view text) {
    double low, high;
    const bool interval = text.starts_with('[');
    if (interval) {
      const std::size_t comma = text.find(',');
      if (comma == std::string_view::npos || !text.ends_with(']'))
        in_.fail(fmt::format("interval {} must look like [0.1, 0.2]", quoted(text)));
      low = in_.number_from(trimmed(text.substr(1, comma - 1)), "the lower bound");
      high = in_.number_from(trimmed(text.substr(comma + 1, text.size() - comma - 2)), "the upper bound");
    } else {
      low = high = in_.number_from(text, "the probability");
    }
    if (const auto fault = assembly_.add_probability(low, high, interval, in_.line_number())) in_.fail(*fault);
  }

  void end_action() {
    if (!in_action_) return;
    in_action_ = false;
    const auto begin = static_cast<std::size_t>(assembly_.choice_begin.back());
    const std::int64_t place = assembly_.num_choices() - assembly_.state_begin[static_cast<std::size_t>(state_)];
    if (begin == assembly_.successor.size()) {
      in_.fail(fmt::format("action {} of state {} (it ends before this line) has no transitions", place, state_));
    }
    const std::span<const double> low = std::span<const double>(assembly_.probability).subspan(begin);
    const auto fault = assembly_.upper.empty()
                           ? row_fault(low)
                           : interval_row_fault(low, std::span<const double>(assembly_.upper).subspan(begin));
    if (fault) in_.fail(fmt::format("action {} of state {} (it ends before this line) {}", place, state_, *fault));
    assembly_.choice_begin.push_back(static_cast<std::int64_t>(assembly_.successor.size()));
  }

  void end_state() {
    end_action();
    if (state_ < 0 || assembly_.state_begin.back() > assembly_.state_begin[static_cast<std::size_t>(state_)]) return;
    fail_at(in_.name(), line_of_state_,
            fmt::format("state {} has no action (a deadlock); give it \"action 0\" with \"{} : 1\", or export with "
                        "Storm's --fix-deadlocks",
                        state_, state_));
  }

  void check_counts() const {
    if (state_ + 1 != states_)
      in_.fail(fmt::format("@nr_states is {}, the file has {}", states_, counted(state_ + 1, "state")));
    if (choices_ >= 0 && choices_ != assembly_.num_choices()) {
      in_.fail(fmt::format("@nr_choices is {}, the file has {}", choices_, counted(assembly_.num_choices(), "action")));
    }
  }

  ModelFile finish() {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (label_names_[i] == "init") {
        assembly_.rest.initial = uniform_on(labels_[i], states_);
      } else {
        assembly_.rest.labels.push_back({std::move(label_names_[i]), std::move(labels_[i])});
      }
    }
    for (RewardParts& parts : rewards_) {
      if (!parts.state.empty()) parts.state.resize(static_cast<std::size_t>(states_));
      if (!parts.choice.empty()) parts.choice.resize(static_cast<std::size_t>(assembly_.num_choices()));
    }
    assembly_.rewards = std::move(rewards_);
    take_actions();
    if (type_ == "POMDP") {
      const std::int64_t count = 1 + *std::max_element(observations_.begin(), observations_.end());
      ModelData shape = assembly_.rest;
      shape.state_begin = assembly_.state_begin;
      assembly_.observations = observations_of_states(observations_, count, num_actions(shape), in_.name());
    }
    assembly_.rest.discount = remarks_.discount;
    assembly_.rewards_are_costs = remarks_.minimise;
    return assemble(std::move(assembly_), in_.name());
  }

  /// Actions that are all called by numbers are identifiers, others are names.
  void take_actions() {
    std::vector<std::int32_t> number;
    for (const std::string& name : actions_.names) {
      const auto value = parse_integer(name);
      if (!value || *value < 0 || *value >= kMostIndices || std::to_string(*value) != name) break;
      number.push_back(static_cast<std::int32_t>(*value));
    }
    const bool all_named = std::find(actions_.label.begin(), actions_.label.end(), -1) == actions_.label.end();
    if (remarks_.actions) {
      apply_action_list(actions_, *remarks_.actions, in_.name(), remarks_.line_of_actions);
    } else if (number.size() == actions_.names.size() && all_named) {
      std::vector<std::int32_t> identifiers(actions_.label.size());
      std::transform(actions_.label.begin(), actions_.label.end(), identifiers.begin(),
                     [&](std::int32_t label) { return number[static_cast<std::size_t>(label)]; });
      actions_.label.clear();
      if (unique_in_states(assembly_.state_begin, identifiers)) actions_.index = std::move(identifiers);
    }
    set_actions(assembly_.rest, assembly_.state_begin, std::move(actions_));
  }

  TextScanner in_;
  std::string_view type_;
  std::int64_t states_ = -1, choices_ = -1, state_ = -1, line_of_state_ = 0;
  bool in_action_ = false, rewards_counted_ = false;
  Remarks remarks_;
  std::unordered_map<std::string_view, std::string_view> placeholders_;
  Assembly assembly_;
  std::vector<RewardParts> rewards_;
  ChoiceLabels actions_;
  std::unordered_map<std::string_view, std::int32_t> action_of_;
  std::unordered_map<std::string_view, std::size_t> label_of_;
  std::vector<std::string> label_names_;
  std::vector<std::vector<std::int32_t>> labels_;
  std::vector<std::int64_t> observations_;
};

}  // namespace

ModelFile parse_drn(std::string_view text, const std::string& name) { return Reader(text, name).read(); }

ModelFile read_drn(const std::string& path) {
  const FileBytes bytes = FileBytes::open_decompressed(path);
  return parse_drn(bytes.view(), path);
}

}  // namespace bellwether::mdp
