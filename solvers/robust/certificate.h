#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "solvers/exact/discounted/certificate.h"
#include "solvers/robust/operator.h"

namespace bellwether::solvers::robust {

/// Encloses the robust value of every state and the robust value of the decision found on the way, from one backup of
/// any vector (docs/papers/robust-mdps.md, "The certificate"). What nature's answers leave open, by rounding or by
/// iteration, is inside. Cost: a sweep with proven bounds for each row.
Certificate certify(Operator& op, std::span<const double> v);

/// Encloses the robust value of a given policy. Of both: nothing they say is proven when op.broken_off() afterwards.
Certificate certify_policy(Operator& op, std::span<const double> v, const Decision& decision);

/// The same answers without a question to nature: whatever is played earns at least the least reward a step and at most
/// the largest one, and what nature pays only takes her further from where she wants the value.
Certificate bound_by_rewards(const Operator& op, mdp::Policy policy);
inline constexpr std::string_view kBoundedByRewards =
    "Stopped before nature had answered the policy; the bounds are those of the rewards alone.";

/// What a pass makes of the whole model, asking on the way while the caller has not said stop. After that it takes no
/// more questions, and there is nothing if it would keep the caller waiting.
template <class Pass>
auto finished(Operator& op, bool stopped, const Pass& pass) -> std::optional<std::invoke_result_t<const Pass&>> {
  constexpr std::int64_t kLong = 16'000'000;  // in the units of Operator::effort, some tenths of a second
  if (!stopped) {
    auto made = pass();
    if (!op.broken_off()) return made;
  }
  if (op.effort() > kLong) return std::nullopt;
  op.ask(nullptr);
  return pass();
}

}  // namespace bellwether::solvers::robust
