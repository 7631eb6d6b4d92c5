#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/plan.h"
#include "mdp/io/file_bytes.h"

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace bellwether::experiments {
namespace {

const std::vector<std::string> kKeys = {"title",  "instances",   "learners", "sweep", "episodes", "steps",  "samples",
                                        "rounds", "checkpoints", "epsilon",  "seeds", "stream",   "summary"};
constexpr std::int64_t kMostSeeds = 1'000'000;

/// Reads one document; every message begins with the file and the line.
class Reader {
 public:
  Reader(std::string path, const std::vector<std::string>& sections) : path_(std::move(path)), sections_(sections) {}

  PlanFile read(const toml::table& document) {
    file_.plan.place = path_;
    for (auto&& [key, node] : document) read_key(key, node);
    if (file_.plan.instances.empty()) fail(path_, "there are no instances; add instances = [\"riverswim\"], say");
    if (file_.plan.learners.empty()) fail(path_, "there are no learners; add learners = [\"psrl\"], say");
    return std::move(file_);
  }

 private:
  [[noreturn]] static void fail(const std::string& place, const std::string& message) {
    throw ParseError(fmt::format("{}: {}", place, message));
  }
  [[noreturn]] void wrong(const toml::key& key, std::string_view wanted) const {
    fail(place(key), fmt::format("'{}' must be {}", key.str(), wanted));
  }

  std::string place(const toml::source_region& source) const { return fmt::format("{}:{}", path_, source.begin.line); }
  std::string place(const toml::key& key) const { return place(key.source()); }

  void read_key(const toml::key& key, const toml::node& node) {
    Plan& plan = file_.plan;
    const std::string_view name = key.str();
    if (name == "title") {
      plan.title = text(key, node);
    } else if (name == "instances" || name == "learners") {
      read_entries(key, node, name == "instances" ? plan.instances : plan.learners, name == "instances");
    } else if (name == "sweep") {
      plan.sweep = read_choices(key, node, "a table: [sweep]");
    } else if (name == "episodes") {
      plan.episodes = whole(key, node, 1);
    } else if (name == "steps") {
      plan.steps = whole(key, node, 1);
    } else if (name == "samples") {
      plan.samples = whole(key, node, 1);
    } else if (name == "rounds") {
      plan.rounds = whole(key, node, 1);
    } else if (name == "checkpoints") {
      read_checkpoints(key, node);
    } else if (name == "epsilon") {
      plan.epsilon = positive(key, node);
    } else if (name == "seeds") {
      read_seeds(key, node);
    } else if (name == "stream") {
      plan.stream = static_cast<std::uint64_t>(whole(key, node, 0));
    } else if (name == "summary") {
      read_summary(key, node);
    } else if (std::find(sections_.begin(), sections_.end(), name) != sections_.end()) {
      read_section(key, node);
    } else {
      reject(key);
    }
  }

  [[noreturn]] void reject(const toml::key& key) const {
    std::vector<std::string> known = kKeys;
    known.insert(known.end(), sections_.begin(), sections_.end());
    const std::string hint = did_you_mean(key.str(), known);
    fail(place(key),
         fmt::format("unknown key '{}'{}", key.str(), hint.empty() ? "; a plan has " + join_names(known) : hint));
  }

  std::string text(const toml::key& key, const toml::node& node) const {
    const auto value = node.value_exact<std::string>();
    if (!value) wrong(key, "a text in quotation marks");
    return *value;
  }

  /// 20000, or 2e4.
  static std::optional<std::int64_t> whole_number(const toml::node& node) {
    if (const auto value = node.value_exact<std::int64_t>()) return value;
    const auto value = node.value_exact<double>();
    if (!value || *value != std::floor(*value) || std::abs(*value) > 0x1p53) return std::nullopt;
    return static_cast<std::int64_t>(*value);
  }

  std::int64_t whole(const toml::key& key, const toml::node& node, std::int64_t least) const {
    const auto value = whole_number(node);
    if (!value || *value < least) wrong(key, fmt::format("a whole number from {} on", least));
    return *value;
  }

  double positive(const toml::key& key, const toml::node& node) const {
    const auto value = node.value<double>();
    if (!node.is_number() || !value || !(*value > 0) || !std::isfinite(*value)) wrong(key, "a number above 0");
    return *value;
  }

  /// A value as one would type it; nothing for tables, lists and dates.
  static std::optional<std::string> typed(const toml::node& node) {
    if (const auto word = node.value_exact<std::string>()) return word;
    if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
    if (const auto number = node.value_exact<double>()) return exact_text(*number);
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    return std::nullopt;
  }

  Choices choices(const toml::key& key, const toml::node& node) const {
    constexpr std::string_view kWanted = "a number, a text, true or false, or a list of these (a sweep)";
    Choices result{.name = std::string(key.str()), .values = {}, .place = place(key)};
    const auto take = [&](const toml::node& one) {
      const auto value = typed(one);
      if (!value) wrong(key, kWanted);
      result.values.push_back(*value);
    };
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& one : *list) take(one);
      if (result.values.empty()) fail(place(key), fmt::format("'{}' has no values", key.str()));
    } else {
      take(node);
    }
    return result;
  }

  std::vector<Choices> read_choices(const toml::key& key, const toml::node& node, std::string_view wanted) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) wrong(key, wanted);
    return read_table(*table);
  }

  /// In the order of the file: toml++ sorts its keys.
  std::vector<Choices> read_table(const toml::table& table) const {
    std::vector<std::pair<toml::source_position, Choices>> placed;
    for (auto&& [key, node] : table) {
      if (const toml::table* inner = node.as_table()) {
        // [sweep] learner.delta = ... is a key with a dot in it.
        for (Choices& choice : read_table(*inner)) {
          choice.name = fmt::format("{}.{}", key.str(), choice.name);
          placed.emplace_back(key.source().begin, std::move(choice));
        }
      } else {
        placed.emplace_back(key.source().begin, choices(key, node));
      }
    }
    std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Choices> result;
    for (auto& [position, choice] : placed) result.push_back(std::move(choice));
    return result;
  }

  void read_entries(const toml::key& key, const toml::node& node, std::vector<Entry>& entries, bool instances) const {
    const toml::array* list = node.as_array();
    if (list == nullptr || list->empty())
      wrong(key, "a list of names and tables, or [[" + std::string(key.str()) + "]]");
    for (const toml::node& one : *list) {
      if (const auto name = one.value_exact<std::string>()) {
        entries.push_back({.name = *name, .place = place(one.source())});
      } else if (const toml::table* table = one.as_table()) {
        entries.push_back(read_entry(*table, place(one.source()), instances));
      } else {
        fail(place(one.source()), fmt::format("'{}' holds names and tables only", key.str()));
      }
    }
  }

  Entry read_entry(const toml::table& table, const std::string& where, bool instance) const {
    Entry entry{.place = where};
    for (Choices& choice : read_table(table)) {
      const bool named = choice.name == "name", filed = instance && choice.name == "file";
      if (!named && !filed) {
        entry.settings.push_back(std::move(choice));
        continue;
      }
      if (choice.values.size() != 1) fail(choice.place, fmt::format("'{}' must be one text", choice.name));
      (named ? entry.name : entry.file) = choice.values.front();
    }
    if (entry.name.empty()) entry.name = entry.file;
    if (entry.name.empty()) fail(where, instance ? "an instance needs a name or a file" : "a learner needs a name");
    if (!entry.file.empty())
      entry.file = (std::filesystem::path(path_).parent_path() / entry.file).lexically_normal().string();
    return entry;
  }

  std::vector<std::int64_t> whole_list(const toml::key& key, const toml::array& list, std::int64_t least,
                                       std::string_view wanted) const {
    std::vector<std::int64_t> numbers;
    for (const toml::node& one : list) {
      const auto number = whole_number(one);
      if (!number || *number < least) wrong(key, wanted);
      numbers.push_back(*number);
    }
    if (numbers.empty()) wrong(key, wanted);
    return numbers;
  }

  void read_checkpoints(const toml::key& key, const toml::node& node) {
    constexpr std::string_view kWanted = "a list of whole numbers from 1 on, ascending";
    const toml::array* list = node.as_array();
    if (list == nullptr) wrong(key, kWanted);
    file_.plan.checkpoints = whole_list(key, *list, 1, kWanted);
    if (std::ranges::adjacent_find(file_.plan.checkpoints, std::greater_equal<>()) != file_.plan.checkpoints.end())
      wrong(key, kWanted);
  }

  void read_seeds(const toml::key& key, const toml::node& node) {
    const std::string wanted =
        fmt::format("the number of seeds, from 1 to {}, or a list of different whole numbers from 0 on", kMostSeeds);
    if (const toml::array* list = node.as_array()) {
      const std::vector<std::int64_t> numbers = whole_list(key, *list, 0, wanted);
      std::vector<std::uint64_t> seeds(numbers.begin(), numbers.end());
      std::ranges::sort(seeds);
      if (std::ranges::adjacent_find(seeds) != seeds.end()) wrong(key, wanted);
      file_.plan.seeds = std::move(seeds);
      return;
    }
    const auto count = whole_number(node);
    if (!count || *count < 1 || *count > kMostSeeds) wrong(key, wanted);
    file_.plan.seeds = first_seeds(static_cast<int>(*count));
  }

  void read_summary(const toml::key& key, const toml::node& node) {
    for (const Choices& choice : read_choices(key, node, "a table: [summary]")) {
      if (choice.values.size() != 1) fail(choice.place, fmt::format("'{}' must be one value", choice.name));
      try {
        apply_settings("summary", file_.plan.summary, {{choice.name, choice.values.front()}});
      } catch (const InvalidOption& error) {
        fail(choice.place, error.what());
      }
    }
  }

  void read_section(const toml::key& key, const toml::node& node) {
    const auto take = [&](const toml::node& one) {
      const toml::table* table = one.as_table();
      if (table == nullptr) wrong(key, fmt::format("a table: [[{}]]", key.str()));
      file_.sections.push_back({std::string(key.str()), read_table(*table), place(one.source())});
    };
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& one : *list) take(one);
    } else {
      take(node);
    }
  }

  std::string path_;
  const std::vector<std::string>& sections_;
  PlanFile file_;
};

}  // namespace

PlanFile read_plan_text(std::string_view text, const std::string& name, const std::vector<std::string>& sections) {
  try {
    return Reader(name, sections).read(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    throw ParseError(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
}

PlanFile read_plan(const std::string& path, const std::vector<std::string>& sections) {
  return read_plan_text(mdp::FileBytes::open(path).view(), path, sections);
}

}  // namespace bellwether::experiments
