#include "proofs_checks/shares.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

namespace bellwether::claims {
namespace {

Tally together(const std::vector<Tally>& tasks) {
  Tally all{.on = "all tasks"};
  for (const Tally& task : tasks) {
    all.broken += task.broken;
    all.runs += task.runs;
  }
  return all;
}

/// What is not a number is above every bound.
bool is_above(double share) { return !(share <= 1); }

double most_of(const Shares& task) {
  double most = 0;
  for (const double share : task.of_bound)
    most = std::max(most, std::isnan(share) ? std::numeric_limits<double>::infinity() : share);
  return most;
}

}  // namespace

Measurement never_anywhere(const std::vector<Tally>& tasks, double delta) {
  std::vector<Tally> judged = tasks;
  if (tasks.size() > 1) judged.push_back(together(tasks));
  Measurement worst;
  double least = std::numeric_limits<double>::infinity();
  for (const Tally& task : judged) {
    const Measurement here = never(task.broken, task.runs, delta, task.on);
    if (margin(Kind::kNever, here) >= least) continue;
    worst = here;
    least = margin(Kind::kNever, here);
  }
  return worst;
}

Measurement never_above(std::vector<Shares> tasks, double delta) {
  std::ranges::stable_sort(tasks, std::greater{}, most_of);
  std::vector<Tally> tallies;
  for (const Shares& task : tasks)
    tallies.push_back({task.on, std::ranges::count_if(task.of_bound, is_above), std::ssize(task.of_bound)});
  Measurement worst = never_anywhere(tallies, delta);
  if (tasks.empty()) return worst;
  const Shares& most = tasks.front();
  const std::string where = most.on == worst.detail ? "" : ", on " + most.on;
  worst.detail =
      fmt::format("runs above the bound on {}; largest regret / bound {:.3g}{}", worst.detail, most_of(most), where);
  return worst;
}

}  // namespace bellwether::claims
