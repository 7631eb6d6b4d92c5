#include "apps/cli/show_linear.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "apps/cli/terminal.h"
#include "core/stream.h"
#include "core/text.h"
#include "mdp/linear/linear_check.h"

namespace bellwether::cli {
namespace {

std::string line(std::string_view name, const std::string& value) { return two_columns(name, value, 28); }

std::string rank_text(int dimension, int rank) { return fmt::format("d = {}, rank {}", dimension, rank); }

/// Rounding is no error.
constexpr double kRounding = 1e-12;
std::string off(double error) { return error < kRounding ? "0 up to rounding" : fmt::format("{:.3g}", error); }

std::span<const mdp::TabularMdp> stages_of(const mdp::NamedInstance& instance) {
  return instance.stages.empty() ? std::span(&instance.model, 1) : std::span<const mdp::TabularMdp>(instance.stages);
}

mdp::ValueHorizon horizon_of(const mdp::NamedInstance& instance) {
  const mdp::Question& question = instance.question;
  if (!instance.stages.empty()) return {.horizon = static_cast<int>(instance.stages.size())};
  if (question.objective == mdp::Objective::kFinite) return {.horizon = question.horizon};
  return {.discount =
              question.objective == mdp::Objective::kDiscounted && question.discount > 0 ? question.discount : 0.9};
}

}  // namespace

bool linear_facts_are_cheap(const mdp::NamedInstance& instance) {
  constexpr double kMostWork = 1e8;
  const double choices = static_cast<double>(instance.model.num_choices()), states = instance.model.num_states();
  const double stages = static_cast<double>(stages_of(instance).size());
  double d = 0;
  if (instance.linear.features != nullptr) d = instance.linear.features->dimension();
  if (instance.linear.mixture != nullptr) d = std::max(d, static_cast<double>(instance.linear.mixture->dimension()));
  const double long_run = horizon_of(instance).horizon == 0 ? states * states * states : 0;
  return choices * (d + 1) * (d + states) * stages + long_run < kMostWork;
}

std::string linear_facts(const mdp::NamedInstance& instance) {
  std::string out;
  if (instance.linear.features != nullptr) {
    const auto check = mdp::check_linear_mdp(*instance.linear.features, stages_of(instance), horizon_of(instance),
                                             Stream(0).child("policies"));
    const double root = std::sqrt(check.dimension);
    const bool linear = std::max(check.reward_error, check.transition_error) < kRounding;
    out += fmt::format("\n{}\n", linear ? "linear MDP" : "features of choices (no linear MDP)");
    out += line("  features", rank_text(check.dimension, check.rank));
    out += line("  largest |phi|", fmt::format("{:.6g} (theorems: at most 1)", check.feature_norm));
    out += line("  |theta|, |mu|", fmt::format("{:.6g}, {:.6g} (theorems: at most sqrt d = {:.6g})", check.reward_norm,
                                               check.measure_norm, root));
    out += line("  error of r", off(check.reward_error));
    out += line("  error of P V, |V| <= 1", off(check.transition_error));
    out += line("  error of Q^pi", off(check.value_error) + " (of the largest, random policies)");
  }
  if (instance.linear.mixture != nullptr) {
    const auto check = mdp::check_mixture(instance.linear, stages_of(instance));
    const bool linear = check.transition_error < kRounding;
    out +=
        fmt::format("\n{}\n", linear ? "linear mixture" : "features of a mixture (no linear mixture with this theta)");
    out += line("  features", rank_text(check.dimension, check.rank));
    out += line("  |phi_V|, 0 <= V <= 1", fmt::format("at most {:.6g} (theorems: 1)", check.norm_bound));
    out += line("  |theta|", fmt::format("{:.6g}", check.theta_norm));
    out += line("  error of P V, |V| <= 1", off(check.transition_error));
  }
  return out;
}

}  // namespace bellwether::cli
