#pragma once

#include <span>

namespace bellwether::mdp {

/// The expected reward of a row, whose probabilities stand for p / sum(p) where they miss one. The doubles of a row are
/// roundings of the numbers that its author meant, and where gains and losses nearly balance the mean may be anything
/// of the size of what was rounded away. So it is the mean of the numbers as read (core/number_reading.h), rounded
/// once, unless doubles alone know it to a few units in the last place:
///   |result - mean of the numbers as read| <= 5 u |result|,   u = 2^-53.
/// The common value exactly where all rewards agree.
double expected_reward(std::span<const double> probability, std::span<const double> reward);

/// The same where every reward is reward[i] + a + b, for parts that come apart from those of the transitions: large
/// rewards that balance do not swallow a small part.
double expected_reward(std::span<const double> probability, std::span<const double> reward, double a, double b);

/// a + b for the numbers as read, rounded once: 1000000.1 - 1000000 is 0.1.
double sum_as_read(double a, double b);

}  // namespace bellwether::mdp
