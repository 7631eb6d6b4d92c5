#pragma once

#include <vector>

#include "solvers/constrained/vector_planner.h"

namespace bellwether::solvers::constrained {

/// The weighted mean occupancy of the policies since the power of two before the last one: at iteration k of those of
/// the last k / 2 to k iterations. Early policies weigh as much as late ones in the mean of all, and hold it back.
/// A policy that comes back is kept once, and beyond `kParts` of them they are mixed into one.
class RecentMean {
 public:
  explicit RecentMean(const VectorPlanner& planner) : planner_(planner) {}

  /// What the policy collects when it is kept already; else null.
  const std::vector<Bounded>* find(const AnyPolicy& policy) const;
  void add(const AnyPolicy& policy, const std::vector<Bounded>& collected, double weight);
  /// At powers of two: from here on the block before the present one is forgotten.
  void begin_block();

  bool empty() const { return now_.weight + before_.weight == 0; }
  /// What the mean collects in each column, as numbers without a proof.
  std::vector<Bounded> collected() const;
  /// The policy with the mean occupancy; empty when the planner has given up.
  AnyPolicy policy() const;

 private:
  struct Part {
    AnyPolicy policy;
    std::vector<Bounded> collected;
    double weight = 0;
  };
  struct Block {
    std::vector<Part> parts;
    double weight = 0;
    std::vector<double> sum;  ///< of what was collected, weighted
  };
  static const Part* find_in(const Block& block, const AnyPolicy& policy);
  AnyPolicy mixed(const std::vector<const Block*>& blocks) const;

  static constexpr std::size_t kParts = 64;
  const VectorPlanner& planner_;
  Block before_, now_;
};

}  // namespace bellwether::solvers::constrained
