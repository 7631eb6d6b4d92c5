#include "solvers/constrained/recent_mean.h"

#include <algorithm>
#include <utility>

namespace bellwether::solvers::constrained {
namespace {

bool same(const AnyPolicy& a, const AnyPolicy& b) {
  return a.parts.empty() && b.parts.empty() && a.stationary == b.stationary && a.stages == b.stages;
}

}  // namespace

const RecentMean::Part* RecentMean::find_in(const Block& block, const AnyPolicy& policy) {
  const auto found = std::ranges::find_if(block.parts, [&](const Part& part) { return same(part.policy, policy); });
  return found == block.parts.end() ? nullptr : &*found;
}

const std::vector<Bounded>* RecentMean::find(const AnyPolicy& policy) const {
  for (const Block* block : {&now_, &before_})
    if (const Part* part = find_in(*block, policy)) return &part->collected;
  return nullptr;
}

void RecentMean::add(const AnyPolicy& policy, const std::vector<Bounded>& collected, double weight) {
  if (!(weight > 0)) return;
  const Part* known = find_in(now_, policy);
  if (known == nullptr) {
    if (now_.parts.size() >= kParts) {
      Part all{.policy = mixed({&now_}), .collected = {}, .weight = now_.weight};
      if (planner_.given_up()) return;
      now_.parts.clear();
      now_.parts.push_back(std::move(all));
    }
    now_.parts.push_back({.policy = policy, .collected = collected});
    known = &now_.parts.back();
  }
  now_.parts[static_cast<std::size_t>(known - now_.parts.data())].weight += weight;
  now_.weight += weight;
  now_.sum.resize(collected.size());
  for (std::size_t k = 0; k < collected.size(); ++k) now_.sum[k] += weight * collected[k].value;
}

void RecentMean::begin_block() { before_ = std::exchange(now_, {}); }

std::vector<Bounded> RecentMean::collected() const {
  std::vector<Bounded> mean;
  for (std::size_t k = 0; k < std::max(now_.sum.size(), before_.sum.size()); ++k) {
    const double sum = (now_.sum.empty() ? 0 : now_.sum[k]) + (before_.sum.empty() ? 0 : before_.sum[k]);
    mean.push_back(exactly(sum / (now_.weight + before_.weight)));
  }
  return mean;
}

AnyPolicy RecentMean::policy() const { return mixed({&before_, &now_}); }

AnyPolicy RecentMean::mixed(const std::vector<const Block*>& blocks) const {
  double total = 0;
  for (const Block* block : blocks) total += block->weight;
  std::vector<AnyPolicy> policies;
  std::vector<double> weights;
  for (const Block* block : blocks) {
    for (const Part& part : block->parts) {
      policies.push_back(part.policy);
      weights.push_back(part.weight / total);
    }
  }
  return planner_.mix(policies, weights);
}

}  // namespace bellwether::solvers::constrained
