#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// A function on finitely many points: the feature of an arm is its point, its reward normal around the function there.
class FunctionBandit : public Bandit {
 public:
  /// InvalidOption unless there is a value a point and sigma is above 0.
  FunctionBandit(std::vector<double> points, std::vector<double> values, double sigma);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::span<const double> means() const override { return values_; }
  std::string content() const override;

  std::span<const double> points() const { return points_; }
  double sigma() const { return sigma_; }

 private:
  std::vector<double> points_, values_;
  double sigma_;
};

/// A draw of the Gaussian process with the radial kernel and variance 1 at these points.
std::vector<double> draw_function(std::span<const double> points, double lengthscale, Stream& stream);

}  // namespace bellwether::bandits
