#include "bandits/identification/private_identification.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "bandits/identification/keep_best.h"
#include "bandits/stochastic/requirements.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// inf{b >= 2 : ln(extra) / ln(b) <= ln(dimension)}.
double decay(double extra, double dimension) {
  const double log = std::log(dimension);
  return extra > 1 && log > 0 ? std::max(2.0, std::exp(std::log(extra) / log)) : 2;
}

}  // namespace

DpBaiPlan dp_bai_plan(int arms, int dimension, std::int64_t rounds) {
  const std::int64_t d = dimension, quarter = ceil_div(d * d, 4);
  std::int64_t half = std::min<std::int64_t>(arms, quarter), extra = std::max<std::int64_t>(arms - quarter, 0);
  const double lambda = decay(static_cast<double>(extra), static_cast<double>(d));
  DpBaiPlan plan{.sizes = {}, .budget = rounds};
  for (; extra > 0; extra = static_cast<std::int64_t>(std::ceil(static_cast<double>(extra + 1) / lambda)) - 1) {
    const std::int64_t size = half + extra;
    plan.sizes.push_back(static_cast<int>(size));
    // A spanning set of d arms is played where d^2 < size, else perhaps all: each may get one pull by rounding up.
    plan.budget -= d * d < size ? d : size;
  }
  for (; half > 1; half = ceil_div(half, 2)) {
    plan.sizes.push_back(static_cast<int>(half));
    plan.budget -= half;
  }
  plan.sizes.push_back(1);
  return plan;
}

DpBai::DpBai(const World& world, const DpBaiOptions& options, const Stream& stream)
    : world_(world),
      privacy_(options.privacy),
      uniform_(options.plan == "uniform"),
      draws_(stream),
      active_(static_cast<std::size_t>(world.arms)),
      sum_(active_.size()),
      released_(active_.size()) {
  std::iota(active_.begin(), active_.end(), 0);
}

void DpBai::start(const Round& round) {
  started_ = true;
  features_.assign(round.features.begin(), round.features.end());
  const int span = round.dimension == 0 ? world_.arms : max_determinant(features_, round.dimension, 0).dimension;
  plan_ = dp_bai_plan(world_.arms, span, world_.rounds);
  if (uniform_ || plan_.budget <= 0) {
    // Rounded down, so nothing is set aside.
    plan_ = {.sizes = {world_.arms, 1}, .budget = world_.rounds / world_.arms * world_.arms};
    uniform_ = true;
  }
  begin_phase();
}

void DpBai::begin_phase() {
  next_ = 0;
  cycle_ = 0;
  played_ = active_;
  spanning_ = {};
  const auto d = static_cast<std::size_t>(world_.dimension);
  if (d > 0 && !uniform_) {
    std::vector<double> vectors;
    for (const int arm : active_) {
      const auto first = features_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(arm) * d);
      vectors.insert(vectors.end(), first, first + static_cast<std::ptrdiff_t>(d));
    }
    SpanningSet found = max_determinant(vectors, world_.dimension);
    const auto span = static_cast<std::size_t>(found.dimension);
    if (span * span < active_.size()) {
      spanning_ = std::move(found);
      played_.clear();
      for (const int place : spanning_.chosen) played_.push_back(active_[static_cast<std::size_t>(place)]);
    }
  }
  pulls_ = ceil_div(plan_.budget, static_cast<std::int64_t>(played_.size()) * plan_.phases());
  for (const int arm : played_) sum_[static_cast<std::size_t>(arm)] = 0;
}

int DpBai::choose(const Round& round) {
  if (!started_ && world_.arms > 1) start(round);
  started_ = true;
  return active_.size() == 1 ? active_.front() : played_[next_];
}

void DpBai::learn(const Feedback& feedback) {
  if (finished()) return;
  sum_[static_cast<std::size_t>(feedback.arm)] += feedback.reward;
  if (++next_ < played_.size()) return;
  next_ = 0;
  if (++cycle_ == pulls_) end_phase();
}

/// Arms that were not played get the same combination of the noisy means that their features are.
void DpBai::release_spanned() {
  const std::size_t span = spanning_.chosen.size();
  std::vector<double> known;
  for (const int arm : played_) known.push_back(released_[static_cast<std::size_t>(arm)]);
  for (std::size_t i = 0; i < active_.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < span; ++j) sum += spanning_.weights[i * span + j] * known[j];
    released_[static_cast<std::size_t>(active_[i])] = sum;
  }
}

void DpBai::end_phase() {
  // One reward moves one mean by 1 / n at most, and is used in one phase alone: Laplace noise of scale 1 / (eps n) on
  // every mean makes the phase, and with it the whole run, eps-private.
  const auto n = static_cast<double>(pulls_);
  for (const int arm : played_) {
    const auto a = static_cast<std::size_t>(arm);
    released_[a] = sum_[a] / n + sample_laplace(draws_, 1 / (privacy_ * n));
  }
  if (!spanning_.chosen.empty()) release_spanned();
  ++phase_;
  keep_best(active_, released_, plan_.sizes[phase_], draws_);
  if (!finished()) begin_phase();
}

int DpBai::answer() const {
  // While it runs only what was released may be told.
  return *std::ranges::max_element(active_, {}, [&](int arm) { return released_[static_cast<std::size_t>(arm)]; });
}

std::unique_ptr<Agent> make_dp_bai(const World& world, const DpBaiOptions& options, const Stream& stream) {
  require_unit_rewards("dp-bai", world);
  if (world.dimension > 0 && world.link != Link::kIdentity && options.plan == "halving")
    throw InvalidOption(
        "dp-bai needs means that are linear in the features, those of this bandit are not; with "
        "plan=uniform it looks at none of them");
  if (world.dimension > 0 && !world.same_features)
    throw InvalidOption("dp-bai needs features that stay the same, those of this bandit are drawn each round");
  if (world.rounds < world.arms)
    throw InvalidOption(
        fmt::format("dp-bai needs a round for every arm, there are {} for {} arms", world.rounds, world.arms));
  return std::make_unique<DpBai>(world, options, stream.child("draw"));
}

}  // namespace bellwether::bandits
