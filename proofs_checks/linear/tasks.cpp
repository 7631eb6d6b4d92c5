#include "proofs_checks/linear/tasks.h"

#include <utility>

#include "core/sampling.h"
#include "mdp/instances/approximation.h"
#include "mdp/instances/garnet.h"

namespace bellwether::claims {
namespace {

mdp::TabularMdp garnet(int states, int successors, Stream stream) {
  return mdp::garnet({.states = states,
                      .actions = 3,
                      .successors = successors,
                      .seed = static_cast<std::int64_t>(stream.below(std::uint64_t{1} << 40))})
      .model;
}

mdp::Policy drawn_policy(const mdp::TabularMdp& model, Stream stream) {
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    const auto first = static_cast<std::size_t>(model.first_choice(s)),
               size = static_cast<std::size_t>(model.num_choices(s));
    sample_dirichlet(stream, std::vector<double>(size, 1.0), std::span(probability).subspan(first, size));
  }
  return mdp::Policy::randomised(std::move(probability));
}

mdp::FeatureMap drawn_features(std::int64_t rows, int dimension, Stream stream) {
  std::vector<double> all(static_cast<std::size_t>(rows * dimension));
  for (double& x : all) x = sample_normal(stream);
  const double norm = mdp::FeatureMap(dimension, std::vector<double>(all)).largest_norm();
  for (double& x : all) x /= norm;
  return {dimension, std::move(all)};
}

}  // namespace

solvers::PredictionTask named_prediction(std::string_view family, const std::vector<Setting>& settings) {
  const auto [instance, approximation] = mdp::find_featured(family).make(settings);
  return {instance.model,        approximation.target,       approximation.behaviour,
          *approximation.states, instance.question.discount, approximation.start};
}

solvers::PredictionTask drawn_prediction(const Stream& stream, bool off_policy, double discount, int dimension) {
  const mdp::TabularMdp model = garnet(12, 5, stream.child("model"));
  const mdp::Policy target = drawn_policy(model, stream.child("target"));
  return {model, target, off_policy ? drawn_policy(model, stream.child("behaviour")) : target,
          drawn_features(model.num_states(), dimension, stream.child("features")), discount};
}

mdp::TabularMdp drawn_control(const Stream& stream) { return garnet(15, 4, stream.child("model")); }

double distance_from_fixed_point(const solvers::PredictionTask& task, const Eigen::VectorXd& weights) {
  return solvers::weighted_norm(task.chain(), task.chain().features * (weights - task.fixed_point()));
}

double kolter_singular_share(double discount, double epsilon) {
  // A = p f (f - g m) + (1 - p) h (h - g m) with features f, h and their mean m.
  const double f = 1, h = 1.05 + epsilon, backed = discount * (f + h) / 2;
  const double first = f * (f - backed), second = h * (h - backed);
  return second / (second - first);
}

}  // namespace bellwether::claims
