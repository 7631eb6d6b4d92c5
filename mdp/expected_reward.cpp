#include "mdp/expected_reward.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/number_reading.h"
#include "core/rounding.h"
#include "mdp/model_data.h"

namespace bellwether::mdp {
namespace {

/// A sum carried with what its roundings lost (Ogita, Rump and Oishi 2005): the result is as good as in twice the
/// precision.
class AccurateSum {
 public:
  void add(double x) {
    const double sum = high_ + x, part = sum - high_;
    low_ += (high_ - (sum - part)) + (x - part);
    high_ = sum;
  }
  void add_product(double a, double b) {
    const double product = a * b;
    low_ += std::fma(a, b, -product);
    add(product);
  }
  double high() const { return high_; }
  double low() const { return low_; }

 private:
  double high_ = 0, low_ = 0;
};

/// sum p r / sum p, where the doubles are what was meant.
double mean_of_doubles(std::span<const double> probability, std::span<const double> reward) {
  AccurateSum earned, total;
  for (std::size_t i = 0; i < reward.size(); ++i) {
    earned.add_product(probability[i], reward[i]);
    total.add(probability[i]);
  }
  const double excess = (total.high() - 1) + total.low();
  return earned.high() + (earned.low() - earned.high() * excess);  // 1 / (1 + x) = 1 - x but for x^2 <= 2^-100
}

/// What half an ulp of each number may move the mean by, in units of u: |d mean / d r| = p, |d mean / d p| = |r -
/// mean|.
double spread(std::span<const double> probability, std::span<const double> reward, double mean) {
  double sum = 0;
  for (std::size_t i = 0; i < reward.size(); ++i)
    sum += probability[i] * (std::abs(reward[i]) + std::abs(reward[i] - mean));
  return sum;
}

mpq_class mean_as_read(std::span<const double> probability, std::span<const double> reward) {
  const ReadRow row = read_row(probability);
  mpq_class sum = 0;
  for (std::size_t i = 0; i < reward.size(); ++i) sum += row.numerator[i] * read_number(reward[i]).value;
  return sum / row.denominator;
}

double round(const mpq_class& x) { return round_fraction(x.get_num(), x.get_den()).nearest; }

/// The row as the model will keep it: in `room` where it has to be divided.
std::span<const double> kept(std::span<const double> probability, std::vector<double>& room) {
  double sum = 0;
  for (const double p : probability) sum += p;
  if (std::abs(sum - 1) <= 0x1p-50) return probability;
  room.assign(probability.begin(), probability.end());
  const std::array<std::int64_t, 2> begin{0, static_cast<std::int64_t>(room.size())};
  normalise_distributions(begin, room);
  return room;
}

bool finite(std::span<const double> row) {
  return std::ranges::all_of(row, [](double x) { return std::isfinite(x); });
}

}  // namespace

double expected_reward(std::span<const double> probability, std::span<const double> reward) {
  if (std::ranges::all_of(reward, [&](double r) { return r == reward.front(); })) return reward.front();
  std::vector<double> room;
  const std::span<const double> row = kept(probability, room);
  const double mean = mean_of_doubles(row, reward);
  // Rows and rewards that are no numbers are refused when the model is built.
  if (!finite(row) || !finite(reward)) return mean;
  // Gains alone, or losses alone, have a spread of up to three means. One more unit for rounding; underflow and
  // overflow are left to exact arithmetic.
  const bool known = spread(row, reward, mean) <= 3.5 * std::abs(mean) && std::abs(mean) > 0x1p-900;
  return known ? mean : round(mean_as_read(row, reward));
}

double expected_reward(std::span<const double> probability, std::span<const double> reward, double a, double b) {
  if (a == 0 && b == 0) return expected_reward(probability, reward);
  if (std::ranges::all_of(reward, [](double r) { return r == 0; })) return sum_as_read(a, b);
  std::vector<double> room;
  const std::span<const double> row = kept(probability, room);
  const double mean = mean_of_doubles(row, reward), sum = mean + (a + b);
  if (!finite(row) || !finite(reward) || !std::isfinite(a) || !std::isfinite(b)) return sum;
  // Two more parts, each within half an ulp of what was meant, and two more additions.
  const double moved = spread(row, reward, mean) + std::abs(mean) + 2 * std::abs(a) + 2 * std::abs(b);
  const bool known = moved <= 3.5 * std::abs(sum) && std::abs(sum) > 0x1p-900;
  return known ? sum : round(mean_as_read(row, reward) + read_number(a).value + read_number(b).value);
}

double sum_as_read(double a, double b) {
  if (a == 0) return b;
  if (b == 0 || !std::isfinite(a) || !std::isfinite(b)) return a + b;
  return round(read_number(a).value + read_number(b).value);
}

}  // namespace bellwether::mdp
