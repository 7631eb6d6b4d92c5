#include "bandits/duelling/rucb.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

class Rucb final : public Agent {
 public:
  Rucb(int items, double alpha, const Stream& stream)
      : n_(items),
        alpha_(alpha),
        wins_(static_cast<std::size_t>(items) * static_cast<std::size_t>(items)),
        stream_(stream) {
    candidates_.reserve(static_cast<std::size_t>(items));
  }

  int choose(const Round& round) override {
    spread_ = alpha_ * std::log(static_cast<double>(round.number));
    const int champion = choose_champion();
    return champion * n_ + choose_opponent(champion);
  }

  void learn(const Feedback& feedback) override {
    const int i = feedback.arm / n_, j = feedback.arm % n_;
    if (i != j) wins_[at(feedback.reward > 0 ? i : j, feedback.reward > 0 ? j : i)] += 1;
  }

 private:
  std::size_t at(int i, int j) const { return static_cast<std::size_t>(i * n_ + j); }

  /// u_ij, the most that i may win against j: 1/2 against itself; both terms are 1 where they never met (x / 0 := 1).
  double upper(int i, int j) const {
    if (i == j) return 0.5;
    const double won = wins_[at(i, j)], duels = won + wins_[at(j, i)];
    return duels == 0 ? 2 : won / duels + std::sqrt(spread_ / duels);
  }

  bool may_win(int i) const {
    for (int j = 0; j < n_; ++j)
      if (upper(i, j) < 0.5) return false;
    return true;
  }

  int choose_champion() {
    candidates_.clear();
    bool held = false;
    for (int i = 0; i < n_; ++i) {
      if (!may_win(i)) continue;
      if (i == hypothesis_)
        held = true;
      else
        candidates_.push_back(i);
    }
    if (!held) hypothesis_ = -1;
    if (candidates_.empty() && !held) return static_cast<int>(stream_.below(static_cast<std::uint64_t>(n_)));
    if (candidates_.size() + (held ? 1 : 0) == 1) {
      if (!held) hypothesis_ = candidates_.front();
      return hypothesis_;
    }
    // Half of the time the item that was once the only candidate, while it still is one.
    if (held && sample_bernoulli(stream_, 0.5)) return hypothesis_;
    return candidates_[stream_.below(candidates_.size())];
  }

  /// The largest u_jc; of equals one at random, but not the champion itself.
  int choose_opponent(int champion) {
    double most = -1;
    int chosen = champion;
    std::uint64_t equals = 0;
    for (int j = 0; j < n_; ++j) {
      const double u = upper(j, champion);
      if (u < most || (u == most && j == champion)) continue;
      const bool displaces = u > most || chosen == champion;
      equals = displaces ? 1 : equals + 1;
      if (displaces || stream_.below(equals) == 0) chosen = j;
      most = u;
    }
    return chosen;
  }

  int n_;
  double alpha_, spread_ = 0;
  std::vector<double> wins_;  // of i over j at i n + j
  std::vector<int> candidates_;
  int hypothesis_ = -1;
  Stream stream_;
};

}  // namespace

std::unique_ptr<Agent> make_rucb(const World& world, const RucbOptions& options, const Stream& stream) {
  return std::make_unique<Rucb>(world.items, options.alpha, stream);
}

}  // namespace bellwether::bandits
