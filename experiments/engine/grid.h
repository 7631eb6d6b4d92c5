#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bandits/arms/family.h"
#include "core/learner.h"
#include "experiments/engine/plan.h"
#include "mdp/instances/instance.h"
#include "solvers/online/constrained/task.h"

namespace bellwether::experiments {

/// What tells variants apart: a setting whose value differs between variants of one name. One column of the tables.
struct Axis {
  std::string name = {};  ///< the column: "states", "horizon", "factor" (of the constant), "episodes"; "instance.x" and
                          ///< "learner.x" where both vary x
  std::string setting = {};
  bool of_learner = false;
};

/// An instance with all its settings: a model or a bandit.
struct InstanceVariant {
  std::string id = {};     ///< "riverswim@1"; a model file: its name
  std::string label = {};  ///< the id and what tells it from its siblings: "riverswim@1 (states 8)"
  /// For readers: the id, what is not as the family has it, and what tells it from its siblings: "riverswim@1 (states
  /// 8, horizon 20)"; long values are cut.
  std::string name = {};
  std::string common_name = {};                ///< the same without what the axes tell: "riverswim@1 (horizon 20)"
  std::vector<Setting> settings = {};          ///< all of them, defaults included, in one spelling
  std::vector<Setting> changed = {};           ///< those that are not the family's defaults
  int horizon = 0;                             ///< of its episodes; 0: it has none
  double discount = 0;                         ///< of learners of a discounted model; 0: it has none
  online::ConstraintRequest constraints = {};  ///< of learners that keep to limits; empty: none
  std::vector<double> amounts = {};            ///< of their budgets, where one is a share; else empty
  std::string hash = {};                       ///< of the finished model and the horizon: see content_hash
  std::string long_run_hash = {};              ///< of the model alone
  std::variant<bandits::NamedBandit, mdp::NamedInstance> subject = {};
  std::string place = {};

  /// Null where it is a model.
  const bandits::NamedBandit* bandit() const { return std::get_if<bandits::NamedBandit>(&subject); }
  /// Of an instance that is no bandit.
  const mdp::NamedInstance& model() const { return std::get<mdp::NamedInstance>(subject); }
};

/// A learner with all its settings.
struct LearnerVariant {
  std::string name = {};               ///< "ucbvi-bf"
  std::string title = {};              ///< "UCBVI-BF (Azar, Osband, Munos 2017)"
  std::string label = {};              ///< for legends: "ucbvi-bf (practical 0.01, delta 0.1)"
  std::string constant = {};           ///< "theory", "practical 0.01", "0.003"; empty when it has none
  std::string factor = {};             ///< the same as a number: "1", "0.01", "0.003"
  std::string page = {};               ///< in docs/papers
  std::vector<Setting> given = {};     ///< what the plan sets
  std::vector<Setting> settings = {};  ///< all of them, defaults included, in one spelling
  Protocol protocol = Protocol::kEpisodic;
  std::int64_t length = 0;                     ///< episodes, steps, or samples of each choice
  std::vector<std::int64_t> checkpoints = {};  ///< none is left to a default
  int results_version = 1;
  std::string place = {};
};

/// One run: an instance variant, a learner variant, a seed.
struct Cell {
  std::size_t instance = 0, learner = 0;
  std::uint64_t seed = 0;
  /// Everything the result depends on, spelled out: what the store finds it by. Two cells with one key give the same
  /// bits; whatever can change a bit is in here, the results version of the learner included.
  std::string key = {};
};

/// A plan spelled out. Cells are ordered by instance, learner and seed.
struct Grid {
  Plan plan;
  std::vector<InstanceVariant> instances = {};
  std::vector<LearnerVariant> learners = {};
  std::vector<Axis> axes = {};
  std::vector<Axis> fixed = {};  ///< settings of instances that differ from the family's defaults, but not among them
  std::vector<Cell> cells = {};

  std::size_t num_seeds() const { return plan.seeds.size(); }
  std::size_t cell(std::size_t instance, std::size_t learner, std::size_t seed) const {
    return (instance * learners.size() + learner) * num_seeds() + seed;
  }
  /// The value on an axis; nothing where the variant has no such setting.
  std::optional<std::string> value(const Axis& axis, std::size_t instance, std::size_t learner) const;
};

/// A log of somebody else's choices is replayed: all seeds meet the same rows.
bool replays_a_log(const InstanceVariant& instance);

/// Builds the instances, spells out all settings, checks what can be checked before a run. InvalidOption or, for what
/// stands in a file, ParseError, naming the place, the entry, the setting and what is allowed.
Grid expand(const Plan& plan);

/// 32 hexadecimal digits that change when the arrays change that learners meet: rows, probabilities, rewards and their
/// laws, initial distribution, of every stage; and the horizon. Names do not count. (A version 5 UUID of the arrays, so
/// SHA-1 underneath.)
std::string content_hash(const mdp::NamedInstance& instance, int horizon);
/// The same of a bandit: of its content.
std::string content_hash(const bandits::Bandit& bandit);

/// The version of a named instance: raised whenever the same settings give another model, so that "riverswim@1" never
/// changes its meaning.
int instance_version(std::string_view name);

}  // namespace bellwether::experiments
