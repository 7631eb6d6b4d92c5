#include "mdp/robust/wide_kernels.h"

#include <limits>

#include "mdp/robust/exponential.h"

namespace bellwether::mdp::robust {
namespace {

typedef double Eight __attribute__((vector_size(64)));
typedef double LooseEight __attribute__((vector_size(64), aligned(8), may_alias));
typedef double Quad __attribute__((vector_size(32)));
typedef double LooseQuad __attribute__((vector_size(32), aligned(8), may_alias));

// One source for all widths, compiled for each below.
#define BELLWETHER_INTO_EACH inline __attribute__((always_inline))

BELLWETHER_INTO_EACH double sum_of(const Eight& x) {
  return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}
BELLWETHER_INTO_EACH double sum_of(const Quad& x) { return (x[0] + x[1]) + (x[2] + x[3]); }

BELLWETHER_INTO_EACH double smaller(double a, double b) { return a < b ? a : b; }
BELLWETHER_INTO_EACH double larger(double a, double b) { return a > b ? a : b; }
BELLWETHER_INTO_EACH double smallest(const Quad& x) { return smaller(smaller(x[0], x[1]), smaller(x[2], x[3])); }
BELLWETHER_INTO_EACH double largest(const Quad& x) { return larger(larger(x[0], x[1]), larger(x[2], x[3])); }

BELLWETHER_INTO_EACH void sums(const double* p, const double* y, std::size_t n, double t, TiltedSums& out) {
  Eight mass = {}, less_one = {}, first = {}, second = {};
  const Eight floor = Eight{} - 700.0;
  for (std::size_t i = 0; i < n; i += 8) {
    const Eight yi = *reinterpret_cast<const LooseEight*>(y + i), pi = *reinterpret_cast<const LooseEight*>(p + i);
    Eight x = yi * -t, value, value_less_one;
    x = x > floor ? x : floor;
    exponential(x, value, value_less_one);
    const Eight e = pi * value, ey = e * yi;
    mass += e;
    less_one += pi * value_less_one;
    first += ey;
    second += ey * yi;
  }
  out = {sum_of(mass), sum_of(less_one), sum_of(first), sum_of(second)};
}

BELLWETHER_INTO_EACH void cut(const double* p, const double* z, std::size_t n, double a, Cut& out) {
  const Quad zero = {}, at = zero + a;
  Quad above = zero, below = zero, clipped = zero, lowest = zero + std::numeric_limits<double>::infinity();
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const Quad pi = *reinterpret_cast<const LooseQuad*>(p + i), zi = *reinterpret_cast<const LooseQuad*>(z + i);
    above += zi > at ? pi : zero;
    below += zi < at ? pi : zero;
    clipped += pi * (zi < at ? zi : at);
    lowest = zi < lowest ? zi : lowest;
  }
  out = {sum_of(above), sum_of(below), sum_of(clipped), smallest(lowest)};
  for (; i < n; ++i) {
    out.above += z[i] > a ? p[i] : 0;
    out.below += z[i] < a ? p[i] : 0;
    out.clipped += p[i] * smaller(z[i], a);
    out.lowest = smaller(out.lowest, z[i]);
  }
}

BELLWETHER_INTO_EACH void neighbours(const double* z, std::size_t n, double a, Neighbours& out) {
  const Quad infinity = Quad{} + std::numeric_limits<double>::infinity(), at = Quad{} + a;
  Quad above = infinity, below = -infinity;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const Quad zi = *reinterpret_cast<const LooseQuad*>(z + i);
    const Quad up = zi > at ? zi : infinity, down = zi < at ? zi : -infinity;
    above = up < above ? up : above;
    below = down > below ? down : below;
  }
  out = {smallest(above), largest(below)};
  for (; i < n; ++i) {
    if (z[i] > a) out.above = smaller(out.above, z[i]);
    if (z[i] < a) out.below = larger(out.below, z[i]);
  }
}

#undef BELLWETHER_INTO_EACH

struct Kernels {
  void (*sums)(const double*, const double*, std::size_t, double, TiltedSums&);
  void (*cut)(const double*, const double*, std::size_t, double, Cut&);
  void (*neighbours)(const double*, std::size_t, double, Neighbours&);
};

void sums_narrow(const double* p, const double* y, std::size_t n, double t, TiltedSums& out) { sums(p, y, n, t, out); }
void cut_narrow(const double* p, const double* z, std::size_t n, double a, Cut& out) { cut(p, z, n, a, out); }
void neighbours_narrow(const double* z, std::size_t n, double a, Neighbours& out) { neighbours(z, n, a, out); }

#if defined(__x86_64__) && defined(__GNUC__)
#define BELLWETHER_FOR(features) __attribute__((target(features)))

BELLWETHER_FOR("avx2")
void sums_wide(const double* p, const double* y, std::size_t n, double t, TiltedSums& out) { sums(p, y, n, t, out); }
BELLWETHER_FOR("avx2")
void cut_wide(const double* p, const double* z, std::size_t n, double a, Cut& out) { cut(p, z, n, a, out); }
BELLWETHER_FOR("avx2")
void neighbours_wide(const double* z, std::size_t n, double a, Neighbours& out) { neighbours(z, n, a, out); }
BELLWETHER_FOR("avx512f,avx512dq,avx512vl")
void sums_widest(const double* p, const double* y, std::size_t n, double t, TiltedSums& out) { sums(p, y, n, t, out); }
BELLWETHER_FOR("avx512f,avx512dq,avx512vl")
void cut_widest(const double* p, const double* z, std::size_t n, double a, Cut& out) { cut(p, z, n, a, out); }
BELLWETHER_FOR("avx512f,avx512dq,avx512vl")
void neighbours_widest(const double* z, std::size_t n, double a, Neighbours& out) { neighbours(z, n, a, out); }

#undef BELLWETHER_FOR

Kernels best_kernels() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return {sums_widest, cut_widest, neighbours_widest};
  if (__builtin_cpu_supports("avx2")) return {sums_wide, cut_wide, neighbours_wide};
  return {sums_narrow, cut_narrow, neighbours_narrow};
}
#else
Kernels best_kernels() { return {sums_narrow, cut_narrow, neighbours_narrow}; }
#endif

const Kernels kKernels = best_kernels();

}  // namespace

TiltedSums tilted_sums(const double* p, const double* y, std::size_t n, double t) {
  TiltedSums out;
  kKernels.sums(p, y, n, t, out);
  return out;
}

Cut cut_at(const double* p, const double* z, std::size_t n, double a) {
  Cut out;
  kKernels.cut(p, z, n, a, out);
  return out;
}

Neighbours neighbours_of(const double* z, std::size_t n, double a) {
  Neighbours out;
  kKernels.neighbours(z, n, a, out);
  return out;
}

}  // namespace bellwether::mdp::robust
