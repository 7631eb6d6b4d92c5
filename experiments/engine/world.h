#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/learner.h"
#include "core/options.h"
#include "core/series.h"
#include "core/stream.h"
#include "experiments/engine/grid.h"

namespace bellwether::experiments {

/// What the table of a learner's family says of it.
struct LearnerRow {
  LearnerInfo info;
  std::vector<OptionRow> options;
};

/// An instance made ready for the learners of a world: what is computed once serves all of them and all seeds.
/// Immutable, so that replicates in different threads share one.
class Arena {
 public:
  virtual ~Arena() = default;
  /// One replicate. The result depends on nothing but what is given.
  virtual Series play(const LearnerVariant& learner, const Stream& stream, const TrialOptions& options) const = 0;
};

/// One way in which learners meet instances. The engine knows of them through this interface alone: a new one adds its
/// file in worlds/ and a line in world.cpp.
class World {
 public:
  virtual ~World() = default;

  virtual std::string_view does() const = 0;  ///< of its learners: "plays episodes", "takes samples"
  virtual bool has(const InstanceVariant& instance) const = 0;
  virtual bool knows(std::string_view learner) const = 0;
  /// Of a learner that it knows.
  virtual LearnerRow row(std::string_view learner) const = 0;
  /// Makes the learner once, on something small, for the sake of the messages about its settings.
  virtual void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const = 0;
  virtual const std::vector<std::string>& metrics(Protocol protocol) const = 0;

  /// Fails, at the place of what is wrong, when the learner cannot meet the instance.
  virtual void require(const InstanceVariant& instance, const LearnerVariant& learner) const = 0;
  virtual bool plays_episodes() const { return false; }
  virtual bool needs_horizon() const { return false; }
  virtual bool needs_discount() const { return false; }
  virtual bool keeps_to_limits() const { return false; }
  /// Steps in a unit of a run's length.
  virtual std::int64_t steps_of_unit(const InstanceVariant& /*instance*/) const { return 1; }

  /// What the result depends on beside learner and seed, before and after the learner's own lines of the key.
  virtual std::string key_of_instance(const InstanceVariant& instance) const = 0;
  virtual std::string key_of_question(const Plan& plan, const InstanceVariant& instance) const = 0;

  virtual std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const = 0;
};

/// The world in which a protocol is played.
const World& world_of(Protocol protocol);
/// All of them.
std::span<const World* const> worlds();

namespace worlds_table {
const World& episodes();
const World& long_run();
const World& discounted();
const World& samples();
const World& limits();
const World& rounds();
}  // namespace worlds_table

}  // namespace bellwether::experiments
