#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

/// Tidy table, one row for each instance, learner, seed, checkpoint and metric: `instance,learner,constant,<axes>,seed,
/// checkpoint,metric,value`, in the order of the grid, numbers with 17 digits, an empty field where a number
/// does not exist (violations of optimism by a learner without optimism). The same results give the same bytes.
std::string runs_csv(const Grid& grid, const Results& results);
/// The same piece by piece, for tables that do not fit memory.
void write_runs_csv(const Grid& grid, const Results& results, const std::function<void(std::string_view)>& write);

/// The same without seeds: `..., checkpoint,metric,seeds,mean,standard_error,low,high,band_low,band_high,decile,median,
/// ninth_decile`.
std::string summary_csv(const Grid& grid, const Results& results);

/// The plan, all settings, the hash of every instance, results versions, program version and compiler, and `facts`
/// (what the caller knows: command, machine) as JSON.
std::string manifest_json(const Grid& grid, const Results& results, const std::vector<Setting>& facts = {});

/// Writes runs.csv, summary.csv and manifest.json, each in one step. Returns their paths.
std::vector<std::string> write_outputs(const Grid& grid, const Results& results, const std::string& folder,
                                       const std::vector<Setting>& facts = {});

}  // namespace bellwether::experiments
