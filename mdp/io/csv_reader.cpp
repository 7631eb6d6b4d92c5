#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "mdp/expected_reward.h"
#include "mdp/io/csv.h"
#include "mdp/io/csv_header.h"
#include "mdp/io/csv_linear.h"
#include "mdp/io/csv_names.h"
#include "mdp/io/csv_rows.h"
#include "mdp/io/file_bytes.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// Makes models of grouped rows. The models of stages (contexts) are parts of the same arrays.
class CsvAssembler {
 public:
  CsvAssembler(std::string_view bytes, const std::string& name, const CsvHeader& header, CsvRows rows)
      : bytes_(bytes), name_(name), header_(header), rows_(std::move(rows)) {
    if (rows_.runs.empty()) fail("has a header but no rows");
    num_states_ = std::max({header_.states.value_or(0), static_cast<std::int64_t>(rows_.state_names.size()),
                            rows_.runs.largest_state() + std::int64_t{1}, rows_.largest_next + std::int64_t{1}});
  }

  ModelFile assemble() {
    const bool staged = has(CsvRole::kStage), latent = has(CsvRole::kContext);
    if (staged && latent) fail("has both a stage and a context column; one is possible");
    what_ = staged ? "stage" : latent ? "context" : "";
    if (!rows_.runs.in_order()) fail_for_a_gap();
    finish_arrays();
    std::vector<TabularMdp> models;
    for (std::size_t group = 0; group + 1 < group_begin_.size(); ++group) models.push_back(model_of(group));
    for (const auto& [part, directives] : header_.parts) {
      if (part >= static_cast<std::int64_t>(models.size())) {
        fail_at(name_, directives.line,
                fmt::format("a directive speaks of part {}, the file has {}", part, models.size()));
      }
    }
    ModelFile file{.model = models.front()};
    file.rewards_are_costs = header_.minimise;
    file.linear = std::move(linear_);
    if (staged) file.stages = std::move(models);
    if (latent) {
      require_same_actions(models);
      file.contexts = std::move(models);
    }
    return file;
  }

 private:
  /// The runs (choices) and the rows of a group.
  struct Range {
    std::size_t begin, end, first_row, last_row;
  };
  struct Numbers {
    Array<double> expected, by_row;
  };

  [[noreturn]] void fail(const std::string& message) const { fail_at(name_, line_of_header(bytes_, header_), message); }

  bool has(CsvRole role) const {
    return std::any_of(header_.columns.begin(), header_.columns.end(),
                       [&](const CsvColumn& c) { return c.role == role; });
  }

  /// Rows into arrays that models share: expected rewards, then rows divided by their sum where they miss one, here
  /// because TabularMdp would need a copy for it.
  void finish_arrays() {
    rows_.run_begin.push_back(rows_.num_rows());
    for (CsvNumbers& column : rows_.numbers) {
      Numbers& numbers = numbers_.emplace_back();
      if (column.by_row) {
        numbers.expected = GrowingArray<double>::finished(expected_rewards(column.values));
        numbers.by_row = GrowingArray<double>::finished(std::move(column.values));
      } else {
        numbers.expected = GrowingArray<double>::finished(std::move(column.values));
      }
    }
    normalise_distributions(rows_.begins(), rows_.probability);
    next_ = GrowingArray<std::int32_t>::finished(std::move(rows_.next));
    probability_ = GrowingArray<double>::finished(std::move(rows_.probability));
    choice_begin_ = GrowingArray<std::int64_t>::finished(std::move(rows_.run_begin));
    CsvRuns::States states = rows_.runs.take_states();
    state_begin_ = GrowingArray<std::int64_t>::finished(std::move(states.begin));
    action_ = GrowingArray<std::int32_t>::finished(std::move(states.action));
    group_begin_ = std::move(states.group_begin);
  }

  GrowingArray<double> expected_rewards(const GrowingArray<double>& by_row) const {
    GrowingArray<double> expected;
    const std::span<const std::int64_t> begin = rows_.begins();
    const std::int64_t runs = rows_.runs.size();
    double* const out = expected.extend(static_cast<std::size_t>(runs));
    parallel_for(runs, rows_.num_rows(), [&](std::int64_t first, std::int64_t last) {
      for (auto r = static_cast<std::size_t>(first); r < static_cast<std::size_t>(last); ++r) {
        const auto row = static_cast<std::size_t>(begin[r]), length = static_cast<std::size_t>(begin[r + 1] - begin[r]);
        // An empty row is refused when the model is built.
        out[r] = length == 0 ? 0.0
                             : expected_reward(std::span<const double>(rows_.probability).subspan(row, length),
                                               std::span<const double>(by_row).subspan(row, length));
      }
    });
    return expected;
  }

  TabularMdp model_of(std::size_t group) {
    const std::size_t first = group_begin_[group], last = group_begin_[group + 1];
    if (num_states_ > static_cast<std::int64_t>(last - first)) {
      const std::size_t s = last - first;
      fail_without_rows(without_rows(s, group), s);
    }
    const auto begin = static_cast<std::size_t>(state_begin_[first]),
               end = static_cast<std::size_t>(state_begin_[last]);
    const Range range{begin, end, static_cast<std::size_t>(choice_begin_[begin]),
                      static_cast<std::size_t>(choice_begin_[end])};
    ModelData data;
    data.state_begin = offsets(state_begin_, first, last);
    data.choice_begin = offsets(choice_begin_, range.begin, range.end);
    data.successor = part_of(next_, range.first_row, range.last_row);
    data.probability = part_of(probability_, range.first_row, range.last_row);
    set_actions(range, data);
    set_columns(range, data);
    const bool is_last = group + 2 == group_begin_.size();
    data.state_names = is_last ? std::move(rows_.state_names) : rows_.state_names;
    data.action_names = is_last ? std::move(rows_.action_names) : rows_.action_names;
    CsvNames names(data, num_states_, name_);
    names.apply(header_.directives);
    for (const auto& [part, directives] : header_.parts)
      if (part == static_cast<std::int64_t>(group)) names.apply(directives);
    if (group == 0) linear_ = csv_linear(header_, names, group_begin_.size() - 1, name_);
    return checked(group, std::move(data));
  }

  TabularMdp checked(std::size_t group, ModelData data) const {
    try {
      TabularMdp model(std::move(data));
      require_fit(linear_, model.num_choices());
      return model;
    } catch (const InvalidRow& error) {
      // The names went into the model that failed; the file still has them.
      const CsvRows again = parse_csv_rows(bytes_, header_, name_, [](std::string_view) {});
      const std::int64_t line = line_of_choice(bytes_, header_, text(again.state_names, error.state()),
                                               text(again.action_names, error.action()), group);
      throw InvalidModel(line > 0 ? fmt::format("{}:{}: {}{}", name_, line, place(group), error.what())
                                  : fmt::format("{}: {}{}", name_, place(group), error.what()));
    } catch (const InvalidModel& error) {
      throw InvalidModel(fmt::format("{}: {}{}", name_, place(group), error.what()));
    }
  }

  /// The name of a state or action where the file has names, its number else.
  static std::string text(const std::vector<std::string>& known, std::int64_t i) {
    const auto k = static_cast<std::size_t>(i);
    return k < known.size() ? known[k] : std::to_string(i);
  }

  /// The contexts of a latent model differ in rows and rewards, never in what can be done.
  void require_same_actions(const std::vector<TabularMdp>& contexts) const {
    for (std::size_t m = 1; m < contexts.size(); ++m)
      for (int s = 0; s < contexts[m].num_states(); ++s) require_same_actions(contexts, m, s);
  }

  void require_same_actions(const std::vector<TabularMdp>& contexts, std::size_t m, int s) const {
    const auto actions = [s](const TabularMdp& model) {
      std::vector<int> all;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) all.push_back(model.action(c));
      return all;
    };
    const std::vector<int> first = actions(contexts.front()), other = actions(contexts[m]);
    const auto [in_first, in_other] = std::ranges::mismatch(first, other);
    if (in_first == first.end() && in_other == other.end()) return;
    const std::size_t group = in_other != other.end() ? m : 0;
    const std::string state = contexts[m].state_name(s);
    const std::string action = contexts[m].action_name(group > 0 ? *in_other : *in_first);
    fail_at(
        name_, line_of_choice(bytes_, header_, state, action, group),
        fmt::format("context {} lists the action {} of state {} here and context {} does not; all contexts have the "
                    "same actions, in the same order",
                    group, action, state, group > 0 ? 0 : m));
  }

  /// "stage 2: " in a file with stages.
  std::string place(std::size_t group) const { return what_.empty() ? "" : fmt::format("{} {}: ", what_, group); }

  /// Some stage or some state is not there.
  [[noreturn]] void fail_for_a_gap() {
    const GrowingArray<CsvRun> runs = rows_.runs.take_list();
    std::size_t begin = 0;
    for (std::size_t group = 0;; ++group) {
      if (begin == runs.size() || runs[begin].group != static_cast<std::int32_t>(group)) {
        fail_at(name_, line_after_group(bytes_, header_, group),
                fmt::format("{} {} is missing; they are numbered 0, 1, 2, ...", what_, group));
      }
      std::int64_t states = 0;  // 0 .. states - 1 are there; the runs are sorted
      for (; begin < runs.size() && runs[begin].group == static_cast<std::int32_t>(group); ++begin)
        if (runs[begin].state == states) ++states;
      if (states < num_states_) {
        const auto s = static_cast<std::size_t>(states);
        fail_without_rows(without_rows(s, runs), s);
      }
    }
  }

  /// The row with which the play ends in a state, with the columns, separator and names of this file.
  std::string ending_row(const std::string& state, std::size_t group, std::int32_t action) const {
    std::string row;
    for (const CsvColumn& column : header_.columns) {
      if (!row.empty()) row += header_.separator;
      switch (column.role) {
        case CsvRole::kState:
        case CsvRole::kNext:
          row += csv_word(state);
          break;
        case CsvRole::kAction:
          row += csv_word(text(rows_.action_names, action));
          break;
        case CsvRole::kProbability:
          row += '1';
          break;
        case CsvRole::kNumber:
          row += '0';
          break;
        case CsvRole::kStage:
        case CsvRole::kContext:
          row += std::to_string(group);
          break;
      }
    }
    return row;
  }

  /// What is missing: the groups without rows of a state, and the actions that it has in another one, else action 0.
  struct Missing {
    std::vector<std::size_t> groups;
    std::vector<std::int32_t> actions;
  };

  /// "the row lost,0,lost,1,0", or one for each action and for each stage (context) that lacks the state.
  std::string ending_rows(const std::string& state, const Missing& missing) const {
    constexpr std::size_t kMost = 4;
    std::vector<std::string> rows;
    for (const std::size_t group : missing.groups)
      for (const std::int32_t action : missing.actions)
        if (rows.size() <= kMost) rows.push_back(ending_row(state, group, action));
    if (rows.size() == 1) return "the row " + rows.front();
    if (rows.size() <= kMost) return "the rows " + join_names(rows);
    return fmt::format("the row {}, and one like it for each {}{}", rows.front(), what_,
                       missing.actions.size() > 1 ? " and action" : "");
  }

  /// In a file with features every choice has some: " and, above the header, '#! features lost 0 0 0'"; where the play
  /// ends nothing is earned any more, which is what zeros say.
  std::string ending_features(const std::string& state, const Missing& missing) const {
    std::vector<std::string> lines;
    for (const std::int32_t action : missing.actions) {
      const std::string of = csv_word(state),
                        choice = fmt::format("{} {}", of, csv_word(text(rows_.action_names, action)));
      if (!header_.features.empty()) {
        std::string zeros;
        for (std::size_t i = 0; i < header_.features.front().numbers.size(); ++i) zeros += " 0";
        lines.push_back(fmt::format("'#! features {}{}'", choice, zeros));
      }
      // Which features give the probability 1 depends on theta.
      if (!header_.mixture.empty()) lines.push_back(fmt::format("'#! mixture {} {} X ...'", choice, of));
    }
    return lines.empty() ? std::string() : fmt::format(" and, above the header, {}", join_names(lines));
  }

  /// Of groups in order, from `group` on: those before have rows of state s.
  Missing without_rows(std::size_t s, std::size_t group) const {
    Missing missing{.groups = {}, .actions = {0}};
    for (std::size_t g = 0; g + 1 < group_begin_.size(); ++g) {
      if (group_begin_[g + 1] - group_begin_[g] <= s) {
        if (g >= group) missing.groups.push_back(g);
        continue;
      }
      const std::int64_t begin = state_begin_[group_begin_[g] + s], end = state_begin_[group_begin_[g] + s + 1];
      missing.actions.clear();
      for (std::int64_t c = begin; c < end; ++c)
        missing.actions.push_back(action_.empty() ? static_cast<std::int32_t>(c - begin)
                                                  : action_[static_cast<std::size_t>(c)]);
    }
    return missing;
  }

  /// The same of runs that stand in another order, which are sorted.
  static Missing without_rows(std::size_t s, const GrowingArray<CsvRun>& runs) {
    Missing missing{.groups = {}, .actions = {0}};
    for (std::size_t at = 0; at < runs.size();) {
      const std::int32_t group = runs[at].group;
      std::vector<std::int32_t> actions;
      for (; at < runs.size() && runs[at].group == group; ++at)
        if (runs[at].state == static_cast<std::int32_t>(s) && (actions.empty() || actions.back() != runs[at].action))
          actions.push_back(runs[at].action);
      if (actions.empty())
        missing.groups.push_back(static_cast<std::size_t>(group));
      else
        missing.actions = std::move(actions);
    }
    return missing;
  }

  /// The first of the groups is told.
  [[noreturn]] void fail_without_rows(const Missing& missing, std::size_t s) const {
    const std::size_t group = missing.groups.front();
    const std::string state = s < rows_.state_names.size() ? rows_.state_names[s] : std::to_string(s);
    const std::int64_t line = line_of_successor(bytes_, header_, state);
    const bool declared = header_.states == num_states_ && line_of_state(bytes_, header_, last_state()) == 0;
    if (line == 0 && s > 0 && rows_.state_names.empty() && !declared) fail_without_most_rows(group, s);
    const std::string how = line > 0   ? "is a successor here but"
                            : declared ? fmt::format("is counted by '#! states {}' but", num_states_)
                            : s == 0   ? "(states count from 0)"
                                       : "is counted but";
    fail_at(name_, line,
            fmt::format("{}state {} {} has no rows of its own; if the play ends there, add {}{}{}", place(group), state,
                        how, ending_rows(state, missing), header_.separator == '\t' ? " (tabs between)" : "",
                        ending_features(state, missing)));
  }

  std::string last_state() const { return std::to_string(num_states_ - 1); }

  /// Nobody speaks of state s: a larger number, most likely a slip, makes it one.
  [[noreturn]] void fail_without_most_rows(std::size_t group, std::size_t s) const {
    fail_at(name_, line_of_state(bytes_, header_, last_state()),
            fmt::format("{}state {} is the largest of the file, which has no rows of state {}; states are numbered 0, "
                        "1, 2, ... without gaps, so is {} a slip?",
                        place(group), last_state(), s, last_state()));
  }

  template <class T>
  static Array<T> part_of(const Array<T>& whole, std::size_t begin, std::size_t end) {
    if (begin == 0 && end == whole.size()) return whole;
    const auto owner = std::make_shared<const Array<T>>(whole);
    return {owner->view().subspan(begin, end - begin), owner};
  }

  /// Entries begin .. end of `all`, counted from the first of them.
  static Array<std::int64_t> offsets(const Array<std::int64_t>& all, std::size_t begin, std::size_t end) {
    if (all[begin] == 0) return part_of(all, begin, end + 1);
    std::vector<std::int64_t> out(all.begin() + begin, all.begin() + end + 1);
    for (std::int64_t& at : out) at -= all[begin];
    return out;
  }

  void set_actions(const Range& range, ModelData& data) const {
    if (action_.empty()) return;
    data.action = part_of(action_, range.begin, range.end);
    bool plain = true;
    for (std::size_t s = 0; s + 1 < data.state_begin.size() && plain; ++s)
      for (std::int64_t c = data.state_begin[s]; c < data.state_begin[s + 1]; ++c)
        plain &= data.action[static_cast<std::size_t>(c)] == c - data.state_begin[s];
    if (plain) data.action = {};
  }

  void set_columns(const Range& range, ModelData& data) const {
    std::size_t k = 0;
    for (const CsvColumn& column : header_.columns) {
      if (column.role != CsvRole::kNumber) continue;
      const Numbers& numbers = numbers_[k++];
      std::vector<Column>& columns = column.is_reward ? data.rewards : data.costs;
      columns.push_back({.name = column.name,
                         .expected = part_of(numbers.expected, range.begin, range.end),
                         .by_transition = varies(numbers.by_row, range)
                                              ? part_of(numbers.by_row, range.first_row, range.last_row)
                                              : Array<double>()});
    }
  }

  bool varies(const Array<double>& by_row, const Range& range) const {
    if (by_row.empty()) return false;
    for (std::size_t r = range.begin; r < range.end; ++r) {
      const double *begin = by_row.begin() + choice_begin_[r], *end = by_row.begin() + choice_begin_[r + 1];
      if (std::adjacent_find(begin, end, std::not_equal_to<>()) != end) return true;
    }
    return false;
  }

  std::string_view bytes_;
  const std::string& name_;
  const CsvHeader& header_;
  CsvRows rows_;
  std::string_view what_;  // "stage", "context" or nothing
  std::int64_t num_states_ = 0;
  // Of all groups, once finished:
  std::vector<std::size_t> group_begin_;
  Array<std::int64_t> state_begin_, choice_begin_;
  Array<std::int32_t> next_, action_;
  Array<double> probability_;
  std::vector<Numbers> numbers_;
  LinearStructure linear_;
};

ModelFile parse(std::string_view bytes, const std::string& name, const ReleaseText& release) {
  const CsvHeader header = parse_csv_header(bytes, name);
  CsvRows rows = parse_csv_rows(bytes, header, name, release);
  group_by_choice(rows);
  return CsvAssembler(bytes, name, header, std::move(rows)).assemble();
}

}  // namespace

ModelFile parse_csv(std::string_view bytes, const std::string& name) {
  return parse(bytes, name, [](std::string_view) {});
}

ModelFile read_csv(const std::string& path) {
  const FileBytes file = FileBytes::open_decompressed(path);
  return parse(file.view(), path, [&](std::string_view read) { file.release(read); });
}

}  // namespace bellwether::mdp
