#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/arguments.h"
#include "apps/cli/samples.h"
#include "apps/cli/utility.h"
#include "mdp/constrained/constrained_mdp.h"
#include "mdp/io/model_file.h"
#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/pomdp.h"
#include "solvers/problem.h"
#include "solvers/robust/problem.h"

namespace bellwether::cli {

/// How far the true model may be from the one in the file, and on whose side it is; or the models of which one is true
/// for the whole play.
struct Uncertainty {
  mdp::Ambiguity sets = {};
  solvers::NatureSide nature = solvers::NatureSide::kWorst;
  std::string words = {};                      ///< "rows within l1 0.2, nature at its worst"
  std::optional<SampledSets> samples = {};     ///< where the sets come from data
  std::vector<mdp::TabularMdp> members = {};   ///< that of the file first; then there are no sets
  std::vector<std::string> member_names = {};  ///< their files

  bool is_static() const { return !members.empty(); }
};

/// Which risk of the return is to be best, in place of its mean.
struct RiskQuestion {
  std::string measure;  ///< "tail-mean"
  double level = 1, beta = 0, weight = 0, target = 0;
  std::optional<Utility> utility = {};
  std::string words = {};  ///< "the mean of the worst 10 % of plays"
};

/// The model behind what is seen, when not all is.
struct HiddenQuestion {
  mdp::Pomdp model;
  int contexts = 0;  ///< of a latent model
  std::vector<std::string> observation_names = {};
  bool observations_are_states = false;
  bool rewards_seen = false;  ///< observations are pairs of a state and a reward
};

/// One of several columns that are to be made best together.
struct Objective {
  std::string name;
  double sign = 1;  ///< -1: to be small
};

/// What the user asked of a model file: the problem, and how it was meant.
struct Question {
  solvers::Problem problem;
  std::string summary;                     ///< "discounted by 0.99, maximise"
  std::vector<mdp::Budget> budgets = {};   ///< limits on costs, when there are any
  std::vector<Objective> objectives = {};  ///< two or more, or none
  std::vector<double> reference = {};      ///< a point below the front, as the user counts; or none
  std::optional<HiddenQuestion> hidden = {};
  std::optional<RiskQuestion> risk = {};
  std::optional<Uncertainty> uncertainty = {};  ///< of the rows, when there is any
  /// Of a question for the probability of reaching them in time: the states that count as reached where the play
  /// starts. The problem's rewards are paid on the way there, so its values are 1 short in these states.
  std::vector<std::int32_t> reached = {};

  /// The probability of starting there.
  double reached_at_start() const;
};

/// The model with this reward structure first. InvalidOption, with the nearest name, when it has none of that name.
mdp::TabularMdp with_rewards(std::string_view command, const mdp::TabularMdp& model, const std::string& name);

/// Turns the options of `solve` into a problem. InvalidOption, naming the option and what would be right, when they
/// contradict each other or the file.
Question ask(const Arguments& arguments, const mdp::ModelFile& file);

}  // namespace bellwether::cli
