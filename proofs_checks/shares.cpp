#include "proofs_checks/shares.h"

#include <algorithm>

#include <fmt/format.h>

namespace bellwether::claims {

Measurement never_above(const std::vector<Shares>& tasks, double delta) {
  Measurement worst;
  double largest_there = 0, largest = 0;
  std::string there, where;
  for (const Shares& task : tasks) {
    const auto violated = std::ranges::count_if(task.of_bound, [](double share) { return !(share <= 1); });
    const Measurement here = never(violated, static_cast<std::int64_t>(task.of_bound.size()), delta);
    const double most = task.of_bound.empty() ? 0 : std::ranges::max(task.of_bound);
    const double worse = margin(Kind::kNever, worst) - margin(Kind::kNever, here);
    if (there.empty() || worse > 0 || (worse == 0 && most > largest_there)) {
      worst = here;
      there = task.on;
      largest_there = most;
    }
    if (where.empty() || most > largest) {
      largest = most;
      where = task.on;
    }
  }
  worst.detail = fmt::format("runs above the bound on {}; largest regret / bound {:.3g}", there, largest);
  if (where != there) worst.detail += ", on " + where;
  return worst;
}

}  // namespace bellwether::claims
