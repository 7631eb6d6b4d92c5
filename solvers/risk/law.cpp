#include "solvers/risk/law.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {
namespace {

void require_level(double level) {
  if (!(level > 0 && level <= 1)) throw InvalidOption(fmt::format("risk: level is {}, must be in (0, 1]", level));
}

/// The law with weights in proportion to weight * exp(-beta * (atom - smallest atom)).
struct Tilted {
  double mean = 0;      ///< of the tilted law
  double log_mass = 0;  ///< log E exp(-beta (X - smallest))
  /// KL(tilted || law) = -beta (mean - smallest) - log_mass.
  double divergence = 0;
};

Tilted tilt(const Law& law, double beta) {
  const double smallest = law.atom.front();
  // Relative to the smallest atom, and as differences from one, so that a small beta keeps its digits.
  double lost = 0, tilted_mass = 0, tilted_sum = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    const double above = law.atom[i] - smallest;
    lost += law.weight[i] * std::expm1(-beta * above);
    const double mass = law.weight[i] * std::exp(-beta * above);
    tilted_mass += mass;
    tilted_sum += mass * above;
  }
  Tilted result;
  const double above = tilted_sum / tilted_mass;
  result.mean = smallest + above;
  result.log_mass = lost < -0.5 ? std::log(tilted_mass) : std::log1p(lost);  // what is left of one has no digits
  result.divergence = -beta * above - result.log_mass;
  return result;
}

}  // namespace

Law make_law(std::vector<std::pair<double, double>> atoms) {
  double total = 0;
  for (const auto& [atom, weight] : atoms) {
    if (!std::isfinite(atom)) throw InvalidModel(fmt::format("law: an atom is {}, must be a finite number", atom));
    if (!(weight >= 0))
      throw InvalidModel(fmt::format("law: the weight of {} is {}, must be at least 0", atom, weight));
    total += weight;
  }
  if (!(std::abs(total - 1) <= 1e-9)) throw InvalidModel(fmt::format("law: the weights sum to {}, not to 1", total));
  std::ranges::sort(atoms);
  Law law;
  for (const auto& [atom, weight] : atoms) {
    if (weight == 0) continue;
    if (!law.atom.empty() && law.atom.back() == atom) {
      law.weight.back() += weight;
    } else {
      law.atom.push_back(atom);
      law.weight.push_back(weight);
    }
  }
  return law;
}

void turn_law(Law& law) {
  std::ranges::reverse(law.atom);
  std::ranges::reverse(law.weight);
  for (double& atom : law.atom) atom = -atom;
}

double mean(const Law& law) {
  double sum = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) sum += law.weight[i] * law.atom[i];
  return sum;
}

double variance(const Law& law) {
  const double centre = mean(law);
  double sum = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    const double off = law.atom[i] - centre;
    sum += law.weight[i] * off * off;
  }
  return sum;
}

double value_at_risk(const Law& law, double level) {
  require_level(level);
  double below = 0, missed = 0;  // with what the sums round away, so that ties are ties
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    const double sum = below + law.weight[i], added = sum - below;
    missed += (below - (sum - added)) + (law.weight[i] - added);
    below = sum;
    if ((below - level) + missed >= 0) return law.atom[i];
  }
  return law.atom.back();
}

double conditional_value_at_risk(const Law& law, double level) {
  require_level(level);
  double left = level, sum = 0;
  for (std::size_t i = 0; i < law.atom.size() && left > 0; ++i) {
    const double mass = i + 1 == law.atom.size() ? left : std::min(left, law.weight[i]);
    sum += mass * law.atom[i];
    left -= mass;
  }
  return sum / level;
}

double entropic_risk(const Law& law, double beta) {
  if (!(beta >= 0)) throw InvalidOption(fmt::format("risk: beta is {}, must be at least 0", beta));
  if (beta == 0) return mean(law);
  if (std::isinf(beta)) return law.atom.front();
  return law.atom.front() - tilt(law, beta).log_mass / beta;
}

Enclosure entropic_value_at_risk(const Law& law, double level) {
  require_level(level);
  const double smallest = law.atom.front(), budget = -std::log(level);
  if (budget == 0) return {mean(law), mean(law)};
  if (budget >= -std::log(law.weight.front())) return {smallest, smallest};
  // KL of the tilted law grows with beta from 0 to -log P(smallest): bracket the beta that spends the budget.
  const double span = law.atom.back() - smallest;
  double low = 0, high = 1 / span;
  while (tilt(law, high).divergence < budget) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < 200 && high - low > 0x1p-50 * high; ++i) {
    const double middle = low + (high - low) / 2;
    (tilt(law, middle).divergence < budget ? low : high) = middle;
  }
  const double dual = smallest - (tilt(law, high).log_mass + budget) / high;
  const double primal = tilt(law, low).mean;  // its divergence is within the budget
  return {std::min(dual, primal), std::max(dual, primal)};
}

}  // namespace bellwether::solvers
