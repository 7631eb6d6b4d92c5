#include "solvers/online/sampling/posterior.h"

#include "core/sampling.h"

namespace bellwether::online {

DirichletPosterior::DirichletPosterior(std::int64_t rows, int states, double prior)
    : states_(static_cast<std::size_t>(states)),
      concentration_(static_cast<std::size_t>(rows) * states_, prior),
      row_(states_) {}

void DirichletPosterior::draw(Stream& stream, std::int64_t first, std::size_t many, double* out) {
  for (std::size_t i = 0; i < many; ++i) {
    sample_dirichlet(stream, concentrations(first + static_cast<std::int64_t>(i)), row_);
    for (std::size_t s = 0; s < states_; ++s) out[s * many + i] = row_[s];
  }
}

double BetaPosterior::draw(Stream& stream, std::int64_t row) const {
  const auto i = static_cast<std::size_t>(row);
  return sample_beta(stream, success_[i], failure_[i]);
}

}  // namespace bellwether::online
