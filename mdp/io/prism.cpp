#include "mdp/io/prism.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/prism_files.h"
#include "mdp/io/prism_rows.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

using StateLists = std::vector<std::pair<std::string, std::vector<std::int32_t>>>;

/// `0="init" 1="deadlock"`: the labels by number.
void read_declarations(TextScanner& in, StateLists& labels) {
  while (!in.rest().empty()) {
    const std::int64_t number = in.integer_from(trimmed(in.until('=', "a label's number")), "a label's number");
    if (number != static_cast<std::int64_t>(labels.size())) {
      in.fail(fmt::format("label number {} comes where {} is due", number, labels.size()));
    }
    if (!in.skip("\"")) in.fail(fmt::format("the name of label {} must stand in quotes", number));
    labels.emplace_back(in.name_from(in.until('"', "the name of a label"), "a label"), std::vector<std::int32_t>{});
  }
}

void read_prism_labels(TextScanner& in, std::int64_t states, StateLists& labels) {
  while (in.next_filled_line()) {
    if (in.rest().starts_with('#')) continue;
    if (labels.empty()) {
      read_declarations(in, labels);
      continue;
    }
    const std::int64_t state = in.integer_from(trimmed(in.until(':', "a state's number")), "state");
    if (state < 0 || state >= states) in.fail(fmt::format("state {} is out of range, the model has {}", state, states));
    while (!in.rest().empty()) {
      const auto label = static_cast<std::size_t>(in.index("label", static_cast<std::int64_t>(labels.size())));
      labels[label].second.push_back(static_cast<std::int32_t>(state));
    }
  }
}

void read_storm_labels(TextScanner& in, std::int64_t states, StateLists& labels) {
  std::unordered_map<std::string_view, std::size_t> number;
  bool declared = false;
  while (in.next_filled_line()) {
    const std::string_view line = in.rest();
    if (line == "#DECLARATION") continue;
    if (line == "#END") {
      declared = true;
    } else if (!declared) {
      while (!in.rest().empty()) {
        const std::string_view name = in.word();
        if (!number.emplace(name, labels.size()).second)
          in.fail(fmt::format("label {} is declared twice", quoted(name)));
        labels.emplace_back(in.name_from(name, "a label"), std::vector<std::int32_t>{});
      }
    } else {
      const std::int32_t state = in.index("state", states);
      while (!in.rest().empty()) {
        const std::string_view name = in.word();
        const auto known = number.find(name);
        if (known == number.end()) in.fail(fmt::format("label {} is not declared", quoted(name)));
        labels[known->second].second.push_back(state);
      }
    }
  }
  if (!declared) in.fail("#END is missing after the declaration of the labels");
}

void read_labels(const PrismText& file, std::int64_t states, ModelData& data) {
  StateLists labels;
  TextScanner in(file.text, file.name);
  if (trimmed(file.text).starts_with("#DECLARATION")) {
    read_storm_labels(in, states, labels);
  } else {
    read_prism_labels(in, states, labels);
  }
  for (auto& [name, members] : labels) {
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    if (name == "init") {
      if (members.empty()) in.fail("no state carries the label \"init\", one must be initial");
      data.initial = uniform_on(members, states);
    } else {
      data.labels.push_back({std::move(name), std::move(members)});
    }
  }
}

std::vector<std::string_view> split(std::string_view text, const TextScanner& in) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') {
    in.fail(fmt::format("{} must be a list in parentheses", quoted(text)));
  }
  text = text.substr(1, text.size() - 2);
  std::vector<std::string_view> parts;
  for (std::size_t comma; (comma = text.find(',')) != std::string_view::npos; text.remove_prefix(comma + 1))
    parts.push_back(trimmed(text.substr(0, comma)));
  parts.push_back(trimmed(text));
  return parts;
}

/// "(x,y)" and "3:(0,true)" give state 3 the name "(x=0,y=true)".
std::vector<std::string> read_states(const PrismText& file, std::int64_t states) {
  TextScanner in(file.text, file.name);
  std::vector<std::string_view> variables;
  std::vector<std::string> names;
  while (in.next_filled_line()) {
    if (in.rest().starts_with('#')) continue;
    if (variables.empty()) {
      variables = split(in.rest(), in);
      continue;
    }
    const std::int64_t state = in.integer_from(trimmed(in.until(':', "a state's number")), "state");
    if (state != static_cast<std::int64_t>(names.size()) || state >= states) {
      in.fail(fmt::format("state {} comes where {} of {} is due", state, names.size(), states));
    }
    const auto values = split(in.rest(), in);
    if (values.size() != variables.size()) {
      in.fail(fmt::format("state {} has {} for {}", state, counted(static_cast<std::int64_t>(values.size()), "value"),
                          counted(static_cast<std::int64_t>(variables.size()), "variable")));
    }
    std::string name = "(";
    for (std::size_t i = 0; i < values.size(); ++i)
      fmt::format_to(std::back_inserter(name), "{}{}={}", i > 0 ? "," : "", variables[i], values[i]);
    names.push_back(in.name_from(name + ")", "a state"));
  }
  if (static_cast<std::int64_t>(names.size()) != states) {
    in.fail(fmt::format("describes {}, the model has {}", counted(static_cast<std::int64_t>(names.size()), "state"),
                        states));
  }
  return names;
}

}  // namespace

ModelFile parse_prism(const PrismTexts& texts) {
  PrismRows rows = read_prism_rows(texts.transitions);
  std::vector<RewardParts> rewards;
  for (const PrismRewardTexts& files : texts.rewards) rewards.push_back(read_prism_rewards(files, rows));
  Assembly assembly = std::move(rows.assembly);
  assembly.rewards = std::move(rewards);
  const std::int64_t states = rows.shape.states;
  if (texts.labels) read_labels(*texts.labels, states, assembly.rest);
  if (texts.states) assembly.rest.state_names = read_states(*texts.states, states);
  if (rows.remarks.actions)
    apply_action_list(rows.labels, *rows.remarks.actions, texts.transitions.name, rows.remarks.line_of_actions);
  set_actions(assembly.rest, assembly.state_begin, std::move(rows.labels));
  assembly.rest.discount = rows.remarks.discount;
  assembly.rewards_are_costs = rows.remarks.minimise;
  return assemble(std::move(assembly), texts.transitions.name);
}

ModelFile read_prism(const std::string& path) {
  std::vector<FileBytes> kept;
  const auto text_of = [&](const std::string& name) {
    kept.push_back(FileBytes::open_decompressed(name));
    return PrismText{name, kept.back().view()};
  };
  PrismTexts texts;
  texts.transitions = text_of(path);
  std::string key;
  for (const PrismFile& file : prism_files_beside(path)) {
    switch (file.kind) {
      case PrismFile::Kind::kLabels:
        texts.labels = text_of(file.path);
        break;
      case PrismFile::Kind::kStates:
        texts.states = text_of(file.path);
        break;
      case PrismFile::Kind::kStateRewards:
      case PrismFile::Kind::kTransitionRewards: {
        if (texts.rewards.empty() || key != file.key) {
          key = file.key;
          if (const auto fault = name_fault(key))
            fail_at(file.path, 0, fmt::format("the name of its reward structure {}", *fault));
          const bool numbered = key.empty() || key.find_first_not_of("0123456789") == std::string::npos;
          texts.rewards.push_back({numbered ? "reward" + key : key, std::nullopt, std::nullopt});
        }
        PrismRewardTexts& rewards = texts.rewards.back();
        (file.kind == PrismFile::Kind::kStateRewards ? rewards.states : rewards.transitions) = text_of(file.path);
        break;
      }
    }
  }
  return parse_prism(texts);
}

}  // namespace bellwether::mdp
