#include "mdp/robust/best_choice.h"

#include <algorithm>
#include <limits>

#include "mdp/operators.h"

namespace bellwether::mdp {

struct BestChoice::Found {
  double best = -std::numeric_limits<double>::infinity();
  std::int64_t which = -1;
};

bool BestChoice::has_bounds(const Nature& nature, bool maximise) {
  // Scenarios need not contain the nominal row.
  return nature.model().kind() != SetKind::kScenarios && maximise == (nature.aim() == NatureAim::kLowest);
}

void BestChoice::answer(std::int64_t c, Found& found) const {
  const double x = sign_ * nature_.value(c, v_);
  if (x > found.best || (x == found.best && c < found.which) || found.which < 0) found = {x, c};
}

void BestChoice::look_through(std::int64_t first, std::int64_t last, Found& found) const {
  constexpr std::int64_t kMost = 64;
  double most[kMost];
  const TabularMdp& model = nature_.model().nominal();
  for (std::int64_t begin = first; begin < last; begin += kMost) {
    const std::int64_t count = std::min(kMost, last - begin);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t c = begin + i;
      const double mean = Expectation{}(model.successors(c), model.probabilities(c), v_);
      most[i] = sign_ * (model.reward(c) + nature_.discount() * mean);
    }
    const std::int64_t start = std::max_element(most, most + count) - most;
    answer(begin + start, found);
    for (std::int64_t i = 0; i < count; ++i)
      if (i != start && (most[i] > found.best || (most[i] == found.best && begin + i < found.which)))
        answer(begin + i, found);
  }
}

double BestChoice::best(int s, std::int64_t first, std::int64_t last) const {
  Found found;
  if (bounded_ && last - first > 1)
    look_through(first, last, found);
  else
    for (std::int64_t c = first; c < last; ++c) answer(c, found);
  if (choice_ != nullptr) choice_[s] = static_cast<std::int32_t>(found.which - first);
  return sign_ * found.best;
}

}  // namespace bellwether::mdp
