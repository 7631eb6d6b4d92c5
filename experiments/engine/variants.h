#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/engine/grid.h"
#include "experiments/engine/plan.h"

namespace bellwether::experiments {

// From entries, whose settings may have several values, to variants, whose settings have one each. Labels are left to
// expand(): they depend on the siblings.

/// The variants of all instances. `sweep` holds what the plan sweeps, without prefixes, that instances may have.
std::vector<InstanceVariant> instance_variants(const std::vector<Entry>& entries);

/// The instance of an entry whose settings have one value each, read as in a plan. InvalidOption for several values.
InstanceVariant instance_variant(const Entry& entry);

/// The variants of all learners; lengths and checkpoints are the plan's where they say nothing.
std::vector<LearnerVariant> learner_variants(const Plan& plan, const std::vector<Entry>& entries);

/// Whether the entry names a family of bandits.
bool is_bandit(const Entry& entry);

/// What an instance may set: "size" not among them, since it stands for another.
std::vector<std::string> instance_setting_names(const Entry& entry);
/// What a learner may set.
std::vector<std::string> learner_setting_names(const Plan& plan, const Entry& entry);
/// Whether the learner of this entry stops by itself at an epsilon of its own.
bool stops_at_precision(const Plan& plan, const Entry& entry);
/// Replaces "size" by what it stands for.
Entry without_size(Entry entry);

/// Every way to take one value of each setting, the last setting varying fastest.
std::vector<std::vector<Setting>> combinations(const std::vector<Choices>& settings);

/// One spelling for values that mean the same, given the default's: "1e5" and "100000", "yes" and "true".
std::string canonical_value(const std::string& value, const std::string& default_value);

/// The place of the setting that a message is about: one whose name is in it; else that of the entry.
std::string place_of(const Entry& entry, std::string_view message);

/// Fails at the setting's place unless all names are known and none comes twice.
void require_known(const Entry& entry, const std::vector<std::string>& known);

}  // namespace bellwether::experiments
