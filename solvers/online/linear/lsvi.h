#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/linear/linear_agent.h"

namespace bellwether::online {

// Least-squares value iteration for linear MDPs (docs/papers/linear-regret.md): for h = H-1 .. 0, over what was seen of
// stage h,
//   Lambda_h = lambda I + sum phi phi^T,   w_h = Lambda_h^-1 sum phi (r + V_{h+1}(s')),
// and Q_h from w_h and from how well Lambda_h knows phi. What is learnt of a stage stays with it. Features are the
// world's; unit vectors when it has none.

/// LSVI-UCB (Jin, Yang, Wang, Jordan 2020): Q_h = w_h^T phi + beta |phi|_{Lambda_h^-1}.
struct LsviUcbOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double lambda = 1;
  double growth = 1;
  bool known_rewards = false;
};

template <class Field>
void describe(LsviUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("lambda", o.lambda, above(0), "of the regularisation; the theorem takes 1");
  field("growth", o.growth, at_least(1),
        "plan when a stage's determinant has grown by this factor; 1: every episode, as published");
  field("known_rewards", o.known_rewards, any_value(), "take mean rewards as known instead of learning them");
}

std::unique_ptr<LinearAgent> lsvi_ucb(const EpisodicWorld& world, const LsviUcbOptions& options);
std::unique_ptr<EpisodicAgent> make_lsvi_ucb(const EpisodicWorld& world, const LsviUcbOptions& options,
                                             const Stream& stream);
inline constexpr double kLsviUcbPractical = 0.01;

/// LSVI-PHE (Ishfaq et al. 2021): Q_h is the largest of several fits to targets with fresh Gaussian noise of deviation
/// sigma, the prior's pseudo-targets included. Noise drawn anew for every plan makes each fit a draw from
/// N(w_h, sigma^2 Lambda_h^-1), which is how it is computed.
struct LsviPheOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double lambda = 1;
  int samples = 10;
  bool known_rewards = false;
};

template <class Field>
void describe(LsviPheOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the noise: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "as in the radius of lsvi-ucb, which sets the noise");
  field("lambda", o.lambda, above(0), "of the regularisation");
  field("samples", o.samples, between(1, 10'000), "perturbed fits of which the largest counts");
  field("known_rewards", o.known_rewards, any_value(), "take mean rewards as known instead of learning them");
}

std::unique_ptr<EpisodicAgent> make_lsvi_phe(const EpisodicWorld& world, const LsviPheOptions& options,
                                             const Stream& stream);
inline constexpr double kLsviPhePractical = 3e-4;

/// No bonus; now and then a uniform action.
struct LsviEpsilonGreedyOptions {
  double epsilon = 0.1;
  double lambda = 1;
  bool known_rewards = false;
};

template <class Field>
void describe(LsviEpsilonGreedyOptions& o, Field&& field) {
  field("epsilon", o.epsilon, between(0, 1), "probability of a uniform action at each step");
  field("lambda", o.lambda, above(0), "of the regularisation");
  field("known_rewards", o.known_rewards, any_value(), "take mean rewards as known instead of learning them");
}

std::unique_ptr<EpisodicAgent> make_lsvi_epsilon_greedy(const EpisodicWorld& world,
                                                        const LsviEpsilonGreedyOptions& options, const Stream& stream);

}  // namespace bellwether::online
