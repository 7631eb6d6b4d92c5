#pragma once

#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp.h"

#include "labs/student/lab.h"

namespace bellwether::labs {

/// A small random model of short numbers whose last state ends the play: an absorbing one without reward in `model`, a
/// state without actions in view(). One action in some states is the copy of another, so there are ties.
struct RandomModel {
  mdp::TabularMdp model;
  double discount = 0;
  // As students see it.
  std::vector<std::int64_t> first_choice, first_successor;
  std::vector<double> reward, probability;
  std::vector<std::int32_t> successor;

  int end() const { return model.num_states() - 1; }
  bool terminal(int s) const { return s == end(); }
  /// Looks into this object.
  lab::Model view() const;
};

/// 8 to 11 states; 2 to 4 actions, the same number everywhere when `same_actions`.
RandomModel random_model(const Stream& stream, bool same_actions = false);

}  // namespace bellwether::labs
