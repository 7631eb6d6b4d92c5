#include "bandits/arms/family.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

/// A new group of families adds its function here.
std::vector<Family> all_families() {
  std::vector<Family> table;
  for (const auto& group :
       {stationary_families, changing_families, dynamical_families, recovering_families, relaxation_families,
        tallying_families, restless_families, prior_families, rotting_families, linear_families,
        drifting_linear_families, process_families, item_families, duel_families, replay_families}) {
    std::vector<Family> more = group();
    table.insert(table.end(), more.begin(), more.end());
  }
  std::ranges::sort(table, {}, &Family::name);
  return table;
}

}  // namespace

NamedBandit Family::make(const std::vector<Setting>& settings) const {
  std::vector<Setting> full = settings;
  for (Setting& setting : full)
    if (setting.first == "size" && !size_option.empty()) setting.first = size_option;
  try {
    return build(full);
  } catch (const InvalidOption& error) {
    constexpr std::string_view kGeneral = "bandit: ";
    std::string_view message = error.what();
    if (!message.starts_with(kGeneral)) throw;
    message.remove_prefix(kGeneral.size());
    throw InvalidOption(fmt::format("{}: {}", name, message));
  }
}

const std::vector<Family>& family_table() {
  static const std::vector<Family> table = all_families();
  return table;
}

const Family* find_family(std::string_view name) {
  const auto found = std::ranges::find(family_table(), name, &Family::name);
  return found == family_table().end() ? nullptr : &*found;
}

std::vector<double> read_numbers(std::string_view object, std::string_view option, std::string_view text) {
  std::vector<double> numbers;
  bool after_slash = false;  // or comma: a number must follow
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("/, "), text.size());
    const std::string_view word = text.substr(0, end);
    const bool slash = end < text.size() && text[end] != ' ';
    const bool empty_place = word.empty() && slash && (after_slash || numbers.empty());
    text.remove_prefix(std::min(end + 1, text.size()));
    after_slash = slash || (after_slash && word.empty());
    if (empty_place || (text.empty() && after_slash))
      throw InvalidOption(fmt::format("{}: option '{}' has an empty place between its numbers", object, option));
    if (word.empty()) continue;
    const auto value = parse_double(word);
    if (!value || !std::isfinite(*value))
      throw InvalidOption(
          fmt::format("{}: option '{}' has '{}', must be numbers with / between them", object, option, word));
    numbers.push_back(*value);
  }
  return numbers;
}

}  // namespace bellwether::bandits
