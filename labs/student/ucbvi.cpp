// Lab "ucbvi": optimism in the face of uncertainty, for episodes of H stages.
//
// Before every episode the grader goes from the last stage (H - 1) back to the first (0), asks optimistic_value() for
// every state and action, and plays what looks best. It should return the smaller of H - stage (nobody can earn more)
// and
//
//     reward + sum over s' of (count(s') / visits) * value(stage + 1, s') + scale * H * log_term / sqrt(visits)
//
// the last being the bonus of UCBVI-CH. What was never tried is worth H - stage: all that could be.
//
// Of use: value.horizon() is H; value(h, s) the optimistic value of state s at stage h; seen.visits; seen.reward;
// seen.next, which has size(), state(i) and weight(i) (the count). What you print is shown when you are graded.
#include "lab.h"

namespace lab {

double optimistic_value(const Seen& seen, int stage, const Stages& value, double scale, double log_term) {
  const int left = value.horizon() - stage;
  // --- fill in from here: as given, it believes what it has seen, without a bonus ---
  (void)scale;
  (void)log_term;
  if (seen.visits == 0) return left;
  double sum = seen.reward;
  for (int i = 0; i < seen.next.size(); ++i)
    sum += seen.next.weight(i) / seen.visits * value(stage + 1, seen.next.state(i));
  return sum;
  // --- to here ---
}

}  // namespace lab
