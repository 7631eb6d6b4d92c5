#include "bandits/identification/max_determinant.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Dense>

namespace bellwether::bandits {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The vectors as rows, in an orthonormal basis of their span.
MatrixXd reduced(std::span<const double> vectors, int dimension) {
  const auto rows = static_cast<Index>(vectors.size()) / dimension;
  const MatrixXd all = Eigen::Map<const RowMajor>(vectors.data(), rows, dimension);
  Eigen::JacobiSVD<MatrixXd> svd(all, Eigen::ComputeThinV);
  svd.setThreshold(1e-10);
  return all * svd.matrixV().leftCols(svd.rank());
}

MatrixXd rows_of(const MatrixXd& all, const std::vector<int>& chosen) {
  MatrixXd part(static_cast<Index>(chosen.size()), all.cols());
  for (std::size_t j = 0; j < chosen.size(); ++j) part.row(static_cast<Index>(j)) = all.row(chosen[j]);
  return part;
}

double volume(const MatrixXd& all, const std::vector<int>& chosen) {
  return std::abs(rows_of(all, chosen).determinant());
}

double number_of_sets(Index rows, Index size) {
  double number = 1;
  for (Index i = 0; i < size; ++i) number *= static_cast<double>(rows - i) / static_cast<double>(i + 1);
  return number;
}

/// Goes to the next subset in lexicographic order; false after the last.
bool next_set(std::vector<int>& chosen, int rows) {
  const int size = static_cast<int>(chosen.size());
  for (int j = size - 1; j >= 0; --j) {
    int& place = chosen[static_cast<std::size_t>(j)];
    if (place == rows - size + j) continue;
    ++place;
    for (int k = j + 1; k < size; ++k)
      chosen[static_cast<std::size_t>(k)] = chosen[static_cast<std::size_t>(k - 1)] + 1;
    return true;
  }
  return false;
}

std::vector<int> by_enumeration(const MatrixXd& all) {
  std::vector<int> chosen(static_cast<std::size_t>(all.cols()));
  std::iota(chosen.begin(), chosen.end(), 0);
  std::vector<int> best = chosen;
  double largest = -1;
  do {
    if (const double v = volume(all, chosen); v > largest) {
      largest = v;
      best = chosen;
    }
  } while (next_set(chosen, static_cast<int>(all.rows())));
  return best;
}

/// One vector after the other, the one farthest from the span of those before it.
std::vector<int> by_greed(MatrixXd rest) {
  std::vector<int> chosen;
  for (Index j = 0; j < rest.cols(); ++j) {
    Index farthest = 0;
    rest.rowwise().squaredNorm().maxCoeff(&farthest);
    chosen.push_back(static_cast<int>(farthest));
    const Eigen::RowVectorXd direction = rest.row(farthest).normalized();
    const Eigen::VectorXd along = rest * direction.transpose();
    rest -= along * direction;
  }
  return chosen;
}

/// Replacing chosen[j] by vector i multiplies the volume by |weight of i on j|: exchanges while one is above 1.
void exchange(const MatrixXd& all, std::vector<int>& chosen) {
  for (;;) {
    const MatrixXd weights = rows_of(all, chosen).transpose().partialPivLu().solve(all.transpose()).transpose();
    Index i = 0, j = 0;
    if (weights.cwiseAbs().maxCoeff(&i, &j) <= 1 + 1e-9) return;
    chosen[static_cast<std::size_t>(j)] = static_cast<int>(i);
  }
}

}  // namespace

SpanningSet max_determinant(std::span<const double> vectors, int dimension, double most_sets) {
  const MatrixXd all = reduced(vectors, dimension);
  SpanningSet result;
  result.dimension = static_cast<int>(all.cols());
  result.exact = number_of_sets(all.rows(), all.cols()) <= most_sets;
  result.chosen = result.exact ? by_enumeration(all) : by_greed(all);
  if (!result.exact) exchange(all, result.chosen);
  std::ranges::sort(result.chosen);
  const MatrixXd basis = rows_of(all, result.chosen);
  const RowMajor weights = basis.transpose().partialPivLu().solve(all.transpose()).transpose();
  result.weights.assign(weights.data(), weights.data() + weights.size());
  result.log_volume = std::log(std::abs(basis.determinant()));
  return result;
}

}  // namespace bellwether::bandits
