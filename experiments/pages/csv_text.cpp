#include "experiments/pages/csv_text.h"

#include <cmath>

#include <fmt/format.h>

namespace bellwether::experiments {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_number(double x) { return std::isnan(x) ? std::string() : fmt::format("{:.17g}", x); }

}  // namespace bellwether::experiments
