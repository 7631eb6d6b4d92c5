#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/cli/arguments.h"
#include "apps/cli/json_writer.h"
#include "apps/cli/question.h"
#include "core/options.h"
#include "experiments/plot/figure.h"
#include "solvers/solution.h"

namespace bellwether::cli {

/// What is said in the place of a proof where nothing was proven.
inline constexpr std::string_view kNothingProven = "no error bound was proven";

/// What a class of models beyond plain ones has to say beside the solution.
class Addition {
 public:
  virtual ~Addition() = default;
  /// Further members of the one JSON object.
  virtual void write_json(JsonWriter& json) const = 0;
  /// The number that was planned for, as (name, text), where it is not the value of the solution.
  virtual std::optional<std::pair<std::string, std::string>> headline() const { return std::nullopt; }
  /// What the bounds are limited by, where the budget of the planner was spent; empty: its iterations.
  virtual std::string limit() const { return {}; }
  /// Options, as typed, with which the tolerance that was missed would probably be met; empty: none.
  virtual std::vector<std::string> remedy() const { return {}; }
  /// What was proven, in words, instead of what plain problems say.
  virtual std::string proof() const = 0;
  /// Further lines for the terminal, as (name, text).
  virtual std::vector<std::pair<std::string, std::string>> lines() const { return {}; }
  /// A table between the lines and that of the states; empty when there is none.
  virtual std::string table() const { return {}; }
  /// Why the answer has no place in a CSV; empty where it has one.
  virtual std::string no_csv() const { return {}; }
  /// What --output keeps in a .csv in place of a policy of states; empty where that is the answer.
  virtual std::string csv() const { return {}; }
  /// What --output keeps, in words.
  virtual std::string_view holds() const { return "policy and values"; }
  /// Whether write_json() writes numbers choice by choice, which the object then explains.
  virtual bool has_lists_by_choice() const { return false; }
  /// What --plot draws, where there is something to draw.
  virtual std::optional<experiments::Figure> figure() const { return std::nullopt; }
};

struct Planned {
  solvers::Solution solution;
  std::shared_ptr<const Addition> addition = {};
};

/// A planner that fits a question, whatever its class of models.
struct Planner {
  std::string_view name, summary;
  std::vector<OptionRow> (*options)();
  std::function<Planned(const std::vector<Setting>& settings, const solvers::SolveOptions& run)> run;
};

/// The planner that was asked for, or `auto`, among those of the question's class. InvalidOption, with what was
/// probably meant, when there is none. `question` must outlive it.
Planner find_planner(const std::string& name, const Question& question);

/// As find_planner, for questions with budgets (budgets.cpp) ...
Planner find_budget_planner(const std::string& name, const Question& question);

/// ... and for questions with uncertain rows (ambiguity.cpp).
Planner find_robust_planner(const std::string& name, const Question& question);

/// What --rewards, --initial, --goal and --reach make of a model.
using Preparation = std::function<mdp::TabularMdp(const mdp::TabularMdp&)>;

/// --robust and what goes with it, or the intervals of the file; nothing for a model that is certain. `ended` are the
/// states in which the play has ended.
std::optional<Uncertainty> read_uncertainty(const Arguments& arguments, const mdp::ModelFile& file,
                                            const solvers::Problem& problem, const std::vector<std::int32_t>& ended,
                                            const Preparation& prepare);

/// --robust static (static_models.cpp): whole models, of which one is true ...
Uncertainty read_static_models(const Arguments& arguments, const solvers::Problem& problem,
                               const std::vector<std::int32_t>& ended, const Preparation& prepare);

/// ... and the planner for them.
Planner find_static_planner(const std::string& name, const Question& question);

/// Whether the best policy for this risk of the return looks at what was earned so far.
bool looks_at_earnings(const std::string& measure);

/// Whether the answer is a policy of states (and stages), which CSV can hold; one of earnings is not.
bool answers_by_state(const Question& question);

/// ... for models that are not fully seen (hidden.cpp).
Planner find_hidden_planner(const std::string& name, const Question& question);

/// The hidden part of a file with contexts or observations; nothing for a model that is seen. `initial` is what
/// --initial says.
std::optional<HiddenQuestion> read_hidden(const Arguments& arguments, const mdp::ModelFile& file,
                                          const solvers::Problem& problem,
                                          const std::optional<std::vector<double>>& initial);

/// ... and for questions about risk (risk.cpp).
Planner find_risk_planner(const std::string& name, const Question& question);

/// --risk and what goes with it; nothing when the mean is asked for.
std::optional<RiskQuestion> read_risk(const Arguments& arguments, const solvers::Problem& problem);

/// --objectives: several columns to be made best together; cost columns and, with --minimize, rewards are to be small.
/// InvalidOption when they do not fit the model or the criterion.
std::vector<Objective> read_objectives(const Arguments& arguments, const solvers::Problem& problem);

/// --reference, a number for each objective; empty without it.
std::vector<double> read_reference(const Arguments& arguments, const std::vector<Objective>& objectives);

/// "treasure large and fuel small"
std::string words_of(const std::vector<Objective>& objectives);

/// The planners for several objectives, as (name, summary).
std::vector<std::pair<std::string_view, std::string_view>> front_planners();

/// ... and for questions with several objectives (front.cpp).
Planner find_front_planner(const std::string& name, const Question& question);

/// --budget as limits of the model's cost columns. InvalidOption when it does not fit the model or the criterion.
std::vector<mdp::Budget> read_budgets(const Arguments& arguments, const solvers::Problem& problem);

}  // namespace bellwether::cli
