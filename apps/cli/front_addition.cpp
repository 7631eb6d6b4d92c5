#include "apps/cli/front_addition.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/terminal.h"
#include "core/text.h"
#include "solvers/constrained/pareto/points.h"

namespace bellwether::cli {
namespace {

using solvers::Bounded;
using solvers::Objectives;

/// What lies between the worst values of the points and the points, or above the user's reference.
struct Volume {
  Objectives reference;  ///< as the user counts
  double value = 0;
};

Volume volume_of(const std::vector<ShownPoint>& points, const Question& question) {
  const std::vector<Objective>& objectives = question.objectives;
  std::vector<Objectives> turned;
  for (const ShownPoint& point : points) {
    turned.emplace_back();
    for (std::size_t k = 0; k < objectives.size(); ++k)
      turned.back().push_back(objectives[k].sign * point.value[k].value);
  }
  Objectives reference;
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    double least = INFINITY;
    for (const Objectives& p : turned) least = std::min(least, p[k]);
    reference.push_back(question.reference.empty() ? least : objectives[k].sign * question.reference[k]);
  }
  Volume volume{.reference = {}, .value = solvers::hypervolume(turned, reference)};
  for (std::size_t k = 0; k < objectives.size(); ++k)
    volume.reference.push_back(objectives[k].sign * reference[k] + 0.0);
  return volume;
}

class FrontAddition : public Addition {
 public:
  FrontAddition(const Question& question, Front front)
      : objectives_(question.objectives),
        problem_(question.problem),
        front_(std::move(front)),
        volume_(volume_of(front_.points, question)) {}

  void write_json(JsonWriter& json) const override {
    json.key("objectives").begin_array();
    for (const Objective& objective : objectives_)
      json.begin_object().member("name", objective.name).member("wanted", wanted(objective)).end_object();
    json.end_array().key("front").begin_array();
    for (const ShownPoint& point : front_.points) write_point(json, point);
    json.end_array().member("hypervolume", volume_.value).key("reference").begin_array();
    for (const double x : volume_.reference) json.value(x);
    json.end_array();
  }

  std::optional<std::pair<std::string, std::string>> headline() const override {
    std::string above;
    for (std::size_t k = 0; k < objectives_.size(); ++k)
      above += fmt::format("{}{} {:.6g}", k == 0 ? "" : ", ", objectives_[k].name, volume_.reference[k]);
    return std::pair<std::string, std::string>(
        "front", fmt::format("{}; hypervolume {:.8g} from {}",
                             counted(static_cast<std::int64_t>(front_.points.size()), "point"), volume_.value, above));
  }

  std::string proof() const override { return front_.proof; }
  std::string limit() const override { return front_.limit; }

  std::string table() const override {
    constexpr std::size_t kShown = 50;
    const std::size_t shown = std::min(front_.points.size(), kShown);
    std::vector<std::string> headings{"point"};
    std::vector<std::vector<std::string>> columns;
    for (std::size_t k = 0; k < objectives_.size(); ++k) {
      headings.push_back(objectives_[k].name);
      std::vector<double> values;
      std::vector<Bounds> bounds;
      for (std::size_t j = 0; j < shown; ++j) {
        const Bounded& x = front_.points[j].value[k];
        values.push_back(x.value);
        bounds.push_back({x.lower, x.upper});
      }
      columns.push_back(aligned_numbers(values, bounds));
    }
    Table table(headings, std::vector<bool>(headings.size(), true));
    for (std::size_t j = 0; j < shown; ++j) {
      std::vector<std::string> cells{fmt::format("{}", j)};
      for (const auto& column : columns) cells.push_back(column[j]);
      table.add(std::move(cells));
    }
    std::string text = '\n' + table.text(2);
    if (shown < front_.points.size())
      text += fmt::format("  ... {}: --json and --output FILE keep them\n",
                          grouped(static_cast<std::int64_t>(front_.points.size() - shown), "more point"));
    return text;
  }

  std::string csv() const override {
    std::string text = "point";
    for (const Objective& objective : objectives_) text += fmt::format(",{0},{0}_lower,{0}_upper", objective.name);
    for (std::size_t j = 0; j < front_.points.size(); ++j) {
      text += fmt::format("\n{}", j);
      for (const Bounded& x : front_.points[j].value) text += fmt::format(",{},{},{}", x.value, x.lower, x.upper);
    }
    return text + '\n';
  }

  std::string_view holds() const override { return "the points"; }

  bool has_lists_by_choice() const override {
    return std::ranges::any_of(front_.points, [](const ShownPoint& point) {
      const auto draws = [](const mdp::Policy& policy) { return !policy.empty() && !policy.is_deterministic(); };
      return draws(point.policy.stationary) || std::ranges::any_of(point.policy.stages, draws);
    });
  }

  std::optional<experiments::Figure> figure() const override {
    experiments::FigureLine line{.label = "", .x = {}, .y = {}, .marks = true, .joined = front_.joined};
    for (const ShownPoint& point : front_.points) {
      line.x.push_back(point.value[0].value);
      line.y.push_back(point.value[1].value);
    }
    const auto label = [](const Objective& o) { return fmt::format("{} ({})", o.name, wanted(o)); };
    const auto points = counted(static_cast<std::int64_t>(front_.points.size()), "point");
    return experiments::Figure{
        .title = fmt::format("{} against {}: {}", objectives_[1].name, objectives_[0].name, points),
        .x_label = label(objectives_[0]),
        .y_label = label(objectives_[1]),
        .lines = {std::move(line)}};
  }

 private:
  static std::string_view wanted(const Objective& objective) { return objective.sign > 0 ? "large" : "small"; }

  void write_point(JsonWriter& json, const ShownPoint& point) const {
    const auto numbers = [&](std::string_view name, double Bounded::*end) {
      json.key(name).begin_array();
      for (const Bounded& x : point.value) json.value(x.*end);
      json.end_array();
    };
    json.begin_object();
    numbers("value", &Bounded::value);
    numbers("lower", &Bounded::lower);
    numbers("upper", &Bounded::upper);
    if (!point.plan.empty()) write_plan(json, point.plan);
    if (!point.policy.stages.empty()) {
      json.key("policy").begin_array();
      for (std::size_t h = 0; h < point.policy.stages.size(); ++h)
        write_policy_row(json, model_at(h), point.policy.stages[h]);
      json.end_array();
    } else if (!point.policy.stationary.empty()) {
      json.key("policy");
      write_policy_row(json, problem_.model, point.policy.stationary);
    }
    json.end_object();
  }

  /// The actions of a play in which nothing is left to chance.
  void write_plan(JsonWriter& json, const std::vector<std::int32_t>& plan) const {
    const std::vector<double> initial = problem_.model.initial();
    int s = static_cast<int>(std::ranges::max_element(initial) - initial.begin());
    json.key("actions").begin_array();
    for (std::size_t h = 0; h < plan.size(); ++h) {
      const std::int64_t choice = model_at(h).first_choice(s) + plan[h];
      json.value(model_at(h).action(choice));
      s = model_at(h).successors(choice)[0];
    }
    json.end_array();
  }

  const mdp::TabularMdp& model_at(std::size_t stage) const {
    return problem_.stages.empty() ? problem_.model : problem_.stages[stage];
  }

  std::vector<Objective> objectives_;
  solvers::Problem problem_;
  Front front_;
  Volume volume_;
};

}  // namespace

std::shared_ptr<const Addition> front_addition(const Question& question, Front front) {
  return std::make_shared<FrontAddition>(question, std::move(front));
}

}  // namespace bellwether::cli
