#include "solvers/linear/feature_chain.h"

#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/options.h"
#include "mdp/graph/induced_chain.h"

namespace bellwether::solvers {
namespace {

/// Rows of the policy, without the steps that end an episode.
Eigen::MatrixXd rows_of(const mdp::TabularMdp& model, const mdp::Policy& policy, const std::vector<char>& ends) {
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(model.num_states(), model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    if (ends[static_cast<std::size_t>(s)] != 0) continue;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double share = policy.probability(model, s, c);
      const auto successors = model.successors(c);
      for (std::size_t k = 0; k < successors.size(); ++k)
        if (ends[static_cast<std::size_t>(successors[k])] == 0)
          rows(s, successors[k]) += share * model.probabilities(c)[k];
    }
  }
  return rows;
}

/// InvalidModel unless the chain of these rows has one recurrent class.
void require_one_class(const Eigen::MatrixXd& rows) {
  mdp::MarkovChain chain;
  chain.row_begin.push_back(0);
  for (Eigen::Index s = 0; s < rows.rows(); ++s) {
    for (Eigen::Index t = 0; t < rows.cols(); ++t) {
      if (rows(s, t) == 0) continue;
      chain.successor.push_back(static_cast<std::int32_t>(t));
      chain.probability.push_back(rows(s, t));
    }
    chain.row_begin.push_back(static_cast<std::int64_t>(chain.successor.size()));
  }
  const int classes = mdp::recurrent_classes(chain).count();
  if (classes != 1)
    throw InvalidModel(
        fmt::format("the behaviour policy has {} recurrent classes: shares of time depend on the start", classes));
}

/// Long-run shares of time: x = x P and sum x = 1 together are (I - P^T + 1 1^T) x = 1.
Eigen::VectorXd long_run_law(Eigen::MatrixXd rows, const std::vector<double>& restart, const std::vector<char>& ends) {
  const Eigen::Map<const Eigen::RowVectorXd> start(restart.data(), rows.cols());
  for (Eigen::Index s = 0; s < rows.rows(); ++s) {
    // An end state stands for the beginning of the next episode; nobody comes there.
    const double over = ends[static_cast<std::size_t>(s)] != 0 ? 1 : 1 - rows.row(s).sum();
    if (over > 1e-12) rows.row(s) += over * start;
  }
  require_one_class(rows);
  const Eigen::MatrixXd system = Eigen::MatrixXd::Identity(rows.rows(), rows.cols()) - rows.transpose() +
                                 Eigen::MatrixXd::Ones(rows.rows(), rows.cols());
  Eigen::VectorXd law = system.partialPivLu().solve(Eigen::VectorXd::Ones(rows.rows())).cwiseMax(0);
  return law / law.sum();
}

void require_covered(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour) {
  target.require_fits(model);
  behaviour.require_fits(model);
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      if (target.probability(model, s, c) > 0 && behaviour.probability(model, s, c) == 0)
        throw InvalidModel(fmt::format("behaviour never plays choice {} of state {}, which the target plays",
                                       c - model.first_choice(s), model.state_name(s)));
}

}  // namespace

std::vector<char> end_states(const mdp::TabularMdp& model) {
  std::vector<char> ends(static_cast<std::size_t>(model.num_states()), 1);
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      bool stays = model.reward(c) == 0;
      for (const std::int32_t next : model.successors(c)) stays = stays && next == s;
      if (!stays) ends[static_cast<std::size_t>(s)] = 0;
    }
  return ends;
}

std::vector<double> restart_law(const mdp::TabularMdp& model, const std::vector<char>& ends) {
  std::vector<double> law = model.initial();
  double sum = 0;
  for (std::size_t s = 0; s < law.size(); ++s) sum += law[s] = ends[s] != 0 ? 0 : law[s];
  if (!(sum > 0)) throw InvalidModel("every episode is over before it begins: all states of the start are final");
  for (double& x : law) x /= sum;
  return law;
}

mdp::FeatureMap state_features(const mdp::TabularMdp& model, const mdp::Policy& policy,
                               const mdp::FeatureMap& choices) {
  policy.require_fits(model);
  if (choices.num_choices() != model.num_choices())
    throw InvalidModel(fmt::format("{} rows of features for {} choices", choices.num_choices(), model.num_choices()));
  const auto d = static_cast<std::size_t>(choices.dimension());
  std::vector<double> rows(static_cast<std::size_t>(model.num_states()) * d, 0.0);
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double share = policy.probability(model, s, c);
      if (share == 0) continue;
      for (std::size_t i = 0; i < d; ++i) rows[static_cast<std::size_t>(s) * d + i] += share * choices.row(c)[i];
    }
  return {choices.dimension(), std::move(rows)};
}

FeatureChain feature_chain(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour,
                           const mdp::FeatureMap& features, double discount) {
  if (!between(0, 1).admits(discount))
    throw InvalidOption(fmt::format("discount is {}, must be {}", discount, between(0, 1).text()));
  if (model.num_states() > kMostStates)
    throw InvalidModel(fmt::format("the model has {} states, at most {} have exact answers to compare with",
                                   model.num_states(), kMostStates));
  if (features.num_choices() != model.num_states())
    throw InvalidModel(fmt::format("{} rows of features for {} states", features.num_choices(), model.num_states()));
  require_covered(model, target, behaviour);
  const std::vector<char> ends = end_states(model);
  FeatureChain chain{.features = features.matrix(),
                     .transition = rows_of(model, target, ends),
                     .reward = Eigen::VectorXd::Zero(model.num_states()),
                     .weight = long_run_law(rows_of(model, behaviour, ends), restart_law(model, ends), ends),
                     .discount = discount};
  for (int s = 0; s < model.num_states(); ++s) {
    if (ends[static_cast<std::size_t>(s)] != 0) chain.weight[s] = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      chain.reward[s] += target.probability(model, s, c) * model.reward(c);
  }
  return chain;
}

}  // namespace bellwether::solvers
