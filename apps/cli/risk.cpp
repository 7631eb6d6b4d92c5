#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "apps/cli/number_column.h"
#include "apps/cli/planner.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "solvers/risk/discounted_tail.h"
#include "solvers/risk/entropic.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/risk/static_risk.h"

namespace bellwether::cli {
namespace {

using solvers::Criterion;
using solvers::Law;
using solvers::RiskSolution;

constexpr std::string_view kMeasures =
    "tail-mean quantile target utility mean-variance entropic entropic-value nested-tail-mean nested-entropic "
    "nested-entropic-value";

bool uses_level(std::string_view measure) {
  return measure.ends_with("tail-mean") || measure == "quantile" || measure.ends_with("entropic-value");
}

/// The smallest atom with at least the share of the mass at or below it.
double quantile(const Law& law, double share) {
  double below = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    below += law.weight[i];
    if (below >= share - 1e-12) return law.atom[i];
  }
  return law.atom.back();
}

/// With four digits, the way that keeps a bound a bound.
std::string rounded_outwards(double x, bool up) {
  if (x == 0 || !std::isfinite(x)) return fmt::format("{}", x);
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(x))) - 3);
  const double steps = up ? std::ceil(x / unit) : std::floor(x / unit);
  for (const double at : {steps, up ? steps + 1 : steps - 1}) {
    const std::string text = fmt::format("{:.4g}", at * unit);
    const double back = *parse_double(text);
    if (up ? back >= x : back <= x) return text;
  }
  return fmt::format("{}", x);
}

/// One number is planned for, not one a state: the risk of the whole return from the initial distribution.
class RiskAddition : public Addition {
 public:
  RiskAddition(const RiskQuestion& risk, const solvers::Problem& problem, RiskSolution solution,
               std::string remedy = {}, solvers::StockTablePolicy table = {})
      : risk_(risk),
        maximise_(problem.maximise()),
        model_(problem.model),
        solution_(std::move(solution)),
        remedy_(std::move(remedy)),
        table_(std::move(table)) {}

  void write_json(JsonWriter& json) const override {
    json.key("risk").begin_object();
    // Where only the bounds are known, what is proven of the policy is one of them and no value.
    const double value = value_is_known() ? solution_.value : std::numeric_limits<double>::quiet_NaN();
    json.member("measure", risk_.measure).member("value", value).member("lower", solution_.lower);
    json.member("upper", solution_.upper).member("parameter", solution_.parameter);
    if (!solution_.limit.empty()) json.member("limited_by", solution_.limit);
    json.end_object();
    if (!solution_.law.atom.empty()) {
      json.key("law").begin_object().key("returns").begin_array();
      for (const double x : solution_.law.atom) json.value(x);
      json.end_array().key("probabilities").begin_array();
      for (const double p : solution_.law.weight) json.value(p);
      json.end_array().end_object();
    }
    if (solution_.tree) write_policy(json);
    if (!table_.choice.empty()) write_table(json);
  }

  std::string limit() const override { return solution_.limit; }
  std::vector<std::string> remedy() const override {
    return remedy_.empty() ? std::vector<std::string>() : std::vector{"--set " + remedy_};
  }

  std::string proof() const override {
    if (!std::isfinite(solution_.gap)) return std::string(kNothingProven);
    if (!value_is_known()) return "these bounds hold for the best policy, whatever it remembers" + of_this_one();
    const double more = maximise_ ? solution_.upper - solution_.value : solution_.value - solution_.lower;
    return fmt::format("no policy, whatever it remembers, does better by more than {}",
                       scientific(remembers_table() ? more : solution_.gap));
  }

  std::optional<std::pair<std::string, std::string>> headline() const override {
    if (!std::isfinite(solution_.gap)) return std::nullopt;
    if (!value_is_known())
      return std::pair<std::string, std::string>(
          "risk", fmt::format("between {} and {} is {}", rounded_outwards(solution_.lower, false),
                              rounded_outwards(solution_.upper, true), risk_.words));
    // What the policy earns is known by its law, however far the best may be.
    const double own = maximise_ ? solution_.value - solution_.lower : solution_.upper - solution_.value;
    const bool by_law = !solution_.law.atom.empty() && risk_.measure != "target";
    const Bounds bounds =
        !by_law ? Bounds{solution_.lower, solution_.upper} : Bounds{solution_.value - own, solution_.value + own};
    return std::pair<std::string, std::string>(
        "risk", fmt::format("{} is {} under the policy", meaningful(solution_.value, bounds), risk_.words));
  }

  std::vector<std::pair<std::string, std::string>> lines() const override {
    std::vector<std::pair<std::string, std::string>> lines;
    if (!solution_.law.atom.empty()) {
      lines.emplace_back("return",
                         fmt::format("mean {:.6g}, standard deviation {:.4g}, from {:.6g} to {:.6g}",
                                     solvers::mean(solution_.law), std::sqrt(solvers::variance(solution_.law)),
                                     solution_.law.atom.front(), solution_.law.atom.back()));
    }
    const bool remembers = solution_.tree || remembers_table();
    if (!remembers && std::isnan(solution_.value)) return lines;  // stopped before there was one
    lines.emplace_back("policy", remembers ? "looks at the state and at what was earned so far (--json has it)"
                                           : "one choice a state and stage (--json has it)");
    return lines;
  }

  std::string table() const override {
    if (solution_.law.atom.empty()) return {};
    Table table({"share of plays", maximise_ ? "earn at most" : "cost at most"}, {true, true});
    for (const double share : {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99})
      table.add({fmt::format("{} %", 100 * share), fmt::format("{:.6g}", quantile(solution_.law, share))});
    return '\n' + table.text(2);
  }

 private:
  bool remembers_table() const { return !table_.choice.empty(); }
  /// What the policy earns, not only between which bounds it lies.
  bool value_is_known() const {
    return !std::isnan(solution_.value) && (!remembers_table() || !solution_.law.atom.empty());
  }
  std::string of_this_one() const {
    return std::isnan(solution_.value) ? "; none was found yet" : ", and for this one";
  }

  /// One list a stage: what to do in a state with these earnings.
  void write_policy(JsonWriter& json) const {
    json.key("stock_policy").begin_array();
    for (int h = 0; h < solution_.tree->horizon(); ++h) {
      json.begin_array();
      const auto nodes = solution_.tree->nodes(h);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        const mdp::TabularMdp& model = solution_.tree->model(h);
        const std::int64_t choice =
            model.first_choice(nodes[i].state) + solution_.policy[static_cast<std::size_t>(h)][i];
        json.begin_object().member("state", static_cast<int>(nodes[i].state));
        json.member("earned", maximise_ ? nodes[i].stock : -nodes[i].stock).member("action", model.action(choice));
        json.end_object();
      }
      json.end_array();
    }
    json.end_array();
  }

  /// What to do in state s with the stock first + j step: action s * points + j.
  void write_table(JsonWriter& json) const {
    json.key("stock_table").begin_object();
    json.member("first", table_.first).member("step", table_.step).member("points", table_.points);
    json.key("actions").begin_array();
    for (std::size_t i = 0; i < table_.choice.size(); ++i) {
      const int s = static_cast<int>(i / static_cast<std::size_t>(table_.points));
      json.value(model_.action(model_.first_choice(s) + table_.choice[i]));
    }
    json.end_array().end_object();
  }

  RiskQuestion risk_;
  bool maximise_;
  mdp::TabularMdp model_;
  RiskSolution solution_;
  std::string remedy_;
  solvers::StockTablePolicy table_;
};

/// Risk with a Bellman equation in the state alone: values and a policy as ever.
class StatewiseAddition : public Addition {
 public:
  StatewiseAddition(std::string words, double gap) : words_(std::move(words)), gap_(gap) {}
  void write_json(JsonWriter& json) const override { json.member("risk", words_); }
  std::string proof() const override {
    if (!std::isfinite(gap_)) return std::string(kNothingProven);
    return fmt::format("every value, {}, within {} of the best", words_, scientific(gap_));
  }

 private:
  std::string words_;
  double gap_;
};

Planned statewise(const RiskQuestion& risk, solvers::Solution solution) {
  const double gap = solution.gap;
  return {.solution = std::move(solution), .addition = std::make_shared<StatewiseAddition>(risk.words, gap)};
}

Planned of_return(const RiskQuestion& risk, const solvers::Problem& problem, RiskSolution found, std::string remedy,
                  solvers::StockTablePolicy table = {}) {
  solvers::Solution solution{.status = found.status, .algorithm = found.algorithm, .note = found.note};
  solution.gap = found.gap;
  solution.iterations = found.evaluations;
  return {
      .solution = std::move(solution),
      .addition = std::make_shared<RiskAddition>(risk, problem, std::move(found), std::move(remedy), std::move(table))};
}

/// The tail of a discounted return and the entropic value come without a tree of earnings.
RiskSolution without_tree(const solvers::DiscountedTailSolution& tail) {
  return {.status = tail.status,
          .algorithm = "discounted-tail",
          .note = tail.note,
          .limit = tail.limit,
          .value = tail.value,
          .lower = tail.lower,
          .upper = tail.upper,
          .gap = tail.gap,
          .parameter = tail.parameter,
          .law = tail.law,
          .evaluations = tail.iterations};
}

// Errors shrink with the step of the grid, in proportion; a third is left for what does not.
constexpr double kFiner = 1.5;

/// The setting whose grid meets the tolerance; empty where it was met, or tables would be too large.
std::string more_points(int points, const solvers::DiscountedTailSolution& tail, const solvers::Problem& problem,
                        double tolerance) {
  constexpr double kMostPairs = 1e8;  // of a state and a stock: minutes
  const double wanted = std::ceil(kFiner * points * tail.gap / tolerance);
  if (tail.limit.empty() || !(wanted * problem.model.num_states() <= kMostPairs)) return {};
  return fmt::format("points={:.0f}", wanted);
}

std::string finer_grid(double step, const RiskSolution& found, double tolerance) {
  if (found.limit != solvers::kGridOfEarnings || !std::isfinite(found.gap)) return {};
  return fmt::format("grid={:.2g}", step * tolerance / (kFiner * found.gap));
}

/// The largest expected utility of the return; with costs c the smallest of u(c): the planner sees x = -c and -u(-x).
RiskSolution best_expected(const Utility& u, const solvers::Problem& problem, const solvers::StockOptions& options,
                           const solvers::SolveOptions& run) {
  const double sign = problem.sign();
  return solvers::plan_for_utility(
      problem, [&u, sign](double x) { return sign * u(sign * x); }, u.steepest(), options, run);
}

Planned plan(const RiskQuestion& risk, const solvers::Problem& problem, const std::vector<Setting>& settings,
             const solvers::SolveOptions& run) {
  if (risk.measure.starts_with("nested-")) {
    const std::string step = risk.measure == "nested-tail-mean"  ? "conditional-value-at-risk"
                             : risk.measure == "nested-entropic" ? "entropic"
                                                                 : "entropic-value-at-risk";
    return statewise(
        risk, solvers::plan_for_nested_risk(problem, {.measure = step, .level = risk.level, .beta = risk.beta}, run));
  }
  if (risk.measure == "entropic") return statewise(risk, solvers::plan_for_entropic_risk(problem, risk.beta, run));
  if (risk.measure == "entropic-value") {
    const auto found = solvers::plan_for_entropic_value_at_risk(problem, risk.level, run);
    solvers::Solution solution{.status = found.status,
                               .algorithm = "entropic-value-at-risk",
                               .note = !found.note.empty() ? found.note
                                       : std::isinf(found.beta)
                                           ? std::string("the policy of the best worst case")
                                           : fmt::format("the policy of entropic risk with beta {:.6g}", found.beta)};
    solution.gap = found.gap;
    solution.iterations = found.evaluations;
    solution.stages = found.stages;
    return {.solution = std::move(solution),
            .addition = std::make_shared<RiskAddition>(risk, problem,
                                                       RiskSolution{.value = found.value,
                                                                    .lower = found.lower,
                                                                    .upper = found.upper,
                                                                    .gap = found.gap,
                                                                    .parameter = found.beta})};
  }
  if (problem.criterion == Criterion::kDiscounted && risk.measure == "tail-mean") {
    solvers::DiscountedTailOptions options;
    apply_settings("solve", options, settings);
    solvers::DiscountedTailSolution tail = solvers::plan_for_discounted_tail(problem, risk.level, options, run);
    return of_return(risk, problem, without_tree(tail), more_points(options.points, tail, problem, run.tolerance),
                     std::move(tail.policy));
  }
  solvers::StockOptions options;
  apply_settings("solve", options, settings);
  const auto achieved = [&]() -> RiskSolution {
    if (risk.measure == "tail-mean")
      return solvers::plan_for_conditional_value_at_risk(problem, risk.level, options, run);
    if (risk.measure == "quantile") return solvers::plan_for_value_at_risk(problem, risk.level, options, run);
    if (risk.measure == "target") return solvers::plan_for_target(problem, risk.target, options, run);
    if (risk.measure == "utility") return best_expected(*risk.utility, problem, options, run);
    return solvers::plan_for_mean_variance(problem, risk.weight, options, run);
  };
  RiskSolution found = achieved();
  std::string remedy = finer_grid(options.grid, found, run.tolerance);
  return of_return(risk, problem, std::move(found), std::move(remedy));
}

std::string words_of(const RiskQuestion& risk, bool maximise) {
  if (risk.measure == "target")
    return fmt::format("the probability of {} {}", maximise ? "earning at least" : "paying at most", risk.target);
  if (risk.measure == "utility") return fmt::format("the expected utility of the {}", maximise ? "return" : "cost");
  if (risk.measure == "tail-mean") return fmt::format("the mean of the worst {:.6g} % of plays", 100 * risk.level);
  if (risk.measure == "quantile") return fmt::format("the {:.6g} % quantile of the return", 100 * risk.level);
  if (risk.measure == "mean-variance") return fmt::format("the mean less {:g} times the variance", risk.weight);
  if (risk.measure == "entropic") return fmt::format("the entropic risk with beta {:g}", risk.beta);
  if (risk.measure == "entropic-value") return fmt::format("the entropic value at risk, level {:g}", risk.level);
  if (risk.measure == "nested-entropic") return fmt::format("entropic risk of every step, beta {:g}", risk.beta);
  if (risk.measure == "nested-tail-mean") return fmt::format("tail mean of every step, level {:g}", risk.level);
  return fmt::format("entropic value at risk of every step, level {:g}", risk.level);
}

double needed(const Arguments& arguments, std::string_view option, const Rule& rule, std::string_view measure) {
  const auto value = arguments.number(option, rule);
  if (!value) throw InvalidOption(fmt::format("solve: --risk {} needs --{}", measure, option));
  return *value;
}

void refuse_criterion(const RiskQuestion& risk, const solvers::Problem& problem) {
  const bool discounted = problem.criterion == Criterion::kDiscounted;
  if (problem.criterion != Criterion::kFinite && !discounted)
    throw InvalidOption("solve: --risk goes with --horizon H or --discount G");
  const bool fits = problem.criterion == Criterion::kFinite || risk.measure == "tail-mean" ||
                    risk.measure == "entropic" || risk.measure.starts_with("nested-");
  if (!fits)
    throw InvalidOption(
        fmt::format("solve: --risk {} is planned for at finite horizon: give --horizon H", risk.measure));
}

}  // namespace

std::optional<RiskQuestion> read_risk(const Arguments& arguments, const solvers::Problem& problem) {
  const auto measure = arguments.word("risk", split(kMeasures, ' '));
  if (!measure) {
    for (const char* option : {"level", "beta", "weight", "target", "utility"})
      if (arguments.has(option)) throw InvalidOption(fmt::format("solve: --{} goes with --risk MEASURE", option));
    return std::nullopt;
  }
  RiskQuestion risk{.measure = *measure};
  refuse_criterion(risk, problem);
  const bool entropic = risk.measure == "entropic" || risk.measure == "nested-entropic";
  if (uses_level(risk.measure))
    risk.level = needed(arguments, "level", {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_low = true},
                        risk.measure);
  if (entropic) risk.beta = needed(arguments, "beta", above(0), risk.measure);
  if (risk.measure == "mean-variance") risk.weight = needed(arguments, "weight", at_least(0), risk.measure);
  if (risk.measure == "target") risk.target = needed(arguments, "target", any_value(), risk.measure);
  if (risk.measure == "utility") {
    if (!arguments.has("utility"))
      throw InvalidOption("solve: --risk utility needs --utility FILE, a CSV file return,utility");
    risk.utility = Utility::read(*arguments.text("utility"));
  }
  const auto unused = [&](const char* option, bool used) {
    if (!used && arguments.has(option))
      throw InvalidOption(fmt::format("solve: --{} does not go with --risk {}", option, risk.measure));
  };
  unused("level", uses_level(risk.measure));
  unused("beta", entropic);
  unused("weight", risk.measure == "mean-variance");
  unused("target", risk.measure == "target");
  unused("utility", risk.measure == "utility");
  risk.words = words_of(risk, problem.maximise());
  return risk;
}

Planner find_risk_planner(const std::string& name, const Question& question) {
  if (name != "auto")
    throw InvalidOption(
        fmt::format("solve: --risk {} brings its own algorithm; leave --algorithm out", question.risk->measure));
  const bool discounted_tail =
      question.problem.criterion == Criterion::kDiscounted && question.risk->measure == "tail-mean";
  const bool tree = !discounted_tail && looks_at_earnings(question.risk->measure);
  return {
      .name = "auto",
      .summary = "the planner of this risk measure",
      .options = discounted_tail ? [] { return option_rows<solvers::DiscountedTailOptions>(); }
                 : tree          ? [] { return option_rows<solvers::StockOptions>(); }
                                 : [] { return std::vector<OptionRow>(); },
      .run =
          [&question, discounted_tail, tree](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            if (!settings.empty() && !discounted_tail && !tree)
              throw InvalidOption(fmt::format("solve: --risk {} has no options to --set", question.risk->measure));
            return plan(*question.risk, question.problem, settings, run);
          }};
}

}  // namespace bellwether::cli
