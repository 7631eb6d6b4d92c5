#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/information/proportions.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Options of learners that stop by a likelihood ratio.
struct EvidenceOptions {
  double delta = 0.05;
  std::string threshold = "experiments";
  std::string law = "auto";
};

template <class Field>
void describe_evidence(EvidenceOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability of error");
  field("threshold", o.threshold, one_of({"experiments", "proven"}),
        "evidence at which to stop: ln((1 + ln t) / delta), or ln(2 t (K - 1) / delta), proven for coins");
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

/// Counts and means, and the least evidence that some other arm than the best mean is not the best: the generalised
/// likelihood ratio of Chernoff's stopping rule (Garivier, Kaufmann 2016).
class Evidence {
 public:
  Evidence(int arms, const LawFamily& law, const EvidenceOptions& options);

  int arms() const { return static_cast<int>(mean_.size()); }
  const LawFamily& law() const { return law_; }
  std::int64_t total() const { return total_; }
  double count(int arm) const { return count_[static_cast<std::size_t>(arm)]; }
  std::span<const double> means() const { return mean_; }
  /// The best mean, the first of equals.
  int best() const { return best_; }
  /// What it would take to believe arm b as good as arm a.
  double against(int a, int b) const;

  /// The first arm that was never played; arms() when all were.
  int unplayed() const;
  void add(int arm, double reward);
  /// Every arm was played, and the least evidence against another best arm exceeds the threshold.
  bool sure() const { return sure_; }

 private:
  double threshold() const;

  LawFamily law_;
  double delta_;
  bool proven_, sure_;
  std::vector<double> count_, sum_, mean_;
  std::int64_t total_ = 0;
  int best_ = 0;
};

}  // namespace bellwether::bandits
