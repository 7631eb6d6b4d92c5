#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/identification/max_determinant.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// DP-BAI (Chen, Karthik, Chee, Tan 2024): names the best arm after a number of rounds, eps-differentially private in
/// each single reward, which lies in [0, 1].
struct DpBaiOptions {
  double privacy = 1;
  std::string plan = "halving";
};

template <class Field>
void describe(DpBaiOptions& o, Field&& field) {
  field("privacy", o.privacy, above(0), "eps of differential privacy: the larger, the less noise");
  field("plan", o.plan, one_of({"halving", "uniform"}), "phases of DP-BAI, or one phase with all arms");
}

/// How many arms are left before phase 1, 2, ..., and at the end; and what of the budget is shared out to the phases.
struct DpBaiPlan {
  std::vector<int> sizes;   ///< M + 1 numbers, the last is 1
  std::int64_t budget = 0;  ///< T', so that rounding up never exceeds the rounds; not positive when there are too few

  int phases() const { return static_cast<int>(sizes.size()) - 1; }
};
/// `dimension`: of the span of the arms' features; K where they have none.
DpBaiPlan dp_bai_plan(int arms, int dimension, std::int64_t rounds);

class DpBai final : public Agent {
 public:
  DpBai(const World& world, const DpBaiOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  bool finished() const override { return started_ && active_.size() == 1; }
  int answer() const override;

  /// What the last phase that ended released, by arm: all that the answer depends on.
  const std::vector<double>& released() const { return released_; }

 private:
  void start(const Round& round);
  void begin_phase();
  void end_phase();
  void release_spanned();

  World world_;
  double privacy_;
  bool uniform_, started_ = false;
  Stream draws_;
  DpBaiPlan plan_;
  std::vector<double> features_;
  std::vector<int> active_, played_;  ///< arms that are left; those that this phase plays
  SpanningSet spanning_;              ///< of the active arms, where only these are played
  std::vector<double> sum_, released_;
  std::int64_t pulls_ = 0, cycle_ = 0;  ///< of each played arm in this phase
  std::size_t phase_ = 0, next_ = 0;
};

/// InvalidOption unless rewards lie in [0, 1], features (if any) stay the same and there is a round for every arm.
std::unique_ptr<Agent> make_dp_bai(const World& world, const DpBaiOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
