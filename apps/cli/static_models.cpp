// One of several models is true for the whole play.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/planner.h"
#include "apps/cli/scenarios.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "solvers/robust/worst_case_search/static_worst_case.h"

namespace bellwether::cli {
namespace {

using solvers::MemberReport;
using solvers::StaticWorstCase;

class StaticAddition : public Addition {
 public:
  StaticAddition(const Question& question, const StaticWorstCase& found)
      : maximise_(question.problem.maximise()),
        names_(question.uncertainty->member_names),
        members_(found.members),
        worst_(found.worst),
        lower_(found.lower),
        upper_(found.upper),
        gap_(found.gap),
        closed_(found.status == Status::kConverged || found.status == Status::kRoundingLimited) {}

  void write_json(JsonWriter& json) const override {
    json.key("static").begin_object().member("lower", lower_).member("upper", upper_);
    json.member("worst_model", names_[worst_]).key("models").begin_array();
    for (std::size_t j = 0; j < members_.size(); ++j) {
      const MemberReport& member = members_[j];
      json.begin_object().member("file", names_[j]).member("value", member.value);
      json.member("lower", member.lower).member("upper", member.upper);
      json.member("optimum_lower", member.optimum_lower).member("optimum_upper", member.optimum_upper).end_object();
    }
    json.end_array().end_object();
  }

  std::string limit() const override {
    return "the policies tried, which neither draw nor learn which model they are in";
  }

  std::string proof() const override {
    if (!std::isfinite(maximise_ ? lower_ : upper_)) return std::string(kNothingProven);
    std::string text = fmt::format("whichever of the {} models is true for the whole play, the policy {} the value",
                                   members_.size(), maximise_ ? "earns at least" : "costs at most");
    const double possible = maximise_ ? upper_ : lower_;
    if (!std::isfinite(possible)) return text;
    if (closed_)
      return fmt::format("{} (within {}), and no policy guarantees {}", text, scientific(gap_),
                         maximise_ ? "more" : "less");
    return fmt::format("{}; no policy, not even one that draws or remembers, guarantees {} than {:.9g}", text,
                       maximise_ ? "more" : "less", possible);
  }

  std::string table() const override {
    Table table({"model", maximise_ ? "the policy earns" : "the policy costs", "the best for it alone"},
                {false, true, true});
    std::vector<double> value, optimum;
    std::vector<Bounds> value_bounds, optimum_bounds;
    for (const MemberReport& member : members_) {
      value.push_back(member.value);
      value_bounds.push_back({member.lower, member.upper});
      optimum.push_back((member.optimum_lower + member.optimum_upper) / 2);
      optimum_bounds.push_back({member.optimum_lower, member.optimum_upper});
    }
    const auto values = aligned_numbers(value, value_bounds), optima = aligned_numbers(optimum, optimum_bounds);
    for (std::size_t j = 0; j < members_.size(); ++j) table.add({names_[j], values[j], optima[j]});
    return '\n' + table.text(2);
  }

 private:
  bool maximise_;
  std::vector<std::string> names_;
  std::vector<MemberReport> members_;
  std::size_t worst_;
  double lower_, upper_, gap_;
  bool closed_;
};

solvers::Solution solution_of(const StaticWorstCase& found) {
  solvers::Solution solution{.status = found.status, .algorithm = "worst-case-search", .note = found.note};
  solution.value = found.values.value;
  solution.lower = found.values.value - found.values.error;
  solution.upper = found.values.value + found.values.error;
  solution.gap = found.gap;
  solution.policy = found.policy;
  solution.iterations = found.policies;
  return solution;
}

/// The reward that --rewards names must be there; the message of the model alone would not name the file.
void require_rewards(const Arguments& arguments, const mdp::TabularMdp& model, const std::string& path) {
  const auto name = arguments.text("rewards");
  if (name && std::ranges::none_of(model.data().rewards, [&](const mdp::Column& c) { return c.name == *name; }))
    throw InvalidModel(fmt::format("{}: has no reward structure '{}', which --rewards asks for", path, *name));
}

}  // namespace

Uncertainty read_static_models(const Arguments& arguments, const solvers::Problem& problem,
                               const std::vector<std::int32_t>& ended, const Preparation& prepare) {
  for (const char* option : {"radius", "penalty", "samples", "confidence", "credible", "prior", "rectangular",
                             "support", "nature", "ground-cost", "state-weights"})
    if (arguments.has(option))
      throw InvalidOption(
          fmt::format("solve: --{} does not go with --robust static, whose models are those of the "
                      "files",
                      option));
  if (problem.criterion != solvers::Criterion::kDiscounted)
    throw InvalidOption(
        fmt::format("solve: --robust static is planned for with --discount G, not with the criterion {}; --robust "
                    "scenarios goes with --horizon H too",
                    to_string(problem.criterion)));
  const std::vector<std::string> paths = arguments.texts("scenario");
  if (paths.empty())
    throw InvalidOption(
        "solve: --robust static needs --scenario FILE, another model that may be the true one, once or more often");
  Uncertainty uncertainty;
  uncertainty.members = {problem.model};
  uncertainty.member_names = {arguments.positionals().front()};
  for (const std::string& path : paths) {
    const mdp::TabularMdp other = read_like(problem.model, path, flagged(problem.model, ended));
    require_rewards(arguments, other, path);
    uncertainty.members.push_back(prepare(other));
    uncertainty.member_names.push_back(path);
  }
  uncertainty.words = fmt::format("one of {} models for the whole play, the worst", uncertainty.members.size());
  return uncertainty;
}

Planner find_static_planner(const std::string& name, const Question& question) {
  constexpr std::string_view kName = "worst-case-search";
  if (name != "auto" && name != kName)
    throw InvalidOption(fmt::format("solve: --robust static is planned for by {}; leave --algorithm out", kName));
  return {.name = kName,
          .summary = "ordinary solves of the models, the plan for the worst of those seen so far",
          .options = [] { return std::vector<OptionRow>(); },
          .run =
              [&question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
                if (!settings.empty()) throw InvalidOption("solve: --robust static has no options to --set");
                const solvers::Problem& plain = question.problem;
                const StaticWorstCase found =
                    solvers::static_worst_case(question.uncertainty->members, plain.discount, plain.direction, run);
                return Planned{.solution = solution_of(found),
                               .addition = std::make_shared<StaticAddition>(question, found)};
              }};
}

}  // namespace bellwether::cli
