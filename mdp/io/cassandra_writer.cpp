#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/cassandra.h"
#include "mdp/io/cassandra_lexer.h"
#include "mdp/io/remarks.h"

namespace bellwether::mdp {
namespace {

bool is_name(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text[0]) && !is_cassandra_keyword(text) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

bool are_names(const std::vector<std::string>& names) {
  return !names.empty() && std::all_of(names.begin(), names.end(), is_name) &&
         std::unordered_set<std::string>(names.begin(), names.end()).size() == names.size();
}

class Writer {
 public:
  Writer(const ModelFile& file, const std::string& path) : file_(file), model_(file.model), path_(path), sink_(path) {}

  std::vector<std::string> write() {
    lost_ = losses(file_, {.discount = true,
                           .initial = true,
                           .state_names = true,
                           .action_names = true,
                           .transition_rewards = true,
                           .observations = true,
                           .minimisation = true});
    take_actions();
    write_preamble();
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      for (int s = 0; s < model_.num_states(); ++s) {
        write_choice(i, s);
        if (file_.observations) write_observations(i, s);
        sink_.flush_if_large();
      }
    }
    if (merged_) lost_.emplace_back("which of several transitions to the same state is which (they are merged)");
    sink_.commit();
    return std::move(lost_);
  }

 private:
  void take_actions() {
    for (std::int64_t c = 0; c < model_.first_choice(1); ++c) actions_.push_back(model_.action(c));
    std::sort(actions_.begin(), actions_.end());
    for (int s = 0; s < model_.num_states(); ++s) {
      for (const int action : actions_)
        if (!model_.choice_index(s, action)) reject(s, fmt::format("has no action {}", model_.action_name(action)));
      if (model_.num_choices(s) != static_cast<int>(actions_.size()))
        reject(s, fmt::format("has {}, state {} has {}", counted(model_.num_choices(s), "action"), model_.state_name(0),
                              actions_.size()));
    }
    if (actions_.back() + 1 != static_cast<int>(actions_.size()))
      lost_.emplace_back("the identifiers of the actions (they become 0, 1, 2, ...)");
  }

  [[noreturn]] void reject(int s, const std::string& what) const {
    throw InvalidModel(
        fmt::format("output {}: state {} {}: Cassandra's format needs every action in every state; use another format",
                    path_, model_.state_name(s), what));
  }

  void write_preamble() {
    const ModelData& data = model_.data();
    std::string& out = sink_.buffer();
    if (data.discount) out += fmt::format("discount: {}\n", *data.discount);
    out += fmt::format("values: {}\n", file_.rewards_are_costs ? "cost" : "reward");
    std::vector<std::string> action_names;
    if (!data.action_names.empty())
      for (const int action : actions_) action_names.push_back(model_.action_name(action));
    write_names("states", data.state_names, model_.num_states());
    write_names("actions", action_names, static_cast<int>(actions_.size()));
    if (file_.observations) write_names("observations", file_.observations->names, file_.observations->count);
    if (data.initial.empty() && !file_.observations) return;
    out += "start:";
    for (const double p : model_.initial()) fmt::format_to(std::back_inserter(out), " {}", p);
    out += '\n';
  }

  void write_names(std::string_view kind, const std::vector<std::string>& names, int count) {
    std::string& out = sink_.buffer();
    out += fmt::format("{}:", kind);
    if (!are_names(names)) {
      if (!names.empty())
        lost_.push_back(fmt::format("the names of the {} (names are letters, digits, '_' and '-', each once)", kind));
      out += fmt::format(" {}\n", count);
      return;
    }
    for (const std::string& name : names) out += ' ' + name;
    out += '\n';
  }

  void write_choice(std::size_t i, int s) {
    const ModelData& data = model_.data();
    const std::int64_t c = model_.first_choice(s) + *model_.choice_index(s, actions_[i]);
    const Column& reward = data.rewards.front();
    const double expected = reward.expected[static_cast<std::size_t>(c)];
    std::map<std::int32_t, std::pair<double, double>> row;  // successor: probability, probability times reward
    const auto begin = static_cast<std::size_t>(model_.choice_begin()[c]);
    const auto end = static_cast<std::size_t>(model_.choice_begin()[c + 1]);
    const auto reward_at = [&](std::size_t t) {
      return reward.by_transition.empty() ? expected : reward.by_transition[t];
    };
    for (std::size_t t = begin; t < end; ++t) {
      auto& [chance, weighted] = row[data.successor[t]];
      chance += data.probability[t];
      weighted += data.probability[t] * reward_at(t);
    }
    merged_ |= row.size() != end - begin;
    std::string& out = sink_.buffer();
    for (const auto& [next, entry] : row)
      fmt::format_to(std::back_inserter(out), "T: {} : {} : {} {}\n", i, s, next, entry.first);
    if (reward.by_transition.empty()) {
      if (expected != 0) fmt::format_to(std::back_inserter(out), "R: {} : {} : * : * {}\n", i, s, expected);
      return;
    }
    if (row.size() != end - begin) {
      for (const auto& [next, entry] : row)
        fmt::format_to(std::back_inserter(out), "R: {} : {} : {} : * {}\n", i, s, next, entry.second / entry.first);
      return;
    }
    for (std::size_t t = begin; t < end; ++t) {
      if (reward_at(t) != 0)
        fmt::format_to(std::back_inserter(out), "R: {} : {} : {} : * {}\n", i, s, data.successor[t], reward_at(t));
    }
  }

  void write_observations(std::size_t i, int s) {
    const Observations& o = *file_.observations;
    const std::size_t row = static_cast<std::size_t>(actions_[i]) * static_cast<std::size_t>(model_.num_states()) +
                            static_cast<std::size_t>(s);
    for (std::int64_t at = o.begin[row]; at < o.begin[row + 1]; ++at) {
      fmt::format_to(std::back_inserter(sink_.buffer()), "O: {} : {} : {} {}\n", i, s,
                     o.observation[static_cast<std::size_t>(at)], o.probability[static_cast<std::size_t>(at)]);
    }
  }

  const ModelFile& file_;
  const TabularMdp& model_;
  const std::string& path_;
  TextSink sink_;
  std::vector<int> actions_;  // identifiers, ascending
  std::vector<std::string> lost_;
  bool merged_ = false;
};

}  // namespace

std::vector<std::string> write_cassandra(const ModelFile& file, const std::string& path) {
  return Writer(file, path).write();
}

}  // namespace bellwether::mdp
