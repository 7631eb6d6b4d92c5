#include "bandits/nested_settings.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

std::vector<Setting> nested_settings(std::string_view object, std::string_view option, std::string_view text,
                                     std::string_view example) {
  std::vector<Setting> settings;
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("; "), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0)
      throw InvalidOption(fmt::format(
          "{}: option '{}' is '{}': '{}' (character {}) must be name=value, with spaces or ; between several, "
          "as in {}={} (a comma begins another value of a sweep)",
          object, option, whole, word, word.data() - whole.data() + 1, option, example));
    settings.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return settings;
}

}  // namespace bellwether::bandits
