#include "bandits/identification/evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bellwether::bandits {

Evidence::Evidence(int arms, const LawFamily& law, const EvidenceOptions& options)
    : law_(law),
      delta_(options.delta),
      proven_(options.threshold == "proven"),
      sure_(arms == 1),
      count_(static_cast<std::size_t>(arms)),
      sum_(count_.size()),
      mean_(count_.size()) {}

double Evidence::against(int a, int b) const {
  const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
  return transport_cost(count_[i], mean_[i], count_[j], mean_[j], law_);
}

int Evidence::unplayed() const { return static_cast<int>(std::ranges::find(count_, 0.0) - count_.begin()); }

double Evidence::threshold() const {
  const auto t = static_cast<double>(total_);
  return proven_ ? std::log(2 * t * (arms() - 1) / delta_) : std::log((1 + std::log(t)) / delta_);
}

void Evidence::add(int arm, double reward) {
  const auto a = static_cast<std::size_t>(arm);
  ++total_;
  count_[a] += 1;
  sum_[a] += reward;
  mean_[a] = sum_[a] / count_[a];
  if (sure_ || unplayed() < arms()) return;
  best_ = static_cast<int>(std::ranges::max_element(mean_) - mean_.begin());
  double least = std::numeric_limits<double>::infinity();
  for (int b = 0; b < arms(); ++b)
    if (b != best_) least = std::min(least, against(best_, b));
  sure_ = least > threshold();
}

}  // namespace bellwether::bandits
