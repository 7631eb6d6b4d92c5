#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "solvers/exact/total/enclosure.h"

namespace bellwether::solvers::total {

/// The linear system (I - P) x = b of one policy inside a range, factorised once and solved many times. Large ones work
/// on a thread of their own when there is a `keep_going`, which is abandoned once that said no.
class ChainSystem {
 public:
  ChainSystem(const ReducedModel& m, const Range& range, std::span<const std::int64_t> rows,
              std::function<bool()> keep_going = nullptr);
  ~ChainSystem();
  ChainSystem(ChainSystem&&) noexcept;
  ChainSystem& operator=(ChainSystem&&) noexcept;

  bool ready() const;                               ///< false: the factorisation broke down or was abandoned
  Eigen::VectorXd solve(const Eigen::VectorXd& b);  ///< NaN when abandoned

 private:
  struct Solver;
  std::shared_ptr<Solver> solver_;  ///< nobody's but the thread's once it was abandoned: then null
  std::function<bool()> keep_going_;
};

}  // namespace bellwether::solvers::total
