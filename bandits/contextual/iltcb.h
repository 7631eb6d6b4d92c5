#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/contextual/policies.h"
#include "core/options.h"

namespace bellwether::bandits {

/// What policies take in contexts that were seen: arms[i N + p] is that of policy p in context i.
struct PolicyTable {
  std::span<const int> arms;
  int policies = 0, actions = 0;
  std::size_t contexts() const { return arms.size() / static_cast<std::size_t>(policies); }
};

/// How far the weights are from the two conditions of ILOVETOCONBANDITS, at most 0 where they hold:
/// sum of w_p b_p - 2 K, and the largest mean of 1 / Q(p(x) | x) - 2 K - b_p over policies p, where
/// Q(a | x) = (1 - K mu) (weights of policies that take a in x) + mu.
struct LowVariance {
  double regret = 0, variance = 0;
};
LowVariance low_variance(const PolicyTable& table, std::span<const double> weights, std::span<const double> slack,
                         double mu);

/// Coordinate descent from these weights until both conditions hold (Agarwal, Hsu, Kale, Langford, Li, Schapire 2014,
/// Algorithm 2): at most 4 ln(1 / (K mu)) / mu steps of cost contexts times policies. The weights sum to at most one.
/// Returns the number of steps.
int spread_weights(const PolicyTable& table, std::span<const double> slack, double mu, std::span<double> weights);

/// psi = 1: with 100 a policy's regret counts for something only after some 10^6 rounds. No theorem stands behind it.
inline constexpr double kIltcbPractical = 0.01;

/// ILOVETOCONBANDITS with a class small enough to be listed, on the latest contexts.
struct IltcbOptions {
  std::string constant = "theory";
  int policies = 50, contexts = 1000;
  double delta = 0;
};

template <class Field>
void describe(IltcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on psi = 100: theory, practical or a number");
  field("policies", o.policies, at_least(1), "N, where contexts change: linear ones with directions drawn at random");
  field("contexts", o.contexts, between(1, 100'000), "how many of the latest contexts the conditions are held on");
  field("delta", o.delta, between(0, 0.5), "0: 1 / T");
}

/// ILOVETOCONBANDITS, for claims that look inside.
class Iltcb final : public Agent {
 public:
  Iltcb(const World& world, const IltcbOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const double> probabilities() const override { return chances_; }

  const std::vector<double>& weights() const { return weights_; }
  const std::vector<double>& slack() const { return slack_; }
  double mu() const { return mu_; }
  PolicyTable table() const;

 private:
  void plan();

  PolicyClass policies_;
  int arms_;
  double psi_, delta_, mu_;
  std::vector<int> taken_, seen_;  // a ring of contexts
  std::size_t room_, next_ = 0;
  std::vector<double> earned_, slack_, weights_, chances_;
  int leader_ = 0;
  std::int64_t rounds_ = 0, epoch_end_ = 1;
  Stream stream_;
};

std::unique_ptr<Agent> make_iltcb(const World& world, const IltcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
