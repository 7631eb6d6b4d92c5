#include <filesystem>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/text.h"
#include "experiments/engine/output.h"
#include "experiments/engine/summary.h"
#include "experiments/pages/whole_file.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::experiments {
namespace {

// Keys in the order in which they are written.
using Json = nlohmann::ordered_json;

Json object_of(const std::vector<Setting>& settings) {
  Json object = Json::object();
  for (const auto& [name, value] : settings) object[name] = value;
  return object;
}

Json plan_json(const Plan& plan) {
  SummaryOptions summary = plan.summary;
  Json options = Json::object();
  describe(summary, [&](std::string_view name, const auto& value, const Rule&, std::string_view) {
    options[std::string(name)] = value;
  });
  return {{"title", plan.title},
          {"stream", plan.stream},
          {"seeds", plan.seeds},
          {"epsilon", plan.precision()},
          {"summary", std::move(options)}};
}

Json instance_json(const InstanceVariant& instance) {
  Json json = {
      {"id", instance.id},           {"label", instance.label},       {"settings", object_of(instance.settings)},
      {"horizon", instance.horizon}, {"discount", instance.discount}, {"hash", instance.hash}};
  if (instance.bandit() != nullptr) {
    json["arms"] = instance.bandit()->bandit->world(1).arms;
    return json;
  }
  const mdp::TabularMdp& model = instance.model().model;
  json["states"] = model.num_states();
  json["choices"] = model.num_choices();
  json["transitions"] = model.num_transitions();
  json["stages"] = instance.model().stages.size();
  for (std::size_t i = 0; i < instance.amounts.size(); ++i)
    json["limits"][instance.constraints.budgets[i].column] = instance.amounts[i];
  return json;
}

Json learner_json(const LearnerVariant& learner) {
  return {{"name", learner.name},
          {"title", learner.title},
          {"label", learner.label},
          {"constant", learner.constant},
          {"protocol", to_string(learner.protocol)},
          {"settings", object_of(learner.settings)},
          {"results_version", learner.results_version},
          {"length", learner.length},
          {"checkpoints", learner.checkpoints},
          {"metrics", metrics_of(learner)}};
}

Json axes_json(const Grid& grid) {
  Json axes = Json::array();
  for (const Axis& axis : grid.axes)
    axes.push_back(
        {{"column", axis.name}, {"setting", axis.setting}, {"of", axis.of_learner ? "learner" : "instance"}});
  return axes;
}

/// What tells runs of two manifests apart; seeds do not.
Json identity_of(const Json& instance) { return {instance.at("hash"), instance.at("settings")}; }
Json identity_of_learner(const Json& learner) {
  return {learner.at("name"), learner.at("settings"), learner.at("length")};
}

}  // namespace

bool leaves_out(const Grid& grid, std::string_view manifest) {
  const Json old = Json::parse(manifest, nullptr, false);
  std::set<Json> instances, learners;
  for (const InstanceVariant& instance : grid.instances) instances.insert(identity_of(instance_json(instance)));
  for (const LearnerVariant& learner : grid.learners) learners.insert(identity_of_learner(learner_json(learner)));
  try {
    for (const Json& instance : old.at("instances"))
      if (!instances.contains(identity_of(instance))) return true;
    for (const Json& learner : old.at("learners"))
      if (!learners.contains(identity_of_learner(learner))) return true;
  } catch (const Json::exception&) {
    return false;
  }
  return false;
}

std::optional<std::string> manifest_fact(std::string_view manifest, std::string_view name) {
  const Json read = Json::parse(manifest, nullptr, false);
  const auto facts = read.is_object() ? read.find("facts") : read.end();
  if (facts == read.end() || !facts->is_object()) return std::nullopt;
  const auto fact = facts->find(name);
  if (fact == facts->end() || !fact->is_string()) return std::nullopt;
  return fact->get<std::string>();
}

std::string manifest_json(const Grid& grid, const Results& results, const std::vector<Setting>& facts) {
  Json manifest = {
      {"program", {{"name", "bellwether"}, {"version", program_version()}, {"compiler", program_compiler()}}},
      {"plan", plan_json(grid.plan)},
      {"instances", Json::array()},
      {"learners", Json::array()},
      {"axes", axes_json(grid)},
      {"cells", grid.cells.size()},
      {"complete", results.complete()},
      {"facts", object_of(facts)}};
  for (const InstanceVariant& instance : grid.instances) manifest["instances"].push_back(instance_json(instance));
  for (const LearnerVariant& learner : grid.learners) manifest["learners"].push_back(learner_json(learner));
  // Names from files need not be UTF-8; what is not becomes the replacement character.
  return manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> write_outputs(const Grid& grid, const Results& results, const std::string& folder,
                                       const std::vector<Setting>& facts) {
  const auto path = [&](std::string_view name) { return (std::filesystem::path(folder) / name).string(); };
  const std::vector<std::string> paths = {path("runs.csv"), path("summary.csv"), path("manifest.json")};
  mdp::FileWriter runs(paths[0]);
  write_runs_csv(grid, results, [&](std::string_view part) { runs.write(part); });
  runs.commit();
  write_whole(paths[1], summary_csv(grid, results));
  write_whole(paths[2], manifest_json(grid, results, facts));
  return paths;
}

}  // namespace bellwether::experiments
