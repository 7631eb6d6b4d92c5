#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/asking.h"
#include "mdp/operators.h"
#include "mdp/robust/nature.h"
#include "mdp/robust/state_game.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers::robust {

/// What the agent plays: a choice a state, or weights of all choices where sets by state make it mix.
struct Decision {
  std::vector<std::int32_t> choice;
  std::vector<double> weight;

  bool mixes() const { return !weight.empty(); }
  mdp::Policy policy() const;
  static Decision of(const mdp::Policy& policy);
};

/// The robust Bellman operators of a discounted or finite-horizon problem: T lets agent and nature choose, T_pi nature
/// alone. Both are monotone and contract by the discount, and T(v + k) = Tv + discount * k for a constant k, so the
/// bounds of MacQueen hold for them word for word.
class Operator {
 public:
  explicit Operator(const RobustProblem& problem);
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  const RobustProblem& problem() const { return problem_; }
  const mdp::TabularMdp& model() const { return problem_.model.nominal(); }

  /// out = Tv
  mdp::Change sweep(std::span<const double> v, std::span<double> out);
  /// out = Tv and a decision that attains it.
  mdp::Change improve(std::span<const double> v, std::span<double> out, Decision& decision);
  /// out = T_pi v
  mdp::Change evaluate(const Decision& decision, std::span<const double> v, std::span<double> out);

  /// Nature's best distributions for v: for the choices that the decision plays, or for all of them. With sets by
  /// state a choice that is not played gets no budget.
  NatureRows respond(const Decision& decision, std::span<const double> v, bool all);

  /// Bounds on (Tv)(s) and on (T_pi v)(s) for a decision that is near the best, stored in `decision`.
  mdp::Bounds enclose(int s, std::span<const double> v, Decision& decision) const;
  /// Bounds on (T_pi v)(s).
  mdp::Bounds enclose_policy(int s, std::span<const double> v, const Decision& decision) const;
  void prepare(std::span<const double> v) { nature_.prepare(v); }

  /// The rows of the model read in one sweep.
  std::int64_t work() const { return model().num_transitions(); }
  /// What a sweep costs when nature answers every choice, in looks at an outcome of some 20 ns.
  std::int64_t effort() const { return effort_; }

  /// From here on the passes over the states ask `keep_going`, on whatever thread they run, every few hundredths of a
  /// second; a null one ends that. After a no a pass leaves the states that remain as they come, so that nothing it
  /// made means anything: broken_off().
  void ask(std::function<bool()> keep_going) { asking_.ask(std::move(keep_going), model().num_states(), effort_); }
  bool broken_off() const { return asking_.stopped(); }
  /// For passes of your own: whether state s is still worth its work.
  bool wanted(std::int64_t s) const { return asking_.wanted(s); }

  /// The reward that a state earns for ever because no choice and no nature leads out of it, if there is such a thing.
  std::optional<double> reward_for_ever(int s) const;

 private:
  const RobustProblem& problem_;
  mdp::Nature nature_;
  mdp::StateGame game_;
  bool by_state_;
  std::int64_t effort_;
  mutable Asking asking_;
};

}  // namespace bellwether::solvers::robust
