#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <gmpxx.h>

#include "core/number_reading.h"
#include "solvers/exact/rational/model_view.h"

namespace bellwether::solvers::rational {

/// The same model over the rationals: transition k of choice c has probability numerator[k] / denominator[c].
struct ExactRows {
  ModelView view;
  std::vector<mpz_class> numerator;
  std::vector<mpz_class> denominator;
  std::vector<mpq_class> reward;               ///< times the sign
  std::vector<double> approximate;             ///< the probabilities within one part in 2^52
  std::array<std::int64_t, 3> rows_read{};     ///< by Reading
  std::array<std::int64_t, 3> rewards_read{};  ///< by Reading
};

/// Reads every number of the model; rewards are multiplied by `sign`: -1 turns minimising into maximising, 0 leaves
/// them out.
ExactRows read_rows(const ModelView& view, int sign);

}  // namespace bellwether::solvers::rational
