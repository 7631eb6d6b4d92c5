#include "apps/cli/fact_text.h"

#include <fmt/format.h>

namespace bellwether::cli {

std::string fact_text(const mdp::KnownFact& fact) {
  const std::string value = fact.exact.empty() ? fmt::format("{:.10g}", fact.value) : fact.exact;
  const bool asks = fact.quantity == mdp::Quantity::kOptimum || fact.quantity == mdp::Quantity::kUniform;
  return fmt::format("{}{}: {} ({})", to_string(fact.quantity),
                     asks ? fmt::format(" ({})", to_text(fact.question)) : "", value, fact.how);
}

}  // namespace bellwether::cli
