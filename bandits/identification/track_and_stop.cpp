#include "bandits/identification/track_and_stop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "bandits/stochastic/posterior_law.h"
#include "bandits/stochastic/requirements.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What both have in common: every arm once, then `pick`, until the evidence is enough.
class Identifier : public Agent {
 public:
  explicit Identifier(Evidence evidence) : evidence_(std::move(evidence)) {}

  int choose(const Round&) final {
    const int unplayed = evidence_.unplayed();
    return unplayed < evidence_.arms() ? unplayed : pick();
  }
  void learn(const Feedback& feedback) final { evidence_.add(feedback.arm, feedback.reward); }
  bool finished() const final { return evidence_.sure(); }
  int answer() const final { return evidence_.best(); }

 protected:
  const Evidence& evidence() const { return evidence_; }

 private:
  virtual int pick() = 0;

  Evidence evidence_;
};

class TrackAndStop final : public Identifier {
 public:
  explicit TrackAndStop(const Evidence& start) : Identifier(start), solver_(start.arms(), start.law()) {}

 private:
  int pick() override {
    const auto t = static_cast<double>(evidence().total());
    int least = 0;
    for (int a = 1; a < evidence().arms(); ++a)
      if (evidence().count(a) < evidence().count(least)) least = a;
    if (evidence().count(least) < std::sqrt(t) - evidence().arms() / 2.0) return least;
    const Proportions& best = solver_.solve(evidence().means());
    int arm = 0;
    double farthest = -kInfinity;
    for (int a = 0; a < evidence().arms(); ++a) {
      const double behind = t * best.share[static_cast<std::size_t>(a)] - evidence().count(a);
      if (behind > farthest) {
        farthest = behind;
        arm = a;
      }
    }
    return arm;
  }

  ProportionSolver solver_;
};

class TopTwo final : public Identifier {
 public:
  TopTwo(const Evidence& start, bool resample, const Stream& stream)
      : Identifier(start), resample_(resample), draws_(stream) {}

 private:
  int pick() override {
    const int leader = draw_best();
    if (sample_bernoulli(draws_, 0.5)) return leader;
    // Near the end another best arm is drawn once in 1 / delta draws or less; then the evidence points to the same arm.
    constexpr int kMostDraws = 10'000;
    for (int i = 0; resample_ && i < kMostDraws; ++i)
      if (const int other = draw_best(); other != leader) return other;
    int challenger = leader;
    double least = kInfinity;
    for (int a = 0; a < evidence().arms(); ++a) {
      if (a == leader) continue;
      if (const double cost = evidence().against(leader, a); cost < least) {
        least = cost;
        challenger = a;
      }
    }
    return challenger;
  }

  int draw_best() {
    int best = 0;
    double largest = -kInfinity;
    for (int a = 0; a < evidence().arms(); ++a) {
      if (const double x = draw(a); x > largest) {
        largest = x;
        best = a;
      }
    }
    return best;
  }

  double draw(int arm) {
    const double n = evidence().count(arm), m = evidence().means()[static_cast<std::size_t>(arm)];
    return draw_mean(evidence().law(), n, m, draws_);
  }

  bool resample_;
  Stream draws_;
};

}  // namespace

std::unique_ptr<Agent> make_track_and_stop(const World& world, const TrackAndStopOptions& options, const Stream&) {
  return std::make_unique<TrackAndStop>(
      Evidence(world.arms, require_law("track-and-stop", options.law, world), options));
}

std::unique_ptr<Agent> make_top_two(const World& world, const TopTwoOptions& options, const Stream& stream) {
  return std::make_unique<TopTwo>(Evidence(world.arms, require_law("top-two", options.law, world), options),
                                  options.challenger == "ttts", stream.child("draw"));
}

}  // namespace bellwether::bandits
