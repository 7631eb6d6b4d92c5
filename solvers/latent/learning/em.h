#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/solve.h"
#include "core/stream.h"
#include "solvers/latent/learning/histories.h"

namespace bellwether::solvers {

/// What is seen of an episode: states s_1 .. s_{T+1} and the choices made in all but the last.
struct LatentEpisode {
  std::vector<std::int32_t> states = {}, choices = {};
};

/// Episodes of so many steps whose choices are drawn uniformly. The context is drawn, and not told.
std::vector<LatentEpisode> uniform_episodes(const LatentTables& model, int steps, std::int64_t episodes,
                                            const Stream& stream);

struct EmOptions {
  std::int64_t iterations = 1000;
  double tolerance = 1e-9;
  std::int64_t starts = 10;
  std::string assignment = "soft";
};

template <class Field>
void describe(EmOptions& o, Field&& field) {
  field("iterations", o.iterations, at_least(1), "steps at most, from each start");
  field("tolerance", o.tolerance, at_least(0), "growth of the log-likelihood, relative to it, at which to stop");
  field("starts", o.starts, at_least(1), "random models to start from; the likeliest end is kept");
  field("assignment", o.assignment, one_of({"soft", "hard"}),
        "of episodes to contexts: by probability, or wholly to the most probable (whose likelihood may fall)");
}

struct EmRun {
  /// kConverged, kBudgetExhausted, or kNumericalTrouble: an episode is impossible in the model that was started from.
  Status status = Status::kNotRun;
  LatentTables model = {};
  std::vector<double> log_likelihood = {};  ///< of all episodes: at the start and after each step
};

/// Expectation maximisation for weights, starts and rows of a latent model from episodes without their contexts
/// (docs/papers/latent-mdps.md, "Learning"). A row that was never seen stays as it was. Cost of a step: M times the
/// number of steps seen.
EmRun em_from(const LatentTables& start, std::span<const LatentEpisode> episodes, const EmOptions& options = {});

/// The likeliest of runs from random models of the sizes and rewards of `sizes`. InvalidModel unless rewards are the
/// same in all contexts: else the names of contexts, which episodes do not tell, would matter.
EmRun em(const LatentTables& sizes, std::span<const LatentEpisode> episodes, const EmOptions& options,
         const Stream& stream);

/// The same model with a share of each law replaced by a random one.
LatentTables perturbed(const LatentTables& model, double share, Stream stream);

/// The mean L1 distance of rows over contexts, states and choices, contexts renamed as fits best. At most eight
/// contexts: all names are tried.
double row_error(const LatentTables& model, const LatentTables& truth);
/// The mean L1 distance of the rows of two contexts of a model, over all pairs of contexts, states and choices.
double separation(const LatentTables& model);

}  // namespace bellwether::solvers
