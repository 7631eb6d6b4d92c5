#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/options.h"
#include "core/series.h"
#include "core/stream.h"
#include "mdp/instances/instance.h"
#include "solvers/online/constrained/task.h"
#include "solvers/online/discounted/task.h"
#include "solvers/online/generative/task.h"
#include "solvers/online/registry.h"

namespace bellwether::online {

/// An instance made ready for learners: its optimal values are computed once and serve all runs. Immutable, so that
/// replicates in different threads share one.
class Arena {
 public:
  /// Costs that are minimised are played as negative rewards. `horizon` 0: that of the instance's own question.
  /// InvalidOption when an episodic protocol finds no horizon.
  Arena(const mdp::NamedInstance& instance, Protocol protocol, int horizon = 0);
  /// For learners with a generative model. InvalidOption when there is no discount, not given nor the instance's own,
  /// or when stages differ. What is asked to be minimised is negated: learners maximise.
  static Arena for_samples(const mdp::NamedInstance& instance, std::optional<double> discount = {});
  /// For learners of the discounted model in episodes that end by chance. InvalidOption as above.
  static Arena with_discount(const mdp::NamedInstance& instance, std::optional<double> discount = {});

  /// For learners with constraints. InvalidOption when there is no horizon, or no policy keeps to the limits.
  static Arena with_constraints(const mdp::NamedInstance& instance, const ConstraintRequest& request, int horizon = 0);

  Protocol protocol() const { return protocol_; }
  /// Null unless the protocol is episodic or stopping.
  const EpisodicTask* episodic() const { return episodic_.get(); }
  /// Null unless the protocol is average.
  const AverageTask* average() const { return average_.get(); }
  /// Null unless the protocol is constrained.
  const ConstrainedTask* constrained() const { return constrained_.get(); }
  /// Null unless the protocol is discounted.
  const DiscountedTask* discounted() const { return discounted_.get(); }
  /// Null unless the protocol is generative.
  const GenerativeTask* generative() const { return generative_.get(); }

 private:
  explicit Arena(std::shared_ptr<const GenerativeTask> task)
      : protocol_(Protocol::kGenerative), generative_(std::move(task)) {}
  explicit Arena(std::shared_ptr<const DiscountedTask> task)
      : protocol_(Protocol::kDiscounted), discounted_(std::move(task)) {}
  explicit Arena(std::shared_ptr<const ConstrainedTask> task)
      : protocol_(Protocol::kConstrained), constrained_(std::move(task)) {}

  Protocol protocol_;
  std::shared_ptr<const EpisodicTask> episodic_;
  std::shared_ptr<const AverageTask> average_;
  std::shared_ptr<const ConstrainedTask> constrained_;
  std::shared_ptr<const DiscountedTask> discounted_;
  std::shared_ptr<const GenerativeTask> generative_;
};

/// What each budget amounts to on this instance (budget_amount); InvalidOption when there is no horizon.
std::vector<double> budget_amounts(const mdp::NamedInstance& instance, const ConstraintRequest& request, int horizon);

/// The discount that an instance brings: that of its question, else the one that its model recommends.
std::optional<double> own_discount(const mdp::NamedInstance& instance);

/// The metrics that runs of a protocol measure, in the order of their columns.
/// `violations` is NaN for learners that believe in no optimistic value; so are certificates where there are none.
///   episodic: value-regret, gap-regret, reward-regret, mistakes, violations, policy-changes, certified-loss (sum of
///             what the learner said that each episode would lose), broken-certificates (episodes that lost more)
///   average: reward-regret, gap-regret, epochs, violations
///   stopping: one row, at the number of episodes when it stopped: value-regret, finished (0 or 1), answer-loss,
///             certified-loss (what the learner says that its answer loses)
///   constrained: value-regret (signed, against the optimum under the limits), positive-regret, violation (of the worst
///             constraint, signed: room pays), hard-violation (it does not), violating-episodes, broken-bounds
///             (episodes that cost more than the learner promised), violations, baseline-share, mixture-share,
///             own-share (of the episodes so far), policy-changes, programs (linear programs solved)
///   discounted: value-regret (sum of (1 - discount) (V* - V^pi) at the initial law, exact), bonuses (sum of what the
///             learner adds to its backups, expected over what its policies visit), broken-bonuses (episodes in which
///             some bonus was below the error that it stands for), steps
///   generative: value-error (largest |Q - Q*|), policy-loss (largest V* - V^pi), both exact and in the model's units
const std::vector<std::string>& metrics_of(Protocol protocol);

/// One replicate: a learner of this name with these settings plays the arena. Environment and learner draw from
/// different children of `stream`, so that all learners meet the same noise. The result depends on nothing else.
Series play(const Arena& arena, std::string_view learner, const std::vector<Setting>& settings, const Stream& stream,
            const TrialOptions& options);

}  // namespace bellwether::online
