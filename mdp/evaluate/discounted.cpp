#include "mdp/evaluate/discounted.h"

#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

LeakySystem discounted_system(const PolicyChain& chain, double discount) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("evaluate_discounted: 'discount' is {}, must be at least 0 and below 1", discount));
  std::vector<std::int32_t> everywhere(static_cast<std::size_t>(chain.num_states()));
  std::iota(everywhere.begin(), everywhere.end(), 0);
  return LeakySystem(chain.leaky(everywhere, discount));
}

}  // namespace

Evaluation evaluate_discounted(const PolicyChain& chain, double discount, std::string_view column) {
  LeakySystem system = discounted_system(chain, discount);
  const Evaluation step = chain.step_values(column);
  return system.solve(step.value, step.error);
}

std::vector<Evaluation> evaluate_discounted(const PolicyChain& chain, double discount,
                                            std::span<const std::string> columns) {
  LeakySystem system = discounted_system(chain, discount);
  std::vector<Evaluation> result;
  for (const std::string& column : columns) {
    const Evaluation step = chain.step_values(column);
    result.push_back(system.solve(step.value, step.error));
  }
  return result;
}

}  // namespace bellwether::mdp
