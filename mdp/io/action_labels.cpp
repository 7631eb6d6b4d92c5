#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

using Span = std::span<const std::int64_t>;

/// The name of each choice number when every choice of that number carries it and no other number does.
std::vector<std::string> names_by_index(const ChoiceLabels& labels) {
  const std::int32_t most = *std::max_element(labels.index.begin(), labels.index.end());
  // Numbers with gaps have no list of names, and the list must not outgrow the file. From here on there are at least as
  // many names as numbers, each used, so no two numbers can share one.
  if (most >= static_cast<std::int64_t>(labels.names.size())) return {};
  std::vector<std::int32_t> label_of(static_cast<std::size_t>(most) + 1, -1);
  for (std::size_t c = 0; c < labels.index.size(); ++c) {
    std::int32_t& label = label_of[static_cast<std::size_t>(labels.index[c])];
    if (labels.label[c] < 0 || (label >= 0 && label != labels.label[c])) return {};
    label = labels.label[c];
  }
  std::vector<std::string> names;
  for (const std::int32_t label : label_of) {
    if (label < 0) return {};
    names.push_back(labels.names[static_cast<std::size_t>(label)]);
  }
  return names;
}

void set_identifiers(ModelData& data, Span state_begin, std::vector<std::int32_t> action) {
  for (std::size_t s = 0; s + 1 < state_begin.size(); ++s) {
    for (std::int64_t c = state_begin[s]; c < state_begin[s + 1]; ++c) {
      if (action[static_cast<std::size_t>(c)] != c - state_begin[s]) {
        data.action = std::move(action);
        return;
      }
    }
  }
}

}  // namespace

bool unique_in_states(std::span<const std::int64_t> state_begin, const std::vector<std::int32_t>& value) {
  std::vector<std::int32_t> seen;
  for (std::size_t s = 0; s + 1 < state_begin.size(); ++s) {
    seen.assign(value.begin() + state_begin[s], value.begin() + state_begin[s + 1]);
    std::sort(seen.begin(), seen.end());
    if (std::adjacent_find(seen.begin(), seen.end()) != seen.end()) return false;
  }
  return true;
}

void apply_action_list(ChoiceLabels& labels, const std::vector<std::string>& list, const std::string& name,
                       std::int64_t line) {
  std::unordered_map<std::string_view, std::int32_t> number;
  for (std::size_t i = 0; i < list.size(); ++i) number.emplace(list[i], static_cast<std::int32_t>(i));
  const auto number_of = [&](const std::string& label) {
    const auto found = number.find(label);
    if (found == number.end()) fail_at(name, line, "action " + quoted(label) + " is not in the list of action names");
    return found->second;
  };
  std::vector<std::int32_t> renumbered(labels.names.size());
  std::transform(labels.names.begin(), labels.names.end(), renumbered.begin(), number_of);
  for (std::int32_t& label : labels.label)
    if (label >= 0) label = renumbered[static_cast<std::size_t>(label)];
  labels.names = list;
  labels.names_are_identifiers = true;
}

void set_actions(ModelData& data, Span state_begin, ChoiceLabels labels) {
  const bool named = !labels.label.empty() && std::any_of(labels.label.begin(), labels.label.end(),
                                                          [](std::int32_t label) { return label >= 0; });
  if (!named) return set_identifiers(data, state_begin, std::move(labels.index));
  if (!labels.names_are_identifiers) {
    if (auto names = names_by_index(labels); !names.empty()) {
      data.action_names = std::move(names);
      return set_identifiers(data, state_begin, std::move(labels.index));
    }
  }
  // A choice without a name counts as one whose name is empty.
  if (std::find(labels.label.begin(), labels.label.end(), -1) != labels.label.end()) {
    const auto blank = std::find(labels.names.begin(), labels.names.end(), "");
    const auto blank_index = static_cast<std::int32_t>(blank - labels.names.begin());
    if (blank == labels.names.end()) labels.names.emplace_back();
    std::replace(labels.label.begin(), labels.label.end(), -1, blank_index);
  }
  if (!unique_in_states(state_begin, labels.label)) return set_identifiers(data, state_begin, std::move(labels.index));
  data.action_names = std::move(labels.names);
  set_identifiers(data, state_begin, std::move(labels.label));
}

}  // namespace bellwether::mdp
