#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/engine/run.h"
#include "experiments/figures/curves.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::experiments {

/// A learner that is in no table: yours.
struct OwnLearner {
  std::string name = {};  ///< in legends and tables; not that of a learner of the program
  /// One learner for each instance and seed. It may draw from the stream, and from nothing else. Called by several
  /// threads at a time.
  std::function<std::unique_ptr<online::EpisodicAgent>(const online::EpisodicWorld& world, const Stream& stream)> make =
      nullptr;
};

/// An experiment that was played: what tables, figures and reports are made of.
struct Study {
  Grid grid;
  Results results;

  /// The learning curves on one instance of the plan, with bands, slopes and the theorems' bounds.
  Figure regret_figure(std::size_t instance = 0) const;
};

/// Plays the learners of the plan, which may be none, and your own on all its instances and seeds. They meet the same
/// noise, and their regret is computed exactly. Nothing is stored. InvalidOption as expand(), and when an own learner
/// has no name, a name that is taken, or nothing that makes it.
Study study(const Plan& plan, const std::vector<OwnLearner>& own, int threads = 0);

}  // namespace bellwether::experiments
