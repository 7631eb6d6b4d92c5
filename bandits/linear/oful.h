#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "bandits/linear/model.h"
#include "core/options.h"

namespace bellwether::bandits {

/// OFUL (Abbasi-Yadkori, Pal, Szepesvari 2011), also called LinUCB: the arm with the largest mean among all parameters
/// in the confidence ellipsoid. A fixed set costs O(K d + d^2) a round, one drawn anew O(K d^2).
struct OfulOptions {
  std::string constant = "theory";
  std::string radius = "log-det";
  double lambda = 1, delta = 0, growth = 0;
};

template <class Field>
void describe(OfulOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the radius: theory, practical or a number");
  field("radius", o.radius, one_of({"log-det", "a-priori"}),
        "of the ellipsoid: from the determinant of V, or from what it can be at most");
  field("lambda", o.lambda, above(0), "V starts as lambda times the identity");
  field("delta", o.delta, between(0, 0.5), "probability that the ellipsoid may fail; 0: 1 / T");
  field("growth", o.growth, at_least(0),
        "C: estimate and ellipsoid change only when det V has grown by 1 + C since they did; 0: in every round");
}

/// OFUL, for claims that look inside.
class Oful final : public Agent {
 public:
  Oful(const World& world, const OfulOptions& options);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::optional<double> optimistic_mean(int arm) const override { return index_[arm]; }

  /// The estimate that the next choice is made from, and the radius of the ellipsoid around it.
  const Ridge& estimate() const { return model_.ridge(); }
  double radius() const { return factor_ * radius_.at(model_.ridge()); }
  /// How often the estimate changed.
  std::int64_t switches() const { return switches_; }

 private:
  double factor_;
  Radius radius_;
  LinearModel model_;
  std::optional<Ridge> ahead_;  // with lazy switching: all observations; model_ lags behind
  LazySwitch lazy_;
  bool chosen_ = false, fixed_;
  int arm_ = 0;
  std::int64_t switches_ = 0;
  Eigen::ArrayXd index_;
};

std::unique_ptr<Agent> make_oful(const World& world, const OfulOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
