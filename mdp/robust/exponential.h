#pragma once

#include <cstdint>
#include <cstring>

namespace bellwether::mdp::robust {

/// value = exp(x) and less_one = exp(x) - 1 in each lane, both to about two ulps, for -700 <= x <= 0: x = n log 2 + r,
/// a Taylor polynomial of degree 13 for |r| <= log(2) / 2 (truncated below 5e-18), times 2^n. `Lanes` is a vector of
/// doubles; every width gives the same bits.
template <class Lanes>
inline __attribute__((always_inline)) void exponential(const Lanes& x, Lanes& value, Lanes& less_one) {
  typedef std::int64_t Bits __attribute__((vector_size(sizeof(Lanes))));
  constexpr double kRound = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
  constexpr double kPerLog2 = 0x1.71547652b82fep0, kLog2High = 0x1.62e42fefa0000p-1, kLog2Low = 0x1.cf79abc9e3b3ap-40;
  const Lanes shifted = x * kPerLog2 + kRound, n = shifted - kRound;
  const Lanes r = (x - n * kLog2High) - n * kLog2Low, r2 = r * r, r4 = r2 * r2;
  const Lanes p1 = 1.0 / 2 + r * (1.0 / 6), p2 = 1.0 / 24 + r * (1.0 / 120);
  const Lanes p3 = 1.0 / 720 + r * (1.0 / 5040), p4 = 1.0 / 40320 + r * (1.0 / 362880);
  const Lanes p5 = 1.0 / 3628800 + r * (1.0 / 39916800), p6 = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const Lanes low = r + r2 * p1, middle = p2 + r2 * p3, high = p4 + r2 * p5;
  const Lanes part = low + r4 * (middle + r4 * (high + r4 * p6));
  Bits power;
  std::memcpy(&power, &shifted, sizeof power);
  power = (power << 52) + std::int64_t{0x3ff0000000000000};
  Lanes scale;
  std::memcpy(&scale, &power, sizeof scale);
  value = (1.0 + part) * scale;
  less_one = part * scale + (scale - 1.0);
}

}  // namespace bellwether::mdp::robust
