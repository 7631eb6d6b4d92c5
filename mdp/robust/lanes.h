#pragma once

namespace bellwether::mdp::robust {

// Four doubles that move together, as two registers of two: what every 64-bit machine has, and the same bits on all.
typedef double Two __attribute__((vector_size(16)));
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

}  // namespace bellwether::mdp::robust
