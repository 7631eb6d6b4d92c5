#include "mdp/io/cassandra_tables.h"

#include <algorithm>

#include "mdp/expected_reward.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {

SparseTable::SparseTable(std::int64_t rows, std::int32_t columns, EntryBudget& budget)
    : columns_(columns), budget_(budget) {
  budget_.take(rows);
  rows_.resize(static_cast<std::size_t>(rows));
  line_.resize(static_cast<std::size_t>(rows));
}

void SparseTable::set(std::int64_t row, std::int32_t column, double value, std::int64_t line) {
  line_[static_cast<std::size_t>(row)] = line;
  Row& entries = rows_[static_cast<std::size_t>(row)];
  budget_.take(1);
  entries.emplace_back(column, value);
  if (entries.size() > 2 * static_cast<std::size_t>(columns_)) compact(entries);
}

void SparseTable::set_row(std::int64_t row, std::span<const double> values, std::int64_t line) {
  line_[static_cast<std::size_t>(row)] = line;
  Row& entries = rows_[static_cast<std::size_t>(row)];
  budget_.give(static_cast<std::int64_t>(entries.size()));
  entries.clear();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0) entries.emplace_back(static_cast<std::int32_t>(i), values[i]);
  budget_.take(static_cast<std::int64_t>(entries.size()));
}

const SparseTable::Row& SparseTable::finished(std::int64_t row) {
  Row& entries = rows_[static_cast<std::size_t>(row)];
  compact(entries);
  return entries;
}

void SparseTable::compact(Row& row) {
  const auto before = static_cast<std::int64_t>(row.size());
  std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t out = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool last = i + 1 == row.size() || row[i + 1].first != row[i].first;
    if (last && row[i].second != 0) row[out++] = row[i];
  }
  row.resize(out);
  budget_.give(before - static_cast<std::int64_t>(out));
}

RewardTable::RewardTable(std::int64_t rows, EntryBudget& budget) : budget_(budget) {
  budget_.take(rows);
  of_row_.resize(static_cast<std::size_t>(rows));
}

std::int32_t RewardTable::add(const RewardRule& rule) {
  budget_.take(1);
  rules_.push_back(rule);
  return static_cast<std::int32_t>(rules_.size() - 1);
}

void RewardTable::apply(std::int64_t row, std::int32_t rule) {
  std::vector<std::int32_t>& rules = of_row_[static_cast<std::size_t>(row)];
  const RewardRule& added = rules_[static_cast<std::size_t>(rule)];
  if (added.next < 0 && added.observation < 0) {  // replaces all before it
    budget_.give(static_cast<std::int64_t>(rules.size()));
    rules.clear();
  }
  budget_.take(1);
  rules.push_back(rule);
}

void RewardTable::mean_rewards(std::int64_t row, const SparseTable::Row& transitions,
                               std::span<const SparseTable::Row* const> seen, std::vector<double>& mean) const {
  std::vector<std::vector<double>> reward(transitions.size());
  for (std::size_t j = 0; j < transitions.size(); ++j) reward[j].assign(seen[j]->size(), 0.0);
  const auto assign = [&](const RewardRule& rule, std::size_t j) {
    const SparseTable::Row& after = *seen[j];
    for (std::size_t m = 0; m < after.size(); ++m) {
      if (rule.observation >= 0 && after[m].first != rule.observation) continue;
      reward[j][m] = numbers_[rule.offset + static_cast<std::size_t>(transitions[j].first * rule.by_next +
                                                                     after[m].first * rule.by_observation)];
    }
  };
  for (const std::int32_t index : of_row_[static_cast<std::size_t>(row)]) {
    const RewardRule& rule = rules_[static_cast<std::size_t>(index)];
    if (rule.next < 0) {
      for (std::size_t j = 0; j < transitions.size(); ++j) assign(rule, j);
      continue;
    }
    const auto found = std::lower_bound(transitions.begin(), transitions.end(), rule.next,
                                        [](const auto& entry, std::int32_t next) { return entry.first < next; });
    if (found != transitions.end() && found->first == rule.next)
      assign(rule, static_cast<std::size_t>(found - transitions.begin()));
  }
  mean.resize(transitions.size());
  std::vector<double> chance;
  for (std::size_t j = 0; j < transitions.size(); ++j) {
    chance.clear();
    for (const auto& [observation, p] : *seen[j]) chance.push_back(p);
    mean[j] = expected_reward(chance, reward[j]);
  }
}

}  // namespace bellwether::mdp
