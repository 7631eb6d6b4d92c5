#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/arguments.h"
#include "apps/cli/status_line.h"
#include "core/options.h"
#include "mdp/io/model_file.h"
#include "solvers/solution.h"

namespace bellwether::cli {

/// What `fit` was asked, as far as it is the same for values and for policies.
struct FitTask {
  std::string path;
  mdp::ModelFile file;  ///< with features of choices
  double discount = 0.9;
  std::uint64_t seed = 1;
  std::vector<std::string> methods = {};
  std::vector<Setting> settings = {};

  const mdp::FeatureMap& features() const { return *file.linear.features; }
};

/// The model of the file with its rewards to be maximised: costs change their sign.
mdp::TabularMdp maximisation(const FitTask& task);

/// The optimal values and policy of such a model, as close as rounding lets them be.
solvers::Solution exact_optimum(const FitTask& task, const mdp::TabularMdp& maximised);

/// "8 of 10 steps" while it goes; false when somebody asked to stop. An InterruptGuard must live.
bool go_on(StatusLine& line, std::int64_t done, std::int64_t of, std::string_view noun);

/// Of the settings those that a method with these options has.
std::vector<Setting> settings_for(const FitTask& task, const std::vector<OptionRow>& options);

/// "model.csv: 3 states, ...", and the line of features; `more` stands behind them.
std::string fit_heading(const FitTask& task, const std::string& more);

/// The values of the policy that --policy says, predicted from a play (fit_values.cpp) ...
int fit_values(const Arguments& arguments, const FitTask& task);
/// ... and policies found in a batch of samples (fit_policies.cpp).
int fit_policies(const Arguments& arguments, const FitTask& task);

/// The names of the methods of the latter, and all settings that some method has.
bool finds_policies(const std::string& method);
std::vector<OptionRow> options_of_policy_method(const std::string& method);

}  // namespace bellwether::cli
