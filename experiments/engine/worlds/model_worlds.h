#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "experiments/engine/world.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {

/// An instance that learners of models meet.
class ModelArena : public Arena {
 public:
  explicit ModelArena(online::Arena arena) : arena_(std::move(arena)) {}
  Series play(const LearnerVariant& learner, const Stream& stream, const TrialOptions& options) const override {
    return online::play(arena_, learner.name, learner.given, stream, options);
  }

 private:
  online::Arena arena_;
};

/// A world of models whose learners are in a table of solvers/online.
template <class Learner, std::span<const Learner> (*Table)()>
class ModelWorld : public World {
 public:
  bool has(const InstanceVariant& instance) const override { return instance.bandit() == nullptr; }
  bool knows(std::string_view learner) const override { return find(learner) != nullptr; }
  LearnerRow row(std::string_view learner) const override {
    const Learner& found = *find(learner);
    return {found, found.options()};
  }
  const std::vector<std::string>& metrics(Protocol protocol) const override { return online::metrics_of(protocol); }

 protected:
  static const Learner* find(std::string_view learner) {
    const auto table = Table();
    const auto found = std::ranges::find(table, learner, [](const Learner& row) { return row.name; });
    return found == table.end() ? nullptr : &*found;
  }
};

/// A chain of two states, as the first that a learner of a model is made for.
const mdp::NamedInstance& small_model();
inline constexpr int kSmallHorizon = 2;
inline constexpr std::int64_t kSmallLength = 100;

/// "minimise\n", or nothing.
std::string minimise_line(const InstanceVariant& instance);

/// Of learners of a discounted model: "discount 0.9\nmaximise\n".
std::string discount_lines(const InstanceVariant& instance);

/// Fails unless the instance has a discount and one model for all stages.
void require_discount(const InstanceVariant& instance, std::string_view learner);

/// What to do about a setting that is missing: "set horizon" in a plan, "give --horizon H" on the command line.
std::string asked_for(const InstanceVariant& instance, std::string_view setting, std::string_view option);

/// Fails unless the instance has a horizon within what tables of learners can hold.
void require_horizon(const InstanceVariant& instance, std::string_view learner);

}  // namespace bellwether::experiments
