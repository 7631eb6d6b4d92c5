#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/csv_header.h"

namespace bellwether::mdp {

/// Consecutive rows of the same stage or context, state and action.
struct CsvRun {
  std::int32_t group = 0, state = 0, action = 0;

  friend bool operator==(const CsvRun&, const CsvRun&) = default;
};

/// A column of rewards or costs: one value a run as long as that says everything, else one a row.
struct CsvNumbers {
  std::vector<double> values;
  bool by_row = false;
};

/// The rows of a CSV file as arrays, in the order of the file.
struct CsvRows {
  std::vector<std::int32_t> next;
  std::vector<double> probability;
  std::vector<CsvRun> runs;
  std::vector<std::int64_t> run_begin;  ///< the first row of each run
  std::vector<CsvNumbers> numbers;      ///< one for each column of kind kNumber, in the order of the header
  std::vector<std::string> state_names, action_names;  ///< by identifier; empty when the file uses numbers

  std::int64_t num_rows() const { return static_cast<std::int64_t>(next.size()); }
  std::int64_t run_end(std::size_t run) const { return run + 1 < runs.size() ? run_begin[run + 1] : num_rows(); }
  void expand(CsvNumbers& column) const;  ///< to one value a row
};

/// Reads all rows: parts of the file in parallel, joined in order, a few at a time so that they need little memory.
CsvRows parse_csv_rows(std::string_view bytes, const CsvHeader& header, const std::string& name);

/// The runs of each choice brought together and the choices of a state too, stages (contexts) apart, everything else
/// in the order of the file. Does nothing, and costs nothing, when they stand so already.
void group_by_choice(CsvRows& rows);

/// Leaves out the rows with probability 0. A choice that has no other rows stays, without rows.
void drop_impossible(CsvRows& rows);

/// The line on which a state first appears as a successor, for messages.
std::int64_t line_of_successor(std::string_view bytes, const CsvHeader& header, std::string_view state);

/// The first line of a choice, for messages; 0 when no line has that state and action.
std::int64_t line_of_choice(std::string_view bytes, const CsvHeader& header, std::string_view state,
                            std::string_view action);

}  // namespace bellwether::mdp
