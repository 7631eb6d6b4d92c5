#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

// What optimistic learners are compared with (docs/papers/exploration-baselines.md).

struct GreedyOptions {
  std::string unseen = "nothing";
  bool incremental = true;
};

template <class Field>
void describe(GreedyOptions& o, Field&& field) {
  field("unseen", o.unseen, one_of({"nothing", "most"}),
        "what a choice never taken is worth: nothing, or the most that can be earned");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

struct EpsilonGreedyOptions {
  double epsilon = 0.1;
  std::string unseen = "nothing";
  bool incremental = true;
};

template <class Field>
void describe(EpsilonGreedyOptions& o, Field&& field) {
  field("epsilon", o.epsilon, between(0, 1), "in every step play a uniform action with this probability");
  field("unseen", o.unseen, one_of({"nothing", "most"}),
        "what a choice never taken is worth: nothing, or the most that can be earned");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

struct BebOptions {
  std::string constant = "theory";
  bool monotone = false;
  bool incremental = true;
};

template <class Field>
void describe(BebOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("monotone", o.monotone, any_value(), "no value ever rises again; not in the published algorithm");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

/// The best policy of the empirical model, no bonus.
std::unique_ptr<EpisodicAgent> make_greedy(const EpisodicWorld& world, const GreedyOptions& options,
                                           const Stream& stream);
/// The same, but for a uniform action now and then.
std::unique_ptr<EpisodicAgent> make_epsilon_greedy(const EpisodicWorld& world, const EpsilonGreedyOptions& options,
                                                   const Stream& stream);
/// The Bayesian exploration bonus of Kolter and Ng 2009, 2 H^2 / (1 + n), without a prior; mean rewards are known.
std::unique_ptr<EpisodicAgent> make_beb(const EpisodicWorld& world, const BebOptions& options, const Stream& stream);

inline constexpr double kBebPractical = 0.01;

}  // namespace bellwether::online
