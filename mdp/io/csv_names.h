#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mdp/io/csv_header.h"
#include "mdp/model_data.h"

namespace bellwether::mdp {

/// Brings what the directives of a CSV file say into a model, finding states and choices as the rows call them.
class CsvNames {
 public:
  /// `data` has its rows, identifiers and names.
  CsvNames(const ModelData& data, std::int64_t num_states, const std::string& file);
  CsvNames(const CsvNames&) = delete;  // the indices look into the lists of names
  CsvNames& operator=(const CsvNames&) = delete;

  /// Adds to `data`, which has the same rows. ParseError when a directive names what is not there.
  void apply(const CsvDirectives& directives, ModelData& data) const;

 private:
  using Index = std::unordered_map<std::string_view, std::int32_t>;

  std::int32_t state(const std::string& word) const;
  std::size_t choice(const ModelData& data, const std::string& state_word, const std::string& action_word) const;
  Column& column(ModelData& data, const std::string& title) const;
  void set_initial(const CsvDirectives& directives, ModelData& data) const;
  void set_labels(const CsvDirectives& directives, ModelData& data) const;
  void set_laws(const CsvDirectives& directives, ModelData& data) const;
  void set_columns(const CsvDirectives& directives, ModelData& data) const;

  std::int64_t num_states_;
  const std::string& file_;
  mutable std::int64_t line_ = 0;  // of the directive at hand
  std::vector<std::string> state_names_, action_names_;
  Index states_, actions_;
};

}  // namespace bellwether::mdp
