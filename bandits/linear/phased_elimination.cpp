#include "bandits/linear/phased_elimination.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Cholesky>

#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "bandits/requirements.h"
#include "core/learner.h"
#include "core/optimal_design.h"

namespace bellwether::bandits {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How far designs may be from the best one; pulls are counted with the leverage that they reach.
constexpr double kDesignTolerance = 0.01;

/// More rounds than any run has, and few enough to be counted.
constexpr double kMostPulls = 1e18;

}  // namespace

PhasedElimination::PhasedElimination(const World& world, const PhasedEliminationOptions& options)
    : factor_(Constant("phased-elimination", options.constant, kEllipsoidPractical).factor()),
      sigma_(world.sigma),
      delta_(failure_probability(options.delta, world)),
      features_(world.arms, world.dimension),
      active_(static_cast<std::size_t>(world.arms)) {
  std::iota(active_.begin(), active_.end(), 0);
}

int PhasedElimination::choose(const Round& round) {
  if (!known_) {
    features_ = Eigen::Map<const Rows>(round.features.data(), features_.rows(), features_.cols());
    known_ = true;
    begin_phase();
  }
  if (active_.size() == 1) return active_.front();
  return active_[at_];
}

void PhasedElimination::begin_phase() {
  ++phase_;
  epsilon_ /= 2;
  const Eigen::MatrixXd points = features_(active_, Eigen::all);
  basis_ = span_basis(points);
  const Design design = optimal_design(points, {.tolerance = kDesignTolerance});
  const double level = static_cast<double>(phase_) * (phase_ + 1);
  const double due = 2 * sigma_ * sigma_ * factor_ * factor_ / (epsilon_ * epsilon_) *
                     std::log(static_cast<double>(features_.rows()) * level / delta_);
  const double pulls = std::min(due, kMostPulls / design.largest_leverage);
  needed_pulls_ = design.rank * pulls;
  plan_.assign(active_.size(), 0);
  pulled_.assign(active_.size(), 0);
  sum_.assign(active_.size(), 0);
  phase_pulls_ = 0;
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    plan_[i] = static_cast<std::int64_t>(std::ceil(pulls * design.largest_leverage * design.weights[i]));
    phase_pulls_ += plan_[i];
  }
  at_ = 0;
  while (at_ + 1 < plan_.size() && plan_[at_] == 0) ++at_;
}

void PhasedElimination::learn(const Feedback& feedback) {
  if (active_.size() == 1) return;
  sum_[at_] += feedback.reward;
  ++pulled_[at_];
  while (at_ < plan_.size() && pulled_[at_] >= plan_[at_]) ++at_;
  if (at_ < plan_.size()) return;
  end_phase();
  if (active_.size() > 1) begin_phase();
}

void PhasedElimination::end_phase() {
  const Eigen::MatrixXd points = features_(active_, Eigen::all) * basis_;
  Eigen::VectorXd counts(points.rows()), sums(points.rows());
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    counts[i] = static_cast<double>(pulled_[static_cast<std::size_t>(i)]);
    sums[i] = sum_[static_cast<std::size_t>(i)];
  }
  const Eigen::MatrixXd precision = points.transpose() * counts.asDiagonal() * points;
  const Eigen::VectorXd means = points * precision.llt().solve(points.transpose() * sums);
  const double best = means.maxCoeff();
  std::vector<int> kept;
  for (std::size_t i = 0; i < active_.size(); ++i)
    if (!(best - means[static_cast<Eigen::Index>(i)] > 2 * epsilon_)) kept.push_back(active_[i]);
  active_ = std::move(kept);
}

std::unique_ptr<Agent> make_phased_elimination(const World& world, const PhasedEliminationOptions& options,
                                               const Stream&) {
  require_features("phased-elimination", world);
  require_linear("phased-elimination", world);
  require_sigma("phased-elimination", world);
  require_fixed_set("phased-elimination", world);
  require_prompt("phased-elimination", world);
  return std::make_unique<PhasedElimination>(world, options);
}

}  // namespace bellwether::bandits
