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
  std::int64_t line = 0;  ///< of the `#! part` that they belong to
  std::optional<double> discount;
  struct Initial {
    std::string state;
    double probability = 0;
    std::int64_t line = 0;
  };
  std::vector<Initial> initial;
  struct Label {
    std::string name;
    std::vector<std::string> states;
    std::int64_t line = 0;
  };
  std::vector<Label> labels;
  struct Law {
    std::string state, action, kind;
    std::vector<double> numbers;
    std::int64_t line = 0;
  };
  std::vector<Law> laws;
  struct Expected {
    std::string column, state, action;
    double value = 0;
    std::int64_t line = 0;
  };
  std::vector<Expected> expected;  ///< where the mean of the rows is not, bit for bit, the expected value
  struct ByTransition {
    std::string column;
    std::int64_t line = 0;
  };
  std::vector<ByTransition> by_transition;  ///< columns kept by transition although they do not vary in any choice
  struct Theta {
    std::vector<double> numbers;
    std::int64_t line = 0;  ///< 0: not given
  };
  Theta theta;  ///< of the mixture
};

/// A line of features: phi(c), or phi(s' | c) of a mixture.
struct CsvFeatures {
  std::string state, action, next;  ///< `next` of mixtures
  std::vector<double> numbers;
  std::int64_t line = 0;
};

/// The lines before the rows, read: separator, columns, directives.
struct CsvHeader {
  char separator = ',';
  std::vector<CsvColumn> columns;  ///< state, action, next, probability, a reward and perhaps more, in any order
  bool minimise = false;
  std::optional<std::int64_t> states;
  std::vector<std::string> state_names, action_names;
  std::vector<CsvFeatures> features, mixture;
  CsvDirectives directives;                                   ///< of all stages (contexts)
  std::vector<std::pair<std::int64_t, CsvDirectives>> parts;  ///< of one stage (context) each
  std::size_t body = 0;                                       ///< where the rows begin
};

CsvHeader parse_csv_header(std::string_view bytes, const std::string& name);

/// The name under which a reward or cost stands in a header, so that reading it gives the same column: most costs by
/// their own, rewards other than "reward" as "reward:NAME", costs that look like another column as "cost:NAME".
std::string csv_title(std::string_view name, bool is_reward);

/// A name as a field: in quotes when it holds a separator, a quote, a blank or a sign of a comment, or is empty.
std::string csv_word(std::string_view name, bool in_quotes = false);

/// A field without blanks and quotes around it ("" inside quotes is one quote).
std::string unquoted(std::string_view field);

/// The fields of a line; quotes protect separators.
std::vector<std::string_view> split_fields(std::string_view line, char separator);

}  // namespace bellwether::mdp
