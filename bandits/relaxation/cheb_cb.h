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

/// ChebCB (Khodak, Chow, Balcan, Talwalkar 2024; docs/papers/learning-to-relax.md).
struct ChebCbOptions {
  int polynomials = 6;
  double smoothness = 4, exploration = 1;
};

template <class Field>
void describe(ChebCbOptions& o, Field&& field) {
  field("polynomials", o.polynomials, between(1, 30), "Chebyshev polynomials of the context in every arm's regression");
  field("smoothness", o.smoothness, at_least(0),
        "coefficient j is at most this / j times the mean loss, the bound for a Lipschitz function");
  field("exploration", o.exploration, above(0), "factor on sqrt(d t), by which inverse gaps are weighted");
}

/// Least squares on few features with a bound on every coefficient, by rounds of coordinate descent from where the last
/// solution was. No allocation after construction.
class BoundedRegression {
 public:
  explicit BoundedRegression(int features);

  void add(std::span<const double> features, double target);
  /// |theta_j| <= bounds[j].
  void fit(std::span<const double> bounds);
  double predict(std::span<const double> features) const;
  std::span<const double> theta() const { return theta_; }

 private:
  std::size_t size_;
  std::vector<double> gram_, target_, theta_;
};

/// One regression an arm on Chebyshev polynomials of the context; arms are drawn by inverse gap weighting of what they
/// predict: p_i = 1 / (d + eta_t (y_i - min y)), the rest for the best.
class ChebCb final : public Agent {
 public:
  ChebCb(const World& world, const ChebCbOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const double> probabilities() const override { return p_; }

 private:
  double scale() const { return count_ > 0 && sum_ > 0 ? sum_ / static_cast<double>(count_) : 1; }

  double smoothness_, exploration_;
  Stream stream_;
  std::vector<BoundedRegression> regressions_;
  std::vector<double> features_, bounds_, predicted_, p_;
  double sum_ = 0;
  std::int64_t count_ = 0;
};

std::unique_ptr<Agent> make_cheb_cb(const World& world, const ChebCbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
