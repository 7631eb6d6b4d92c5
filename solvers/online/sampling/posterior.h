#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether::online {

/// Independent Dirichlet posteriors of the rows of a transition model: a row's probabilities have density proportional
/// to the product of p(s')^(prior + count(s') - 1), over all states s'.
class DirichletPosterior {
 public:
  /// `rows` rows over `states` states, `prior` > 0 pseudo-counts on each.
  DirichletPosterior(std::int64_t rows, int states, double prior);

  void add(std::int64_t row, std::int32_t next) {
    ++concentration_[static_cast<std::size_t>(row) * states_ + static_cast<std::size_t>(next)];
  }
  std::span<const double> concentrations(std::int64_t row) const {
    return {concentration_.data() + static_cast<std::size_t>(row) * states_, states_};
  }

  /// One draw of the rows first, ..., first + many - 1, successor by successor: p(s' | first + i) is
  /// out[s' * many + i]. Planning then runs over the rows side by side. O(S) gamma draws a row.
  void draw(Stream& stream, std::int64_t first, std::size_t many, double* out);

 private:
  std::size_t states_;
  std::vector<double> concentration_;  ///< row by row
  std::vector<double> row_;            ///< the draw of one row
};

/// Beta posteriors of mean rewards in [0, 1] from a uniform prior. Exactly conjugate for rewards of 0 and 1; a reward
/// in between counts as that fraction of a success.
class BetaPosterior {
 public:
  explicit BetaPosterior(std::int64_t rows) : success_(static_cast<std::size_t>(rows), 1.0), failure_(success_) {}

  void add(std::int64_t row, double reward) {
    success_[static_cast<std::size_t>(row)] += reward;
    failure_[static_cast<std::size_t>(row)] += 1 - reward;
  }
  double draw(Stream& stream, std::int64_t row) const;

 private:
  std::vector<double> success_, failure_;
};

}  // namespace bellwether::online
