#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "solvers/exact/rational/prime_field.h"

namespace bellwether::solvers::rational {

/// The pattern of a square sparse matrix; entries of row i are at row_begin[i] .. row_begin[i + 1].
struct Pattern {
  std::span<const std::int64_t> row_begin;
  std::span<const int> column;
  int size() const { return static_cast<int>(row_begin.size()) - 1; }
};

/// In which order to eliminate: `sparse_count` unknowns one by one on sparse rows, the rest as one dense block, which
/// is where fill has made the matrix dense anyway.
struct EliminationPlan {
  std::vector<int> order;
  int sparse_count = 0;
  std::int64_t sparse_entries = 0;  ///< entries of L and U outside the dense block
  std::int64_t core_size() const { return static_cast<std::int64_t>(order.size()) - sparse_count; }
};

/// Approximate minimum degree on the symmetrised pattern; `last` >= 0 is eliminated at the end.
EliminationPlan plan_elimination(const Pattern& pattern, int last);

/// Everything in one dense block, where any pivot can be chosen.
EliminationPlan plan_dense(int size);

/// LU factors of a matrix modulo a prime. Sparse unknowns are eliminated on their diagonal entry (which is a nonzero
/// rational for an M-matrix such as I - gamma P), the dense block with column exchanges.
class ModularLu {
 public:
  /// `residue` holds the entries of `pattern` modulo the field's prime. Nothing when a pivot vanishes: the matrix is
  /// singular modulo this prime, or (with sparse unknowns) its diagonal order does not serve.
  static std::optional<ModularLu> factor(const Pattern& pattern, std::span<const std::uint64_t> residue,
                                         const EliminationPlan& plan, const PrimeField& field);

  /// Overwrites x = b by the solution of A x = b modulo the prime.
  void solve(std::span<std::uint64_t> x);

 private:
  struct SparseRows {
    std::vector<std::int64_t> begin{0};
    std::vector<int> column;
    std::vector<std::uint64_t> value;
    void close() { begin.push_back(static_cast<std::int64_t>(column.size())); }
  };
  struct Workspace;

  ModularLu(const EliminationPlan& plan, const PrimeField& field);
  void eliminate_sparse(Workspace& work, int limit);
  bool finish_sparse_row(Workspace& work, int row);
  bool finish_core_row(Workspace& work, int core_row);
  std::uint64_t sparse_dot(const SparseRows& rows, std::size_t row) const;

  PrimeField field_;
  std::vector<int> order_;
  std::size_t sparse_, core_;
  SparseRows lower_, upper_;            // scaled; lower_ has a row for every unknown, upper_ for the sparse ones
  std::vector<std::uint64_t> inverse_;  // scaled inverses of the pivots, by position
  std::vector<std::uint64_t> dense_;    // core_ x core_, scaled: L below, U above the diagonal
  std::vector<int> core_column_;        // the core column that stands at a place after exchanges
  std::vector<std::uint64_t> y_, z_;    // scratch of solve
};

}  // namespace bellwether::solvers::rational
