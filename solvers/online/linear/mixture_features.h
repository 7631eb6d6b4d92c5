#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/ridge.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

/// phi_V(c) of a linear mixture, P(. | c) = <phi(. | c), theta>, scaled down by a common factor where that is needed
/// for |phi_V| <= 1 when 0 <= V <= 1 (theta is then longer by that factor). A world that is no known mixture is one of
/// unit vectors phi(s' | c), S C of them; of these phi_V(c) touches those of c alone, so that theta falls into a block
/// of length S for each choice and Sigma is a block matrix.
class MixtureFeatures {
 public:
  explicit MixtureFeatures(const EpisodicWorld& world);

  int dimension() const { return dimension_; }  ///< of a block
  std::int64_t blocks() const { return mixture_ != nullptr ? 1 : choices_; }
  std::int64_t block(std::int64_t choice) const { return mixture_ != nullptr ? 0 : choice; }
  /// Upper bound on the length of a block of theta, when `bound` is one for the theta of the world's mixture. A block
  /// of unit vectors is a distribution, no longer than 1.
  double parameter_bound(double bound) const { return (mixture_ != nullptr ? bound : 1) * divisor_; }

  /// phi_V(c) into `out`, of length dimension().
  void expected(std::int64_t choice, const double* v, std::span<double> out) const;

 private:
  const mdp::MixtureBasis* mixture_;
  std::int64_t states_, choices_;
  int dimension_;
  double divisor_;
};

/// Least squares for theta: a Ridge for each block, of the model or of one stage.
class MixtureRegression {
 public:
  MixtureRegression(const MixtureFeatures& features, double lambda);

  const Ridge& of(std::int64_t block) const { return blocks_[static_cast<std::size_t>(block)]; }
  void add(std::int64_t block, std::span<const double> x, double y, double weight = 1);
  /// Of all blocks together.
  double log_det_growth() const { return log_det_growth_; }

 private:
  std::vector<Ridge> blocks_;
  double log_det_growth_ = 0;
};

/// InvalidOption unless so many regressions for a mixture fit into a gigabyte.
void require_room(const MixtureFeatures& features, int regressions);

}  // namespace bellwether::online
