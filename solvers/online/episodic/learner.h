#pragma once

#include <memory>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// A row of the table of episodic learners. `make` is given the task for the sake of those baselines that know it;
/// learners look at the world only.
struct EpisodicLearner : LearnerInfo {
  std::vector<OptionRow> (*options)() = nullptr;
  std::unique_ptr<EpisodicAgent> (*make)(const EpisodicTask& task, const EpisodicWorld& world,
                                         const std::vector<Setting>& settings, const Stream& stream) = nullptr;
};

/// The row of a learner whose options have a describe() and which Make(world, options, stream) builds.
template <class Options, std::unique_ptr<EpisodicAgent> (*Make)(const EpisodicWorld&, const Options&, const Stream&)>
EpisodicLearner episodic_learner(const LearnerInfo& info) {
  return {
      info, [] { return option_rows(Options{}); },
      [](const EpisodicTask&, const EpisodicWorld& world, const std::vector<Setting>& settings, const Stream& stream) {
        Options options;
        apply_settings("learner", options, settings);
        return Make(world, options, stream);
      }};
}

}  // namespace bellwether::online
