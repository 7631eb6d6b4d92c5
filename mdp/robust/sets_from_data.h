#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/stream.h"
#include "mdp/robust/robust_mdp.h"

namespace bellwether::mdp {

// Sets that hold the true rows with probability 1 - delta, from counts of transitions: `count[i]` is how often
// transition i of the model was seen (numbers of draws need not be whole). All need 0 < delta < 1 (InvalidOption).

/// The radius k with |p_hat - p|_1 <= k for all `rows` rows at once, each the empirical law of `samples` draws over
/// `outcomes` outcomes (Weissman et al. 2003 and a union bound): sqrt(2 / samples * log((2^outcomes - 2) rows /
/// delta)). 2 without samples, the diameter of the simplex; 0 when there is one outcome.
double weissman_radius(double samples, int outcomes, std::int64_t rows, double delta);

/// The like for one entry of each row at a time, |p_hat - p|_inf <= k (Hoeffding and a union bound over entries):
/// sqrt(log(2 rows outcomes / delta) / (2 samples)).
double hoeffding_radius(double samples, int outcomes, std::int64_t rows, double delta);

/// Whether a theorem gives sets of this kind a radius that holds the true rows: L1 and total variation (Weissman) and
/// the largest norm (Hoeffding).
bool has_radius_from_samples(SetKind kind);

/// Radii of sets around empirical rows, one a choice: with probability 1 - delta every true row lies within its own.
/// The row of choice c is the law of `samples[c]` draws over its listed successors, or over all states when the support
/// is all of them; infinitely many samples mean that the row is known, none that nature may send the choice anywhere in
/// its support. `delta` is shared equally by the rows that are not known and have two outcomes or more. InvalidOption
/// for kinds without such a radius.
std::vector<double> radii_from_samples(const TabularMdp& model, SetKind kind, Support support,
                                       std::span<const double> samples, double delta);

/// The empirical model (choices never seen: the rows of `model`) with Weissman's L1 balls, all states as outcomes when
/// the support is all of them. The rows of `model` list what can happen; transitions never seen keep no probability
/// and, as rows list positive entries only, a millionth of a draw.
RobustMdp weissman_balls(const TabularMdp& model, std::span<const double> count, double delta,
                         Support support = Support::kSuccessors);

/// Whether `credible_radii` knows the kind: the norms, KL and chi-square.
bool has_credible_radius(SetKind kind);

/// Bayesian radii around the rows of `model` itself, one a choice. The row of choice c was estimated from `samples[c]`
/// draws; with a Dirichlet prior, `prior` for each listed successor, its posterior is Dirichlet(prior + samples p). The
/// radius is no less than the (1 - delta / rows) quantile of the distance from p but in one case of two million: it is
/// the distance that 19 draws of 50 rows / delta exceed, so that a mass of .4 delta / rows lies beyond it on average.
/// Unless that case has come for some row, all true rows lie in their sets with probability 1 - delta given the data.
/// Infinitely many samples: the row is known. The prior counts for much where samples are few. InvalidOption for other
/// kinds, and where rows are so many that more than 5 10^8 probabilities would be drawn.
///
/// `keep_going` is asked every few hundredths of a second; after a no there are no radii.
std::vector<double> credible_radii(const TabularMdp& model, SetKind kind, std::span<const double> samples, double prior,
                                   double delta, const Stream& stream,
                                   const std::function<bool()>& keep_going = nullptr);

/// Bayesian credible regions (Russel and Petrik 2019): the posterior of each row is Dirichlet with concentrations
/// prior + count; the centre is its mean and the radius the (1 - delta / rows) quantile of |p - centre|_1 over `draws`
/// draws. A row's region holds it with that posterior probability, up to the Monte Carlo error of the quantile, and
/// all rows at once with probability 1 - delta. `draws` must be at least rows / delta for the quantile to mean
/// anything (InvalidOption).
RobustMdp credible_balls(const TabularMdp& model, std::span<const double> count, double prior, double delta, int draws,
                         const Stream& stream);

}  // namespace bellwether::mdp
