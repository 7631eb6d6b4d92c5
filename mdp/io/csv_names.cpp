#include "mdp/io/csv_names.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {

namespace {

auto text_in(const std::vector<std::string>& names) {
  return [&names](std::int32_t i) { return std::string_view(names[static_cast<std::size_t>(i)]); };
}

/// The number of a name in the list, or -1. The table is filled when it is first asked.
std::int32_t find(NameTable& table, const std::vector<std::string>& names, std::string_view name) {
  const auto name_of = text_in(names);
  const auto count = static_cast<std::int32_t>(names.size());
  if (table.empty())
    for (std::int32_t i = 0; i < count; ++i) table.add(i, name_of);
  return table.find(name, name_of);
}

}  // namespace

void CsvNames::apply(const CsvDirectives& directives) {
  if (directives.discount) data_.discount = directives.discount;
  set_initial(directives);
  set_labels(directives);
  set_columns(directives);
  set_laws(directives);
}

std::int32_t CsvNames::state(std::int64_t line, const std::string& word) {
  line_ = line;
  return state(word);
}

std::size_t CsvNames::choice(std::int64_t line, const std::string& state_word, const std::string& action_word) {
  line_ = line;
  return choice(state_word, action_word);
}

std::string CsvNames::choice_text(std::size_t choice) const {
  const auto c = static_cast<std::int64_t>(choice);
  const auto above = std::upper_bound(data_.state_begin.begin(), data_.state_begin.end(), c);
  const auto s = static_cast<std::size_t>(above - data_.state_begin.begin() - 1);
  const auto a = static_cast<std::size_t>(data_.action.empty() ? c - data_.state_begin[s] : data_.action[choice]);
  const auto text = [](const std::vector<std::string>& names, std::size_t i) {
    return names.empty() ? fmt::format("{}", i) : quoted(names[i]);
  };
  return fmt::format("action {} of state {}", text(data_.action_names, a), text(data_.state_names, s));
}

std::int32_t CsvNames::state(const std::string& word) {
  if (!data_.state_names.empty()) {
    if (const std::int32_t found = find(states_, data_.state_names, word); found >= 0) return found;
  } else if (const auto index = parse_integer(word); index && *index >= 0 && *index < num_states_) {
    return static_cast<std::int32_t>(*index);
  }
  fail_at(file_, line_, fmt::format("a directive names state {}, which is not in the rows", quoted(word)));
}

std::size_t CsvNames::choice(const std::string& state_word, const std::string& action_word) {
  const auto s = static_cast<std::size_t>(state(state_word));
  const std::int64_t id = data_.action_names.empty() ? parse_integer(action_word).value_or(-1)
                                                     : find(actions_, data_.action_names, action_word);
  for (std::int64_t c = data_.state_begin[s]; c < data_.state_begin[s + 1]; ++c) {
    const auto i = static_cast<std::size_t>(c);
    if ((data_.action.empty() ? c - data_.state_begin[s] : data_.action[i]) == id) return i;
  }
  fail_at(file_, line_,
          fmt::format("a directive names action {} of state {}, which is not in the rows", quoted(action_word),
                      quoted(state_word)));
}

Column& CsvNames::column(const std::string& title) {
  for (const bool is_reward : {true, false}) {
    for (Column& candidate : is_reward ? data_.rewards : data_.costs)
      if (csv_title(candidate.name, is_reward) == title) return candidate;
  }
  fail_at(file_, line_, fmt::format("a directive names column {}, which is not in the header", quoted(title)));
}

void CsvNames::set_initial(const CsvDirectives& directives) {
  if (directives.initial.empty()) return;
  std::vector<double> initial(static_cast<std::size_t>(num_states_), 0.0);
  for (const auto& [word, probability, line] : directives.initial) {
    line_ = line;
    initial[static_cast<std::size_t>(state(word))] += probability;
  }
  data_.initial = std::move(initial);
}

void CsvNames::set_labels(const CsvDirectives& directives) {
  for (const auto& [label, words, line] : directives.labels) {
    line_ = line;
    std::vector<std::int32_t> states;
    for (const std::string& word : words) states.push_back(state(word));
    std::sort(states.begin(), states.end());
    states.erase(std::unique(states.begin(), states.end()), states.end());
    data_.labels.push_back({label, std::move(states)});
  }
}

void CsvNames::set_columns(const CsvDirectives& directives) {
  for (const auto& [title, line] : directives.by_transition) {
    line_ = line;
    Column& kept = column(title);
    if (!kept.by_transition.empty()) continue;
    std::vector<double> values;
    values.reserve(data_.successor.size());
    for (std::size_t c = 0; c + 1 < data_.choice_begin.size(); ++c) {
      values.resize(static_cast<std::size_t>(data_.choice_begin[c + 1]), kept.expected[c]);
    }
    kept.by_transition = std::move(values);
  }
  for (std::size_t i = 0; i < directives.expected.size();) {  // entries of one column follow each other
    line_ = directives.expected[i].line;
    Column& kept = column(directives.expected[i].column);
    std::vector<double> expected(kept.expected.begin(), kept.expected.end());
    const std::size_t first = i;
    for (; i < directives.expected.size() && directives.expected[i].column == directives.expected[first].column; ++i) {
      const CsvDirectives::Expected& entry = directives.expected[i];
      line_ = entry.line;
      expected[choice(entry.state, entry.action)] = entry.value;
    }
    kept.expected = std::move(expected);
  }
}

void CsvNames::set_laws(const CsvDirectives& directives) {
  if (directives.laws.empty()) return;
  const std::size_t choices = data_.choice_begin.size() - 1;
  std::vector<std::uint8_t> law(choices, 0);
  std::vector<double> scale(choices, 0.0);
  std::vector<const CsvDirectives::Law*> finite(choices, nullptr);
  for (const CsvDirectives::Law& entry : directives.laws) {
    line_ = entry.line;
    const std::size_t c = choice(entry.state, entry.action);
    const RewardLaw kind = entry.kind == "bernoulli"  ? RewardLaw::kBernoulli
                           : entry.kind == "gaussian" ? RewardLaw::kGaussian
                           : entry.kind == "finite"   ? RewardLaw::kFinite
                                                      : RewardLaw::kDeterministic;
    law[c] = static_cast<std::uint8_t>(kind);
    scale[c] = kind == RewardLaw::kBernoulli || kind == RewardLaw::kGaussian ? entry.numbers[0] : 0.0;
    finite[c] = kind == RewardLaw::kFinite ? &entry : nullptr;
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
  data_.reward_laws = {
      .law = std::move(law), .scale = std::move(scale), .support_begin = {}, .values = {}, .weights = {}};
  if (!values.empty()) {
    data_.reward_laws.support_begin = std::move(begin);
    data_.reward_laws.values = std::move(values);
    data_.reward_laws.weights = std::move(weights);
  }
}

}  // namespace bellwether::mdp
