#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bellwether::mdp {

/// What a column of a CSV file holds.
enum class CsvRole : std::uint8_t { kState, kAction, kNext, kProbability, kNumber, kStage, kContext };

struct CsvColumn {
  CsvRole role = CsvRole::kNumber;
  std::string name;  ///< of a reward or cost
  bool is_reward = false;
};

/// Comment lines `#! ...` keep what rows cannot say; docs/guide/formats.md lists them.
struct CsvDirectives {
  std::optional<double> discount;
  std::optional<std::int64_t> states;
  bool minimise = false;
  std::vector<std::string> state_names, action_names;
  std::vector<std::pair<std::string, double>> initial;
  std::vector<std::pair<std::string, std::vector<std::string>>> labels;
  struct Law {
    std::string state, action, kind;
    std::vector<double> numbers;
  };
  std::vector<Law> laws;
};

/// The lines before the rows, read: separator, columns, directives.
struct CsvHeader {
  char separator = ',';
  std::vector<CsvColumn> columns;  ///< at least state, action, next and probability; rewards before costs
  CsvDirectives directives;
  std::size_t body = 0;  ///< where the rows begin
};

CsvHeader parse_csv_header(std::string_view bytes, const std::string& name);

/// A field without blanks and quotes around it ("" inside quotes is one quote).
std::string unquoted(std::string_view field);

/// The fields of a line; quotes protect separators.
std::vector<std::string_view> split_fields(std::string_view line, char separator);

}  // namespace bellwether::mdp
