#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "proofs_checks/bounds/episodic.h"
#include "proofs_checks/claim.h"
#include "solvers/online/average/run.h"
#include "solvers/online/average/task.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::claims {

/// The probability with which theorems may fail, unless a claim says otherwise.
inline constexpr double kDelta = 0.05;

struct NamedTask {
  std::string name;
  online::EpisodicTask task;
  std::int64_t episodes;  ///< so many are worth playing
};

/// RiverSwim (H = 20), DeepSea and Garnets with random starting states; the same model at every stage.
std::vector<NamedTask> homogeneous_tasks(const Effort& effort);

/// Two states, two stages: the bonuses of theory shrink below H soonest here.
NamedTask tiny_task(std::int64_t episodes);

/// Two states; what a choice leads to matters more than what it pays, and the first is the wrong one.
online::EpisodicTask fork(int horizon);

/// One state, the first choice pays nothing and the second 1: a policy can lose everything.
online::EpisodicTask all_or_nothing(int horizon);

/// What bounds ask of a task.
bounds::EpisodicSize size_of(const online::EpisodicTask& task, std::int64_t episodes = 1);

/// Settings of a registered learner: this constant, and kDelta.
std::vector<Setting> with_constant(std::string_view constant);

/// A registered learner for a task that it is told to play for so many episodes; its draws come from
/// stream.child("learner").
std::unique_ptr<online::EpisodicAgent> agent_of(const online::EpisodicTask& task, std::string_view learner,
                                                const std::vector<Setting>& settings, std::int64_t episodes,
                                                const Stream& stream);

/// Makes `to` the policy that `from` is.
void copy_policy(const online::EpisodicTask& task, const online::EpisodicPolicy& from, online::EpisodicPolicy& to);

/// A registered learner on a task: its draws come from stream.child("learner"), the environment's from
/// stream.child("environment").
online::EpisodicRun play(const online::EpisodicTask& task, std::string_view learner,
                         const std::vector<Setting>& settings, std::int64_t episodes, const Stream& stream);

/// An agent of the caller's, the same streams.
online::EpisodicRun play(const online::EpisodicTask& task, online::EpisodicAgent& agent, std::int64_t episodes,
                         const Stream& stream);

/// "docs/papers/ucbvi.md" for the page "ucbvi".
std::string page_path(std::string_view page);

/// Plays the first choice of every state for ever.
class Stubborn final : public online::EpisodicAgent {
 public:
  using EpisodicAgent::EpisodicAgent;
  void plan(std::int64_t) override {}
  void learn(std::span<const online::Step>) override {}
};

/// Plays what another agent plays and keeps a record of what happened.
class Recorder final : public online::EpisodicAgent {
 public:
  /// `task` must outlive the recorder.
  Recorder(const online::EpisodicTask& task, const online::EpisodicWorld& world,
           std::unique_ptr<online::EpisodicAgent> inner);
  void plan(std::int64_t episode) override;
  void learn(std::span<const online::Step> steps) override;

  /// All episodes, one after the other.
  const std::vector<online::Step>& steps() const { return steps_; }

 private:
  const online::EpisodicTask* task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::vector<online::Step> steps_;
};

/// Plays what another agent plays and looks at what it believes: before every episode its optimistic value of every
/// state must be at least V*_0.
class Witness final : public online::EpisodicAgent {
 public:
  /// `task` must outlive the witness.
  Witness(const online::EpisodicTask& task, const online::EpisodicWorld& world,
          std::unique_ptr<online::EpisodicAgent> inner);
  void plan(std::int64_t episode) override;
  void learn(std::span<const online::Step> steps) override { inner_->learn(steps); }
  bool finished() const override { return inner_->finished(); }

  std::int64_t episodes() const { return episodes_; }
  /// Episodes in which the belief about some state was too low.
  std::int64_t violations() const { return violations_; }
  /// Episodes in which the belief about some state said more than the trivial H.
  std::int64_t informative() const { return informative_; }

 private:
  const online::EpisodicTask* task_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::int64_t episodes_ = 0, violations_ = 0, informative_ = 0;
};

}  // namespace bellwether::claims
