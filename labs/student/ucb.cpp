// Lab "ucb": an index that explores just enough.
//
// There are several arms with unknown mean rewards in [0, 1]. In every round the arm with the largest index is pulled
// (the first of several). ucb_index() should return
//
//     mean + sqrt(alpha * ln(round) / (2 * pulls)),      mean = total / pulls
//
// where `total` is the sum of the rewards of this arm so far, `pulls` the number of them and `round` the number of the
// round, 1 at the beginning. An arm that was never pulled must be pulled before any other: its index is kInfinity.
//
// Of use: std::sqrt, std::log (the natural logarithm). Beware of whole numbers: 1 / 2 is 0, 1.0 / 2 is 0.5. What you
// print is shown when you are graded.
#include "lab.h"

namespace lab {

double ucb_index(double total, int pulls, int round, double alpha) {
  // --- fill in from here: as given, it never explores beyond the first pull of each arm ---
  (void)round;
  (void)alpha;
  if (pulls == 0) return kInfinity;
  return total / pulls;
  // --- to here ---
}

}  // namespace lab
