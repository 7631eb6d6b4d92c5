#pragma once

#include <cstddef>
#include <string>

#include "mdp/io/csv_header.h"
#include "mdp/io/csv_names.h"
#include "mdp/linear/linear_structure.h"

namespace bellwether::mdp {

/// The features that the directives `features`, `mixture` and `theta` of a CSV file give, of the choices that `names`
/// knows; empty where there are none. `parts`: how many stages (contexts) there are, each with a theta or all with one.
/// ParseError, with the line, when a choice has no features, or two lines differ in length.
LinearStructure csv_linear(const CsvHeader& header, CsvNames& names, std::size_t parts, const std::string& file);

}  // namespace bellwether::mdp
