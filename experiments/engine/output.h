#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

/// Tidy table, one row for each instance, learner, seed, checkpoint and metric:
/// `instance,learner,constant,<axes>,<fixed settings that are not the family's defaults>,seed,checkpoint,metric,value`,
/// in the order of the grid, numbers with 17 digits, an empty field where a number does not exist (violations of
/// optimism by a learner without optimism). The same results give the same bytes.
std::string runs_csv(const Grid& grid, const Results& results);
/// The same piece by piece, for tables that do not fit memory.
void write_runs_csv(const Grid& grid, const Results& results, const std::function<void(std::string_view)>& write);

/// The same without seeds: `..., checkpoint,metric,seeds,mean,standard_error,low,high,band_low,band_high,decile,median,
/// ninth_decile`.
std::string summary_csv(const Grid& grid, const Results& results);

/// The plan, all settings, the hash of every instance, results versions, program version and compiler, and `facts`
/// (what the caller knows: command, machine) as JSON.
std::string manifest_json(const Grid& grid, const Results& results, const std::vector<Setting>& facts = {});

/// Whether tables of the grid leave out runs that an earlier manifest speaks of: an instance, or a learner with these
/// settings and this length. False for what is no manifest.
bool leaves_out(const Grid& grid, std::string_view manifest);

/// A fact of a manifest; nothing where it does not stand there.
std::optional<std::string> manifest_fact(std::string_view manifest, std::string_view name);

/// Writes runs.csv, summary.csv and manifest.json, each in one step. Returns their paths.
std::vector<std::string> write_outputs(const Grid& grid, const Results& results, const std::string& folder,
                                       const std::vector<Setting>& facts = {});

}  // namespace bellwether::experiments
