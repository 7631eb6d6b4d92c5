#pragma once

#include <memory>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/constrained/agent.h"

namespace bellwether::online {

/// A row of the table of learners of constrained tasks.
struct ConstrainedLearner : LearnerInfo {
  std::vector<OptionRow> (*options)() = nullptr;
  std::unique_ptr<ConstrainedAgent> (*make)(const ConstrainedWorld& world, const std::vector<Setting>& settings,
                                            const Stream& stream) = nullptr;
};

/// The row of a learner whose options have a describe() and which Make(world, options, stream) builds.
template <class Options,
          std::unique_ptr<ConstrainedAgent> (*Make)(const ConstrainedWorld&, const Options&, const Stream&)>
ConstrainedLearner constrained_learner(LearnerInfo info) {
  info.protocol = Protocol::kConstrained;
  return {info, [] { return option_rows(Options{}); },
          [](const ConstrainedWorld& world, const std::vector<Setting>& settings, const Stream& stream) {
            Options options;
            apply_settings("learner", options, settings);
            return Make(world, options, stream);
          }};
}

}  // namespace bellwether::online
