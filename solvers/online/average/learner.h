#pragma once

#include <memory>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/average/agent.h"
#include "solvers/online/average/task.h"

namespace bellwether::online {

/// A row of the table of learners of the long run; see EpisodicLearner.
struct AverageLearner : LearnerInfo {
  std::vector<OptionRow> (*options)() = nullptr;
  std::unique_ptr<AverageAgent> (*make)(const AverageTask& task, const AverageWorld& world,
                                        const std::vector<Setting>& settings, const Stream& stream) = nullptr;
};

/// The row of a learner whose options have a describe() and which Make(world, options, stream) builds.
template <class Options, std::unique_ptr<AverageAgent> (*Make)(const AverageWorld&, const Options&, const Stream&)>
AverageLearner average_learner(const LearnerInfo& info) {
  return {
      info, [] { return option_rows(Options{}); },
      [](const AverageTask&, const AverageWorld& world, const std::vector<Setting>& settings, const Stream& stream) {
        Options options;
        apply_settings("learner", options, settings);
        return Make(world, options, stream);
      }};
}

}  // namespace bellwether::online
