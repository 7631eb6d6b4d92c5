#include "proofs_checks/bounds/risk.h"

#include <cmath>

namespace bellwether::bounds {

double entropic_below_mean(double beta, double spread) { return beta * spread * spread / 8; }

double spread_of_returns(double reward_range, int stages, double discount) {
  return reward_range * (discount == 1 ? stages : (1 - std::pow(discount, stages)) / (1 - discount));
}

double stock_grid_gap(double step, double discount, double level) { return 2 * step * (1 / (1 - discount) - level); }

double error_of_stages(int n, int m, double discount, double largest_reward) {
  return std::pow(discount, n) * spread_of_returns(largest_reward, m - n, discount);
}

}  // namespace bellwether::bounds
