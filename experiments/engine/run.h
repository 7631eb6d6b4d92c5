#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "experiments/engine/grid.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {

/// How far a run has come. Work is counted in episodes (of episodic cells) and steps (of those of the long run;
/// a sample of one choice is a step).
struct Progress {
  std::int64_t cells = 0, cells_done = 0;  ///< of the grid; what the store had counts as done
  std::int64_t cells_found = 0;            ///< what the store had
  std::int64_t cells_missing() const { return cells - cells_found; }
  std::int64_t episodes = 0, episodes_done = 0;  ///< of the missing cells
  std::int64_t steps = 0, steps_done = 0;        ///< of the missing cells; an episode is `horizon` of them
};

struct RunOptions {
  int threads = 0;     ///< 0: as many as the machine has
  bool fresh = false;  ///< compute every cell anew; the old store is kept beside the new one
  /// Called often and by one thread at a time (look at the clock before you draw); false stops the run soon. What was
  /// finished by then is in the store. The solution of an instance may go on unheard: see solvers/abandonable.h.
  std::function<bool(const Progress&)> progress = nullptr;
};

/// What has been measured: one series a cell of the grid, in its order; empty (`at.empty()`) where the run was stopped
/// before.
struct Results {
  std::vector<Series> series = {};
  std::int64_t found = 0, computed = 0;
  std::vector<std::string> notes = {};  ///< what a reader should know: a damaged tail that was put aside
  bool complete() const { return found + computed == static_cast<std::int64_t>(series.size()); }
};

/// Plays the cells that the store of this folder does not have, in parallel, and puts each in the store as soon as it
/// is finished: a run that was killed at any moment goes on where it was, with the same bits at the end whatever the
/// number of threads. An empty folder name keeps nothing. The folder is made when it is not there.
///
/// All cells of one seed meet the same noise: Stream(plan.stream).child("replicate").child(seed).
///
/// StoreError (a ParseError) when the store is damaged or foreign, InvalidOption when another process writes to it.
Results run(const Grid& grid, const std::string& folder, const RunOptions& options = {});

/// What the store of this folder has, without playing; nothing is written.
Results load(const Grid& grid, const std::string& folder);

}  // namespace bellwether::experiments
