#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/ground_cost.h"
#include "apps/cli/initial.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/planner.h"
#include "apps/cli/scenarios.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/evaluate/finite.h"
#include "mdp/robust/penalty.h"
#include "mdp/robust/sets_from_data.h"
#include "solvers/abandonable.h"
#include "solvers/robust/registry.h"

namespace bellwether::cli {
namespace {

using solvers::Criterion;
using solvers::NatureRows;
using solvers::RobustSolution;

constexpr std::array<std::string_view, 12> kKinds = {
    "l1",   "weighted-l1", "tv",       "linf",          "l2",        "kl",
    "chi2", "wasserstein", "interval", "contamination", "scenarios", "static"};

/// What the policy would earn if the nominal model were true; nothing where that is not computed, or takes longer than
/// whoever said stop will wait.
std::optional<double> nominal_worth(const solvers::Problem& problem, const solvers::Solution& solution) {
  const std::vector<double> initial = problem.model.initial();
  const auto wanted = [] { return !InterruptGuard::requested(); };
  if (problem.criterion == Criterion::kDiscounted && !solution.policy.empty()) {
    return solvers::abandonable(
        [initial, model = problem.model, policy = solution.policy, discount = problem.discount] {
          return mdp::evaluate_discounted(mdp::PolicyChain(model, policy), discount).expected(initial);
        },
        wanted);
  }
  if (problem.criterion == Criterion::kFinite && !solution.stages.empty()) {
    const mdp::FiniteHorizonMdp model(problem.model, problem.horizon);
    const auto stages = mdp::evaluate_finite(model, solution.stages, problem.discount, {}, wanted);
    if (!stages.empty()) return stages.front().expected(initial);
  }
  return std::nullopt;
}

class AmbiguityAddition : public Addition {
 public:
  AmbiguityAddition(const Question& question, const RobustSolution& solution)
      : model_(question.problem.model),
        adversarial_(question.uncertainty->nature == solvers::NatureSide::kWorst),
        priced_(question.uncertainty->sets.priced()),
        maximise_(question.problem.maximise()),
        samples_(question.uncertainty->samples),
        radius_(question.uncertainty->samples ? question.uncertainty->sets.radius : std::vector<double>()),
        gap_(solution.gap),
        reach_(question.problem.criterion == Criterion::kReach),
        rows_(solution.worst_case),
        stages_(solution.worst_case_stages),
        nominal_(nominal_worth(question.problem, solution)) {
    if (nominal_) *nominal_ += question.reached_at_start();
  }

  void write_json(JsonWriter& json) const override {
    if (nominal_) json.member("nominal_value", *nominal_);
    if (samples_) {
      json.member("confidence", samples_->confidence);
      if (samples_->prior) json.member("prior", *samples_->prior);
      json.key("radii").begin_array();
      for (const double radius : radius_) json.value(radius);
      json.end_array();
    }
    if (!stages_.empty()) {
      json.key("worst_case").begin_array();
      for (const NatureRows& rows : stages_) write_rows(json, rows);
      json.end_array();
    } else if (!rows_.empty()) {
      json.key("worst_case");
      write_rows(json, rows_);
    }
  }

  bool has_lists_by_choice() const override { return !radius_.empty() || !rows_.empty() || !stages_.empty(); }

  std::string proof() const override {
    if (!std::isfinite(gap_)) return std::string(kNothingProven);
    const std::string_view verb = reach_ ? "reaches it with" : maximise_ ? "earns" : "costs";
    const std::string_view least = maximise_ ? "at least" : "at most";
    if (priced_)
      return fmt::format(
          "within {} of what the best policy {} when nature {} the value and pays for it (payments count)",
          scientific(gap_), verb, adversarial_ == maximise_ ? "lowers" : "raises");
    if (!adversarial_)
      return fmt::format("within {} of what the best policy {} in the kindest model of the sets", scientific(gap_),
                         verb);
    return fmt::format(
        "whichever model of the sets is true, the policy {} {} the value (within {}), and no policy guarantees {}",
        verb, least, scientific(gap_), maximise_ ? "more" : "less");
  }

  std::vector<std::pair<std::string, std::string>> lines() const override {
    std::vector<std::pair<std::string, std::string>> lines;
    if (samples_) lines.emplace_back("samples", samples_->words());
    if (nominal_)
      lines.emplace_back("nominal", fmt::format("{:.7g} is what this policy {} if the nominal model is the true one",
                                                *nominal_, maximise_ ? "earns" : "costs"));
    return lines;
  }

 private:
  /// One entry a choice: null, or where nature sends it and how likely.
  static void write_rows(JsonWriter& json, const NatureRows& rows) {
    json.begin_array();
    for (std::size_t c = 0; c + 1 < rows.begin.size(); ++c) {
      const auto choice = static_cast<std::int64_t>(c);
      json.begin_object().key("next").begin_array();
      for (const std::int32_t next : rows.successors(choice)) json.value(next);
      json.end_array().key("probability").begin_array();
      for (const double p : rows.probabilities(choice)) json.value(p);
      json.end_array();
      if (!rows.payment.empty()) json.member("payment", rows.paid(choice));
      json.end_object();
    }
    json.end_array();
  }

  mdp::TabularMdp model_;
  bool adversarial_, priced_, maximise_;
  std::optional<SampledSets> samples_;
  std::vector<double> radius_;  ///< of each choice, where the sets come from samples
  double gap_;
  bool reach_;
  NatureRows rows_;
  std::vector<NatureRows> stages_;
  std::optional<double> nominal_;
};

/// The number of --radius, which most kinds need where there is no --penalty.
double read_radius(const Arguments& arguments, std::string_view kind) {
  const bool share = kind == "contamination" && arguments.text("rectangular") != "s";
  const auto radius = arguments.number("radius", share ? between(0, 1) : at_least(0));
  if (!radius)
    throw InvalidOption(fmt::format(
        "solve: --robust {} needs --radius R, how far from the nominal rows nature may go{}{}", kind,
        mdp::has_radius_from_samples(*mdp::set_kind(kind)) ? ", or --samples N, of how many samples each row was made"
        : mdp::has_credible_radius(*mdp::set_kind(kind))
            ? ", or --samples N --credible P, of how many samples each row was made and how sure all sets shall be"
            : "",
        mdp::robust::can_be_paid_for(*mdp::set_kind(kind)) ? ", or --penalty X, what she pays for a unit of distance"
                                                           : ""));
  return *radius;
}

/// The number of --penalty.
double read_price(const Arguments& arguments, std::string_view kind) {
  const double price = *arguments.number("penalty", above(0));
  if (arguments.has("radius"))
    throw InvalidOption("solve: --radius and --penalty exclude each other: nature has a limit, or she pays");
  if (!mdp::robust::can_be_paid_for(*mdp::set_kind(kind)))
    throw InvalidOption(fmt::format("solve: --penalty goes with --robust l1, tv, kl and chi2, not with {}", kind));
  if (arguments.word("rectangular", {"sa", "s"}) == "s")
    throw InvalidOption("solve: --penalty is paid choice by choice and goes with --rectangular sa");
  return price;
}

/// A play that has ended stays ended, also where nature may send other choices anywhere.
std::vector<double> spread_over(const solvers::Problem& problem, const std::vector<std::int32_t>& ended, double number,
                                double where_ended, bool state_wise) {
  if (ended.empty()) return {number};
  const mdp::TabularMdp& model = problem.model;
  std::vector<double> all(static_cast<std::size_t>(state_wise ? model.num_states() : model.num_choices()), number);
  for (const std::int32_t s : ended) {
    const std::int64_t first = state_wise ? s : model.first_choice(s);
    const std::int64_t last = state_wise ? s + 1 : model.first_choice(s + 1);
    std::fill(all.begin() + first, all.begin() + last, where_ended);
  }
  return all;
}

void refuse_without_robust(const Arguments& arguments) {
  for (const char* option : {"radius", "penalty", "samples", "confidence", "credible", "prior", "rectangular",
                             "support", "nature", "ground-cost", "state-weights", "scenario"}) {
    if (arguments.has(option))
      throw InvalidOption(fmt::format("solve: --{} goes with --robust KIND, which says what sets they are", option));
  }
}

/// Where lower bounds are 0 nature may remove a transition, and then nobody knows what can be reached.
void require_fixed_graph(const std::string& path, const mdp::ModelFile& file) {
  const mdp::TabularMdp& model = file.model;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (std::int64_t i = model.choice_begin()[c]; i < model.choice_begin()[c + 1]; ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (file.intervals->lower[k] > 0) continue;
      const std::int32_t line = k < file.interval_lines.size() ? file.interval_lines[k] : 0;
      throw InvalidModel(fmt::format(
          "{}{}: from state {} by action {} to state {} the lower bound is 0, so this move may be missing; --reach and "
          "--goal without a discount or a horizon need positive lower bounds, so that it is known what can be reached",
          path, line > 0 ? fmt::format(":{}", line) : "", model.state_name(model.state_of(c)),
          model.action_name(model.action(c)), model.state_name(model.successor()[k])));
    }
  }
}

/// The files of --state-weights and --scenario, for the kinds that they go with.
void read_files(const Arguments& arguments, const solvers::Problem& problem, const std::vector<std::int32_t>& ended,
                mdp::Ambiguity& sets) {
  const bool weighted = sets.kind == mdp::SetKind::kWeightedL1, scenarios = sets.kind == mdp::SetKind::kScenarios;
  const auto weights = arguments.text("state-weights");
  const std::vector<std::string> paths = arguments.texts("scenario");
  if (weights.has_value() != weighted) {
    throw InvalidOption(weighted ? "solve: --robust weighted-l1 needs --state-weights FILE, a CSV file state,weight"
                                 : "solve: --state-weights goes with --robust weighted-l1");
  }
  if (paths.empty() == scenarios) {
    throw InvalidOption(scenarios ? "solve: --robust scenarios needs --scenario FILE, a model with other rows, once or "
                                    "more often"
                                  : "solve: --scenario goes with --robust scenarios and static");
  }
  if (weighted) sets.weight = read_by_state(problem.model, *weights, "weight", above(0), 1);
  if (scenarios) sets.scenarios = read_scenarios(problem.model, paths, ended);
}

/// The kind of --robust, or that of a file with intervals; nothing for a certain model.
std::optional<std::string> kind_of(const Arguments& arguments, const mdp::ModelFile& file) {
  const std::optional<std::string> kind = arguments.word("robust", {kKinds.begin(), kKinds.end()});
  if (!kind) return file.intervals ? std::optional<std::string>("interval") : std::nullopt;
  if (*kind == "interval" && !file.intervals) {
    throw InvalidOption(
        "solve: --robust interval needs a file with lower and upper probabilities (PRISM, DRN or UMB); --robust linf "
        "--radius R gives intervals of one width");
  }
  if (*kind != "interval" && file.intervals)
    throw InvalidOption(
        fmt::format("solve: the file has interval probabilities, which are its sets; --robust {} is another", *kind));
  return kind;
}

void refuse_distances(const Arguments& arguments, std::string_view why) {
  for (const char* option : {"radius", "penalty"})
    if (arguments.has(option)) throw InvalidOption(fmt::format("solve: --{} does not go with {}", option, why));
}

// Each sets what nature may do and says it in words.

std::string rows_of_scenarios(const Arguments& arguments, const mdp::Ambiguity& sets) {
  refuse_distances(arguments, "scenarios");
  return fmt::format("rows of {} scenarios, the file's among them", sets.scenarios.size());
}

std::string rows_of_intervals(const Arguments& arguments, const mdp::ModelFile& file, const solvers::Problem& problem,
                              const std::vector<std::int32_t>& ended, mdp::Ambiguity& sets) {
  refuse_distances(arguments, "intervals, which the file gives");
  if (!ended.empty() && (problem.criterion == Criterion::kDiscounted || problem.criterion == Criterion::kFinite))
    throw InvalidOption("solve: with interval probabilities --reach and --goal go with no discount and no horizon");
  if (problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach)
    require_fixed_graph(arguments.positionals().front(), file);
  sets.intervals = *file.intervals;
  return "rows within their intervals";
}

std::string rows_at_a_price(const Arguments& arguments, const std::string& kind, const solvers::Problem& problem,
                            const std::vector<std::int32_t>& ended, mdp::Ambiguity& sets) {
  const double price = read_price(arguments, kind);
  sets.price = spread_over(problem, ended, price, std::numeric_limits<double>::infinity(), false);
  return fmt::format("rows left at {} a unit of {}", price, kind);
}

std::string rows_within(const Arguments& arguments, const std::string& kind, const solvers::Problem& problem,
                        const std::vector<std::int32_t>& ended, mdp::Ambiguity& sets) {
  const double radius = read_radius(arguments, kind);
  sets.radius = spread_over(problem, ended, radius, 0, sets.state_wise());
  return fmt::format("rows within {} {}{}", kind, radius, sets.state_wise() ? " a state" : "");
}

}  // namespace

std::optional<Uncertainty> read_uncertainty(const Arguments& arguments, const mdp::ModelFile& file,
                                            const solvers::Problem& problem, const std::vector<std::int32_t>& ended,
                                            const Preparation& prepare) {
  const std::optional<std::string> kind = kind_of(arguments, file);
  if (!kind) {
    refuse_without_robust(arguments);
    return std::nullopt;
  }
  if (!problem.stages.empty())
    throw InvalidOption("solve: --robust takes models that are the same at every stage; this file has one a stage");
  if (*kind == "static") return read_static_models(arguments, problem, ended, prepare);
  Uncertainty uncertainty;
  mdp::Ambiguity& sets = uncertainty.sets;
  sets.kind = *mdp::set_kind(*kind);
  if (arguments.word("rectangular", {"sa", "s"}) == "s") sets.rectangular = mdp::Rectangular::kState;
  if (arguments.word("support", {"successors", "all"}) == "all") sets.support = mdp::Support::kAll;
  const auto ground = arguments.text("ground-cost");
  if (ground && *kind != "wasserstein") throw InvalidOption("solve: --ground-cost goes with --robust wasserstein");
  if (ground) sets.ground_cost = read_ground_cost(problem.model, *ground);
  read_files(arguments, problem, ended, sets);
  uncertainty.samples = read_samples(arguments, problem, ended, sets);
  const std::string words = uncertainty.samples        ? fmt::format("rows within {} of their samples", *kind)
                            : *kind == "scenarios"     ? rows_of_scenarios(arguments, sets)
                            : *kind == "interval"      ? rows_of_intervals(arguments, file, problem, ended, sets)
                            : arguments.has("penalty") ? rows_at_a_price(arguments, *kind, problem, ended, sets)
                                                       : rows_within(arguments, *kind, problem, ended, sets);
  const bool best = arguments.word("nature", {"worst", "best"}) == "best";
  const bool anywhere = sets.support == mdp::Support::kAll && !(sets.radius.empty() && sets.price.empty());
  uncertainty.nature = best ? solvers::NatureSide::kBest : solvers::NatureSide::kWorst;
  uncertainty.words =
      fmt::format("{}{}, nature at its {}", words, anywhere ? ", on all states" : "", best ? "best" : "worst");
  return uncertainty;
}

Planner find_robust_planner(const std::string& name, const Question& question) {
  const solvers::RobustSolverRow& row = solvers::find_robust_solver(name, question.problem.criterion);
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            const solvers::Problem& plain = question.problem;
            const solvers::RobustProblem problem{.model = {plain.model, question.uncertainty->sets},
                                                 .criterion = plain.criterion,
                                                 .direction = plain.direction,
                                                 .nature = question.uncertainty->nature,
                                                 .discount = plain.discount,
                                                 .horizon = plain.horizon,
                                                 .target = plain.target};
            const RobustSolution solution = row.run(problem, settings, run);
            return Planned{.solution = solution, .addition = std::make_shared<AmbiguityAddition>(question, solution)};
          }};
}

}  // namespace bellwether::cli
