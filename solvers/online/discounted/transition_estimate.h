#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/ridge.h"
#include "mdp/linear/mixture_basis.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// What is known of P after some steps: of the mean of V over the next states, and how far it may be off.
class TransitionEstimate {
 public:
  TransitionEstimate() = default;
  virtual ~TransitionEstimate() = default;
  TransitionEstimate(const TransitionEstimate&) = delete;
  TransitionEstimate& operator=(const TransitionEstimate&) = delete;

  /// A step, made while the learner believed in V.
  virtual void observe(std::int64_t choice, std::int32_t next, std::span<const double> v) = 0;
  /// P^ V of a choice.
  virtual double mean(std::int64_t choice, std::span<const double> v) const = 0;
  /// Bound on |(P - P^) V|, 0 <= V <= H.
  virtual double width(std::int64_t choice, std::span<const double> v) const = 0;
};

/// What widths ask of a task of T = K H steps.
struct EpochSize {
  int states = 1;
  std::int64_t choices = 1;
  double horizon = 10, epochs = 1;  ///< H = 1 / (1 - discount), K
  double delta = 0.05;
};

/// Frequencies. Width H sqrt(2 L / max{1, N}) with L = S ln 2 + ln(2 C T / delta): the deviation of frequencies in L1,
/// so for all V at once. Memory C S.
class CountEstimate final : public TransitionEstimate {
 public:
  explicit CountEstimate(const EpochSize& size);

  void observe(std::int64_t choice, std::int32_t next, std::span<const double> v) override;
  double mean(std::int64_t choice, std::span<const double> v) const override;
  double width(std::int64_t choice, std::span<const double> v) const override;

 private:
  std::size_t states_;
  double scale_;  ///< H sqrt(2 L)
  std::vector<double> counts_, visits_;
};

/// Value-targeted regression on phi_V, features scaled to |phi_V| <= H, lambda = H^2. Width beta |phi_V| in the norm of
/// Lambda^-1 with beta = H sqrt(2 ln(1 / delta) + d ln(1 + T H^2 / (d lambda))) + sqrt(lambda) B, B >= |theta|.
class MixtureEstimate final : public TransitionEstimate {
 public:
  /// `theta_norm` bounds |theta| of the features as they are; `basis` must outlive this.
  MixtureEstimate(const mdp::MixtureBasis& basis, const EpochSize& size, double theta_norm);

  void observe(std::int64_t choice, std::int32_t next, std::span<const double> v) override;
  double mean(std::int64_t choice, std::span<const double> v) const override;
  double width(std::int64_t choice, std::span<const double> v) const override;

  double radius() const { return radius_; }
  /// |theta^ - theta| in the norm of Lambda, for a theta of the features as they are.
  double distance(std::span<const double> theta) const;

 private:
  std::span<const double> features(std::int64_t choice, std::span<const double> v) const;

  const mdp::MixtureBasis& basis_;
  double divisor_;
  Ridge ridge_;
  double radius_;
  mutable std::vector<double> phi_;
};

/// The model itself: no error, no width.
class KnownTransitions final : public TransitionEstimate {
 public:
  explicit KnownTransitions(mdp::TabularMdp model) : model_(std::move(model)) {}

  void observe(std::int64_t, std::int32_t, std::span<const double>) override {}
  double mean(std::int64_t choice, std::span<const double> v) const override;
  double width(std::int64_t, std::span<const double>) const override { return 0; }

 private:
  mdp::TabularMdp model_;
};

}  // namespace bellwether::online
