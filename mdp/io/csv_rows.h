#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/csv_header.h"
#include "mdp/io/csv_part.h"
#include "mdp/io/csv_runs.h"
#include "mdp/io/growing_array.h"

namespace bellwether::mdp {

/// The possible rows of a CSV file as arrays, in the order of the file.
struct CsvRows {
  GrowingArray<std::int32_t> next;
  GrowingArray<double> probability;
  CsvRuns runs;
  GrowingArray<std::int64_t> run_begin;  ///< the first row of each run
  std::vector<CsvNumbers> numbers;       ///< one for each column of kind kNumber, in the order of the header
  std::int32_t largest_next = -1;
  std::vector<std::string> state_names, action_names;  ///< by identifier; empty when the file uses numbers

  std::int64_t num_rows() const { return static_cast<std::int64_t>(next.size()); }
  std::span<const std::int64_t> begins() const { return {run_begin.data(), run_begin.size()}; }
};

/// Told that these bytes of the file are not needed for now.
using ReleaseText = std::function<void(std::string_view)>;

/// Reads all rows: small parts of the file in parallel, joined in order, so that little stands beside the result.
CsvRows parse_csv_rows(std::string_view bytes, const CsvHeader& header, const std::string& name,
                       const ReleaseText& release);

/// The runs of each choice brought together and the choices of a state too, stages (contexts) apart, everything else
/// in the order of the file. Costs nothing but a look at the actions when they stand so already; else one array at a
/// time is copied.
void group_by_choice(CsvRows& rows);

/// The line on which a state first appears as a successor, for messages.
std::int64_t line_of_successor(std::string_view bytes, const CsvHeader& header, std::string_view state);

/// The first line on which a state appears, as the one that acts or as a successor, for messages; 0 when none does.
std::int64_t line_of_state(std::string_view bytes, const CsvHeader& header, std::string_view state);

/// The first line of a choice, for messages, in a file with stages or contexts of that of this `group`; 0 when no line
/// has that state and action.
std::int64_t line_of_choice(std::string_view bytes, const CsvHeader& header, std::string_view state,
                            std::string_view action, std::size_t group);

/// The first line of a stage or context after this `group`, for messages.
std::int64_t line_after_group(std::string_view bytes, const CsvHeader& header, std::size_t group);

/// The line of the header, for messages.
std::int64_t line_of_header(std::string_view bytes, const CsvHeader& header);

}  // namespace bellwether::mdp
