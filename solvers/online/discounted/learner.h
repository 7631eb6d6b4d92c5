#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "solvers/online/discounted/agent.h"
#include "solvers/online/discounted/task.h"

namespace bellwether::online {

/// A row of the table of learners of discounted models in episodes that end by chance; see EpisodicLearner. The agent
/// looks into the task, which must outlive it.
struct DiscountedLearner : LearnerInfo {
  std::vector<OptionRow> (*options)() = nullptr;
  std::unique_ptr<DiscountedAgent> (*make)(const DiscountedTask& task, std::int64_t epochs,
                                           const std::vector<Setting>& settings) = nullptr;
};

/// The row of a learner whose options have a describe() and which Make(task, epochs, options) builds.
template <class Options, auto Make>
DiscountedLearner discounted_learner(LearnerInfo info) {
  info.protocol = Protocol::kDiscounted;
  return {info, [] { return option_rows(Options{}); },
          [](const DiscountedTask& task, std::int64_t epochs,
             const std::vector<Setting>& settings) -> std::unique_ptr<DiscountedAgent> {
            Options options;
            apply_settings("learner", options, settings);
            return Make(task, epochs, options);
          }};
}

}  // namespace bellwether::online
