#include "bandits/stochastic/baselines.h"

#include <algorithm>

#include "bandits/stochastic/fixed_index.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class Uniform final : public Agent {
 public:
  Uniform(int arms, const Stream& stream)
      : probabilities_(static_cast<std::size_t>(arms), 1.0 / arms), draws_(stream) {}

  int choose(const Round&) override { return static_cast<int>(draws_.below(probabilities_.size())); }
  void learn(const Feedback&) override {}
  std::span<const double> probabilities() const override { return probabilities_; }

 private:
  std::vector<double> probabilities_;
  Stream draws_;
};

class Optimal final : public Agent {
 public:
  explicit Optimal(int arm) : arm_(arm) {}

  int choose(const Round&) override { return arm_; }
  void learn(const Feedback&) override {}

 private:
  int arm_;
};

class Greedy final : public Agent {
 public:
  explicit Greedy(int arms) : means_(arms, {}) {}

  int choose(const Round& round) override { return means_.choose(round); }
  void learn(const Feedback& feedback) override { means_.learn(feedback); }

 private:
  struct Mean {
    double operator()(double mean, double) const { return mean; }
  };
  FixedIndex<Mean> means_;  // behind a wall: a mean is no upper bound
};

}  // namespace

std::unique_ptr<Agent> make_uniform(const Bandit&, const World& world, const std::vector<Setting>& settings,
                                    const Stream& stream) {
  require_none("uniform", settings);
  return std::make_unique<Uniform>(world.arms, stream.child("draw"));
}

std::unique_ptr<Agent> make_greedy(const Bandit&, const World& world, const std::vector<Setting>& settings,
                                   const Stream&) {
  require_none("greedy", settings);
  return std::make_unique<Greedy>(world.arms);
}

std::unique_ptr<Agent> make_optimal(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                    const Stream&) {
  require_none("optimal", settings);
  const std::span<const double> means = bandit.means();
  if (means.empty()) throw InvalidOption("optimal plays the best arm, and no arm of this bandit is best for good");
  return std::make_unique<Optimal>(static_cast<int>(std::ranges::max_element(means) - means.begin()));
}

}  // namespace bellwether::bandits
