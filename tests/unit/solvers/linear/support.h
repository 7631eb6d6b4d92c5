#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sampling.h"
#include "core/stream.h"
#include "mdp/instances/approximation.h"
#include "mdp/instances/garnet.h"
#include "solvers/linear/prediction_task.h"

namespace bellwether::solvers {

/// The task of a family with features, at its own discount (1 for total rewards).
inline PredictionTask task_of(std::string_view name, const std::vector<Setting>& settings = {}) {
  const mdp::FeaturedInstance made = mdp::find_featured(name).make(settings);
  return {made.instance.model,        made.approximation.target,       made.approximation.behaviour,
          *made.approximation.states, made.instance.question.discount, made.approximation.start};
}

inline mdp::FeatureMap normal_features(std::int64_t rows, int dimension, Stream stream) {
  std::vector<double> all(static_cast<std::size_t>(rows * dimension));
  for (double& x : all) x = sample_normal(stream);
  return {dimension, std::move(all)};
}

/// A random policy that plays every choice.
inline mdp::Policy drawn_policy(const mdp::TabularMdp& model, Stream stream) {
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      sum += probability[static_cast<std::size_t>(c)] = 0.1 + stream.uniform();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      probability[static_cast<std::size_t>(c)] /= sum;
  }
  return mdp::Policy::randomised(std::move(probability));
}

/// Random model, features and policies; on policy when `off_policy` is false.
inline PredictionTask drawn_task(std::int64_t seed, bool off_policy, double discount = 0.9, int dimension = 4) {
  const mdp::TabularMdp model = mdp::garnet({.states = 12, .actions = 3, .successors = 5, .seed = seed}).model;
  const Stream stream(static_cast<std::uint64_t>(seed));
  const mdp::Policy target = drawn_policy(model, stream.child("target"));
  const mdp::Policy behaviour = off_policy ? drawn_policy(model, stream.child("behaviour")) : target;
  return {model, target, behaviour, normal_features(12, dimension, stream.child("features")), discount};
}

}  // namespace bellwether::solvers
