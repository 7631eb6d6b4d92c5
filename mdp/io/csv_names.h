#pragma once

#include <cstdint>
#include <string>

#include "mdp/io/csv_header.h"
#include "mdp/io/csv_name_list.h"
#include "mdp/model_data.h"

namespace bellwether::mdp {

/// Brings what the directives of a CSV file say into a model, finding states and choices as the rows call them.
class CsvNames {
 public:
  /// `data` has its rows, identifiers and names.
  CsvNames(ModelData& data, std::int64_t num_states, const std::string& file)
      : data_(data), num_states_(num_states), file_(file) {}

  /// Adds to the data. ParseError when a directive names what is not there.
  void apply(const CsvDirectives& directives);

  /// What the directive of that line calls so. ParseError when it is not there.
  std::int32_t state(std::int64_t line, const std::string& word);
  std::size_t choice(std::int64_t line, const std::string& state_word, const std::string& action_word);

  int num_states() const { return static_cast<int>(num_states_); }
  std::size_t num_choices() const { return data_.choice_begin.size() - 1; }
  /// "action 'run' of state 'new'"
  std::string choice_text(std::size_t choice) const;

 private:
  std::int32_t state(const std::string& word);
  std::size_t choice(const std::string& state_word, const std::string& action_word);
  Column& column(const std::string& title);
  void set_initial(const CsvDirectives& directives);
  void set_labels(const CsvDirectives& directives);
  void set_laws(const CsvDirectives& directives);
  void set_columns(const CsvDirectives& directives);

  ModelData& data_;
  std::int64_t num_states_;
  const std::string& file_;
  std::int64_t line_ = 0;       // of the directive at hand
  NameTable states_, actions_;  // of the names of `data_`, filled when first asked
};

}  // namespace bellwether::mdp
