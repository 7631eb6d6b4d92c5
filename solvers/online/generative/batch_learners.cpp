#include "solvers/online/generative/batch_learners.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/abandonable.h"
#include "solvers/online/generative/empirical_model.h"

namespace bellwether::online {
namespace {

constexpr std::int64_t kFittedAtOnce = 1 << 12;  // choices times features: over before anybody could be asked

mdp::FeatureMap features_of(const GenerativeWorld& world, std::string_view learner) {
  const std::int64_t dimension = world.features != nullptr ? world.features->dimension() : world.num_choices();
  if (dimension > kMostFeatures)
    throw InvalidModel(fmt::format(
        "{} takes {} features at most, {}", learner, kMostFeatures,
        world.features != nullptr
            ? fmt::format("the model has {}", dimension)
            : fmt::format("{} choices without features make as many; empirical-qvi plans in tables of any size",
                          dimension)));
  return world.features != nullptr ? *world.features : mdp::one_hot(world.num_choices());
}

solvers::SampleBatch batch_of(const GenerativeWorld& world, const EmpiricalModel& model) {
  const auto choices = static_cast<std::size_t>(world.num_choices());
  solvers::SampleBatch batch{.reward = {world.mean_reward.begin(), world.mean_reward.end()},
                             .weight = std::vector<double>(choices, static_cast<double>(model.samples()))};
  for (std::size_t c = 0; c < choices; ++c) {
    for (auto i = static_cast<std::size_t>(world.choice_begin[c]);
         i < static_cast<std::size_t>(world.choice_begin[c + 1]); ++i)
      if (model.counts()[i] > 0) batch.entries.push_back({world.successor[i], static_cast<double>(model.counts()[i])});
    batch.begin.push_back(static_cast<std::int64_t>(batch.entries.size()));
  }
  return batch;
}

/// Fit(states' choices, features, batch, discount, options) has the weights.
template <class Options, auto Fit>
class BatchLearner final : public GenerativeAgent {
 public:
  BatchLearner(const GenerativeWorld& world, std::string_view name, const Options& options)
      : GenerativeAgent(world), features_(features_of(world, name)), model_(world), options_(options) {}

  void learn(SampleSource& source, std::int64_t rounds) override { model_.draw(source, rounds); }

  void plan() override {
    if (model_.samples() == 0) return;
    // Owns all it reads, since a fit that is abandoned goes on.
    const auto fit = [begin = std::vector(world().state_begin.begin(), world().state_begin.end()), features = features_,
                      batch = batch_of(world(), model_), discount = world().discount,
                      options = options_]() -> Eigen::VectorXd {
      return features.matrix() * Fit(begin, features, batch, discount, options).weights;
    };
    const bool small = features_.num_choices() * features_.dimension() <= kFittedAtOnce;
    const auto q = keep_going() && !small ? solvers::abandonable(fit, keep_going()) : std::optional(fit());
    if (q) estimates().assign(q->begin(), q->end());
  }

 private:
  mdp::FeatureMap features_;
  EmpiricalModel model_;
  Options options_;
};

}  // namespace

std::unique_ptr<GenerativeAgent> make_lspi(const GenerativeWorld& world, const solvers::LspiOptions& options,
                                           const Stream& /*stream*/) {
  return std::make_unique<BatchLearner<solvers::LspiOptions, solvers::lspi>>(world, "lspi", options);
}

std::unique_ptr<GenerativeAgent> make_fitted_q(const GenerativeWorld& world, const SampledFittedQOptions& options,
                                               const Stream& /*stream*/) {
  return std::make_unique<BatchLearner<SampledFittedQOptions, solvers::fitted_q>>(world, "fitted-q", options);
}

}  // namespace bellwether::online
