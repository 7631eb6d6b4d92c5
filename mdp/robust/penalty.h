#pragma once

#include <span>
#include <vector>

#include "mdp/robust/ambiguity.h"
#include "mdp/robust/smooth_row.h"

namespace bellwether::mdp::robust {

// One row p with values z that nature may leave at a price (docs/papers/rfzi.md): the least over all q of
//
//   q.z + price * D(q, p),
//
// D being the distance of the kind. It is concave in the price, monotone in z and shifts with it, and minus it is a
// convex measure of risk of z under p. p stands for p / sum p; entries with p = 0 may receive (L1, total variation).
//
//   KL    -price log E_p exp(-z / price)                      q ~ p exp(-z / price)
//   chi2  max over m of m - price E_p w (2 + w)               q = p (1 + w), w = max(-1, (m - z) / (2 price))
//   L1    E_p min(z, min z + 2 price)                         what is worth more goes to the least value
//   TV    the same with min z + price
//
// All are exact up to rounding. price = 0: the least value; price infinite: E_p z.

/// L1, total variation, KL, chi-square.
bool can_be_paid_for(SetKind kind);

double paid_least(SetKind kind, std::span<const double> p, std::span<const double> z, double price);

/// The same between proven bounds, for every price within four units of rounding of this one.
Bounds enclose_paid(SetKind kind, std::span<const double> p, std::span<const double> z, double price);

/// The distribution that attains it.
std::vector<double> paid_answer(SetKind kind, std::span<const double> p, std::span<const double> z, double price);

/// D(q, p): infinite for KL and chi-square when q leaves p.
double divergence(SetKind kind, std::span<const double> q, std::span<const double> p);

}  // namespace bellwether::mdp::robust
