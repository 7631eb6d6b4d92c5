#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::test {

/// What a random model has beside rows and one reward structure.
struct Extras {
  bool labels = true, other_rewards = true, transition_rewards = true, costs = false, names = true;
  bool identifiers = false, same_actions = false, intervals = false, own_nominal = false, laws = false;
  bool parallel = false;  ///< two transitions of a row may lead to the same state
  enum class Initial { kFirst, kSome, kAny } initial = Initial::kSome;
  enum class Seen { kNothing, kStates, kActions } seen = Seen::kNothing;
};

mdp::ModelFile random_file(std::uint64_t seed, const Extras& extras);

/// Fails the current test unless both hold the same model, bit for bit.
void expect_same(const mdp::ModelFile& a, const mdp::ModelFile& b);

/// Elements as matchers want them.
template <class T>
std::vector<T> listed(const Array<T>& values) {
  return {values.begin(), values.end()};
}
template <class T>
std::vector<T> listed(std::span<const T> values) {
  return {values.begin(), values.end()};
}

/// The text of the exception that `call` throws, or "nothing was thrown".
std::string message_of(const std::function<void()>& call);

}  // namespace bellwether::test
