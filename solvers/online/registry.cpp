#include "solvers/online/registry.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/online/average/baselines.h"
#include "solvers/online/constrained/learners.h"
#include "solvers/online/discounted/learners.h"
#include "solvers/online/episodic/baselines.h"
#include "solvers/online/exploration/learners.h"
#include "solvers/online/generative/learners.h"
#include "solvers/online/linear/learners.h"
#include "solvers/online/long_run/learners.h"
#include "solvers/online/model_free/learners.h"
#include "solvers/online/optimistic/learners.h"
#include "solvers/online/policy_optimisation/learners.h"
#include "solvers/online/sampling/learners.h"

namespace bellwether::online {
namespace {

/// A new family adds one line here.
std::vector<EpisodicLearner> all_episodic() {
  std::vector<EpisodicLearner> table;
  for (const auto& family : {episodic_baselines(), exploration_learners(), linear_learners(), model_free_learners(),
                             optimistic_learners(), policy_optimisation_learners(), sampling_learners()})
    table.insert(table.end(), family.begin(), family.end());
  return table;
}

std::vector<AverageLearner> all_average() {
  std::vector<AverageLearner> table;
  for (const auto& family : {average_baselines(), long_run_learners()})
    table.insert(table.end(), family.begin(), family.end());
  return table;
}

template <class Row>
const Row* find(std::span<const Row> table, std::string_view name) {
  for (const Row& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

[[noreturn]] void reject(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& row : episodic_table()) known.emplace_back(row.name);
  for (const auto& row : average_table()) known.emplace_back(row.name);
  for (const auto& row : constrained_table()) known.emplace_back(row.name);
  for (const auto& row : discounted_table()) known.emplace_back(row.name);
  for (const auto& row : generative_table()) known.emplace_back(row.name);
  throw InvalidOption(fmt::format("there is no learner \"{}\"{}", name, did_you_mean(name, known)));
}

}  // namespace

std::span<const EpisodicLearner> episodic_table() {
  static const std::vector<EpisodicLearner> table = all_episodic();
  return table;
}

std::span<const AverageLearner> average_table() {
  static const std::vector<AverageLearner> table = all_average();
  return table;
}

std::span<const ConstrainedLearner> constrained_table() {
  static const std::vector<ConstrainedLearner> table = constrained_learners();
  return table;
}

std::span<const DiscountedLearner> discounted_table() {
  static const std::vector<DiscountedLearner> table = discounted_learners();
  return table;
}

std::span<const GenerativeLearner> generative_table() {
  static const std::vector<GenerativeLearner> table = generative_learners();
  return table;
}

const EpisodicLearner& find_episodic(std::string_view name) {
  const auto* row = find(episodic_table(), name);
  if (row == nullptr) reject(name);
  return *row;
}

const AverageLearner& find_average(std::string_view name) {
  const auto* row = find(average_table(), name);
  if (row == nullptr) reject(name);
  return *row;
}

const ConstrainedLearner& find_constrained(std::string_view name) {
  const auto* row = find(constrained_table(), name);
  if (row == nullptr) reject(name);
  return *row;
}

const DiscountedLearner& find_discounted(std::string_view name) {
  const auto* row = find(discounted_table(), name);
  if (row == nullptr) reject(name);
  return *row;
}

const GenerativeLearner& find_generative(std::string_view name) {
  const auto* row = find(generative_table(), name);
  if (row == nullptr) reject(name);
  return *row;
}

Protocol protocol_of(std::string_view name) {
  if (const auto* row = find(episodic_table(), name)) return row->protocol;
  if (const auto* row = find(constrained_table(), name)) return row->protocol;
  if (const auto* row = find(discounted_table(), name)) return row->protocol;
  if (const auto* row = find(generative_table(), name)) return row->protocol;
  return find_average(name).protocol;
}

}  // namespace bellwether::online
