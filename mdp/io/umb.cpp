#include "mdp/io/umb.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/tar.h"
#include "mdp/io/text_scanner.h"
#include "mdp/io/umb_index.h"
#include "mdp/io/umb_numbers.h"

namespace bellwether::mdp {
namespace {

using Kind = UmbType::Kind;

/// A distribution over integers for each entity.
struct Distributions {
  std::vector<std::int64_t> begin, value;
  std::vector<double> probability;
};

class Reader {
 public:
  Reader(std::string_view tar, const std::string& name) : name_(name), members_(read_tar(tar, name)) {
    const auto index = find("index.json");
    if (!index) fail_at(name_, 0, "index.json is missing from the archive");
    index_ = read_umb_index(*index, name_);
  }

  ModelFile read() {
    read_branches();
    read_actions();
    read_initial();
    for (const UmbAnnotation& annotation : index_.annotations) read_annotation(annotation);
    a_.rest.state_names = read_names("valuations/states/", index_.state_name_strings, index_.states);
    if (index_.observations > 0) read_observations();
    a_.rest.discount = index_.discount;
    a_.rewards_are_costs = index_.minimise;
    return assemble(std::move(a_), name_);
  }

 private:
  std::optional<std::string_view> find(const std::string& path) const {
    const auto found = members_.find(path);
    return found == members_.end() ? std::nullopt : std::optional(found->second);
  }

  std::string label(const std::string& path) const { return name_ + ": " + path; }

  [[noreturn]] void fail(const std::string& where, const std::string& message) const {
    fail_at(label(where), 0, message);
  }

  std::string_view require(const std::string& path) const {
    const auto bytes = find(path);
    if (!bytes) fail(path, "is missing from the archive");
    return *bytes;
  }

  /// n + 1 offsets into `targets` elements; the identity when the member is absent.
  std::vector<std::int64_t> offsets(const std::string& path, std::uint64_t n, std::uint64_t targets) const {
    const auto bytes = find(path);
    if (!bytes) {
      if (n != targets) fail(path, fmt::format("is missing, but {} elements cannot own one each of {}", n, targets));
      std::vector<std::int64_t> identity(n + 1);
      std::iota(identity.begin(), identity.end(), std::int64_t{0});
      return identity;
    }
    std::vector<std::int64_t> begin = umb_integers(*bytes, n + 1, label(path));
    if (begin.front() != 0) fail(path, fmt::format("element 0 is {}, must be 0", begin.front()));
    for (std::size_t i = 1; i < begin.size(); ++i)
      if (begin[i] < begin[i - 1]) fail(path, fmt::format("element {} is {}, less than the one before", i, begin[i]));
    if (begin.back() != static_cast<std::int64_t>(targets)) {
      fail(path, fmt::format("ends with {}, there are {} elements to own", begin.back(), targets));
    }
    return begin;
  }

  void read_branches() {
    // The targets bound every other count by the size of the file before anything else is allocated.
    const std::string path = "branch-to-target.bin";
    const std::vector<std::int64_t> target = umb_integers(require(path), index_.branches, label(path));
    if (index_.choices > index_.branches || index_.states > index_.choices) {
      fail("index.json", fmt::format("transition-system has {}, {} and {} branches; each state needs a "
                                     "choice and each choice a branch (PRISM's -fixdl gives deadlocks a self-loop)",
                                     counted(static_cast<std::int64_t>(index_.states), "state"),
                                     counted(static_cast<std::int64_t>(index_.choices), "choice"), index_.branches));
    }
    a_.successor.resize(target.size());
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (target[i] >= static_cast<std::int64_t>(index_.states)) {
        fail(path, fmt::format("branch {} leads to state {}, there are {}", i, target[i], index_.states));
      }
      a_.successor[i] = static_cast<std::int32_t>(target[i]);
    }
    if (index_.players == 0 && index_.choices != index_.states) {
      fail("index.json", fmt::format("transition-system.#players is 0, but {} states have {}", index_.states,
                                     counted(static_cast<std::int64_t>(index_.choices), "choice")));
    }
    a_.state_begin = offsets("state-to-choices.bin", index_.states, index_.choices);
    a_.choice_begin = offsets("choice-to-branches.bin", index_.choices, index_.branches);
    read_probabilities();
  }

  void read_probabilities() {
    const std::string path = "branch-to-probability.bin";
    const UmbType type = index_.branch_probability;
    if (type.kind == Kind::kNone) {  // a transition system without probabilities
      a_.probability.assign(a_.successor.size(), 1.0);
    } else if (type.is_interval()) {
      UmbBounds bounds = umb_bounds(require(path), type, index_.branches, label(path));
      a_.probability = std::move(bounds.lower);
      a_.upper = std::move(bounds.upper);
    } else {
      a_.probability = umb_numbers(require(path), type, index_.branches, label(path));
    }
    for (std::size_t c = 0; c + 1 < a_.choice_begin.size(); ++c) {
      const auto begin = static_cast<std::size_t>(a_.choice_begin[c]);
      const auto count = static_cast<std::size_t>(a_.choice_begin[c + 1]) - begin;
      const std::span<const double> low = std::span<const double>(a_.probability).subspan(begin, count);
      for (std::size_t i = 0; i < count; ++i)
        if (!(low[i] >= 0)) fail(path, fmt::format("branch {} of choice {} has probability {}", i, c, low[i]));
      const auto fault = a_.upper.empty()
                             ? row_fault(low)
                             : interval_row_fault(low, std::span<const double>(a_.upper).subspan(begin, count));
      if (fault) fail(path, fmt::format("the row of choice {} {}", c, *fault));
    }
  }

  void read_actions() {
    if (index_.choice_actions == 0) return;
    const std::string path = "actions/choices/values.bin";
    ChoiceLabels labels;
    if (const auto bytes = find(path)) {
      labels.label = umb_small_integers(*bytes, index_.choices, label(path));
    } else {
      labels.label.assign(index_.choices, 0);
    }
    for (std::size_t c = 0; c < labels.label.size(); ++c) {
      if (static_cast<std::uint64_t>(labels.label[c]) >= index_.choice_actions) {
        fail(path, fmt::format("choice {} has action {}, there are {}", c, labels.label[c], index_.choice_actions));
      }
    }
    for (std::size_t s = 0; s + 1 < a_.state_begin.size(); ++s)
      for (std::int64_t c = a_.state_begin[s]; c < a_.state_begin[s + 1]; ++c)
        labels.index.push_back(static_cast<std::int32_t>(c - a_.state_begin[s]));
    if (!find("actions/choices/string-mapping.bin")) {
      // Without names the numbers are identifiers where they tell the choices of a state apart.
      if (unique_in_states(a_.state_begin, labels.label)) labels.index = labels.label;
      labels.label.clear();
    } else {
      labels.names = read_strings("actions/choices/", index_.choice_actions);
      labels.names_are_identifiers = true;
    }
    set_actions(a_.rest, a_.state_begin, std::move(labels));
  }

  std::vector<std::string> read_strings(const std::string& folder, std::uint64_t count) const {
    const std::string_view text = require(folder + "strings.bin");
    const std::string_view mapping = require(folder + "string-mapping.bin");
    const std::vector<std::int64_t> begin = umb_integers(mapping, count + 1, label(folder + "string-mapping.bin"));
    std::vector<std::string> strings;
    for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
      if (begin[i + 1] < begin[i] || begin[i + 1] > static_cast<std::int64_t>(text.size())) {
        fail(folder + "string-mapping.bin",
             fmt::format("string {} is at {} to {} of {} bytes", i, begin[i], begin[i + 1], text.size()));
      }
      const std::string_view string =
          text.substr(static_cast<std::size_t>(begin[i]), static_cast<std::size_t>(begin[i + 1] - begin[i]));
      if (const auto fault = encoding_fault(string))
        fail(folder + "strings.bin", fmt::format("string {} ({}) {}", i, quoted(string), *fault));
      strings.emplace_back(string);
    }
    return strings;
  }

  /// Names kept as a valuation with one string variable.
  std::vector<std::string> read_names(const std::string& folder, std::uint64_t strings, std::uint64_t count) const {
    const std::string path = folder + "valuations.bin";
    const auto bytes = find(path);
    if (strings == 0 || !bytes) return {};
    const std::vector<std::string> all = read_strings(folder, strings);
    std::vector<std::string> names;
    for (const std::int64_t i : umb_integers(*bytes, count, label(path))) {
      if (i >= static_cast<std::int64_t>(all.size())) fail(path, fmt::format("string {} is one of {}", i, all.size()));
      names.push_back(all[static_cast<std::size_t>(i)]);
    }
    return names;
  }

  void read_initial() {
    const std::string path = "state-is-initial.bin";
    const auto bytes = find(path);
    if (!bytes) return;
    const std::vector<std::int32_t> states = umb_set_bits(*bytes, index_.states, label(path));
    if (states.size() != index_.initial_states) {
      fail(path, fmt::format("marks {}, index.json says transition-system.#initial-states is {}",
                             counted(static_cast<std::int64_t>(states.size()), "state"), index_.initial_states));
    }
    a_.rest.initial = uniform_on(states, static_cast<std::int64_t>(index_.states));
  }

  void read_annotation(const UmbAnnotation& annotation) {
    const std::string folder = "annotations/" + annotation.group + "/" + annotation.id + "/";
    if (annotation.group == "aps") {
      std::vector<std::int32_t> states;
      const std::string path = folder + "states/values.bin";
      if (const auto bytes = find(path)) states = umb_set_bits(*bytes, index_.states, label(path));
      a_.rest.labels.push_back({annotation.name, std::move(states)});
    } else if (annotation.group == "bellwether") {
      read_own(annotation, folder);
    } else {
      RewardParts parts{.name = annotation.name, .state = {}, .choice = {}, .transition = {}};
      if (annotation.states) parts.state = numbers(folder + "states/values.bin", annotation.type, index_.states);
      if (annotation.choices) parts.choice = numbers(folder + "choices/values.bin", annotation.type, index_.choices);
      if (annotation.branches)
        parts.transition = numbers(folder + "branches/values.bin", annotation.type, index_.branches);
      (annotation.group == "rewards" ? a_.rewards : a_.costs).push_back(std::move(parts));
    }
  }

  std::vector<double> numbers(const std::string& path, UmbType type, std::uint64_t count) const {
    const auto bytes = find(path);
    return bytes ? umb_numbers(*bytes, type, count, label(path)) : std::vector<double>{};
  }

  /// What write_umb keeps where UMB has no place of its own.
  void read_own(const UmbAnnotation& annotation, const std::string& folder) {
    const auto of_double = [&](const std::string& path, std::uint64_t count) {
      if (annotation.type.kind != Kind::kDouble) fail("index.json", folder + " must be of type double");
      return umb_numbers(require(path), annotation.type, count, label(path));
    };
    RewardDistributions& laws = a_.rest.reward_laws;
    if (annotation.id == "initial") {
      a_.rest.initial = of_double(folder + "states/values.bin", index_.states);
    } else if (annotation.id == "nominal") {
      a_.nominal = of_double(folder + "branches/values.bin", index_.branches);
    } else if (annotation.id == "reward-scale") {
      laws.scale = of_double(folder + "choices/values.bin", index_.choices);
    } else if (annotation.id == "reward-law") {
      const std::string path = folder + "choices/values.bin";
      const std::vector<std::int64_t> law = umb_integers(require(path), index_.choices, label(path));
      if (std::any_of(law.begin(), law.end(), [](std::int64_t l) { return l > 3; })) fail(path, "holds an unknown law");
      laws.law = std::vector<std::uint8_t>(law.begin(), law.end());
    } else if (annotation.id == "reward-values") {
      const std::string mapping = folder + "choices/distribution-mapping.bin";
      std::vector<std::int64_t> begin = distribution_offsets(mapping, index_.choices);
      const auto count = static_cast<std::uint64_t>(begin.back());
      laws.values = of_double(folder + "choices/values.bin", count);
      laws.weights = of_double(folder + "choices/probabilities.bin", count);
      laws.support_begin = std::move(begin);
    }
  }

  std::vector<std::int64_t> distribution_offsets(const std::string& path, std::uint64_t count) const {
    std::vector<std::int64_t> begin = umb_integers(require(path), count + 1, label(path));
    if (begin.front() != 0 || !std::is_sorted(begin.begin(), begin.end())) {
      fail(path, "must begin with 0 and never decrease");
    }
    return begin;
  }

  Distributions read_distributions(const std::string& folder, std::uint64_t count) const {
    Distributions d;
    if (find(folder + "distribution-mapping.bin")) {
      d.begin = distribution_offsets(folder + "distribution-mapping.bin", count);
    } else {
      d.begin.resize(count + 1);
      std::iota(d.begin.begin(), d.begin.end(), std::int64_t{0});
    }
    const auto entries = static_cast<std::uint64_t>(d.begin.back());
    d.value = umb_integers(require(folder + "values.bin"), entries, label(folder + "values.bin"));
    for (std::size_t i = 0; i < d.value.size(); ++i) {
      if (d.value[i] >= static_cast<std::int64_t>(index_.observations)) {
        fail(folder + "values.bin",
             fmt::format("element {} is observation {}, there are {}", i, d.value[i], index_.observations));
      }
    }
    d.probability.assign(entries, 1.0);
    if (const auto bytes = find(folder + "probabilities.bin")) {
      if (index_.observation_probability.kind == Kind::kNone)
        fail("index.json", "transition-system.observation-probability-type is missing");
      d.probability = umb_numbers(*bytes, index_.observation_probability, entries, label(folder + "probabilities.bin"));
    }
    for (std::size_t i = 0; i + 1 < d.begin.size(); ++i) {
      const auto first = static_cast<std::size_t>(d.begin[i]);
      const auto row =
          std::span<const double>(d.probability).subspan(first, static_cast<std::size_t>(d.begin[i + 1]) - first);
      const bool negative = std::any_of(row.begin(), row.end(), [](double p) { return p < 0; });
      const auto fault = negative ? std::optional<std::string>("has a negative probability") : row_fault(row);
      if (fault) fail(folder + "probabilities.bin", fmt::format("the observation of element {} {}", i, *fault));
    }
    return d;
  }

  void read_observations() {
    const bool of_branches = index_.observations_of_branches;
    const Distributions d = read_distributions(of_branches ? "observations/branches/" : "observations/states/",
                                               of_branches ? index_.branches : index_.states);
    ModelData shape = a_.rest;
    shape.state_begin = a_.state_begin;
    const auto actions = static_cast<std::uint64_t>(num_actions(shape));
    const std::uint64_t rows = actions * index_.states;
    if (rows > (std::uint64_t{1} << 30)) {
      fail("index.json", fmt::format("{} actions and {} states need a table of {} observations, too large", actions,
                                     index_.states, rows));
    }
    std::vector<std::int64_t> source(rows, -1);  // the entity whose distribution a row has
    if (!of_branches) {
      for (std::uint64_t r = 0; r < rows; ++r) source[r] = static_cast<std::int64_t>(r % index_.states);
    } else {
      find_sources(d, shape, source);
    }
    set_observations(d, source);
  }

  void find_sources(const Distributions& d, const ModelData& shape, std::vector<std::int64_t>& source) const {
    const auto same = [&](std::int64_t x, std::int64_t y) {
      const auto of = [&](std::int64_t i, const auto& values) {
        return std::span(values).subspan(
            static_cast<std::size_t>(d.begin[static_cast<std::size_t>(i)]),
            static_cast<std::size_t>(d.begin[static_cast<std::size_t>(i) + 1] - d.begin[static_cast<std::size_t>(i)]));
      };
      return std::ranges::equal(of(x, d.value), of(y, d.value)) &&
             std::ranges::equal(of(x, d.probability), of(y, d.probability));
    };
    for (std::size_t s = 0; s + 1 < a_.state_begin.size(); ++s) {
      for (std::int64_t c = a_.state_begin[s]; c < a_.state_begin[s + 1]; ++c) {
        const std::int64_t action =
            shape.action.empty() ? c - a_.state_begin[s] : shape.action[static_cast<std::size_t>(c)];
        for (std::int64_t i = a_.choice_begin[static_cast<std::size_t>(c)];
             i < a_.choice_begin[static_cast<std::size_t>(c) + 1]; ++i) {
          std::int64_t& known = source[static_cast<std::size_t>(action) * index_.states +
                                       static_cast<std::size_t>(a_.successor[static_cast<std::size_t>(i)])];
          if (known >= 0 && !same(known, i)) {
            fail("observations/branches/values.bin",
                 fmt::format("branches {} and {} have the same action and target but differ; observations that depend "
                             "on the source state are not read",
                             known, i));
          }
          known = i;
        }
      }
    }
  }

  void set_observations(const Distributions& d, const std::vector<std::int64_t>& source) {
    std::vector<std::int64_t> begin{0};
    begin.reserve(source.size() + 1);
    std::vector<std::int32_t> seen;
    std::vector<double> chance;
    for (const std::int64_t from : source) {
      if (from >= 0) {
        const auto at = static_cast<std::size_t>(from);
        for (auto i = static_cast<std::size_t>(d.begin[at]); i < static_cast<std::size_t>(d.begin[at + 1]); ++i) {
          seen.push_back(static_cast<std::int32_t>(d.value[i]));
          chance.push_back(d.probability[i]);
        }
      } else {  // no branch takes this action to this state: any distribution will do, and every format wants one
        seen.push_back(0);
        chance.push_back(1);
      }
      begin.push_back(static_cast<std::int64_t>(seen.size()));
    }
    a_.observations = Observations{
        .count = static_cast<int>(index_.observations),
        .names = read_names("valuations/observations/", index_.observation_name_strings, index_.observations),
        .begin = std::move(begin),
        .observation = std::move(seen),
        .probability = std::move(chance)};
  }

  std::string name_;
  std::unordered_map<std::string, std::string_view> members_;
  UmbIndex index_;
  Assembly a_;
};

}  // namespace

ModelFile parse_umb(std::string_view tar, const std::string& name) { return Reader(tar, name).read(); }

ModelFile read_umb(const std::string& path) {
  const FileBytes bytes = FileBytes::open_decompressed(path);
  return parse_umb(bytes.view(), path);
}

}  // namespace bellwether::mdp
