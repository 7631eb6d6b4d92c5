#include "mdp/io/umb_index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

using Json = nlohmann::ordered_json;
using Kind = UmbType::Kind;

constexpr std::uint64_t kMostStates = std::numeric_limits<std::int32_t>::max();
constexpr std::uint64_t kMostEntries = std::uint64_t{1} << 60;
constexpr std::uint32_t kMostBits = 4096;  // of a rational; more serves nothing once it is a double

struct TypeName {
  std::string_view name;
  Kind kind;
  std::uint32_t bits, step;  // the default size; other sizes are multiples of step, 0: none
};

constexpr TypeName kTypes[] = {
    {"bool", Kind::kBool, 1, 1},
    {"int", Kind::kInt, 64, 1},
    {"uint", Kind::kUint, 64, 1},
    {"double", Kind::kDouble, 64, 0},
    {"rational", Kind::kRational, 128, 128},
    {"double-interval", Kind::kDoubleInterval, 128, 0},
    {"rational-interval", Kind::kRationalInterval, 256, 256},
    {"string", Kind::kString, 64, 0},
};

class Reader {
 public:
  explicit Reader(const std::string& file) : name_(file + ": index.json") {}

  UmbIndex read(std::string_view text) {
    const Json root = parse(text);
    if (!root.is_object()) fail("must be an object");
    require_version(root);
    const Json& system = member(root, "transition-system");
    if (!system.is_object()) fail("transition-system must be an object");
    read_system(system);
    if (root.contains("annotations")) read_annotations(root["annotations"]);
    if (root.contains("valuations") && root["valuations"].is_object()) {
      index_.state_name_strings = name_strings(root["valuations"], "states");
      index_.observation_name_strings = name_strings(root["valuations"], "observations");
    }
    read_parameters(root);
    return std::move(index_);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail_at(name_, 0, message); }

  Json parse(std::string_view text) const {
    try {
      return Json::parse(text);
    } catch (const Json::parse_error& error) {
      fail(fmt::format("is no valid JSON at byte {}", error.byte));
    } catch (const Json::out_of_range&) {
      fail("holds a number beyond the range of doubles");
    }
  }

  const Json& member(const Json& object, const std::string& key) const {
    const auto found = object.find(key);
    if (found == object.end()) fail(fmt::format("{} is missing", key));
    return *found;
  }

  void require_version(const Json& root) const {
    const Json& version = member(root, "format-version");
    if (!version.is_number_unsigned() || version.get<std::uint64_t>() > 1) {
      fail(fmt::format("format-version is {}, versions up to 1 are read", version.dump()));
    }
  }

  std::uint64_t count(const Json& system, const std::string& key, std::uint64_t least, std::uint64_t most) const {
    const Json& value = member(system, key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most) {
      fail(fmt::format("transition-system.{} is {}, must be {} to {}", key, value.dump(), least, most));
    }
    return value.get<std::uint64_t>();
  }

  void read_system(const Json& system) {
    if (const Json& time = member(system, "time"); time != "discrete") {
      fail(fmt::format("transition-system.time is {}, only \"discrete\" is read", time.dump()));
    }
    if (system.contains("exit-rate-type"))
      fail("transition-system.exit-rate-type: models with exit rates are not read");
    index_.players = count(system, "#players", 0, kMostStates);
    if (index_.players > 1) {
      fail(fmt::format("transition-system.#players is {}, games are not read (at most 1)", index_.players));
    }
    index_.states = count(system, "#states", 1, kMostStates);
    index_.initial_states = count(system, "#initial-states", 0, index_.states);
    index_.choices = count(system, "#choices", 0, kMostEntries);
    index_.choice_actions = count(system, "#choice-actions", 0, kMostStates);
    index_.branches = count(system, "#branches", 0, kMostEntries);
    index_.observations = count(system, "#observations", 0, kMostStates);
    if (system.contains("branch-probability-type")) {
      index_.branch_probability =
          probability_type(system["branch-probability-type"], "transition-system.branch-probability-type");
    }
    if (index_.observations == 0) return;
    const Json& where = member(system, "observations-apply-to");
    if (where != "states" && where != "branches") {
      fail(fmt::format("transition-system.observations-apply-to is {}, must be \"states\" or \"branches\"",
                       where.dump()));
    }
    index_.observations_of_branches = where == "branches";
    if (!system.contains("observation-probability-type")) return;
    const std::string key = "transition-system.observation-probability-type";
    index_.observation_probability = probability_type(system["observation-probability-type"], key);
    if (index_.observation_probability.is_interval()) fail(key + " is an interval, which is not read");
  }

  UmbType probability_type(const Json& json, const std::string& where) const {
    const UmbType type = read_type(json, where);
    if (!type.is_continuous())
      fail(fmt::format("{} is {}, must be double, rational or an interval", where, json.dump()));
    return type;
  }

  UmbType read_type(const Json& json, const std::string& where) const {
    if (!json.is_object()) fail(fmt::format("{} is {}, must be an object with a type", where, json.dump()));
    const Json& name = member(json, "type");
    const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const TypeName& known) { return name == std::string(known.name); });
    if (found == std::end(kTypes)) fail(fmt::format("{}.type is {}, which is not read", where, name.dump()));
    UmbType type{found->kind, found->bits};
    if (!json.contains("size")) return type;
    const Json& size = json["size"];
    const std::uint64_t bits = size.is_number_unsigned() ? size.get<std::uint64_t>() : 0;
    const bool fits = found->step == 0 ? bits == found->bits : bits > 0 && bits <= kMostBits && bits % found->step == 0;
    if (!fits) fail(fmt::format("{}.size is {}, which does not fit type {}", where, size.dump(), name.dump()));
    type.bits = static_cast<std::uint32_t>(bits);
    return type;
  }

  void read_annotations(const Json& groups) {
    if (!groups.is_object()) fail("annotations must be an object");
    for (const auto& [group, entries] : groups.items()) {
      if (!entries.is_object()) fail(fmt::format("annotations.{} must be an object", group));
      // Groups of other programs' own are left alone.
      if (group != "rewards" && group != "aps" && group != "costs" && group != "bellwether") continue;
      for (const auto& [id, entry] : entries.items()) read_annotation(group, id, entry);
    }
  }

  void read_annotation(const std::string& group, const std::string& id, const Json& json) {
    const std::string where = fmt::format("annotations.{}.{}", group, id);
    if (!json.is_object()) fail(where + " must be an object");
    UmbAnnotation annotation{.group = group, .id = id, .name = id};
    if (json.contains("alias")) {
      if (!json["alias"].is_string()) fail(where + ".alias must be a string");
      annotation.name = json["alias"].get<std::string>();
    }
    if (!json.contains("type")) fail(where + ".type is missing");
    annotation.type = read_type(json["type"], where + ".type");
    const auto applies = json.find("applies-to");
    if (applies == json.end() || !applies->is_array() || applies->empty()) fail(where + ".applies-to must be a list");
    for (const Json& entity : *applies) {
      if (entity == "states")
        annotation.states = true;
      else if (entity == "choices")
        annotation.choices = true;
      else if (entity == "branches")
        annotation.branches = true;
      else
        fail(fmt::format("{}.applies-to holds {}, must be states, choices or branches", where, entity.dump()));
    }
    if (json.contains("probability-type")) {
      annotation.probability = read_type(json["probability-type"], where + ".probability-type");
    }
    require_fit(annotation, where);
    index_.annotations.push_back(std::move(annotation));
  }

  void require_fit(const UmbAnnotation& a, const std::string& where) const {
    const bool random = a.probability.kind != Kind::kNone;
    if (a.group == "aps" && (a.type.kind != Kind::kBool || !a.states || a.choices || a.branches || random)) {
      fail(where + ": an atomic proposition must be of type bool and apply to states only");
    }
    if (a.group != "rewards" && a.group != "costs") return;
    if (a.type.kind != Kind::kDouble && a.type.kind != Kind::kRational) {
      fail(where + ".type: rewards must be of type double or rational");
    }
    if (random) fail(where + ".probability-type: rewards that are distributions are not read");
  }

  /// The number of strings when the valuation is one string variable, as this program writes names; else 0.
  static std::uint64_t name_strings(const Json& valuations, const std::string& entity) {
    const auto found = valuations.find(entity);
    if (found == valuations.end() || !found->is_object() || !found->contains("classes")) return 0;
    const Json& classes = (*found)["classes"];
    if (!classes.is_array() || classes.size() != 1 || !classes[0].is_object()) return 0;
    const auto variables = classes[0].find("variables");
    if (variables == classes[0].end() || !variables->is_array() || variables->size() != 1) return 0;
    const Json& variable = (*variables)[0];
    if (!variable.is_object() || !variable.contains("type") || !variable["type"].is_object()) return 0;
    if (variable["type"].value("type", Json()) != "string" || variable.value("is-optional", Json(false)) != false)
      return 0;
    const Json strings = found->value("#strings", Json());
    return strings.is_number_unsigned() ? strings.get<std::uint64_t>() : 0;
  }

  void read_parameters(const Json& root) {
    const auto data = root.find("file-data");
    if (data == root.end() || !data->is_object() || data->value("tool", Json()) != "bellwether") return;
    const auto parameters = data->find("parameters");
    if (parameters == data->end() || !parameters->is_object()) return;
    if (const auto discount = parameters->find("discount"); discount != parameters->end()) {
      if (!discount->is_number() || !(discount->get<double>() >= 0 && discount->get<double>() <= 1)) {
        fail(fmt::format("file-data.parameters.discount is {}, must lie in [0, 1]", discount->dump()));
      }
      index_.discount = discount->get<double>();
    }
    index_.minimise = parameters->value("minimise", Json(false)) == true;
  }

  std::string name_;
  UmbIndex index_;
};

Json type_json(UmbType type) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const TypeName& known) { return known.kind == type.kind; });
  return {{"type", found->name}, {"size", type.bits}};
}

Json annotation_json(const UmbAnnotation& a, const std::string& alias) {
  Json applies = Json::array();
  if (a.states) applies.push_back("states");
  if (a.choices) applies.push_back("choices");
  if (a.branches) applies.push_back("branches");
  Json json;
  if (!alias.empty()) json["alias"] = alias;
  json["applies-to"] = applies;
  json["type"] = type_json(a.type);
  if (a.probability.kind != Kind::kNone) {
    json["probability-type"] = type_json(a.probability);
    json["#probabilities"] = a.num_probabilities;
  }
  return json;
}

Json names_json(std::uint64_t strings) {
  const Json variable = {{"name", "name"}, {"type", {{"type", "string"}, {"size", 64}}}};
  return {{"unique", true}, {"#strings", strings}, {"classes", {{{"variables", Json::array({variable})}}}}};
}

}  // namespace

UmbIndex read_umb_index(std::string_view json, const std::string& file) { return Reader(file).read(json); }

std::string write_umb_index(const UmbIndex& index) {
  Json root = {{"format-version", 1}, {"format-revision", 0}, {"model-data", Json::object()}};
  root["file-data"]["tool"] = "bellwether";
  if (index.discount) root["file-data"]["parameters"]["discount"] = *index.discount;
  if (index.minimise) root["file-data"]["parameters"]["minimise"] = true;
  Json& system = root["transition-system"];
  system = {{"time", "discrete"},
            {"#players", index.players},
            {"#states", index.states},
            {"#initial-states", index.initial_states},
            {"#choices", index.choices},
            {"#choice-actions", index.choice_actions},
            {"#branches", index.branches},
            {"#branch-actions", 0},
            {"#observations", index.observations}};
  if (index.observations > 0) system["observations-apply-to"] = index.observations_of_branches ? "branches" : "states";
  system["branch-probability-type"] = type_json(index.branch_probability);
  if (index.observation_probability.kind != Kind::kNone)
    system["observation-probability-type"] = type_json(index.observation_probability);
  for (const UmbAnnotation& a : index.annotations) root["annotations"][a.group][a.id] = annotation_json(a, a.name);
  if (index.state_name_strings > 0) root["valuations"]["states"] = names_json(index.state_name_strings);
  if (index.observation_name_strings > 0)
    root["valuations"]["observations"] = names_json(index.observation_name_strings);
  return root.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bellwether::mdp
