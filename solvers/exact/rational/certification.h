#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mdp/graph/components.h"
#include "solvers/exact/rational/criteria.h"
#include "solvers/exact/rational/exact_bellman.h"

namespace bellwether::solvers::rational {

struct ExactValues::Data {
  RationalVector x;
};

/// What the certificates of stationary policies share: the model as read, a policy under repair, the bookkeeping.
class Certification {
 public:
  /// `rewards` = false leaves rewards out. InvalidOption when the policy does not fit the model.
  Certification(const ModelView& model, Direction direction, bool rewards, std::span<const std::int32_t> policy,
                const RationalOptions& options, std::string name);

  int sign() const { return sign_; }
  std::string state_name(int s) const { return view_.state_name(s); }
  ExactProcess& process() { return process_; }
  const ExactProcess& process() const { return process_; }
  WorkLimit& limit() { return limit_; }
  LiftingStats& stats() { return stats_; }
  std::vector<std::int64_t>& policy() { return policy_; }  ///< model-wide choice of each state
  std::int64_t choice_of(int s) const { return policy_[s]; }

  /// One improvement step outside the target; returns how many states changed, which is 0 when the policy is proven
  /// against all (allowed) choices. `tight` receives the choices of each state that equal the best.
  int improve(const ChoiceComparison& comparison, std::span<const char> allowed,
              std::vector<std::vector<std::int64_t>>& tight);
  void count_update() { ++report_.policy_updates; }
  void count_comparisons(const ChoiceComparison& c) { report_.exact_comparisons += c.exact_comparisons(); }

  /// The result for values x of the maximisation (turned back when minimising).
  RationalResult publish(RationalVector x, const std::vector<std::vector<std::int64_t>>& tight);
  RationalResult fail(Status status, std::string note);

 private:
  RationalReport report() const;

  ModelView view_;
  ExactRows rows_;
  ExactProcess process_;
  int sign_;
  WorkLimit limit_;
  LiftingStats stats_;
  std::vector<std::int64_t> policy_, given_;
  RationalReport report_;
};

/// Doubles and texts of x, with the sign of the problem.
void publish_values(RationalVector x, int sign, RationalResult& result);

/// Strongly connected classes of the chain of a policy, and which of them are closed; edges into `stop` states are left
/// out and count as leaving.
struct PolicyClasses {
  mdp::Components classes;
  std::vector<char> closed;
};
PolicyClasses policy_classes(const ExactRows& rows, std::span<const std::int64_t> policy,
                             std::span<const Boundary> boundary);

}  // namespace bellwether::solvers::rational
