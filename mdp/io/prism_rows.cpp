#include "mdp/io/prism_rows.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::int64_t kMostStates = std::numeric_limits<std::int32_t>::max();

void require_model_type(std::string_view type, const TextScanner& in) {
  static constexpr std::string_view kReadable[] = {"MDP", "DTMC", "IMDP", "IDTMC"};
  if (std::find(std::begin(kReadable), std::end(kReadable), type) != std::end(kReadable)) return;
  in.fail(fmt::format("the model is of type {}, only MDP, DTMC, IMDP and IDTMC are read", quoted(type)));
}

/// "# Transitions (MDP)" and our own remarks.
void read_comment(std::string_view line, const TextScanner& in, Remarks& remarks) {
  const std::string_view text = trimmed(line.substr(1));
  if (const std::string_view start = "Transitions ("; text.starts_with(start) && text.ends_with(')'))
    require_model_type(text.substr(start.size(), text.size() - start.size() - 1), in);
  remarks.read(text, in);
}

PrismShape read_counts(TextScanner& in, std::string_view first) {
  PrismShape shape;
  std::vector<std::int64_t> counts{in.integer_from(first, "the number of states")};
  while (!in.rest().empty()) counts.push_back(in.integer("a count of the header"));
  if (counts.size() != 2 && counts.size() != 3) {
    in.fail(
        fmt::format("a header has 3 numbers (states choices transitions) or, for a DTMC, 2 (states transitions); "
                    "here are {}",
                    counts.size()));
  }
  shape.chain = counts.size() == 2;
  shape.states = counts.front();
  shape.transitions = counts.back();
  shape.choices = shape.chain ? counts[0] : counts[1];
  const auto most = std::min<std::int64_t>(kMostStates, static_cast<std::int64_t>(in.size()));
  for (const std::int64_t count : {shape.states, shape.choices, shape.transitions}) {
    // Each state, choice and transition takes several bytes, so a false header is found before anything is allocated.
    if (count < 1 || count > (count == shape.states ? most : static_cast<std::int64_t>(in.size()))) {
      in.fail(fmt::format("the header says {}, {} and {}, which a file of {} bytes cannot hold",
                          counted(shape.states, "state"), counted(shape.choices, "choice"),
                          counted(shape.transitions, "transition"), in.size()));
    }
  }
  return shape;
}

PrismShape read_shape(TextScanner& in, Remarks& remarks) {
  while (in.next_filled_line()) {
    const std::string_view line = in.rest();
    if (line.starts_with('#')) {
      read_comment(line, in, remarks);
      continue;
    }
    const std::string_view first = in.word();
    if (first == "mdp" || first == "dtmc") {
      in.expect_end();
      return {.storm = true, .chain = first == "dtmc", .states = kMostStates};
    }
    if (first == "ctmc" || first == "ma" || first == "ctmdp" || first == "pomdp") require_model_type(first, in);
    return read_counts(in, first);
  }
  in.fail("there are no transitions; the first line is a header such as \"# Transitions (MDP)\" or \"mdp\"");
}

/// Reads the rows of a .tra file.
class RowReader {
 public:
  explicit RowReader(const PrismText& file) : in_(file.text, file.name) {}

  PrismRows read() {
    shape_ = read_shape(in_, remarks_);
    while (in_.next_filled_line()) {
      if (in_.rest().starts_with('#')) {
        read_comment(in_.rest(), in_, remarks_);
        continue;
      }
      read_transition();
    }
    end_choice();
    check_counts();
    return std::move(rows_);
  }

 private:
  void read_transition() {
    const std::int32_t state = in_.index("source state", shape_.states);
    const std::int64_t choice = shape_.chain ? 0 : in_.integer("choice");
    if (choice < 0 || choice >= kMostStates) in_.fail(fmt::format("choice {} is out of range", choice));
    if (state != state_ || choice != choice_) begin_choice(state, choice);
    const std::int32_t next = in_.index("target state", shape_.states);
    if (next > largest_target_) {
      largest_target_ = next;
      line_of_largest_ = in_.line_number();
    }
    assembly_.successor.push_back(next);
    read_probability();
    read_label(in_.rest());
  }

  void begin_choice(std::int64_t state, std::int64_t choice) {
    end_choice();
    if (state < state_ || (state == state_ && choice < choice_)) {
      in_.fail(fmt::format("(state {}, choice {}) comes after (state {}, choice {}); lines must be in this order",
                           state, choice, state_, choice_));
    }
    if (state > state_ + 1) fail_deadlock(state_ + 1);
    if (state != state_) assembly_.state_begin.push_back(assembly_.state_begin.back());
    ++assembly_.state_begin.back();
    state_ = state;
    choice_ = choice;
    labels_.index.push_back(static_cast<std::int32_t>(choice));
    labels_.label.push_back(-1);
  }

  [[noreturn]] void fail_deadlock(std::int64_t state) const {
    in_.fail(
        fmt::format("state {} has no transitions (a deadlock); add the self-loop \"{}\" or export the model with "
                    "PRISM's -fixdl, which does that",
                    state, shape_.chain ? fmt::format("{0} {0} 1", state) : fmt::format("{0} 0 {0} 1", state)));
  }

  void read_probability() {
    double low, high;
    const bool interval = in_.skip("[");
    if (interval) {
      const std::string_view bounds = in_.until(']', "an interval");
      const std::size_t comma = bounds.find(',');
      if (comma == std::string_view::npos) in_.fail(fmt::format("interval '[{}]' needs two bounds", bounds));
      low = in_.number_from(trimmed(bounds.substr(0, comma)), "the lower bound");
      high = in_.number_from(trimmed(bounds.substr(comma + 1)), "the upper bound");
    } else {
      low = high = in_.number("the probability");
    }
    if (const auto fault = assembly_.add_probability(low, high, interval, in_.line_number())) in_.fail(*fault);
  }

  void read_label(std::string_view name) {
    if (name.empty()) return;
    const auto [place, fresh] = label_of_.try_emplace(name, static_cast<std::int32_t>(labels_.names.size()));
    if (fresh) labels_.names.push_back(in_.name_from(name, "an action"));
    std::int32_t& label = labels_.label.back();
    if (label >= 0 && label != place->second) {
      in_.fail(fmt::format("choice {} of state {} is called {} and {}", choice_, state_,
                           quoted(labels_.names[static_cast<std::size_t>(label)]), quoted(name)));
    }
    label = place->second;
  }

  void end_choice() {
    if (state_ < 0) return;
    const auto begin = static_cast<std::size_t>(assembly_.choice_begin.back());
    const std::span<const double> low = std::span<const double>(assembly_.probability).subspan(begin);
    const auto fault = assembly_.upper.empty()
                           ? row_fault(low)
                           : interval_row_fault(low, std::span<const double>(assembly_.upper).subspan(begin));
    if (fault) in_.fail(fmt::format("choice {} of state {} (it ends before this line) {}", choice_, state_, *fault));
    assembly_.choice_begin.push_back(static_cast<std::int64_t>(assembly_.successor.size()));
  }

  void check_counts() {
    const std::int64_t states = assembly_.num_states(), choices = assembly_.num_choices();
    const auto transitions = static_cast<std::int64_t>(assembly_.successor.size());
    if (shape_.storm) {
      if (states == 0) in_.fail("there are no transitions");
      if (largest_target_ >= states) {
        fail_at(in_.name(), line_of_largest_,
                fmt::format("target state {} has no transitions of its own (a deadlock); give it a self-loop",
                            largest_target_));
      }
      shape_.states = states;
      return;
    }
    if (states < shape_.states) fail_deadlock(states);
    if (choices != shape_.choices || transitions != shape_.transitions) {
      in_.fail(fmt::format("the header says {} and {}, the file has {} and {}", counted(shape_.choices, "choice"),
                           counted(shape_.transitions, "transition"), choices, transitions));
    }
  }

  TextScanner in_;
  PrismRows rows_;
  PrismShape& shape_ = rows_.shape;
  Remarks& remarks_ = rows_.remarks;
  Assembly& assembly_ = rows_.assembly;
  ChoiceLabels& labels_ = rows_.labels;
  std::int64_t state_ = -1, choice_ = -1;
  std::int32_t largest_target_ = -1;
  std::int64_t line_of_largest_ = 0;
  std::unordered_map<std::string_view, std::int32_t> label_of_;
};

struct NameInLine {
  std::string name;
  std::int64_t line;
};

/// Reads .srew and .trew (and .rew) files against the rows.
class RewardReader {
 public:
  RewardReader(const PrismText& file, const PrismRows& rows, RewardParts& parts)
      : in_(file.text, file.name), rows_(rows), parts_(parts) {}

  /// Returns the name in the `# Reward structure "name"` line, if there is one, and the line's number.
  std::optional<NameInLine> read(bool by_state) {
    std::optional<NameInLine> name;
    std::int64_t promised = -1, entries = 0;
    while (in_.next_filled_line()) {
      if (in_.rest().starts_with('#')) {
        read_comment_line(by_state, name);
      } else if (!rows_.shape.storm && promised < 0) {
        promised = read_counts_line(by_state);
      } else {
        by_state ? read_state_reward() : read_transition_reward();
        in_.expect_end();
        ++entries;
      }
    }
    if (promised >= 0 && promised != entries) {
      in_.fail(fmt::format("the header says {}, the file has {}", counted(promised, "entry"), entries));
    }
    return name;
  }

 private:
  void read_comment_line(bool by_state, std::optional<NameInLine>& name) {
    const std::string_view text = trimmed(in_.rest().substr(1));
    if (const std::string_view start = "Reward structure"; text.starts_with(start)) {
      std::string_view quoted_name = trimmed(text.substr(start.size()));
      if (quoted_name.size() >= 2 && quoted_name.front() == '"' && quoted_name.back() == '"')
        name = {in_.name_from(quoted_name.substr(1, quoted_name.size() - 2), "a reward structure"), in_.line_number()};
    }
    if (text == (by_state ? "Transition rewards" : "State rewards"))
      in_.fail(fmt::format("holds {} where {} rewards belong", quoted(text), by_state ? "state" : "transition"));
  }

  std::int64_t read_counts_line(bool by_state) {
    std::vector<std::int64_t> counts;
    while (!in_.rest().empty()) counts.push_back(in_.integer("a count of the header"));
    const std::size_t wanted = by_state || rows_.shape.chain ? 2 : 3;
    if (counts.size() != wanted) {
      in_.fail(fmt::format("the header of {} rewards has {} numbers, here are {}", by_state ? "state" : "transition",
                           wanted, counts.size()));
    }
    if (counts.front() != rows_.shape.states) {
      in_.fail(fmt::format("the rewards are for {}, the model has {}", counted(counts.front(), "state"),
                           rows_.shape.states));
    }
    return counts.back();
  }

  void read_state_reward() {
    if (parts_.state.empty()) parts_.state.resize(static_cast<std::size_t>(rows_.shape.states));
    const std::int32_t state = in_.index("state", rows_.shape.states);
    parts_.state[static_cast<std::size_t>(state)] = in_.number("the reward");
  }

  void read_transition_reward() {
    const Assembly& a = rows_.assembly;
    if (parts_.transition.empty()) parts_.transition.resize(a.successor.size());
    const std::int32_t state = in_.index("source state", rows_.shape.states);
    const std::int64_t choice = rows_.shape.chain ? 0 : in_.integer("choice");
    const std::int32_t next = in_.index("target state", rows_.shape.states);
    const std::int64_t row = row_of(state, choice);
    const std::int64_t begin = a.choice_begin[static_cast<std::size_t>(row)];
    const std::int64_t end = a.choice_begin[static_cast<std::size_t>(row) + 1];
    // Lines come in the order of the transitions, so the search starts after the last hit; of two transitions to the
    // same state the second line is for the second.
    if (cursor_ < begin || cursor_ >= end) cursor_ = begin;
    for (std::int64_t i = 0; i < end - begin; ++i) {
      const std::int64_t at = begin + (cursor_ - begin + i) % (end - begin);
      if (a.successor[static_cast<std::size_t>(at)] != next) continue;
      parts_.transition[static_cast<std::size_t>(at)] = in_.number("the reward");
      cursor_ = at + 1;
      return;
    }
    in_.fail(rows_.shape.chain
                 ? fmt::format("there is no transition from state {} to state {}", state, next)
                 : fmt::format("choice {} of state {} has no transition to state {}", choice, state, next));
  }

  std::int64_t row_of(std::int32_t state, std::int64_t choice) const {
    const auto s = static_cast<std::size_t>(state);
    const auto first = rows_.labels.index.begin() + rows_.assembly.state_begin[s];
    const auto last = rows_.labels.index.begin() + rows_.assembly.state_begin[s + 1];
    const auto found = std::lower_bound(first, last, choice);  // ascending, as read
    if (found == last || *found != choice) in_.fail(fmt::format("state {} has no choice {}", state, choice));
    return found - rows_.labels.index.begin();
  }

  TextScanner in_;
  const PrismRows& rows_;
  RewardParts& parts_;
  std::int64_t cursor_ = 0;
};

}  // namespace

PrismRows read_prism_rows(const PrismText& file) { return RowReader(file).read(); }

RewardParts read_prism_rewards(const PrismRewardTexts& texts, const PrismRows& rows) {
  RewardParts parts{.name = texts.name, .state = {}, .choice = {}, .transition = {}};
  std::optional<NameInLine> by_state, by_transition;
  if (texts.states) by_state = RewardReader(*texts.states, rows, parts).read(true);
  if (texts.transitions) by_transition = RewardReader(*texts.transitions, rows, parts).read(false);
  if (by_state && by_transition && by_state->name != by_transition->name) {
    fail_at(texts.transitions->name, by_transition->line,
            fmt::format("the reward structure is {}, in {} it is {}", quoted(by_transition->name), texts.states->name,
                        quoted(by_state->name)));
  }
  if (by_state) parts.name = by_state->name;
  if (by_transition) parts.name = by_transition->name;
  return parts;
}

}  // namespace bellwether::mdp
