#pragma once

#include <memory>
#include <span>
#include <vector>

#include "bandits/adversarial/drawing.h"
#include "bandits/agent.h"
#include "bandits/contextual/policies.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Exp4 (Auer, Cesa-Bianchi, Freund, Schapire 2002) whose experts are a class of policies: exponential weights of
/// their estimated losses. O(N K d) a round.
struct Exp4PoliciesOptions {
  int policies = 50;
  double eta = 0;
};

template <class Field>
void describe(Exp4PoliciesOptions& o, Field&& field) {
  field("policies", o.policies, at_least(1), "N, where contexts change: linear ones with directions drawn at random");
  field("eta", o.eta, at_least(0), "learning rate; 0: sqrt(2 ln N / (K T))");
}

/// Exp4 over policies, for claims that look inside.
class Exp4Policies final : public Agent {
 public:
  Exp4Policies(const World& world, const Exp4PoliciesOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const double> probabilities() const override { return chances_; }

  /// What each policy takes in the round of the last choice.
  std::span<const int> taken() const { return taken_; }

 private:
  PolicyClass policies_;
  LossScale scale_;
  double eta_;
  std::vector<int> taken_;
  std::vector<double> losses_, trust_, chances_;
  Stream stream_;
};

std::unique_ptr<Agent> make_exp4_policies(const World& world, const Exp4PoliciesOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
