#include "bandits/identification/confidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "bandits/stochastic/arm_statistics.h"
#include "bandits/stochastic/requirements.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The evidence that rules a mean out, at stage t with K / delta = ratio.
using Threshold = double (*)(double t, double ratio, double arms);

double hoeffding_threshold(double t, double ratio, double) { return std::log(1.25 * ratio * std::pow(t, 4)); }

double kl_threshold(double t, double ratio, double) {
  const double x = std::log(405.5 * ratio * std::pow(t, 1.1));
  return x + std::log(x);
}

double experiments_threshold(double t, double ratio, double arms) { return std::log((1 + std::log(t)) * ratio / arms); }

/// Intervals {q : N d(m, q) <= threshold(t)} around the means.
class Intervals {
 public:
  Intervals(int arms, const LawFamily& law, double delta, Threshold threshold)
      : statistics(arms), law_(law), ratio_(arms / delta), threshold_(threshold) {}

  void set_stage(double t) { level_ = threshold_(t, ratio_, statistics.arms()); }
  double upper(int arm) const { return law_.upper(statistics.mean(arm), level_ / count(arm)); }
  double lower(int arm) const { return law_.lower(statistics.mean(arm), level_ / count(arm)); }
  int best() const {
    return statistics.largest([&](int arm) { return statistics.mean(arm); });
  }

  ArmStatistics statistics;

 private:
  double count(int arm) const { return static_cast<double>(statistics.count(arm)); }

  LawFamily law_;
  double ratio_, level_ = 0;
  Threshold threshold_;
};

class Lucb final : public Agent {
 public:
  Lucb(Intervals intervals, double epsilon)
      : intervals_(std::move(intervals)), epsilon_(epsilon), finished_(intervals_.statistics.arms() == 1) {}

  int choose(const Round&) override {
    const int unplayed = intervals_.statistics.unplayed();
    return unplayed < intervals_.statistics.arms() ? unplayed : (second_ ? challenger_ : leader_);
  }

  void learn(const Feedback& feedback) override {
    intervals_.statistics.add(feedback.arm, feedback.reward);
    if (finished_ || intervals_.statistics.unplayed() < intervals_.statistics.arms()) return;
    second_ = stage_ > 0 && !second_;
    if (!second_) begin_stage();
  }

  bool finished() const override { return finished_; }
  int answer() const override { return leader_; }

 private:
  void begin_stage() {
    intervals_.set_stage(++stage_);
    leader_ = intervals_.best();
    double largest = -kInfinity;
    for (int a = 0; a < intervals_.statistics.arms(); ++a) {
      if (a == leader_) continue;
      if (const double bound = intervals_.upper(a); bound > largest) {
        largest = bound;
        challenger_ = a;
      }
    }
    finished_ = intervals_.lower(leader_) >= largest - epsilon_;
  }

  Intervals intervals_;
  double epsilon_, stage_ = 0;
  int leader_ = 0, challenger_ = 0;
  bool second_ = false;  // the leader was played in this stage
  bool finished_;
};

class Racing final : public Agent {
 public:
  Racing(Intervals intervals, double epsilon)
      : intervals_(std::move(intervals)),
        epsilon_(epsilon),
        active_(static_cast<std::size_t>(intervals_.statistics.arms())) {
    std::iota(active_.begin(), active_.end(), 0);
  }

  int choose(const Round&) override { return active_[next_]; }

  void learn(const Feedback& feedback) override {
    intervals_.statistics.add(feedback.arm, feedback.reward);
    if (finished() || ++next_ < active_.size()) return;
    next_ = 0;
    intervals_.set_stage(++stage_);
    double surest = -kInfinity;
    for (const int arm : active_) surest = std::max(surest, intervals_.lower(arm));
    // The arm that has the largest lower bound stays, whatever epsilon is.
    std::erase_if(
        active_, [&](int arm) { return intervals_.lower(arm) < surest && intervals_.upper(arm) <= surest + epsilon_; });
  }

  bool finished() const override { return active_.size() == 1; }
  int answer() const override {
    return *std::ranges::max_element(active_, {}, [&](int arm) { return intervals_.statistics.mean(arm); });
  }

 private:
  Intervals intervals_;
  double epsilon_, stage_ = 0;
  std::vector<int> active_;
  std::size_t next_ = 0;
};

Threshold threshold_of(const KlLucbOptions& options) {
  return options.threshold == "proven" ? kl_threshold : experiments_threshold;
}

}  // namespace

std::unique_ptr<Agent> make_lucb(const World& world, const LucbOptions& options, const Stream&) {
  const LawFamily widths = LawFamily::gaussian(require_sub_gaussian("lucb", world));
  return std::make_unique<Lucb>(Intervals(world.arms, widths, options.delta, hoeffding_threshold), options.epsilon);
}

std::unique_ptr<Agent> make_kl_lucb(const World& world, const KlLucbOptions& options, const Stream&) {
  const LawFamily law = require_law("kl-lucb", options.law, world);
  return std::make_unique<Lucb>(Intervals(world.arms, law, options.delta, threshold_of(options)), options.epsilon);
}

std::unique_ptr<Agent> make_kl_racing(const World& world, const KlLucbOptions& options, const Stream&) {
  const LawFamily law = require_law("kl-racing", options.law, world);
  return std::make_unique<Racing>(Intervals(world.arms, law, options.delta, threshold_of(options)), options.epsilon);
}

}  // namespace bellwether::bandits
