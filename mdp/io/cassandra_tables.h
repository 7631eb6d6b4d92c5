#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bellwether::mdp {

/// What is left of the entries a file may ask for.
class EntryBudget {
 public:
  EntryBudget(std::int64_t most, std::function<void(std::int64_t)> exceeded)
      : most_(most), left_(most), exceeded_(std::move(exceeded)) {}
  void take(std::int64_t entries) {
    left_ -= entries;
    if (left_ < 0) exceeded_(most_);
  }
  void give(std::int64_t entries) { left_ += entries; }

 private:
  std::int64_t most_, left_;
  std::function<void(std::int64_t)> exceeded_;  // throws
};

/// Rows of probabilities of which a later entry replaces an earlier one.
class SparseTable {
 public:
  SparseTable(std::int64_t rows, std::int32_t columns, EntryBudget& budget);

  void set(std::int64_t row, std::int32_t column, double value, std::int64_t line);
  /// Replaces a whole row.
  void set_row(std::int64_t row, std::span<const double> values, std::int64_t line);
  /// The line of the file that said the last thing about a row; 0 when none did.
  std::int64_t line_of(std::int64_t row) const { return line_[static_cast<std::size_t>(row)]; }

  /// A row by ascending column without zeros.
  using Row = std::vector<std::pair<std::int32_t, double>>;
  const Row& finished(std::int64_t row);

 private:
  void compact(Row& row);

  std::vector<Row> rows_;
  std::vector<std::int64_t> line_;
  std::int32_t columns_;
  EntryBudget& budget_;
};

/// One line R: ...: what it is about (-1 for all), and where its numbers lie.
struct RewardRule {
  std::int32_t next, observation;
  std::size_t offset;
  std::int64_t by_next, by_observation;  ///< value = numbers[offset + next * by_next + observation * by_observation]
};

/// The lines R: ... in the order of the file, for each (action, state).
class RewardTable {
 public:
  RewardTable(std::int64_t rows, EntryBudget& budget);

  std::vector<double>& numbers() { return numbers_; }
  std::int32_t add(const RewardRule& rule);
  void apply(std::int64_t row, std::int32_t rule);

  /// The mean reward of each transition of a row over what is observed after it; `seen[j]` is the distribution of the
  /// observation after transition j (one certain observation 0 in a model without any).
  void mean_rewards(std::int64_t row, const SparseTable::Row& transitions,
                    std::span<const SparseTable::Row* const> seen, std::vector<double>& mean) const;

 private:
  std::vector<double> numbers_;
  std::vector<RewardRule> rules_;
  std::vector<std::vector<std::int32_t>> of_row_;
  EntryBudget& budget_;
};

}  // namespace bellwether::mdp
