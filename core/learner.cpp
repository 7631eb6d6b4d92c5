#include "core/learner.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether {
namespace {

double number(std::string_view learner, std::string_view text) {
  const std::optional<double> value = parse_double(text);
  if (!value || !(*value >= 0) || std::isinf(*value)) {
    throw InvalidOption(
        fmt::format("{}: constant is \"{}\", must be theory, practical or a number from 0 on", learner, text));
  }
  return *value;
}

}  // namespace

Constant::Constant(std::string_view learner, std::string_view text, double practical) {
  if (text == "theory") {
    label_ = "theory";
  } else if (text == "practical") {
    factor_ = practical;
    label_ = practical == 1 ? "theory" : fmt::format("practical {:.3g}", practical);
  } else {
    factor_ = number(learner, text);
    label_ = factor_ == 1 ? "theory" : fmt::format("{}", factor_);
  }
}

std::string constant_label(const LearnerInfo& info, const std::vector<OptionRow>& options,
                           const std::vector<Setting>& settings) {
  const auto row = std::ranges::find(options, "constant", &OptionRow::name);
  if (row == options.end()) return {};
  const auto setting = std::ranges::find(settings, "constant", &Setting::first);
  return Constant(info.name, setting == settings.end() ? row->value : setting->second, info.practical).label();
}

void require_none(std::string_view learner, const std::vector<Setting>& settings) {
  if (settings.empty()) return;
  throw InvalidOption(fmt::format("{} has no options, so there is no {} to set", learner, settings.front().first));
}

std::string_view to_string(Protocol protocol) {
  static constexpr std::array<std::string_view, 8> kNames = {"episodic",   "average",    "stopping", "constrained",
                                                             "discounted", "generative", "rounds",   "identification"};
  return kNames[static_cast<std::size_t>(protocol)];
}

std::string_view length_name(Protocol protocol) {
  static constexpr std::array<std::string_view, 8> kNames = {"episodes", "steps",   "episodes", "episodes",
                                                             "episodes", "samples", "rounds",   "rounds"};
  return kNames[static_cast<std::size_t>(protocol)];
}

std::string_view length_symbol(Protocol protocol) {
  static constexpr std::array<std::string_view, 8> kSymbols = {"K", "T", "K", "K", "K", "n", "T", "n"};
  return kSymbols[static_cast<std::size_t>(protocol)];
}

}  // namespace bellwether
