#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/linear/model.h"
#include "core/options.h"

namespace bellwether::bandits {

/// SquareCB (Foster, Rakhlin 2020): draws arms by the inverse of how far their predictions lie behind. The oracle is
/// the forecaster of Vovk, Azoury and Warmuth on features, or the mean of each arm where there are none.
struct SquareCbOptions {
  std::string constant = "theory";
  double gamma = 0, delta = 0;
};

/// A tenth of the exploration. No theorem stands behind it.
inline constexpr double kSquareCbPractical = 0.1;

template <class Field>
void describe(SquareCbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "gamma is divided by it: theory, practical or a number");
  field("gamma", o.gamma, at_least(0), "0: sqrt(K T / (R + ln(2 / delta))), R a bound on the oracle's square loss");
  field("delta", o.delta, between(0, 0.5), "0: 1 / T");
}

/// p(a) = 1 / (K + gamma (max prediction - prediction(a))), what is missing to one on the first of the best.
void inverse_gap_weights(std::span<const double> predictions, double gamma, std::span<double> out);

/// SquareCB, for claims that look inside.
class SquareCb final : public Agent {
 public:
  SquareCb(const World& world, const SquareCbOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const double> probabilities() const override { return weights_; }

  std::span<const double> predictions() const { return predictions_; }
  double gamma() const { return gamma_; }

 private:
  double gamma_ = 1;
  std::optional<LinearModel> model_;
  std::vector<double> sum_, count_, predictions_, weights_;
  Stream stream_;
};

std::unique_ptr<Agent> make_square_cb(const World& world, const SquareCbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
