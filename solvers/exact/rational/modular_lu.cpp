#include "solvers/exact/rational/modular_lu.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>

namespace bellwether::solvers::rational {
namespace {

using SymmetricPattern = Eigen::SparseMatrix<signed char>;

SymmetricPattern symmetrised(const Pattern& pattern, const std::vector<int>& position) {
  std::vector<Eigen::Triplet<signed char>> entries;
  entries.reserve(2 * pattern.column.size());
  for (int i = 0; i < pattern.size(); ++i)
    for (auto k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      entries.emplace_back(position[i], position[pattern.column[k]], 1);
      entries.emplace_back(position[pattern.column[k]], position[i], 1);
    }
  SymmetricPattern result(pattern.size(), pattern.size());
  result.setFromTriplets(entries.begin(), entries.end(), [](signed char present, signed char) { return present; });
  return result;
}

// Entries of each column of the Cholesky factor of the pattern, by walking its elimination tree (Liu, SIAM Journal on
// Matrix Analysis 11, 1990).
std::vector<std::int64_t> fill_counts(const SymmetricPattern& pattern) {
  const auto n = static_cast<int>(pattern.cols());
  std::vector<int> parent(n, -1), mark(n, -1);
  std::vector<std::int64_t> count(n, 0);
  for (int i = 0; i < n; ++i) {
    mark[i] = i;
    for (SymmetricPattern::InnerIterator entry(pattern, i); entry; ++entry)
      for (auto j = static_cast<int>(entry.row()); j < i && mark[j] != i; j = parent[j]) {
        if (parent[j] < 0) parent[j] = i;
        mark[j] = i;
        ++count[j];
      }
  }
  return count;
}

}  // namespace

EliminationPlan plan_elimination(const Pattern& pattern, int last) {
  const int n = pattern.size();
  std::vector<int> position(n);
  std::iota(position.begin(), position.end(), 0);
  SymmetricPattern matrix = symmetrised(pattern, position);
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> permutation;
  Eigen::AMDOrdering<int>()(matrix, permutation);
  EliminationPlan plan;
  plan.order.assign(permutation.indices().data(), permutation.indices().data() + n);
  if (last >= 0) {
    std::erase(plan.order, last);
    plan.order.push_back(last);
  }
  for (int i = 0; i < n; ++i) position[plan.order[i]] = i;
  const auto count = fill_counts(symmetrised(pattern, position));

  // The cheapest solve: an entry of the dense block costs about a third of one on a sparse row.
  double sparse = 0, cheapest = static_cast<double>(n) * n;
  for (int i = 0; i < n; ++i) {
    sparse += 2.0 * static_cast<double>(count[i]) + 1;
    const double size = n - i - 1, cost = size * size + 3 * sparse;
    if (cost >= cheapest) continue;
    cheapest = cost;
    plan.sparse_count = i + 1;
    plan.sparse_entries = static_cast<std::int64_t>(sparse);
  }
  return plan;
}

EliminationPlan plan_dense(int size) {
  EliminationPlan plan;
  plan.order.resize(size);
  std::iota(plan.order.begin(), plan.order.end(), 0);
  return plan;
}

// One row in the making. Sums hold the scaled entry times 2^64, so that products of two scaled numbers can be added
// and one reduction yields the scaled entry.
struct ModularLu::Workspace {
  explicit Workspace(std::size_t size) : sum(size, 0), present(size, false) {}

  void touch(int place, int limit) {
    if (present[place]) return;
    present[place] = true;
    touched.push_back(place);
    if (place < limit) {
      heap.push_back(place);
      std::push_heap(heap.begin(), heap.end(), std::greater<>());
    }
  }

  int pop() {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const int place = heap.back();
    heap.pop_back();
    return place;
  }

  void clear() {
    for (int place : touched) {
      sum[place] = 0;
      present[place] = false;
    }
    touched.clear();
  }

  std::vector<uint128> sum;
  std::vector<char> present;
  std::vector<int> touched, heap;
  std::vector<uint128> core;
};

ModularLu::ModularLu(const EliminationPlan& plan, const PrimeField& field)
    : field_(field),
      order_(plan.order),
      sparse_(static_cast<std::size_t>(plan.sparse_count)),
      core_(plan.order.size() - sparse_),
      inverse_(plan.order.size(), 0),
      dense_(core_ * core_, 0),
      core_column_(core_),
      y_(plan.order.size()),
      z_(core_) {
  std::iota(core_column_.begin(), core_column_.end(), 0);
}

// Row-wise Gaussian elimination with the finished sparse rows, in ascending order of their pivots.
void ModularLu::eliminate_sparse(Workspace& work, int limit) {
  while (!work.heap.empty()) {
    const int pivot = work.pop();
    const std::uint64_t entry = field_.reduce(work.sum[pivot]);
    if (entry == 0) continue;
    const std::uint64_t multiplier = field_.multiply(entry, inverse_[pivot]);
    lower_.column.push_back(pivot);
    lower_.value.push_back(multiplier);
    const std::uint64_t minus = field_.negate(multiplier);
    for (auto k = upper_.begin[pivot]; k < upper_.begin[pivot + 1]; ++k) {
      const int place = upper_.column[k];
      work.touch(place, limit);
      work.sum[place] = field_.add_product(work.sum[place], minus, upper_.value[k]);
    }
  }
  lower_.close();
}

bool ModularLu::finish_sparse_row(Workspace& work, int row) {
  const std::uint64_t pivot = field_.reduce(work.sum[row]);
  if (pivot == 0) return false;
  inverse_[row] = field_.inverse(pivot);
  std::sort(work.touched.begin(), work.touched.end());
  for (int place : work.touched) {
    if (place <= row) continue;
    const std::uint64_t entry = field_.reduce(work.sum[place]);
    if (entry == 0) continue;
    upper_.column.push_back(place);
    upper_.value.push_back(entry);
  }
  upper_.close();
  return true;
}

bool ModularLu::finish_core_row(Workspace& work, int core_row) {
  const auto r = static_cast<std::size_t>(core_row);
  std::uint64_t* row = &dense_[r * core_];
  work.core.resize(core_);
  for (std::size_t c = 0; c < core_; ++c) work.core[c] = work.sum[sparse_ + core_column_[c]];
  for (std::size_t c = 0; c < r; ++c) {
    row[c] = field_.multiply(field_.reduce(work.core[c]), inverse_[sparse_ + c]);
    if (row[c] == 0) continue;
    const std::uint64_t minus = field_.negate(row[c]);
    const std::uint64_t* above = &dense_[c * core_];
    for (std::size_t j = c + 1; j < core_; ++j) work.core[j] = field_.add_product(work.core[j], minus, above[j]);
  }
  for (std::size_t c = r; c < core_; ++c) row[c] = field_.reduce(work.core[c]);
  const std::uint64_t* pivot = std::find_if(row + r, row + core_, [](std::uint64_t entry) { return entry != 0; });
  if (pivot == row + core_) return false;
  inverse_[sparse_ + r] = field_.inverse(*pivot);
  const auto exchanged = static_cast<std::size_t>(pivot - row);
  if (exchanged == r) return true;
  for (std::size_t i = 0; i <= r; ++i) std::swap(dense_[i * core_ + r], dense_[i * core_ + exchanged]);
  std::swap(core_column_[r], core_column_[exchanged]);
  return true;
}

std::optional<ModularLu> ModularLu::factor(const Pattern& pattern, std::span<const std::uint64_t> residue,
                                           const EliminationPlan& plan, const PrimeField& field) {
  ModularLu result(plan, field);
  const int n = pattern.size();
  std::vector<int> position(n);
  for (int i = 0; i < n; ++i) position[plan.order[i]] = i;
  Workspace work(n);
  for (int i = 0; i < n; ++i) {
    const int limit = std::min(i, plan.sparse_count);
    for (auto k = pattern.row_begin[plan.order[i]]; k < pattern.row_begin[plan.order[i] + 1]; ++k) {
      const int place = position[pattern.column[k]];
      work.touch(place, limit);
      work.sum[place] = field.add_product(work.sum[place], field.scale(residue[k]), field.scaled_one());
    }
    result.eliminate_sparse(work, limit);
    const bool regular =
        i < plan.sparse_count ? result.finish_sparse_row(work, i) : result.finish_core_row(work, i - plan.sparse_count);
    if (!regular) return std::nullopt;
    work.clear();
  }
  return result;
}

std::uint64_t ModularLu::sparse_dot(const SparseRows& rows, std::size_t row) const {
  uint128 sum = 0;
  for (auto k = rows.begin[row]; k < rows.begin[row + 1]; ++k)
    sum = field_.add_product(sum, rows.value[k], y_[rows.column[k]]);
  return field_.reduce(sum);
}

void ModularLu::solve(std::span<std::uint64_t> x) {
  const std::size_t n = order_.size();
  for (std::size_t i = 0; i < n; ++i) {
    y_[i] = field_.subtract(x[order_[i]], sparse_dot(lower_, i));
    if (i > sparse_)
      y_[i] =
          field_.subtract(y_[i], field_.dot(dense_.data() + (i - sparse_) * core_, y_.data() + sparse_, i - sparse_));
  }
  for (std::size_t r = core_; r-- > 0;) {
    const std::uint64_t above = field_.dot(dense_.data() + r * core_ + r + 1, z_.data() + r + 1, core_ - r - 1);
    z_[r] = field_.multiply(field_.subtract(y_[sparse_ + r], above), inverse_[sparse_ + r]);
  }
  for (std::size_t c = 0; c < core_; ++c) y_[sparse_ + core_column_[c]] = z_[c];
  for (std::size_t i = sparse_; i-- > 0;)
    y_[i] = field_.multiply(field_.subtract(y_[i], sparse_dot(upper_, i)), inverse_[i]);
  for (std::size_t i = 0; i < n; ++i) x[order_[i]] = y_[i];
}

}  // namespace bellwether::solvers::rational
