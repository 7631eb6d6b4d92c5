#pragma once

#include <cstdint>

namespace bellwether::mdp::robust {

// Four doubles that move together, as two registers of two: what every 64-bit machine has, and the same bits on all.
typedef double Two __attribute__((vector_size(16)));
typedef std::int64_t TwoBits __attribute__((vector_size(16)));
typedef double LooseTwo __attribute__((vector_size(16), aligned(8), may_alias));

struct Four {
  Two a, b;

  static Four all(double x) { return {Two{x, x}, Two{x, x}}; }
  static Four load(const double* x) {
    return {*reinterpret_cast<const LooseTwo*>(x), *reinterpret_cast<const LooseTwo*>(x + 2)};
  }
  void store(double* x) const {
    *reinterpret_cast<LooseTwo*>(x) = a;
    *reinterpret_cast<LooseTwo*>(x + 2) = b;
  }
  double sum() const { return (a[0] + a[1]) + (b[0] + b[1]); }
  double smallest() const {
    const Two m = a < b ? a : b;
    return m[0] < m[1] ? m[0] : m[1];
  }
  double largest() const {
    const Two m = a > b ? a : b;
    return m[0] > m[1] ? m[0] : m[1];
  }

  friend Four operator+(const Four& x, const Four& y) { return {x.a + y.a, x.b + y.b}; }
  friend Four operator-(const Four& x, const Four& y) { return {x.a - y.a, x.b - y.b}; }
  friend Four operator*(const Four& x, const Four& y) { return {x.a * y.a, x.b * y.b}; }
  friend Four min(const Four& x, const Four& y) { return {x.a < y.a ? x.a : y.a, x.b < y.b ? x.b : y.b}; }
  friend Four max(const Four& x, const Four& y) { return {x.a > y.a ? x.a : y.a, x.b > y.b ? x.b : y.b}; }
};

/// `yes` where x > y, else `no`.
inline Four where_greater(const Four& x, const Four& y, const Four& yes, const Four& no) {
  return {x.a > y.a ? yes.a : no.a, x.b > y.b ? yes.b : no.b};
}

/// exp(x) and exp(x) - 1, neither with lost digits.
template <class Lanes>
struct Exponential {
  Lanes value, less_one;
};

/// For -700 <= x <= 0, to about two ulps: x = n log 2 + r, a Taylor polynomial of degree 13 for |r| <= log(2) / 2
/// (truncated below 5e-18), times 2^n.
inline Exponential<Two> exponential(const Two& x) {
  constexpr double kRound = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
  constexpr double kPerLog2 = 0x1.71547652b82fep0, kLog2High = 0x1.62e42fefa0000p-1, kLog2Low = 0x1.cf79abc9e3b3ap-40;
  const Two shifted = x * kPerLog2 + kRound, n = shifted - kRound;
  const Two r = (x - n * kLog2High) - n * kLog2Low, r2 = r * r, r4 = r2 * r2;
  const Two p1 = 1.0 / 2 + r * (1.0 / 6), p2 = 1.0 / 24 + r * (1.0 / 120);
  const Two p3 = 1.0 / 720 + r * (1.0 / 5040), p4 = 1.0 / 40320 + r * (1.0 / 362880);
  const Two p5 = 1.0 / 3628800 + r * (1.0 / 39916800), p6 = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const Two low = r + r2 * p1, middle = p2 + r2 * p3, high = p4 + r2 * p5;
  const Two less_one = low + r4 * (middle + r4 * (high + r4 * p6));
  TwoBits power;
  __builtin_memcpy(&power, &shifted, sizeof power);
  power = (power << 52) + std::int64_t{0x3ff0000000000000};
  Two scale;
  __builtin_memcpy(&scale, &power, sizeof scale);
  return {(1.0 + less_one) * scale, less_one * scale + (scale - 1.0)};
}
inline Exponential<Four> exponential(const Four& x) {
  const Exponential<Two> a = exponential(x.a), b = exponential(x.b);
  return {{a.value, b.value}, {a.less_one, b.less_one}};
}

}  // namespace bellwether::mdp::robust
