#pragma once

#include <string>

namespace bellwether::experiments {

/// Quoted where a comma, a quotation mark or a line break asks for it (RFC 4180).
std::string csv_field(const std::string& text);

/// 17 digits. What does not exist is an empty field: every reader of tables takes that for missing.
std::string csv_number(double x);

}  // namespace bellwether::experiments
