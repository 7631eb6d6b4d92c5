#pragma once

#include <Eigen/SparseCore>

#include "solvers/exact/discounted/policy_matrix.h"

namespace bellwether::solvers::discounted {

/// I - discount * P as a compressed sparse matrix: entries of a row with the same successor added, indices ascending.
/// Row-major for products, column-major for factorisations.
Eigen::SparseMatrix<double, Eigen::RowMajor> policy_system(const PolicyMatrix& policy, double discount);

}  // namespace bellwether::solvers::discounted
