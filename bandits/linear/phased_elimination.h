#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Phased elimination with G-optimal exploration (Lattimore and Szepesvari 2020, chapter 22) for a fixed set.
struct PhasedEliminationOptions {
  std::string constant = "theory";
  double delta = 0;
};

template <class Field>
void describe(PhasedEliminationOptions& o, Field&& field) {
  field("constant", o.constant, any_value(),
        "factor on the widths, squared on the pulls: theory, practical or a number");
  field("delta", o.delta, between(0, 0.5), "probability that the best arm may be dropped; 0: 1 / T");
}

/// Phased elimination, for claims that look inside. It allocates between phases.
class PhasedElimination final : public Agent {
 public:
  PhasedElimination(const World& world, const PhasedEliminationOptions& options);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;

  const std::vector<int>& active() const { return active_; }
  int phase() const { return phase_; }
  /// Pulls that the current phase spends, and the least that its guarantee needs: 2 sigma^2 rank ln(...) / epsilon^2.
  std::int64_t phase_pulls() const { return phase_pulls_; }
  double needed_pulls() const { return needed_pulls_; }

 private:
  void begin_phase();
  void end_phase();

  double factor_, sigma_, delta_;
  Eigen::MatrixXd features_;
  bool known_ = false;
  std::vector<int> active_;
  std::vector<std::int64_t> plan_, pulled_;  // of the active arms, in this phase
  std::vector<double> sum_;
  Eigen::MatrixXd basis_;
  std::size_t at_ = 0;  // in active_
  int phase_ = 0;
  std::int64_t phase_pulls_ = 0;
  double epsilon_ = 1, needed_pulls_ = 0;
};

std::unique_ptr<Agent> make_phased_elimination(const World& world, const PhasedEliminationOptions& options,
                                               const Stream& stream);

}  // namespace bellwether::bandits
