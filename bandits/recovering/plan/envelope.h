#pragma once

#include <span>
#include <vector>

namespace bellwether::bandits {

/// Expected rewards of one arm by how long it was idle: entry d - 1 is R(d), d = 1 .. the largest delay that still
/// makes a difference, from which on R stays the same. Non-decreasing, in [0, 1].
using Recovery = std::vector<double>;

/// R(d) for any d >= 1.
inline double recovered(const Recovery& recovery, long long idle) {
  const auto last = static_cast<long long>(recovery.size());
  return recovery[static_cast<std::size_t>((idle < last ? idle : last) - 1)];
}

/// A corner of the upper concave envelope F of the points (1/d, R(d)/d) and (0, 0), the share x of the periods in which
/// an arm is pulled against what it then earns a period. F(x) is an upper bound whatever the pulls are: pulls at delays
/// d that fill shares f_d d of all time are the convex combination of their points with these weights.
struct Corner {
  int delay = 0;  ///< x = 1 / delay
  double value = 0;
  double x() const { return 1.0 / delay; }
};

/// The corners of F with x ascending, without (0, 0), up to its maximum: pulling more often than that earns no more.
/// Empty when every reward is 0. Of points on one line the outer ones are corners.
void build_envelope(const Recovery& recovery, std::vector<Corner>& corners);
std::vector<Corner> envelope(const Recovery& recovery);

/// F(x), x in [0, 1].
double envelope_value(std::span<const Corner> corners, double x);

/// The linear programme max sum_i F_i(x_i), sum_i x_i <= capacity, 0 <= x_i <= 1, solved by taking segments of the
/// envelopes by falling slope. Built once for any number of capacities; its memory is kept between programmes.
class PullProgramme {
 public:
  void build(std::span<const std::vector<Corner>> envelopes);

  /// The optimal value. Into `delays`, when it is not null: of every arm the delay of the last corner at or below x_i,
  /// 0 when there is none.
  double solve(double capacity, std::vector<int>* delays = nullptr) const;

 private:
  struct Segment {
    double slope = 0, width = 0;
    int arm = 0, delay = 0;  // the corner at its right end
  };
  std::vector<Segment> segments_;
  std::size_t arms_ = 0;
};

/// No policy that pulls at most so many arms a period earns more a period in the long run.
double pull_bound(std::span<const Recovery> recoveries, int pulls);

}  // namespace bellwether::bandits
