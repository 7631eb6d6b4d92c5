// Several objectives at once: points that nothing beats.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "apps/cli/number_column.h"
#include "apps/cli/planner.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/pareto/pareto_value_iteration.h"

namespace bellwether::cli {
namespace {

using solvers::Bounded;
using solvers::CoverageSet;
using solvers::Criterion;
using solvers::MultiObjectiveProblem;
using solvers::Objectives;
using solvers::constrained::AnyPolicy;

/// A point as the user counts: costs positive.
struct Point {
  std::vector<Bounded> value;
  AnyPolicy policy = {};
  std::vector<std::int32_t> plan = {};  ///< of a deterministic play: the choice of each stage, within its state
};

struct Front {
  std::vector<Point> points;
  std::string proof;
  bool joined = true;      ///< what lies between two points can be had by drawing
  std::string limit = {};  ///< of what was looked at, where not all was
};

Bounded signed_value(const Bounded& x, double sign) {
  return sign > 0 ? x : Bounded{.value = 0 - x.value, .lower = 0 - x.upper, .upper = 0 - x.lower};
}

mdp::Column turned(mdp::Column column, double sign) {
  if (sign > 0) return column;
  for (auto* numbers : {&column.expected, &column.by_transition}) {
    std::vector<double> negated(numbers->begin(), numbers->end());
    for (double& x : negated) x = 0 - x;
    *numbers = std::move(negated);
  }
  return column;
}

/// The model with the objectives for rewards, all of them to be large.
mdp::TabularMdp with_objectives(const mdp::TabularMdp& model, const std::vector<Objective>& objectives) {
  mdp::ModelData data = model.data();
  std::vector<mdp::Column> columns = data.rewards;
  columns.insert(columns.end(), data.costs.begin(), data.costs.end());
  data.rewards.clear();
  data.costs.clear();
  data.reward_laws = {};
  for (const Objective& objective : objectives) {
    const auto named = std::ranges::find(columns, objective.name, &mdp::Column::name);
    data.rewards.push_back(turned(*named, objective.sign));
  }
  return mdp::TabularMdp(std::move(data));
}

MultiObjectiveProblem problem_of(const Question& question) {
  MultiObjectiveProblem problem{.question = question.problem, .objectives = {}};
  problem.question.direction = solvers::Direction::kMaximise;
  problem.question.model = with_objectives(problem.question.model, question.objectives);
  for (mdp::TabularMdp& stage : problem.question.stages) stage = with_objectives(stage, question.objectives);
  for (const Objective& objective : question.objectives) problem.objectives.push_back(objective.name);
  return problem;
}

/// What lies between the worst values of the points and the points, or above the user's reference.
struct Volume {
  Objectives reference;  ///< as the user counts
  double value = 0;
};

Volume volume_of(const std::vector<Point>& points, const Question& question) {
  const std::vector<Objective>& objectives = question.objectives;
  std::vector<Objectives> turned;
  for (const Point& point : points) {
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
    for (const Point& point : front_.points) write_point(json, point);
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

  std::optional<experiments::Figure> figure() const override {
    experiments::FigureLine line{.label = "", .x = {}, .y = {}, .marks = true, .joined = front_.joined};
    for (const Point& point : front_.points) {
      line.x.push_back(point.value[0].value);
      line.y.push_back(point.value[1].value);
    }
    const auto label = [](const Objective& o) { return fmt::format("{} ({})", o.name, wanted(o)); };
    return experiments::Figure{
        .title = "", .x_label = label(objectives_[0]), .y_label = label(objectives_[1]), .lines = {std::move(line)}};
  }

 private:
  static std::string_view wanted(const Objective& objective) { return objective.sign > 0 ? "large" : "small"; }

  void write_point(JsonWriter& json, const Point& point) const {
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

std::vector<Point> points_of(std::vector<solvers::FrontPoint> found, const std::vector<Objective>& objectives) {
  std::vector<Point> points;
  for (solvers::FrontPoint& at : found) {
    points.push_back({.value = {}, .policy = std::move(at.policy)});
    for (std::size_t k = 0; k < objectives.size(); ++k)
      points.back().value.push_back(signed_value(at.value[k], objectives[k].sign));
  }
  return points;
}

Planned planned(const Question& question, std::string_view name, Status status, double gap, std::int64_t solves,
                Front front) {
  solvers::Solution solution{.status = status, .algorithm = std::string(name)};
  solution.gap = gap;
  solution.iterations = solves;
  return {.solution = std::move(solution), .addition = std::make_shared<FrontAddition>(question, std::move(front))};
}

// The planners.

template <CoverageSet (*Planner)(const MultiObjectiveProblem&, const solvers::LinearSupportOptions&,
                                 const solvers::SolveOptions&)>
Planned coverage_set(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                     const solvers::SolveOptions& run) {
  solvers::LinearSupportOptions options;
  apply_settings(name, options, settings);
  CoverageSet set = Planner(problem_of(question), options, run);
  Front front{
      .points = points_of(std::move(set.points), question.objectives),
      .proof = std::isfinite(set.gap)
                   ? fmt::format("for every weighting of the objectives one of these points is within {} of the "
                                 "best that any policy collects (weights that sum to one)",
                                 scientific(set.gap))
                   : std::string("each point is what its policy collects; that nothing lies beyond them is not "
                                 "proven yet")};
  return planned(question, name, set.status, set.gap, set.solves, std::move(front));
}

Planned morl(std::string_view name, const Question& question, const std::vector<Setting>& settings,
             const solvers::SolveOptions&) {
  solvers::CMorlOptions options;
  apply_settings(name, options, settings);
  solvers::CMorlResult found = solvers::c_morl(problem_of(question), options);
  Front front{.points = points_of(std::move(found.points), question.objectives),
              .proof = "each point is what its policy collects; that nothing lies beyond them is not proven",
              .joined = false,
              .limit = "the rounds of the method"};
  return planned(question, name, Status::kBudgetExhausted, INFINITY, found.solves, std::move(front));
}

Planned deterministic(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                      const solvers::SolveOptions&) {
  solvers::ParetoValueIterationOptions options;
  apply_settings(name, options, settings);
  const MultiObjectiveProblem problem = problem_of(question);
  std::vector<solvers::ParetoPlan> plans = solvers::pareto_value_iteration(problem, options);
  Front front{.points = {},
              .proof =
                  "these are all the points of policies that never draw (nothing is left to chance in this model), "
                  "but for rounding",
              .joined = false};
  for (solvers::ParetoPlan& plan : plans) {
    front.points.push_back({.value = {}, .policy = {}, .plan = std::move(plan.choices)});
    for (std::size_t k = 0; k < question.objectives.size(); ++k) {
      const double x = question.objectives[k].sign * plan.value[k] + 0.0;
      front.points.back().value.push_back({.value = x, .lower = x, .upper = x});
    }
  }
  return planned(question, name, Status::kConverged, INFINITY, static_cast<std::int64_t>(plans.size()),
                 std::move(front));
}

struct FrontRow {
  std::string_view name, summary;
  std::vector<OptionRow> (*options)();
  Planned (*run)(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                 const solvers::SolveOptions& run);
};

constexpr FrontRow kSweep = {"two-objective-sweep", "exact solves for the line between neighbours (Aneja and Nair)",
                             [] { return option_rows<solvers::LinearSupportOptions>(); },
                             &coverage_set<&solvers::two_objective_sweep>};
constexpr FrontRow kSupport = {
    "linear-support", "exact solves at the corners of what was found, two to four objectives",
    [] { return option_rows<solvers::LinearSupportOptions>(); }, &coverage_set<&solvers::linear_support>};
constexpr FrontRow kMorl = {"c-morl", "a grid of weights, then constrained steps from the loneliest points",
                            [] { return option_rows<solvers::CMorlOptions>(); }, &morl};
constexpr FrontRow kDeterministic = {
    "pareto-value-iteration", "all points of policies that do not draw; deterministic models, finite horizon",
    [] { return option_rows<solvers::ParetoValueIterationOptions>(); }, &deterministic};

constexpr std::array<const FrontRow*, 4> kRows = {&kSweep, &kSupport, &kMorl, &kDeterministic};

const FrontRow& row_for(const std::string& name, std::size_t objectives) {
  if (name == "auto") return objectives == 2 ? kSweep : objectives <= 4 ? kSupport : kMorl;
  for (const FrontRow* row : kRows)
    if (row->name == name) return *row;
  throw InvalidOption(
      fmt::format("solve: --algorithm {} does not find fronts; with --objectives there are auto, {}, {}, {} and {}",
                  name, kSweep.name, kSupport.name, kMorl.name, kDeterministic.name));
}

}  // namespace

std::vector<Objective> read_objectives(const Arguments& arguments, const solvers::Problem& problem) {
  const auto typed = arguments.text("objectives");
  if (!typed) {
    for (const char* option : {"plot", "reference"})
      if (arguments.has(option))
        throw InvalidOption(fmt::format("solve: --{} goes with --objectives NAME,NAME", option));
    return {};
  }
  if (problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach)
    throw InvalidOption(
        "solve: --objectives goes with --discount G, --horizon H or --criterion average, not with a total until a "
        "goal");
  std::vector<std::string> names;
  for (const mdp::Column& column : problem.model.data().rewards) names.push_back(column.name);
  const std::size_t rewards = names.size();
  for (const mdp::Column& column : problem.model.data().costs) names.push_back(column.name);
  std::vector<Objective> objectives;
  for (const std::string& name : split(*typed, ',')) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) refuse_name("solve", "objectives", name, "column", names);
    if (std::ranges::find(objectives, name, &Objective::name) != objectives.end())
      throw InvalidOption(fmt::format("solve: option --objectives has '{}' twice", name));
    const bool is_cost = static_cast<std::size_t>(at - names.begin()) >= rewards;
    objectives.push_back({.name = name, .sign = is_cost ? -1 : problem.sign()});
  }
  if (objectives.size() < 2)
    throw InvalidOption(fmt::format("solve: option --objectives is '{}', must name two columns at least", *typed));
  if (arguments.has("plot") && objectives.size() != 2)
    throw InvalidOption(fmt::format("solve: --plot draws two objectives, and there are {}", objectives.size()));
  return objectives;
}

std::vector<double> read_reference(const Arguments& arguments, const std::vector<Objective>& objectives) {
  const auto typed = arguments.text("reference");
  if (!typed) return {};
  std::vector<double> reference;
  for (const std::string& part : split(*typed, ',')) {
    const auto x = parse_double(part);
    if (!x || !std::isfinite(*x))
      throw InvalidOption(fmt::format("solve: option --reference: '{}' is no number", part));
    reference.push_back(*x);
  }
  if (reference.size() != objectives.size())
    throw InvalidOption(fmt::format("solve: option --reference has {}, one is needed for each of {}",
                                    counted(static_cast<std::int64_t>(reference.size()), "number"),
                                    counted(static_cast<std::int64_t>(objectives.size()), "objective")));
  return reference;
}

std::string words_of(const std::vector<Objective>& objectives) {
  std::string words;
  for (const Objective& objective : objectives)
    words +=
        fmt::format("{}{} {}", words.empty() ? "" : " and ", objective.name, objective.sign > 0 ? "large" : "small");
  return words;
}

std::vector<std::pair<std::string_view, std::string_view>> front_planners() {
  std::vector<std::pair<std::string_view, std::string_view>> rows;
  for (const FrontRow* row : kRows) rows.emplace_back(row->name, row->summary);
  return rows;
}

Planner find_front_planner(const std::string& name, const Question& question) {
  const FrontRow& row = row_for(name, question.objectives.size());
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            return row.run(row.name, question, settings, run);
          }};
}

}  // namespace bellwether::cli
