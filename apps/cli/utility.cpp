#include "apps/cli/utility.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::cli {
Utility Utility::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ParseError(fmt::format("{}: cannot be opened", path));
  Utility utility;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || (number == 1 && text == "return,utility")) continue;
    const std::size_t comma = text.find(',');
    const auto x = parse_double(trimmed(text.substr(0, comma)));
    const auto y = comma == std::string_view::npos ? std::nullopt : parse_double(trimmed(text.substr(comma + 1)));
    if (!x || !y || !std::isfinite(*x) || !std::isfinite(*y))
      throw ParseError(fmt::format("{}:{}: '{}', expected return,utility, two numbers", path, number, text));
    if (!utility.at_.empty() && !(*x > utility.at_.back()))
      throw ParseError(fmt::format("{}:{}: the return {} must be above that of the line before, {}", path, number, *x,
                                   utility.at_.back()));
    utility.at_.push_back(*x);
    utility.value_.push_back(*y);
    if (utility.at_.size() > 1 && !std::isfinite(utility.slope(utility.at_.size() - 2)))
      throw ParseError(fmt::format("{}:{}: the utility rises too steeply for double arithmetic", path, number));
  }
  if (utility.at_.size() < 2) throw ParseError(fmt::format("{}: a utility needs two lines return,utility", path));
  return utility;
}

double Utility::slope(std::size_t piece) const {
  return (value_[piece + 1] - value_[piece]) / (at_[piece + 1] - at_[piece]);
}

double Utility::operator()(double x) const {
  // The last piece that begins at or before x.
  const auto above = std::upper_bound(at_.begin() + 1, at_.end() - 1, x);
  const auto piece = static_cast<std::size_t>(above - at_.begin()) - 1;
  return value_[piece] + slope(piece) * (x - at_[piece]);
}

double Utility::steepest() const {
  double most = 0;
  for (std::size_t i = 0; i + 1 < at_.size(); ++i) most = std::max(most, std::abs(slope(i)));
  return most;
}

}  // namespace bellwether::cli
