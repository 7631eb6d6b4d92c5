#include "bandits/identification/phases.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "bandits/identification/keep_best.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

class Phased final : public Agent {
 public:
  Phased(int arms, std::vector<Phase> phases, bool fresh, const Stream& stream)
      : phases_(std::move(phases)),
        fresh_(fresh),
        draws_(stream),
        active_(static_cast<std::size_t>(arms)),
        count_(active_.size()),
        sum_(active_.size()),
        score_(active_.size()) {
    std::iota(active_.begin(), active_.end(), 0);
  }

  int choose(const Round&) override { return active_[next_]; }

  void learn(const Feedback& feedback) override {
    if (finished()) return;
    const auto a = static_cast<std::size_t>(feedback.arm);
    ++count_[a];
    sum_[a] += feedback.reward;
    if (++next_ < active_.size()) return;
    next_ = 0;
    ++cycle_;
    while (!finished() && cycle_ == phases_[phase_].pulls) end_phase();
  }

  bool finished() const override { return phase_ == phases_.size() || active_.size() == 1; }

  /// At the end the one that is left; before it the best mean so far of those that are.
  int answer() const override {
    if (active_.size() == 1) return active_.front();
    const auto best = std::ranges::max_element(active_, {}, [&](int arm) {
      const auto a = static_cast<std::size_t>(arm);
      return count_[a] > 0 ? sum_[a] / static_cast<double>(count_[a]) : -1e300;
    });
    return *best;
  }

 private:
  void end_phase() {
    for (const int arm : active_) {
      const auto a = static_cast<std::size_t>(arm);
      score_[a] = sum_[a] / static_cast<double>(count_[a]);
    }
    keep_best(active_, score_, phases_[phase_].survivors, draws_);
    ++phase_;
    cycle_ = 0;
    if (!fresh_ || finished()) return;
    std::ranges::fill(count_, 0);
    std::ranges::fill(sum_, 0);
  }

  std::vector<Phase> phases_;
  bool fresh_;
  Stream draws_;
  std::vector<int> active_;  // ascending
  std::vector<std::int64_t> count_;
  std::vector<double> sum_, score_;
  std::size_t phase_ = 0, next_ = 0;
  std::int64_t cycle_ = 0;  // pulls of every active arm in this phase
};

/// ceil(log2 arms).
int halvings(int arms) { return std::bit_width(static_cast<unsigned>(arms - 1)); }

}  // namespace

std::unique_ptr<Agent> make_phased(std::string_view learner, int arms, std::vector<Phase> phases, bool fresh,
                                   const Stream& stream) {
  const bool blind = std::ranges::any_of(
      phases, [&](const Phase& phase) { return phase.pulls == 0 && (fresh || &phase == phases.data()); });
  if (blind)
    throw InvalidOption(fmt::format("{}: too few rounds for {} arms, some phase has no pull of each", learner, arms));
  return std::make_unique<Phased>(arms, std::move(phases), fresh, stream);
}

std::vector<Phase> uniform_phases(int arms, std::int64_t rounds) {
  if (arms == 1) return {};
  return {{rounds / arms, 1}};
}

std::vector<Phase> successive_rejects_phases(int arms, std::int64_t rounds) {
  double harmonic = 0.5;
  for (int i = 2; i <= arms; ++i) harmonic += 1.0 / i;
  std::vector<Phase> phases;
  std::int64_t before = 0;
  for (int k = 1; k < arms; ++k) {
    const double share = static_cast<double>(rounds - arms) / (harmonic * (arms + 1 - k));
    const auto pulls = std::max<std::int64_t>(before, static_cast<std::int64_t>(std::ceil(share)));
    phases.push_back({pulls - before, arms - k});
    before = pulls;
  }
  return phases;
}

std::vector<Phase> sequential_halving_phases(int arms, std::int64_t rounds) {
  std::vector<Phase> phases;
  for (int left = arms; left > 1; left = (left + 1) / 2)
    phases.push_back({rounds / (static_cast<std::int64_t>(left) * halvings(arms)), (left + 1) / 2});
  return phases;
}

std::unique_ptr<Agent> make_uniform_budget(const World& world, const UniformBudgetOptions&, const Stream& stream) {
  return make_phased("uniform-budget", world.arms, uniform_phases(world.arms, world.rounds), false,
                     stream.child("tie"));
}

std::unique_ptr<Agent> make_successive_rejects(const World& world, const SuccessiveRejectsOptions&,
                                               const Stream& stream) {
  return make_phased("successive-rejects", world.arms, successive_rejects_phases(world.arms, world.rounds), false,
                     stream.child("tie"));
}

std::unique_ptr<Agent> make_sequential_halving(const World& world, const SequentialHalvingOptions& options,
                                               const Stream& stream) {
  return make_phased("sequential-halving", world.arms, sequential_halving_phases(world.arms, world.rounds),
                     options.samples == "fresh", stream.child("tie"));
}

}  // namespace bellwether::bandits
