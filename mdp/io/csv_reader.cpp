#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/csv.h"
#include "mdp/io/csv_header.h"
#include "mdp/io/csv_rows.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// Makes models of grouped rows.
class CsvAssembler {
 public:
  CsvAssembler(std::string_view bytes, const std::string& name, CsvHeader header, CsvRows rows)
      : bytes_(bytes), name_(name), header_(std::move(header)), rows_(std::move(rows)) {
    if (rows_.runs.empty()) throw ParseError(fmt::format("{}: has a header but no rows", name_));
    num_states_ = header_.directives.states.value_or(0);
    for (const CsvRun& run : rows_.runs) num_states_ = std::max<std::int64_t>(num_states_, run.state + std::int64_t{1});
    for (const std::int32_t next : rows_.next)
      num_states_ = std::max<std::int64_t>(num_states_, next + std::int64_t{1});
    num_states_ = std::max(num_states_, static_cast<std::int64_t>(rows_.state_names.size()));
  }

  ModelFile assemble() {
    const bool staged = has(CsvRole::kStage), latent = has(CsvRole::kContext);
    if (staged && latent) throw ParseError(fmt::format("{}:1: has both a stage and a context column", name_));
    std::vector<TabularMdp> models = split_groups(staged ? "stage" : "context");
    ModelFile file{.model = models.front()};
    file.rewards_are_costs = header_.directives.minimise;
    if (staged) file.stages = std::move(models);
    if (latent) file.contexts = std::move(models);
    return file;
  }

 private:
  bool has(CsvRole role) const {
    return std::any_of(header_.columns.begin(), header_.columns.end(),
                       [&](const CsvColumn& c) { return c.role == role; });
  }

  std::vector<TabularMdp> split_groups(std::string_view what) {
    std::vector<TabularMdp> models;
    for (std::size_t begin = 0; begin < rows_.runs.size();) {
      const std::int32_t group = rows_.runs[begin].group;
      if (group != static_cast<std::int32_t>(models.size())) {
        throw ParseError(
            fmt::format("{}: {} {} is missing; they are numbered 0, 1, 2, ...", name_, what, models.size()));
      }
      std::size_t end = begin;
      while (end < rows_.runs.size() && rows_.runs[end].group == group) ++end;
      models.push_back(model_of(begin, end));
      begin = end;
    }
    return models;
  }

  TabularMdp model_of(std::size_t begin, std::size_t end) {
    ModelData data;
    data.state_begin = state_offsets(begin, end);
    set_actions(begin, end, data);
    set_columns(begin, end, data);
    set_names(data);
    const std::int64_t first = rows_.runs[begin].first_row, last = rows_.run_end(end - 1);
    data.choice_begin = choice_offsets(begin, end);
    const bool whole = begin == 0 && end == rows_.runs.size();
    if (whole) {
      rows_.runs = {};
      data.successor = std::move(rows_.next);
      data.probability = std::move(rows_.probability);
    } else {
      data.successor = std::vector<std::int32_t>(rows_.next.begin() + first, rows_.next.begin() + last);
      data.probability = std::vector<double>(rows_.probability.begin() + first, rows_.probability.begin() + last);
    }
    set_laws(data);
    try {
      return TabularMdp(std::move(data));
    } catch (const InvalidModel& error) {
      throw InvalidModel(fmt::format("{}: {}", name_, error.what()));
    }
  }

  std::vector<std::int64_t> state_offsets(std::size_t begin, std::size_t end) const {
    if (num_states_ > static_cast<std::int64_t>(end - begin)) fail_without_rows(first_missing_state(begin, end));
    std::vector<std::int64_t> offsets(static_cast<std::size_t>(num_states_) + 1, 0);
    for (std::size_t r = begin; r < end; ++r) ++offsets[static_cast<std::size_t>(rows_.runs[r].state) + 1];
    for (std::size_t s = 0; s < static_cast<std::size_t>(num_states_); ++s) {
      if (offsets[s + 1] == 0) fail_without_rows(s);
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

  [[noreturn]] void fail_without_rows(std::size_t s) const {
    const std::string state = rows_.state_names.empty() ? std::to_string(s) : rows_.state_names[s];
    const std::int64_t line = line_of_successor(bytes_, header_, state);
    fail_at(name_, line,
            fmt::format("state {} {}but has no rows of its own; if the play ends there, add {},0,{},1,0", state,
                        line > 0 ? "is a successor here " : "is below the number of states ", state, state));
  }

  std::vector<std::int64_t> choice_offsets(std::size_t begin, std::size_t end) const {
    std::vector<std::int64_t> offsets;
    offsets.reserve(end - begin + 1);
    for (std::size_t r = begin; r < end; ++r) offsets.push_back(rows_.runs[r].first_row - rows_.runs[begin].first_row);
    offsets.push_back(rows_.run_end(end - 1) - rows_.runs[begin].first_row);
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

  void set_columns(std::size_t begin, std::size_t end, ModelData& data) const {
    std::size_t k = 0;
    for (const CsvColumn& column : header_.columns) {
      if (column.role != CsvRole::kNumber) continue;
      (column.is_reward ? data.rewards : data.costs).push_back(column_of(begin, end, column.name, rows_.numbers[k++]));
    }
  }

  Column column_of(std::size_t begin, std::size_t end, const std::string& name, const CsvNumbers& numbers) const {
    Column out{.name = name, .expected = {}, .by_transition = {}};
    if (!numbers.by_row) {
      out.expected = std::vector<double>(numbers.values.begin() + static_cast<std::ptrdiff_t>(begin),
                                         numbers.values.begin() + static_cast<std::ptrdiff_t>(end));
      return out;
    }
    std::vector<double> expected;
    expected.reserve(end - begin);
    bool varies = false;
    for (std::size_t r = begin; r < end; ++r) {
      const auto first = static_cast<std::size_t>(rows_.runs[r].first_row),
                 last = static_cast<std::size_t>(rows_.run_end(r));
      const std::span<const double> reward = std::span(numbers.values).subspan(first, last - first);
      expected.push_back(expected_reward(std::span(rows_.probability).subspan(first, last - first), reward));
      varies |= std::adjacent_find(reward.begin(), reward.end(), std::not_equal_to<>()) != reward.end();
    }
    out.expected = std::move(expected);
    if (varies) {
      out.by_transition = std::vector<double>(numbers.values.begin() + rows_.runs[begin].first_row,
                                              numbers.values.begin() + rows_.run_end(end - 1));
    }
    return out;
  }

  std::int32_t state_named(const std::string& word) const {
    const auto& names = rows_.state_names;
    const auto named = std::find(names.begin(), names.end(), word);
    if (named != names.end()) return static_cast<std::int32_t>(named - names.begin());
    const auto index = parse_integer(word);
    if (!names.empty() || !index || *index < 0 || *index >= num_states_) {
      throw ParseError(fmt::format("{}: a directive names state {}, which is not in the rows", name_, quoted(word)));
    }
    return static_cast<std::int32_t>(*index);
  }

  void set_names(ModelData& data) const {
    const CsvDirectives& directives = header_.directives;
    data.state_names = rows_.state_names;
    data.discount = directives.discount;
    if (!directives.initial.empty()) {
      std::vector<double> initial(static_cast<std::size_t>(num_states_), 0.0);
      for (const auto& [state, probability] : directives.initial)
        initial[static_cast<std::size_t>(state_named(state))] += probability;
      data.initial = std::move(initial);
    }
    for (const auto& [label, words] : directives.labels) {
      std::vector<std::int32_t> states;
      for (const std::string& word : words) states.push_back(state_named(word));
      std::sort(states.begin(), states.end());
      states.erase(std::unique(states.begin(), states.end()), states.end());
      data.labels.push_back({label, std::move(states)});
    }
  }

  std::size_t choice_named(const ModelData& data, const CsvDirectives::Law& law) const {
    const auto s = static_cast<std::size_t>(state_named(law.state));
    const auto& names = data.action_names;
    const auto named = std::find(names.begin(), names.end(), law.action);
    const std::int64_t id = named != names.end() ? named - names.begin() : parse_integer(law.action).value_or(-1);
    for (std::int64_t c = data.state_begin[s]; c < data.state_begin[s + 1]; ++c) {
      const std::int64_t of_choice =
          data.action.empty() ? c - data.state_begin[s] : data.action[static_cast<std::size_t>(c)];
      if (of_choice == id) return static_cast<std::size_t>(c);
    }
    throw ParseError(fmt::format("{}: a reward law names action {} of state {}, which is not in the rows", name_,
                                 quoted(law.action), quoted(law.state)));
  }

  void set_laws(ModelData& data) const {
    if (header_.directives.laws.empty()) return;
    const std::size_t choices = data.choice_begin.size() - 1;
    std::vector<std::uint8_t> law(choices, 0);
    std::vector<double> scale(choices, 0.0);
    std::vector<const CsvDirectives::Law*> finite(choices, nullptr);
    for (const CsvDirectives::Law& entry : header_.directives.laws) {
      const std::size_t c = choice_named(data, entry);
      if (entry.kind == "bernoulli" || entry.kind == "gaussian") {
        law[c] = static_cast<std::uint8_t>(entry.kind == "bernoulli" ? RewardLaw::kBernoulli : RewardLaw::kGaussian);
        scale[c] = entry.numbers[0];
      } else if (entry.kind == "finite" && entry.numbers.size() % 2 == 0) {
        law[c] = static_cast<std::uint8_t>(RewardLaw::kFinite);
        finite[c] = &entry;
      } else {
        throw ParseError(
            fmt::format("{}: a reward law is {}; there is bernoulli HIGH, gaussian SD and finite VALUE WEIGHT ...",
                        name_, quoted(entry.kind)));
      }
    }
    std::vector<std::int64_t> begin{0};
    std::vector<double> values, weights;
    for (const CsvDirectives::Law* entry : finite) {
      for (std::size_t i = 0; entry != nullptr && i < entry->numbers.size(); i += 2) {
        values.push_back(entry->numbers[i]);
        weights.push_back(entry->numbers[i + 1]);
      }
      begin.push_back(static_cast<std::int64_t>(values.size()));
    }
    data.reward_laws.law = std::move(law);
    data.reward_laws.scale = std::move(scale);
    if (!values.empty()) {
      data.reward_laws.support_begin = std::move(begin);
      data.reward_laws.values = std::move(values);
      data.reward_laws.weights = std::move(weights);
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  CsvHeader header_;
  CsvRows rows_;
  std::int64_t num_states_ = 0;
};

}  // namespace

ModelFile parse_csv(std::string_view bytes, const std::string& name) {
  CsvHeader header = parse_csv_header(bytes, name);
  CsvRows rows = parse_csv_rows(bytes, header, name);
  group_by_choice(rows);
  return CsvAssembler(bytes, name, std::move(header), std::move(rows)).assemble();
}

ModelFile read_csv(const std::string& path) { return parse_csv(FileBytes::open_decompressed(path).view(), path); }

}  // namespace bellwether::mdp
