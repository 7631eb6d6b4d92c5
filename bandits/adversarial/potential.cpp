#include "bandits/adversarial/potential.h"

#include <algorithm>
#include <cmath>

namespace bellwether::bandits {
namespace {

constexpr int kMostSteps = 60;

struct Total {
  double sum = 0, slope = 0;  // of p, and of p^(2 - alpha), the derivative of -p by w
};

Total evaluate(double alpha, double power, std::span<const double> theta, double least, double w, std::span<double> p) {
  Total total;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const double u = (1 - alpha) * (theta[i] - least + w);
    if (alpha == 0.5) {
      p[i] = 1 / (u * u);
    } else if (alpha == 0) {
      p[i] = 1 / u;
    } else {
      p[i] = std::pow(u, power);
    }
    total.sum += p[i];
    total.slope += p[i] / u;
  }
  return total;
}

void soft_min(std::span<const double> theta, double least, std::span<double> p) {
  double sum = 0;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    p[i] = std::exp(least - theta[i]);
    sum += p[i];
  }
  for (double& x : p) x /= sum;
}

}  // namespace

Potential::Potential(double alpha) : alpha_(alpha), power_(-1 / (1 - alpha)), first_(1 / (1 - alpha)), root_(first_) {}

int Potential::minimise(std::span<const double> theta, std::span<double> p) {
  const double least = std::ranges::min(theta);
  if (alpha_ == 1) {
    soft_min(theta, least, p);
    return 0;
  }
  const double tolerance = std::max(1e-14, static_cast<double>(theta.size()) * 0x1p-52);
  for (int step = 0;; ++step) {
    const Total total = evaluate(alpha_, power_, theta, least, root_, p);
    const double excess = total.sum - 1;
    if (std::abs(excess) <= tolerance || step == kMostSteps) return step;
    root_ = std::max(root_ + excess / total.slope, first_);
  }
}

}  // namespace bellwether::bandits
