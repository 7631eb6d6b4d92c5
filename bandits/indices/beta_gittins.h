#pragma once

#include <cstddef>
#include <vector>

namespace bellwether::bandits {

/// Two numbers with the truth between them.
struct Enclosure {
  double low = 0, high = 0;
  double middle() const { return (low + high) / 2; }
};

/// Gittins' index of an arm that brings 1 with a probability unknown but for its law Beta(successes, failures). Played
/// for at most `depth` rounds the arm is a finite tree; what may come after lies between "its mean or the charge for
/// ever" and "the truth is then told" (docs/papers/bandit-indices.md). Both, and rounding, are in the enclosure.
class BetaGittins {
 public:
  /// 0 <= discount < 1, tolerance > 0: enclosures are no wider unless rounding makes them so. InvalidOption otherwise.
  BetaGittins(double discount, double tolerance);

  /// Of Beta(successes, failures), both above 0. Cost: about eight passes over depth^2 / 2 posteriors.
  Enclosure index(double successes, double failures);

  /// (1 - discount) times the most that the arm brings when it may be given up for `charge` / (1 - discount) at any
  /// time; 0 <= charge <= 1.
  Enclosure retirement_value(double successes, double failures, double charge);

 private:
  enum class Tail { kNoNews, kTruthIsTold };
  struct Point {
    double value = 0, slope = 0;  ///< of the value of playing once more, in the charge
  };
  /// Into the tables: values of the tree at its leaves. Returns what playing the root once more is worth.
  Point play(double successes, double failures, double charge, Tail tail, int depth);
  /// Of a node whose children are at `at` and at + 1, one round played with mean p.
  Point step(double p, std::size_t at) const;
  /// So deep that the two tails leave enclosures within a quarter of the tolerance.
  int depth(double observations) const;
  void fill_leaves(double successes, double failures, double charge, Tail tail, int depth);

  double discount_, tolerance_, rounding_;
  std::vector<double> value_, slope_;
};

}  // namespace bellwether::bandits
