#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "bandits/relaxation/solver/sor.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// How a round's system is drawn: (A + c I) x = b with A the Laplacian of side x side points, c = low + span
/// Beta(first, second), b normal given that |b|^2 is at most its dimension.
struct RelaxationLaw {
  int side = 10;
  double low = -0.15, span = 0.6, first = 0.5, second = 1.5;
};

/// What a round of relaxation is: its diagonal shift and right-hand side.
struct RelaxationInstance {
  double shift = 0;
  std::vector<double> rhs = {};
};

/// The relaxation parameter as a bandit (Khodak, Chow, Balcan, Talwalkar 2024): arms are values of omega, the reward is
/// minus the iterations of SOR on the round's system. The feature of every arm, and so of the round, is its context: c,
/// mapped to [-1, 1].
class RelaxationBandit : public Bandit {
 public:
  /// What a round's regret is measured against, on the very same systems.
  enum class Comparator {
    kFixed,    ///< the arm with the fewest iterations in all rounds together: solves every system with every arm
    kInstance  ///< the best omega by Young's formula for the round's shift, not restricted to the arms
  };

  /// InvalidOption when there is no omega, one is not in (0, 2), or a shift may leave a matrix that is not positive
  /// definite.
  RelaxationBandit(const RelaxationLaw& law, std::vector<double> omegas, double tolerance, int most,
                   Comparator comparator);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const std::vector<double>& omegas() const { return omegas_; }
  const RelaxationLaw& law() const { return law_; }
  const SorSolver& solver() const { return solver_; }
  Comparator comparator() const { return comparator_; }
  /// The best omega for this shift.
  double instance_omega(double shift) const;
  double shift_of_context(double context) const { return law_.low + law_.span * (context + 1) / 2; }

  /// The system of a round; `stream` is that of the run.
  RelaxationInstance instance(std::int64_t round, const Stream& stream) const;
  /// Iterations of every arm on the system of every round, row by row. Tables of the last runs are kept: learners that
  /// meet the same systems share one.
  std::shared_ptr<const std::vector<int>> table(std::int64_t rounds, const Stream& stream) const;

 private:
  struct Kept {
    std::uint64_t key = 0;
    std::int64_t rounds = 0;
    std::shared_ptr<const std::vector<int>> table;
  };

  RelaxationLaw law_;
  std::vector<double> omegas_;
  SorSolver solver_;
  double tolerance_;
  Comparator comparator_;
  mutable std::mutex guard_;
  mutable std::vector<Kept> kept_;
};

}  // namespace bellwether::bandits
