#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/csv_header.h"
#include "mdp/io/csv_name_list.h"
#include "mdp/io/csv_runs.h"
#include "mdp/io/growing_array.h"

namespace bellwether::mdp {

/// A column of rewards or costs: one value a run as long as that says everything, else one a row.
struct CsvNumbers {
  GrowingArray<double> values;
  bool by_row = false;

  /// To one value a row, given the first row of each run.
  void expand(std::span<const std::int64_t> run_begin, std::int64_t num_rows);
};

/// Which columns hold names. Thrown where a word stands in a column of numbers: the file is then read again, by names.
struct CsvUsesNames {
  bool states = false, actions = false;
};

/// The rows of some lines in their order, those with probability 0 left out. What such a row alone says of its run is
/// kept: that the choice is there, and the numbers as long as no other row tells them.
struct CsvPart {
  GrowingArray<std::int32_t> next;
  GrowingArray<double> probability;
  GrowingArray<CsvRun> runs;
  GrowingArray<std::int64_t> run_begin;  ///< the first row of each run
  std::vector<CsvNumbers> numbers;       ///< one for each column of kind kNumber, in the order of the header
  std::int32_t largest_next = -1;
  CsvNameList state_names, action_names;  ///< what the identifiers mean where the file has names

  explicit CsvPart(std::size_t num_numbers) : numbers(num_numbers) {}
  std::int64_t num_rows() const { return static_cast<std::int64_t>(next.size()); }
  void clear();  ///< keeps the memory
};

/// Reads the lines from `begin` to `end`, offsets into the file's bytes, into `part`, which is empty. ParseError names
/// the line. Every field is read once: nearly all are plain numbers, which end where reading them ends.
void read_csv_part(std::string_view bytes, std::size_t begin, std::size_t end, const CsvHeader& header,
                   const std::string& name, CsvUsesNames names, CsvPart& part);

}  // namespace bellwether::mdp
