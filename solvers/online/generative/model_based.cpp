#include "solvers/online/generative/model_based.h"

#include <cmath>
#include <utility>
#include <vector>

#include "core/learner.h"
#include "solvers/online/generative/empirical_model.h"

namespace bellwether::online {
namespace {

class Planner final : public GenerativeAgent {
 public:
  Planner(const GenerativeWorld& world, std::vector<double> rewards)
      : GenerativeAgent(world), model_(world), rewards_(std::move(rewards)) {}

  void learn(SampleSource& source, std::int64_t rounds) override { model_.draw(source, rounds); }
  void plan() override {
    if (model_.samples() > 0) model_.plan(rewards_, estimates(), keep_going());
  }

 private:
  EmpiricalModel model_;
  std::vector<double> rewards_;
};

std::vector<double> rewards_of(const GenerativeWorld& world) {
  return {world.mean_reward.begin(), world.mean_reward.end()};
}

}  // namespace

std::unique_ptr<GenerativeAgent> make_empirical_qvi(const GenerativeWorld& world, const std::vector<Setting>& settings,
                                                    const Stream& /*stream*/) {
  require_none("empirical-qvi", settings);
  return std::make_unique<Planner>(world, rewards_of(world));
}

double perturbation_size(const GenerativeWorld& world, double epsilon, double factor) {
  return factor * (1 - world.discount) * epsilon / std::pow(static_cast<double>(world.num_choices()), 5);
}

std::unique_ptr<GenerativeAgent> make_perturbed_planner(const GenerativeWorld& world,
                                                        const PerturbedPlannerOptions& options, const Stream& stream) {
  const double size =
      perturbation_size(world, options.epsilon, Constant("perturbed-planner", options.constant, 1).factor());
  std::vector<double> rewards = rewards_of(world);
  Stream draws = stream.child("rewards");
  for (double& r : rewards) r += size * draws.uniform();
  return std::make_unique<Planner>(world, std::move(rewards));
}

}  // namespace bellwether::online
