#include "bandits/indices/joint.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// Vectors over joint states: digit i counts the states of arm i, the first the fastest.
class JointChain {
 public:
  explicit JointChain(const JointQuestion& question) : arms_(question.arms), discount_(question.discount) {
    constexpr std::size_t kMost = std::size_t{1} << 18;
    if (!(discount_ >= 0 && discount_ <= 1))
      throw InvalidOption(fmt::format("joint_optimum: 'discount' is {}, must be between 0 and 1", discount_));
    if (question.active < 0 || static_cast<std::size_t>(question.active) > arms_.size() || arms_.size() > 16)
      throw InvalidOption(
          fmt::format("joint_optimum: {} of {} arms cannot be played; at most 16 arms", question.active, arms_.size()));
    for (unsigned set = 0; set < 1U << arms_.size(); ++set)
      if (std::popcount(set) <= question.active) sets_.push_back(set);
    for (const ArmChain& arm : arms_) {
      require_valid("joint_optimum", arm);
      stride_.push_back(states_);
      states_ *= static_cast<std::size_t>(arm.states);
      if (states_ * sets_.size() > kMost)
        throw InvalidOption(fmt::format("joint_optimum: more than {} joint states times choices", kMost));
    }
    value_.resize(states_);
    moved_.resize(states_);
    scratch_.resize(states_);
    best_.resize(states_);
  }

  std::size_t states() const { return states_; }
  std::size_t digit(std::size_t joint, std::size_t arm) const {
    return joint / stride_[arm] % static_cast<std::size_t>(arms_[arm].states);
  }
  std::size_t at(const std::vector<int>& start) const {
    std::size_t joint = 0;
    for (std::size_t i = 0; i < arms_.size() && i < start.size(); ++i)
      joint += stride_[i] * static_cast<std::size_t>(start[i]);
    return joint;
  }

  /// One sweep over the choices that a state allows: {least, largest} change.
  template <class Allows>
  Enclosure sweep(const Allows& allows) {
    std::ranges::fill(best_, -std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < sets_.size(); ++k) {
      expect(sets_[k]);
      for (std::size_t x = 0; x < states_; ++x)
        if (allows(x, k)) best_[x] = std::max(best_[x], earned(x, sets_[k]) + discount_ * moved_[x]);
    }
    Enclosure change{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::size_t x = 0; x < states_; ++x) {
      const double step = best_[x] - value_[x];
      change.low = std::min(change.low, step);
      change.high = std::max(change.high, step);
    }
    return change;
  }

  /// What is known after a sweep, and the next value.
  Enclosure known(const Enclosure& change, std::size_t start) const {
    if (discount_ == 1) return change;
    const double rest = 1 / (1 - discount_);
    return {value_[start] + rest * change.low, value_[start] + rest * change.high};
  }
  void move_on() {
    const double damp = discount_ == 1 ? 0.5 : 1, origin = discount_ == 1 ? value_[0] : 0;
    for (std::size_t x = 0; x < states_; ++x) value_[x] += damp * (best_[x] - value_[x]) - origin;
  }

  std::span<const unsigned> sets() const { return sets_; }

 private:
  double earned(std::size_t joint, unsigned set) const {
    double sum = 0;
    for (std::size_t i = 0; i < arms_.size(); ++i) sum += arms_[i].rewards[set >> i & 1U][digit(joint, i)];
    return sum;
  }

  /// moved = E value at the next joint state: one arm after the other.
  void expect(unsigned set) {
    moved_ = value_;
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      const auto n = static_cast<std::size_t>(arms_[i].states);
      const std::vector<double>& p = arms_[i].transitions[set >> i & 1U];
      for (std::size_t x = 0; x < states_; ++x) {
        const std::size_t from = digit(x, i), base = x - from * stride_[i];
        double sum = 0;
        for (std::size_t to = 0; to < n; ++to) sum += p[from * n + to] * moved_[base + to * stride_[i]];
        scratch_[x] = sum;
      }
      moved_.swap(scratch_);
    }
  }

  std::span<const ArmChain> arms_;
  double discount_;
  std::size_t states_ = 1;
  std::vector<std::size_t> stride_;
  std::vector<unsigned> sets_;
  std::vector<double> value_, moved_, scratch_, best_;
};

template <class Allows>
Enclosure iterate(JointChain& chain, const JointQuestion& question, double tolerance, const Allows& allows) {
  const std::size_t start = chain.at(question.start);
  constexpr int kMostSweeps = 200'000;
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    const Enclosure bounds = chain.known(chain.sweep(allows), start);
    if (bounds.high - bounds.low <= tolerance) return bounds;
    chain.move_on();
  }
  throw InvalidOption(fmt::format("joint_optimum: {} sweeps do not reach the tolerance {}", kMostSweeps, tolerance));
}

}  // namespace

Enclosure joint_optimum(const JointQuestion& question, double tolerance) {
  JointChain chain(question);
  return iterate(chain, question, tolerance, [](std::size_t, std::size_t) { return true; });
}

Enclosure priority_value(const JointQuestion& question, std::span<const std::vector<double>> priorities,
                         double tolerance) {
  JointChain chain(question);
  std::vector<std::size_t> choice(chain.states()), order(question.arms.size());
  for (std::size_t x = 0; x < chain.states(); ++x) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t i) { return priorities[i][chain.digit(x, i)]; });
    unsigned set = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(question.active); ++k)
      if (priorities[order[k]][chain.digit(x, order[k])] > 0) set |= 1U << order[k];
    choice[x] = static_cast<std::size_t>(std::ranges::find(chain.sets(), set) - chain.sets().begin());
  }
  return iterate(chain, question, tolerance, [&](std::size_t x, std::size_t k) { return choice[x] == k; });
}

}  // namespace bellwether::bandits
