#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/stream.h"
#include "mdp/model_data.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {

using Offsets = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using States = std::vector<std::int32_t>;

/// Three states with 2, 1 and 2 choices; row: choice 0 (s=0, a=0) to 1 and 2, choice 1 (s=0, a=1) to 0,
/// choice 2 (s=1, a=0) to 2, choice 3 (s=2, a=0) to 0 and 1, choice 4 (s=2, a=1) to 2.
inline ModelData small_data() {
  ModelData d;
  d.state_begin = Offsets{0, 2, 3, 5};
  d.choice_begin = Offsets{0, 2, 3, 4, 6, 7};
  d.successor = States{1, 2, 0, 2, 0, 1, 2};
  d.probability = Numbers{.5, .5, 1, 1, .25, .75, 1};
  d.rewards = {
      Column{.name = "gain", .expected = Numbers{1, 2, 3, 4, 5}, .by_transition = Numbers{0, 2, 2, 3, 1, 5, 5}}};
  d.costs = {Column{.name = "fuel", .expected = Numbers{0, 0, 1, 1, 0}, .by_transition = {}}};
  return d;
}

/// Replaces one element.
template <class T>
void set(Array<T>& array, std::size_t i, T value) {
  std::vector<T> values(array.begin(), array.end());
  values[i] = value;
  array = std::move(values);
}

/// More rows than fit one chunk of work.
inline ModelData large_data() { return test::random_model(Stream(3), {.states = 20'000}).data(); }

}  // namespace bellwether::mdp
