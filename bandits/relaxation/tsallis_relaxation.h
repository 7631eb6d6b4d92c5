#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Tsallis-INF on numbers of iterations, in copies by context (Khodak et al. 2024; docs/papers/learning-to-relax.md).
struct TsallisRelaxationOptions {
  double scale = 0;
  int bins = 1;
};
struct TsallisBinsOptions : TsallisRelaxationOptions {
  TsallisBinsOptions() { bins = 5; }
};

template <class Field>
void describe(TsallisRelaxationOptions& o, Field&& field) {
  field("scale", o.scale, at_least(0), "losses are divided by it; 0: by their running mean");
  field("bins", o.bins, between(1, 10'000), "parts of the range of contexts, each with a copy of its own");
}

/// Into `p`: 4 (rate (losses - x))^-2 with the x at which they add up to 1, by Newton's method. The sum grows and is
/// convex in x, and exceeds 1 at the start min(losses) - 2 / rate, so that x falls to its root without passing it.
void tsallis_weights(std::span<const double> losses, double rate, std::span<double> p);

class TsallisRelaxation final : public Agent {
 public:
  TsallisRelaxation(const World& world, const TsallisRelaxationOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const double> probabilities() const override { return p_; }

 private:
  std::size_t arms_;
  double scale_;
  Stream stream_;
  std::vector<double> losses_;        // estimated sums of iterations - 1, bin by bin
  std::vector<std::int64_t> rounds_;  // of every bin
  double sum_ = 0;                    // of iterations - 1 in all rounds
  std::int64_t count_ = 0;
  std::size_t bin_ = 0;
  std::vector<double> scaled_, p_;
};

/// InvalidOption unless rewards are bounded above by 0, as minus iterations are.
std::unique_ptr<Agent> make_tsallis_relaxation(const World& world, const TsallisRelaxationOptions& options,
                                               const Stream& stream);
std::unique_ptr<Agent> make_tsallis_bins(const World& world, const TsallisBinsOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
