#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/io/csv.h"
#include "mdp/io/csv_header.h"
#include "mdp/io/csv_names.h"
#include "mdp/io/csv_rows.h"
#include "mdp/io/file_bytes.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// Makes models of grouped rows.
class CsvAssembler {
 public:
  CsvAssembler(std::string_view bytes, const std::string& name, const CsvHeader& header, CsvRows rows)
      : bytes_(bytes), name_(name), header_(header), rows_(std::move(rows)) {
    if (rows_.runs.empty()) fail("has a header but no rows");
    num_states_ = std::max(header_.states.value_or(0), static_cast<std::int64_t>(rows_.state_names.size()));
    for (const CsvRun& run : rows_.runs) num_states_ = std::max(num_states_, run.state + std::int64_t{1});
    for (const std::int32_t next : rows_.next) num_states_ = std::max(num_states_, next + std::int64_t{1});
  }

  ModelFile assemble() {
    const bool staged = has(CsvRole::kStage), latent = has(CsvRole::kContext);
    if (staged && latent) fail("has both a stage and a context column; one is possible");
    what_ = staged ? "stage" : latent ? "context" : "";
    std::vector<TabularMdp> models = split_groups();
    for (const auto& [part, directives] : header_.parts) {
      if (part >= static_cast<std::int64_t>(models.size())) {
        fail_at(name_, directives.line,
                fmt::format("a directive speaks of part {}, the file has {}", part, models.size()));
      }
    }
    ModelFile file{.model = models.front()};
    file.rewards_are_costs = header_.minimise;
    if (staged) file.stages = std::move(models);
    if (latent) file.contexts = std::move(models);
    return file;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail_at(name_, 0, message); }

  bool has(CsvRole role) const {
    return std::any_of(header_.columns.begin(), header_.columns.end(),
                       [&](const CsvColumn& c) { return c.role == role; });
  }

  std::vector<TabularMdp> split_groups() {
    std::vector<TabularMdp> models;
    const std::size_t runs = rows_.runs.size();
    for (std::size_t begin = 0, end = 0; begin < runs; begin = end) {
      const std::int32_t group = rows_.runs[begin].group;
      if (group != static_cast<std::int32_t>(models.size())) {
        fail(fmt::format("{} {} is missing; they are numbered 0, 1, 2, ...", what_, models.size()));
      }
      while (end < runs && rows_.runs[end].group == group) ++end;
      models.push_back(model_of(group, begin, end, begin == 0 && end == runs));
    }
    return models;
  }

  /// The model of the runs [begin, end); `whole` when these are all, whose arrays it then takes.
  TabularMdp model_of(std::int32_t group, std::size_t begin, std::size_t end, bool whole) {
    ModelData data;
    data.state_begin = state_offsets(group, begin, end);
    set_actions(begin, end, data);
    set_columns(begin, end, whole, data);
    const std::int64_t first = rows_.run_begin[begin], last = rows_.run_end(end - 1);
    if (whole) {
      rows_.run_begin.push_back(last);
      rows_.runs = {};
      data.choice_begin = std::move(rows_.run_begin);
      data.successor = std::move(rows_.next);
      data.probability = std::move(rows_.probability);
    } else {
      data.choice_begin = choice_offsets(begin, end);
      data.successor = std::vector<std::int32_t>(rows_.next.begin() + first, rows_.next.begin() + last);
      data.probability = std::vector<double>(rows_.probability.begin() + first, rows_.probability.begin() + last);
    }
    data.state_names = rows_.state_names;
    CsvNames names(data, num_states_, name_);
    names.apply(header_.directives, data);
    for (const auto& [part, directives] : header_.parts)
      if (part == group) names.apply(directives, data);
    try {
      return TabularMdp(std::move(data));
    } catch (const InvalidRow& error) {
      const auto text = [](const std::vector<std::string>& known, std::int64_t i) {
        const auto k = static_cast<std::size_t>(i);
        return k < known.size() ? known[k] : std::to_string(i);
      };
      // In a file with stages the same choice stands in several places; then the message has the stage alone.
      const std::int64_t line = what_.empty() ? line_of_choice(bytes_, header_, text(rows_.state_names, error.state()),
                                                               text(rows_.action_names, error.action()))
                                              : 0;
      throw InvalidModel(line > 0 ? fmt::format("{}:{}: {}", name_, line, error.what())
                                  : fmt::format("{}: {}{}", name_, place(group), error.what()));
    } catch (const InvalidModel& error) {
      throw InvalidModel(fmt::format("{}: {}{}", name_, place(group), error.what()));
    }
  }

  /// "stage 2: " in a file with stages.
  std::string place(std::int32_t group) const { return what_.empty() ? "" : fmt::format("{} {}: ", what_, group); }

  std::vector<std::int64_t> state_offsets(std::int32_t group, std::size_t begin, std::size_t end) const {
    if (num_states_ > static_cast<std::int64_t>(end - begin)) fail_without_rows(group, first_missing_state(begin, end));
    std::vector<std::int64_t> offsets(static_cast<std::size_t>(num_states_) + 1, 0);
    for (std::size_t r = begin; r < end; ++r) ++offsets[static_cast<std::size_t>(rows_.runs[r].state) + 1];
    for (std::size_t s = 0; s < static_cast<std::size_t>(num_states_); ++s) {
      if (offsets[s + 1] == 0) fail_without_rows(group, s);
      offsets[s + 1] += offsets[s];
    }
    return offsets;
  }

  /// There are fewer runs than states, so a state below their number is missing; nothing large is allocated.
  std::size_t first_missing_state(std::size_t begin, std::size_t end) const {
    std::vector<char> seen(end - begin + 1, 0);
    for (std::size_t r = begin; r < end; ++r) {
      const auto s = static_cast<std::size_t>(rows_.runs[r].state);
      if (s < seen.size()) seen[s] = 1;
    }
    return static_cast<std::size_t>(std::find(seen.begin(), seen.end(), 0) - seen.begin());
  }

  [[noreturn]] void fail_without_rows(std::int32_t group, std::size_t s) const {
    const std::string state = s < rows_.state_names.size() ? rows_.state_names[s] : std::to_string(s);
    const std::int64_t line = line_of_successor(bytes_, header_, state);
    const std::string how = line > 0 ? "is a successor here but" : s == 0 ? "(states count from 0)" : "is counted but";
    fail_at(name_, line,
            fmt::format("{}state {} {} has no rows of its own; if the play ends there, add the row {},0,{},1,0",
                        place(group), state, how, state, state));
  }

  std::vector<std::int64_t> choice_offsets(std::size_t begin, std::size_t end) const {
    std::vector<std::int64_t> offsets;
    offsets.reserve(end - begin + 1);
    for (std::size_t r = begin; r < end; ++r) offsets.push_back(rows_.run_begin[r] - rows_.run_begin[begin]);
    offsets.push_back(rows_.run_end(end - 1) - rows_.run_begin[begin]);
    return offsets;
  }

  void set_actions(std::size_t begin, std::size_t end, ModelData& data) const {
    data.action_names = rows_.action_names;
    bool plain = true;
    for (std::size_t r = begin; r < end && plain; ++r) {
      const bool same_state = r > begin && rows_.runs[r].state == rows_.runs[r - 1].state;
      plain = rows_.runs[r].action == (same_state ? rows_.runs[r - 1].action + 1 : 0);
    }
    if (plain) return;
    std::vector<std::int32_t> action;
    action.reserve(end - begin);
    for (std::size_t r = begin; r < end; ++r) action.push_back(rows_.runs[r].action);
    data.action = std::move(action);
  }

  void set_columns(std::size_t begin, std::size_t end, bool whole, ModelData& data) {
    std::size_t k = 0;
    for (const CsvColumn& column : header_.columns) {
      if (column.role != CsvRole::kNumber) continue;
      std::vector<Column>& columns = column.is_reward ? data.rewards : data.costs;
      columns.push_back(rows_.numbers[k].by_row ? varying_column(begin, end, whole, rows_.numbers[k])
                                                : plain_column(begin, end, whole, rows_.numbers[k]));
      columns.back().name = column.name;
      ++k;
    }
  }

  static Column plain_column(std::size_t begin, std::size_t end, bool whole, CsvNumbers& numbers) {
    if (whole) return {.name = {}, .expected = std::move(numbers.values), .by_transition = {}};
    return {.name = {},
            .expected = std::vector<double>(numbers.values.begin() + static_cast<std::ptrdiff_t>(begin),
                                            numbers.values.begin() + static_cast<std::ptrdiff_t>(end)),
            .by_transition = {}};
  }

  Column varying_column(std::size_t begin, std::size_t end, bool whole, CsvNumbers& numbers) const {
    Column out;
    std::vector<double> expected;
    expected.reserve(end - begin);
    bool varies = false;
    for (std::size_t r = begin; r < end; ++r) {
      const auto first = static_cast<std::size_t>(rows_.run_begin[r]),
                 last = static_cast<std::size_t>(rows_.run_end(r));
      const std::span<const double> reward = std::span(numbers.values).subspan(first, last - first);
      // An empty row is refused when the model is built.
      const auto row = std::span(rows_.probability).subspan(first, last - first);
      expected.push_back(reward.empty() ? 0.0 : expected_reward(row, reward));
      varies |= std::adjacent_find(reward.begin(), reward.end(), std::not_equal_to<>()) != reward.end();
    }
    out.expected = std::move(expected);
    if (varies && whole) {
      out.by_transition = std::move(numbers.values);
    } else if (varies) {
      out.by_transition = std::vector<double>(numbers.values.begin() + rows_.run_begin[begin],
                                              numbers.values.begin() + rows_.run_end(end - 1));
    }
    return out;
  }

  std::string_view bytes_;
  const std::string& name_;
  const CsvHeader& header_;
  CsvRows rows_;
  std::string_view what_;  // "stage", "context" or nothing
  std::int64_t num_states_ = 0;
};

}  // namespace

ModelFile parse_csv(std::string_view bytes, const std::string& name) {
  const CsvHeader header = parse_csv_header(bytes, name);
  CsvRows rows = parse_csv_rows(bytes, header, name);
  group_by_choice(rows);
  drop_impossible(rows);
  return CsvAssembler(bytes, name, header, std::move(rows)).assemble();
}

ModelFile read_csv(const std::string& path) { return parse_csv(FileBytes::open_decompressed(path).view(), path); }

}  // namespace bellwether::mdp
