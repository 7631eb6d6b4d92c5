#include "bandits/relaxation/solver/sor.h"

#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

constexpr std::size_t kLanes = 8;
using Pack = std::array<double, kLanes>;

}  // namespace

/// Up to kLanes jobs on their way; an empty lane carries zeros.
class SorSolver::Lanes {
 public:
  explicit Lanes(const SorSolver& solver)
      : solver_(solver), x_(solver.diagonal_.size()), residual_(x_.size()), step_(x_.size()) {}

  void load(std::size_t lane, const SorJob& job, std::size_t number) {
    jobs_[lane] = &job;
    numbers_[lane] = number;
    done_[lane] = 0;
    shift_[lane] = job.shift;
    omega_[lane] = job.omega;
    double squares = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      x_[i][lane] = 0;
      residual_[i][lane] = job.rhs[i];
      squares += job.rhs[i] * job.rhs[i];
    }
    limit_[lane] = solver_.tolerance_ * solver_.tolerance_ * squares;
    norm_[lane] = squares;
  }
  void empty(std::size_t lane) {
    jobs_[lane] = nullptr;
    for (std::size_t i = 0; i < x_.size(); ++i) residual_[i][lane] = 0;
  }

  bool busy(std::size_t lane) const { return jobs_[lane] != nullptr; }
  std::size_t number(std::size_t lane) const { return numbers_[lane]; }
  int iterations(std::size_t lane) const { return done_[lane]; }
  double solution(std::size_t lane, std::size_t i) const { return x_[i][lane]; }

  void sweep() {
    forward();
    backward();
    for (int& done : done_) ++done;
  }

  /// Nothing is left to do: the residual of x itself says so.
  bool finished(std::size_t lane) {
    if (done_[lane] >= solver_.most_) return true;
    if (!small(lane)) return false;
    true_residual(lane);
    return small(lane);
  }

 private:
  /// A right-hand side of zeros is solved at once.
  bool small(std::size_t lane) const { return norm_[lane] < limit_[lane] || norm_[lane] == 0; }

  /// (D / omega + L) step = residual; x += step.
  void forward() {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      Pack sum = residual_[i];
      for (int k = solver_.lower_begin_[i]; k < solver_.lower_begin_[i + 1]; ++k) {
        const double value = solver_.lower_value_[static_cast<std::size_t>(k)];
        const Pack& other = step_[static_cast<std::size_t>(solver_.lower_column_[static_cast<std::size_t>(k)])];
        for (std::size_t l = 0; l < kLanes; ++l) sum[l] -= value * other[l];
      }
      for (std::size_t l = 0; l < kLanes; ++l) {
        const double move = sum[l] * omega_[l] / (solver_.diagonal_[i] + shift_[l]);
        step_[i][l] = move;
        x_[i][l] += move;
      }
    }
  }

  /// residual = ((1 / omega - 1) D - U) step.
  void backward() {
    Pack squares{};
    for (std::size_t i = 0; i < x_.size(); ++i) {
      Pack sum;
      for (std::size_t l = 0; l < kLanes; ++l)
        sum[l] = (1 / omega_[l] - 1) * (solver_.diagonal_[i] + shift_[l]) * step_[i][l];
      for (int k = solver_.upper_begin_[i]; k < solver_.upper_begin_[i + 1]; ++k) {
        const double value = solver_.upper_value_[static_cast<std::size_t>(k)];
        const Pack& other = step_[static_cast<std::size_t>(solver_.upper_column_[static_cast<std::size_t>(k)])];
        for (std::size_t l = 0; l < kLanes; ++l) sum[l] -= value * other[l];
      }
      residual_[i] = sum;
      for (std::size_t l = 0; l < kLanes; ++l) squares[l] += sum[l] * sum[l];
    }
    norm_ = squares;
  }

  void true_residual(std::size_t lane) {
    double squares = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      double sum = jobs_[lane]->rhs[i] - (solver_.diagonal_[i] + shift_[lane]) * x_[i][lane];
      for (int k = solver_.lower_begin_[i]; k < solver_.lower_begin_[i + 1]; ++k)
        sum -= solver_.lower_value_[static_cast<std::size_t>(k)] *
               x_[static_cast<std::size_t>(solver_.lower_column_[static_cast<std::size_t>(k)])][lane];
      for (int k = solver_.upper_begin_[i]; k < solver_.upper_begin_[i + 1]; ++k)
        sum -= solver_.upper_value_[static_cast<std::size_t>(k)] *
               x_[static_cast<std::size_t>(solver_.upper_column_[static_cast<std::size_t>(k)])][lane];
      residual_[i][lane] = sum;
      squares += sum * sum;
    }
    norm_[lane] = squares;
  }

  const SorSolver& solver_;
  std::vector<Pack> x_, residual_, step_;
  std::array<const SorJob*, kLanes> jobs_{};
  std::array<std::size_t, kLanes> numbers_{};
  std::array<int, kLanes> done_{};
  Pack shift_{}, omega_ = {1, 1, 1, 1, 1, 1, 1, 1}, limit_{}, norm_{};
};

SorSolver::SorSolver(const SparseRows& a, double tolerance, int most) : tolerance_(tolerance), most_(most) {
  if (a.rows() != a.cols() || a.rows() == 0)
    throw InvalidOption(fmt::format("a system of {} rows and {} columns cannot be relaxed", a.rows(), a.cols()));
  if (!(tolerance > 0) || most < 1)
    throw InvalidOption(fmt::format(
        "relaxation to tolerance {} in at most {} iterations, must be above 0 and at least 1", tolerance, most));
  diagonal_.assign(static_cast<std::size_t>(a.rows()), 0);
  lower_begin_.push_back(0);
  upper_begin_.push_back(0);
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    for (SparseRows::InnerIterator entry(a, i); entry; ++entry) {
      if (entry.col() == i) diagonal_[static_cast<std::size_t>(i)] = entry.value();
      if (entry.col() < i)
        lower_column_.push_back(static_cast<int>(entry.col())), lower_value_.push_back(entry.value());
      if (entry.col() > i)
        upper_column_.push_back(static_cast<int>(entry.col())), upper_value_.push_back(entry.value());
    }
    lower_begin_.push_back(static_cast<int>(lower_column_.size()));
    upper_begin_.push_back(static_cast<int>(upper_column_.size()));
    if (!(diagonal_[static_cast<std::size_t>(i)] > 0))
      throw InvalidOption(fmt::format("diagonal entry {} of a system to relax is {}, must be above 0", i,
                                      diagonal_[static_cast<std::size_t>(i)]));
  }
}

void SorSolver::solve(std::span<const SorJob> jobs, std::span<int> iterations, std::vector<double>* solutions) const {
  if (solutions != nullptr) solutions->assign(jobs.size() * diagonal_.size(), 0);
  Lanes lanes(*this);
  std::size_t next = 0, busy = 0;
  const auto refill = [&](std::size_t lane) {
    if (next < jobs.size()) {
      lanes.load(lane, jobs[next], next);
      ++next;
      ++busy;
    } else {
      lanes.empty(lane);
    }
  };
  const auto collect = [&](std::size_t lane) {
    while (lanes.busy(lane) && lanes.finished(lane)) {
      const std::size_t number = lanes.number(lane);
      iterations[number] = lanes.iterations(lane);
      for (std::size_t i = 0; solutions != nullptr && i < diagonal_.size(); ++i)
        (*solutions)[number * diagonal_.size() + i] = lanes.solution(lane, i);
      --busy;
      refill(lane);
    }
  };
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    refill(lane);
    collect(lane);
  }
  while (busy > 0) {
    lanes.sweep();
    for (std::size_t lane = 0; lane < kLanes; ++lane) collect(lane);
  }
}

SparseRows laplacian(int side) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto place = [side](int row, int column) { return row * side + column; };
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const int here = place(row, column);
      entries.emplace_back(here, here, 4.0);
      if (row > 0) entries.emplace_back(here, place(row - 1, column), -1.0);
      if (row + 1 < side) entries.emplace_back(here, place(row + 1, column), -1.0);
      if (column > 0) entries.emplace_back(here, place(row, column - 1), -1.0);
      if (column + 1 < side) entries.emplace_back(here, place(row, column + 1), -1.0);
    }
  }
  SparseRows matrix(side * side, side * side);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

double laplacian_jacobi_radius(int side, double shift) {
  return 4 * std::cos(std::numbers::pi / (side + 1)) / (4 + shift);
}

double sor_radius(double omega, double beta) {
  if (omega >= best_omega(beta)) return omega - 1;
  const double root = (omega * beta + std::sqrt(omega * omega * beta * beta - 4 * (omega - 1))) / 2;
  return root * root;
}

double best_omega(double beta) {
  const double share = beta / (1 + std::sqrt(1 - beta * beta));
  return 1 + share * share;
}

}  // namespace bellwether::bandits
