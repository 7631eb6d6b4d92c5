#include "apps/cli/fields.h"

#include <algorithm>

namespace bellwether::cli {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \r"), last = text.find_last_not_of(" \r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    pieces.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

}  // namespace bellwether::cli
