#pragma once

#include <memory>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/generative/agent.h"

namespace bellwether::online {

/// A row of the table of learners with a generative model; see EpisodicLearner.
struct GenerativeLearner : LearnerInfo {
  std::vector<OptionRow> (*options)() = nullptr;
  std::unique_ptr<GenerativeAgent> (*make)(const GenerativeWorld& world, const std::vector<Setting>& settings,
                                           const Stream& stream) = nullptr;
};

/// The row of a learner whose options have a describe() and which Make(world, options, stream) builds.
template <class Options,
          std::unique_ptr<GenerativeAgent> (*Make)(const GenerativeWorld&, const Options&, const Stream&)>
GenerativeLearner generative_learner(LearnerInfo info) {
  info.protocol = Protocol::kGenerative;
  return {info, [] { return option_rows(Options{}); },
          [](const GenerativeWorld& world, const std::vector<Setting>& settings, const Stream& stream) {
            Options options;
            apply_settings("learner", options, settings);
            return Make(world, options, stream);
          }};
}

}  // namespace bellwether::online
