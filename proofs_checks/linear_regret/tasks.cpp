#include "proofs_checks/linear_regret/tasks.h"

#include <utility>

#include "mdp/instances/linear_hard.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::claims {

online::EpisodicTask linear_task(const mdp::NamedInstance& instance) {
  return {instance.model, instance.question.horizon, instance.linear};
}

online::EpisodicTask small_mixture_task() {
  mdp::TabularMdpBuilder builder(3);
  // From 0 the choices reach 1 with .9 theta_1 + .1 theta_2 and the reverse; theta = (.05, .95). State 1 pays.
  builder.add_choice(0, 0.0, {{1, 0.14}, {2, 0.86}}).add_choice(0, 0.0, {{1, 0.86}, {2, 0.14}});
  builder.add_choice(1, 1.0, {{1, 1.0}}).add_choice(2, 0.0, {{2, 1.0}});
  builder.start_in(0);
  mdp::MixtureBasisBuilder basis(2);
  basis.next(1, {0.9, 0.1}).next(2, {0.1, 0.9}).end_choice();
  basis.next(1, {0.1, 0.9}).next(2, {0.9, 0.1}).end_choice();
  basis.next(1, {1, 1}).end_choice();
  basis.next(2, {1, 1}).end_choice();
  return {std::move(builder).build(), 2, {.mixture = std::move(basis).build(3), .mixture_theta = {{0.05, 0.95}}}};
}

online::EpisodicTask hard_mixture_task(const bounds::LinearSize& size, const std::vector<std::uint64_t>& signs) {
  auto made = mdp::hard_linear_mixture_of({.dimension = static_cast<int>(size.dimension),
                                           .horizon = static_cast<int>(size.horizon),
                                           .episodes = static_cast<std::int64_t>(size.episodes)},
                                          signs);
  return online::EpisodicTask(std::move(made.stages), std::move(made.linear));
}

}  // namespace bellwether::claims
