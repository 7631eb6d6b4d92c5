#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mdp/instances/instance.h"
#include "proofs_checks/bounds/linear_regret.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::claims {

/// The episodic task of an instance, with what makes it linear.
online::EpisodicTask linear_task(const mdp::NamedInstance& instance);

/// Two stages, one good and one bad choice, theta on a simplex of two: the bounds of mixtures drop below the regret of
/// never learning soonest here.
online::EpisodicTask small_mixture_task();

/// The hard mixture (bounds/linear_regret.h) whose mu_h have the signs of these bits, one word a stage: states
/// x_1 .. x_H, the poor end and the paying end; theta_h = (1 / alpha, mu_h / beta).
online::EpisodicTask hard_mixture_task(const bounds::LinearSize& size, const std::vector<std::uint64_t>& signs);

}  // namespace bellwether::claims
