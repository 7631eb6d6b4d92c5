#pragma once

#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "solvers/exact/total/enclosure.h"

namespace bellwether::solvers::total {

/// The linear system (I - P) x = b of one policy inside a range, factorised once and solved many times.
class ChainSystem {
 public:
  ChainSystem(const ReducedModel& m, const Range& range, std::span<const std::int64_t> rows);
  ~ChainSystem();
  ChainSystem(ChainSystem&&) noexcept;
  ChainSystem& operator=(ChainSystem&&) noexcept;

  bool ready() const;  ///< false: the factorisation broke down
  Eigen::VectorXd solve(const Eigen::VectorXd& b);

 private:
  struct Solver;
  std::unique_ptr<Solver> solver_;
};

}  // namespace bellwether::solvers::total
