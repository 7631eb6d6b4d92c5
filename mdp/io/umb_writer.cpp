#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/tar.h"
#include "mdp/io/text_scanner.h"
#include "mdp/io/umb.h"
#include "mdp/io/umb_index.h"

namespace bellwether::mdp {
namespace {

using Kind = UmbType::Kind;
constexpr UmbType kDouble{Kind::kDouble, 64};

/// An identifier in the characters that UMB allows in names of folders, different from those in `used`.
std::string identifier(const std::string& name, std::set<std::string>& used) {
  constexpr std::size_t kLongest = 60;
  std::string id;
  for (const char c : name.substr(0, kLongest)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    id += upper ? static_cast<char>(c - 'A' + 'a') : kept ? c : '_';
  }
  if (id.empty()) id.assign(1, '_');
  std::string unique = id;
  for (int i = 2; !used.insert(unique).second; ++i) unique = fmt::format("{}-{}", id, i);
  return unique;
}

class Writer {
 public:
  explicit Writer(const ModelFile& file) : file_(file), model_(file.model), data_(file.model.data()) {}

  std::vector<std::string> write(const std::string& path) {
    lost_ = losses(file_, {.discount = true,
                           .initial = true,
                           .labels = true,
                           .state_names = true,
                           .action_names = true,
                           .other_rewards = true,
                           .costs = true,
                           .transition_rewards = true,
                           .intervals = true,
                           .observations = true,
                           .minimisation = true});
    std::erase_if(lost_, [](const std::string& phrase) {
      return phrase.starts_with("the distributions of the rewards") || phrase.starts_with("the nominal probabilities");
    });
    index_.discount = data_.discount;
    index_.minimise = file_.rewards_are_costs;
    add_transitions();
    add_actions();
    add_initial();
    for (const Label& label : data_.labels) add_label(label);
    for (const Column& column : data_.rewards) add_column("rewards", column);
    for (const Column& column : data_.costs) add_column("costs", column);
    add_reward_laws();
    add_names("valuations/states/", data_.state_names, index_.state_name_strings);
    if (file_.observations) add_observations(*file_.observations);
    TarWriter tar;
    tar.add("index.json", write_umb_index(index_));
    for (auto& [name, bytes] : members_) {
      tar.add(name, bytes);
      bytes = {};
    }
    FileWriter writer(path);
    writer.write(compress(std::move(tar).finish(), Compression::kGzip));
    writer.commit();
    return std::move(lost_);
  }

 private:
  void add(std::string name, std::string bytes) { members_.emplace_back(std::move(name), std::move(bytes)); }

  static std::string wide(std::span<const std::int32_t> values) {
    const std::vector<std::int64_t> copy(values.begin(), values.end());
    return umb_bytes(copy);
  }

  void add_transitions() {
    index_.players = 1;
    index_.states = static_cast<std::uint64_t>(model_.num_states());
    index_.choices = static_cast<std::uint64_t>(model_.num_choices());
    index_.branches = static_cast<std::uint64_t>(model_.num_transitions());
    add("state-to-choices.bin", umb_bytes(model_.state_begin()));
    add("choice-to-branches.bin", umb_bytes(model_.choice_begin()));
    add("branch-to-target.bin", wide(model_.successor()));
    if (!file_.intervals) {
      index_.branch_probability = kDouble;
      add("branch-to-probability.bin", umb_bytes(model_.probability()));
      return;
    }
    const Intervals& intervals = *file_.intervals;
    index_.branch_probability = {Kind::kDoubleInterval, 128};
    std::vector<double> pairs;
    for (std::size_t i = 0; i < intervals.lower.size(); ++i)
      pairs.insert(pairs.end(), {intervals.lower[i], intervals.upper[i]});
    add("branch-to-probability.bin", umb_bytes(pairs));
    const auto usual = nominal_probabilities(model_.choice_begin(), intervals.lower, intervals.upper);
    if (std::equal(usual.begin(), usual.end(), data_.probability.begin(), data_.probability.end())) return;
    index_.annotations.push_back(
        {.group = "bellwether", .id = "nominal", .name = "", .branches = true, .type = kDouble});
    add("annotations/bellwether/nominal/branches/values.bin", umb_bytes(model_.probability()));
  }

  void add_actions() {
    if (data_.action.empty() && data_.action_names.empty()) return;
    std::string values;
    for (int s = 0; s < model_.num_states(); ++s) {
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const auto action = static_cast<std::uint32_t>(
            data_.action.empty() ? c - model_.first_choice(s) : data_.action[static_cast<std::size_t>(c)]);
        for (int byte = 0; byte < 4; ++byte) values += static_cast<char>(action >> (8 * byte) & 0xff);
      }
    }
    index_.choice_actions =
        std::max(static_cast<std::uint64_t>(num_actions(data_)), std::uint64_t{data_.action_names.size()});
    add("actions/choices/values.bin", std::move(values));
    if (!data_.action_names.empty()) add_strings("actions/choices/", data_.action_names);
  }

  void add_strings(const std::string& folder, const std::vector<std::string>& strings) {
    std::vector<std::int64_t> begin{0};
    std::string text;
    for (const std::string& string : strings) {
      if (const auto fault = encoding_fault(string))
        throw InvalidModel(fmt::format("the name {} {}", quoted(string), *fault));
      text += string;
      begin.push_back(static_cast<std::int64_t>(text.size()));
    }
    add(folder + "string-mapping.bin", umb_bytes(begin));
    add(folder + "strings.bin", std::move(text));
  }

  void add_names(const std::string& folder, const std::vector<std::string>& names, std::uint64_t& strings) {
    if (names.empty()) return;
    strings = names.size();
    std::vector<std::int64_t> own(names.size());
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<std::int64_t>(i);
    add(folder + "valuations.bin", umb_bytes(own));
    add_strings(folder, names);
  }

  void add_initial() {
    const auto uniform = uniform_initial_states(model_);
    std::vector<std::int32_t> states = uniform.value_or(std::vector<std::int32_t>{});
    if (!uniform) {
      for (int s = 0; s < model_.num_states(); ++s)
        if (data_.initial[static_cast<std::size_t>(s)] > 0) states.push_back(s);
    }
    index_.initial_states = states.size();
    add("state-is-initial.bin", umb_bits(states, index_.states));
    // Also where the shares of the states are uniform but for the last bit.
    const auto as_read = uniform_on(states, model_.num_states());
    if (data_.initial.empty() || std::equal(as_read.begin(), as_read.end(), data_.initial.begin(), data_.initial.end()))
      return;
    index_.annotations.push_back({.group = "bellwether", .id = "initial", .name = "", .states = true, .type = kDouble});
    add("annotations/bellwether/initial/states/values.bin", umb_bytes(data_.initial));
  }

  /// The identifier of an annotation, entered into the index with its name as the alias.
  UmbAnnotation& annotate(const std::string& group, const std::string& name, UmbType type) {
    UmbAnnotation annotation{.group = group, .id = identifier(name, used_[group]), .name = name, .type = type};
    if (name.empty() || !aliases_[group].insert(name).second) {
      annotation.name.clear();
      lost_.push_back(fmt::format("the name '{}' in the group {} (it becomes '{}')", name, group, annotation.id));
    }
    return index_.annotations.emplace_back(std::move(annotation));
  }

  void add_label(const Label& label) {
    UmbAnnotation& annotation = annotate("aps", label.name, {Kind::kBool, 1});
    annotation.states = true;
    add("annotations/aps/" + annotation.id + "/states/values.bin", umb_bits(label.states, index_.states));
  }

  void add_column(const std::string& group, const Column& column) {
    UmbAnnotation& annotation = annotate(group, column.name, kDouble);
    const bool by_branch = !column.by_transition.empty();
    (by_branch ? annotation.branches : annotation.choices) = true;
    add("annotations/" + group + "/" + annotation.id + (by_branch ? "/branches" : "/choices") + "/values.bin",
        umb_bytes(by_branch ? column.by_transition : column.expected));
  }

  void add_reward_laws() {
    const RewardDistributions& laws = data_.reward_laws;
    if (laws.empty()) return;
    const std::string folder = "annotations/bellwether/";
    const std::vector<std::int64_t> law(laws.law.begin(), laws.law.end());
    const auto annotated = [&](const std::string& id, UmbType type) -> UmbAnnotation& {
      return index_.annotations.emplace_back(
          UmbAnnotation{.group = "bellwether", .id = id, .name = "", .choices = true, .type = type});
    };
    annotated("reward-law", {Kind::kUint, 64});
    add(folder + "reward-law/choices/values.bin", umb_bytes(law));
    annotated("reward-scale", kDouble);
    add(folder + "reward-scale/choices/values.bin", umb_bytes(laws.scale));
    if (laws.support_begin.empty()) return;
    UmbAnnotation& values = annotated("reward-values", kDouble);
    values.probability = kDouble;
    values.num_probabilities = laws.values.size();
    add(folder + "reward-values/choices/distribution-mapping.bin", umb_bytes(laws.support_begin));
    add(folder + "reward-values/choices/values.bin", umb_bytes(laws.values));
    add(folder + "reward-values/choices/probabilities.bin", umb_bytes(laws.weights));
  }

  struct Row {
    std::span<const std::int32_t> observation;
    std::span<const double> probability;
    friend bool operator==(const Row& a, const Row& b) {
      return std::ranges::equal(a.observation, b.observation) && std::ranges::equal(a.probability, b.probability);
    }
  };

  static Row row_of(const Observations& o, std::size_t row) {
    const auto begin = static_cast<std::size_t>(o.begin[row]),
               count = static_cast<std::size_t>(o.begin[row + 1]) - begin;
    return {o.observation.view().subspan(begin, count), o.probability.view().subspan(begin, count)};
  }

  void add_observations(const Observations& o) {
    const auto S = static_cast<std::size_t>(model_.num_states());
    index_.observations = static_cast<std::uint64_t>(o.count);
    std::vector<std::size_t> rows;  // of o, one for each entity
    bool of_states = true;
    for (std::size_t r = S; r + 1 < o.begin.size() && of_states; ++r) of_states = row_of(o, r) == row_of(o, r % S);
    if (of_states) {
      for (std::size_t s = 0; s < S; ++s) rows.push_back(s);
    } else {
      for (int s = 0; s < model_.num_states(); ++s)
        for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
          for (const std::int32_t next : model_.successors(c))
            rows.push_back(static_cast<std::size_t>(model_.action(c)) * S + static_cast<std::size_t>(next));
    }
    index_.observations_of_branches = !of_states;
    write_observations(o, rows, of_states ? "observations/states/" : "observations/branches/");
    add_names("valuations/observations/", o.names, index_.observation_name_strings);
  }

  void write_observations(const Observations& o, const std::vector<std::size_t>& rows, const std::string& folder) {
    std::vector<std::int64_t> begin{0}, seen;
    std::vector<double> chance;
    for (const std::size_t r : rows) {
      const Row row = row_of(o, r);
      seen.insert(seen.end(), row.observation.begin(), row.observation.end());
      chance.insert(chance.end(), row.probability.begin(), row.probability.end());
      begin.push_back(static_cast<std::int64_t>(seen.size()));
    }
    add(folder + "values.bin", umb_bytes(seen));
    const bool certain =
        seen.size() == rows.size() && std::all_of(chance.begin(), chance.end(), [](double p) { return p == 1; });
    if (certain) return;
    index_.observation_probability = kDouble;
    add(folder + "distribution-mapping.bin", umb_bytes(begin));
    add(folder + "probabilities.bin", umb_bytes(chance));
  }

  const ModelFile& file_;
  const TabularMdp& model_;
  const ModelData& data_;
  UmbIndex index_;
  std::vector<std::string> lost_;
  std::vector<std::pair<std::string, std::string>> members_;
  std::map<std::string, std::set<std::string>> used_, aliases_;
};

}  // namespace

std::vector<std::string> write_umb(const ModelFile& file, const std::string& path) { return Writer(file).write(path); }

}  // namespace bellwether::mdp
