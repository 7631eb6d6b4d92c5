#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/robust/robust_mdp.h"
#include "mdp/robust/smooth_row.h"

namespace bellwether::mdp {

using robust::Bounds;

/// Which way nature pulls the values.
enum class NatureAim : std::uint8_t { kLowest, kHighest };

/// A choice as nature sees it: outcomes with probability p and value z, such that the choice is worth
/// base + sign * factor * q.z under the distribution q, and nature minimises q.z.
struct Outcomes {
  std::span<const double> p;
  std::vector<double> z;
  std::vector<std::int32_t> state;  ///< where each outcome leads; empty: the listed successors in their order
  double base = 0, factor = 1;
  std::vector<double> own_p = {};  ///< backs p where outcomes are added to the listed ones
};

/// Nature in a robust model with sets by choice, and the rows of all models: what each choice is worth when nature
/// takes the distribution that suits its aim. Values are those of the choice, reward included: r + discount * q.v, or
/// sum q (r(s') + discount * v(s')) where rewards depend on the successor. A state outside the listed successors earns
/// the expected reward of the choice.
///
///   Nature nature(robust, 0.95, NatureAim::kLowest);
///   nature.prepare(v);
///   backup(robust.nominal(), 0.95, v, out, nature, Largest{});
///
/// Cost a row of n outcomes: expected O(n) for L1, total variation, Linf, intervals, contamination, chi-square (a few
/// closed forms) and KL (a few Newton steps), O(n log n) for weighted L1, O(n^2 log n) for Wasserstein. Thresholds and
/// multipliers are remembered from call to call, so a sweep over values that moved little finds them at once. Calls for
/// different choices may run at the same time.
class Nature {
 public:
  /// `model` must outlive the object.
  Nature(const RobustMdp& model, double discount, NatureAim aim);

  const RobustMdp& model() const { return model_; }
  double discount() const { return discount_; }
  NatureAim aim() const { return aim_; }
  /// +1 when nature wants values low, -1 when high: nature minimises sign() times the value.
  double sign() const { return aim_ == NatureAim::kLowest ? 1 : -1; }

  /// To be called for each new v before value(), enclose() and respond(); only sets on all states need it.
  void prepare(std::span<const double> v);

  /// Exact to about 1e-13 of the largest |r| + discount |v| in the row.
  double value(std::int64_t choice, std::span<const double> v) const;

  /// The same with proven bounds: the distances between them hold what rounding and iterations leave open, for
  /// probabilities divided by their sum, rewards and discount within half an ulp of the stored ones.
  Bounds enclose(std::int64_t choice, std::span<const double> v) const;

  /// The distribution that attains value(), a probability for each of the outcomes() of the choice.
  std::vector<double> respond(std::int64_t choice, std::span<const double> v) const;

  /// What nature's payment for q = respond(choice, v) adds to the value of the choice: positive where she wants values
  /// low, negative where high, 0 for sets.
  double payment(std::int64_t choice, std::span<const double> v, std::span<const double> q) const;

  /// The outcomes of a choice. With `whole`, base is 0 and factor 1, so that z of all choices of a state compare.
  void outcomes(std::int64_t choice, std::span<const double> v, bool whole, Outcomes& out) const;

  /// Weights of the outcomes (weighted L1) and what moving between two of them costs (Wasserstein).
  std::vector<double> weights(std::int64_t choice, const Outcomes& row) const;
  double ground_cost(std::int64_t choice, const Outcomes& row, std::size_t from, std::size_t to) const;

  /// min q.z over the set of this choice with this radius; fills q when not null. Without hints.
  double least_value(std::int64_t choice, const Outcomes& row, double radius, std::vector<double>* q = nullptr) const;
  /// What rounding may do to least_value for rows of this shape, as a share of the largest |z|.
  double share_of_error(const Outcomes& row) const;

  /// Bounds on the value of a choice from bounds on q.z for its row, with all that was rounded on the way to z and
  /// back.
  Bounds value_bounds(std::int64_t choice, const Outcomes& row, const Bounds& of_row, double largest_value) const;

 private:
  double price_for(std::int64_t choice) const;  ///< in the units of z
  double hinted_least(std::int64_t choice, std::span<const double> p, std::span<const double> z) const;
  double quick_least(std::int64_t choice, const Outcomes& row) const;
  void add_unlisted(std::int64_t choice, std::span<const double> v, double from_v, double constant,
                    Outcomes& out) const;

  const RobustMdp& model_;
  double discount_;
  NatureAim aim_;
  bool quick_rows_ = false;  ///< no more than listed successors and values
  bool priced_ = false;
  std::span<const double> transition_reward_;
  std::vector<std::int32_t> order_;              ///< states nature likes best, as many as may be listed, plus one
  mutable std::vector<std::int32_t> threshold_;  ///< hints of transport sets, one a choice
  mutable std::vector<double> multiplier_;       ///< hints of KL and chi-square, one a choice
  std::vector<double> certain_;                  ///< exp(-radius), as many as there are radii
};

}  // namespace bellwether::mdp
