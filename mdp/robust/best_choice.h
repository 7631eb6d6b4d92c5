#pragma once

#include <cstdint>
#include <span>

#include "mdp/robust/nature.h"

namespace bellwether::mdp {

/// A state's best choice against (or with) nature, for mdp::backup in place of Largest, Smallest and Greedy: the same
/// value, from fewer of nature's answers.
///
/// Nature may leave the nominal row as it is, so that against the agent no choice is worth more than with it: nominal
/// values are bounds. The choice with the best one is answered first, then those alone whose bound still beats what was
/// found. Cost a state: its nominal sums, and nature's answers to one or two of its choices as a rule.
class BestChoice {
 public:
  /// `v` as given to the backup; `choice`, unless null, takes the number of the best choice of each state within it,
  /// the first of equals.
  BestChoice(const Nature& nature, std::span<const double> v, bool maximise, std::int32_t* choice = nullptr)
      : nature_(nature), v_(v), sign_(maximise ? 1 : -1), choice_(choice), bounded_(has_bounds(nature, maximise)) {}

  template <class Q>
  double operator()(int s, std::int64_t first, std::int64_t last, Q&&) const {
    return best(s, first, last);
  }

 private:
  static bool has_bounds(const Nature& nature, bool maximise);
  double best(int s, std::int64_t first, std::int64_t last) const;
  /// Beats `best` where it can, in units of sign * value.
  struct Found;
  void look_through(std::int64_t first, std::int64_t last, Found& found) const;
  void answer(std::int64_t c, Found& found) const;

  const Nature& nature_;
  std::span<const double> v_;
  double sign_;
  std::int32_t* choice_;
  bool bounded_;
};

}  // namespace bellwether::mdp
