#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "proofs_checks/claim.h"
#include "solvers/online/average/run.h"
#include "solvers/online/average/task.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::claims {

struct NamedTask {
  std::string name;
  online::EpisodicTask task;
};

/// RiverSwim (H = 20), DeepSea and Garnets with random starting states; the same model at every stage.
std::vector<NamedTask> homogeneous_tasks(const Effort& effort);

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
  Recorder(const online::EpisodicWorld& world, std::unique_ptr<online::EpisodicAgent> inner);
  void plan(std::int64_t episode) override;
  void learn(std::span<const online::Step> steps) override;

  /// All episodes, one after the other.
  const std::vector<online::Step>& steps() const { return steps_; }

 private:
  std::vector<std::int64_t> state_begin_;
  std::unique_ptr<online::EpisodicAgent> inner_;
  std::vector<online::Step> steps_;
};

}  // namespace bellwether::claims
