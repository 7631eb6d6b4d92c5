#include "solvers/exact/discounted/policy_system.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers::discounted {

Eigen::SparseMatrix<double, Eigen::RowMajor> policy_system(const PolicyMatrix& policy, double discount) {
  const int states = policy.num_states();
  if (policy.num_transitions() + states > std::numeric_limits<int>::max()) {
    throw InvalidOption(
        fmt::format("a linear system with {} entries exceeds the 32-bit indices of the sparse solvers; "
                    "choose modified-policy-iteration",
                    policy.num_transitions()));
  }
  Eigen::SparseMatrix<double, Eigen::RowMajor> system(states, states);
  system.reserve(static_cast<Eigen::Index>(policy.num_transitions() + states));
  std::vector<std::pair<std::int32_t, double>> row;
  for (int s = 0; s < states; ++s) {
    const auto successors = policy.successors(s);
    const auto probabilities = policy.probabilities(s);
    row.assign(1, {s, 1.0});
    for (std::size_t i = 0; i < successors.size(); ++i) row.emplace_back(successors[i], -discount * probabilities[i]);
    std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    system.startVec(s);
    for (std::size_t i = 0; i < row.size();) {
      double sum = 0;
      const std::int32_t column = row[i].first;
      for (; i < row.size() && row[i].first == column; ++i) sum += row[i].second;
      system.insertBack(s, column) = sum;
    }
  }
  system.finalize();
  return system;
}

}  // namespace bellwether::solvers::discounted
