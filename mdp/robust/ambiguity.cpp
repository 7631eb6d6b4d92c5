#include "mdp/robust/ambiguity.h"

#include <array>
#include <utility>

namespace bellwether::mdp {
namespace {

constexpr std::array<std::pair<SetKind, std::string_view>, 11> kNames = {{
    {SetKind::kL1, "l1"},
    {SetKind::kWeightedL1, "weighted-l1"},
    {SetKind::kTotalVariation, "tv"},
    {SetKind::kLinf, "linf"},
    {SetKind::kL2, "l2"},
    {SetKind::kKl, "kl"},
    {SetKind::kChiSquare, "chi2"},
    {SetKind::kWasserstein, "wasserstein"},
    {SetKind::kInterval, "interval"},
    {SetKind::kContamination, "contamination"},
    {SetKind::kScenarios, "scenarios"},
}};

}  // namespace

std::string_view to_string(SetKind kind) {
  for (const auto& [known, name] : kNames)
    if (known == kind) return name;
  return "l1";
}

std::optional<SetKind> set_kind(std::string_view name) {
  for (const auto& [kind, known] : kNames)
    if (known == name) return kind;
  return std::nullopt;
}

}  // namespace bellwether::mdp
