#include "mdp/evaluate/occupancy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

/// `given` divided by its sum, or `otherwise`.
std::vector<double> start(std::span<const double> given, std::vector<double> otherwise) {
  if (given.empty()) return otherwise;
  constexpr double kSumTolerance = 1e-9;
  if (given.size() != otherwise.size()) {
    throw InvalidModel(fmt::format("occupancy: {} for {}",
                                   counted(static_cast<std::int64_t>(given.size()), "initial probability"),
                                   counted(static_cast<std::int64_t>(otherwise.size()), "state")));
  }
  for (std::size_t s = 0; s < given.size(); ++s) {
    if (!(given[s] >= 0))
      throw InvalidModel(
          fmt::format("occupancy: the initial probability of state {} is {}, must not be negative", s, given[s]));
  }
  const double sum = std::accumulate(given.begin(), given.end(), 0.0);
  if (!(std::abs(sum - 1) <= kSumTolerance))
    throw InvalidModel(fmt::format("occupancy: the initial probabilities sum to {}, not 1", sum));
  std::vector<double> result(given.begin(), given.end());
  for (double& p : result) p /= sum;
  return result;
}

/// Mass of the chain's states, right to `error` in sum, spread over the choices of the model.
Occupancy spread(const PolicyChain& chain, const Eigen::VectorXd& mass, double error) {
  const TabularMdp& model = chain.model();
  Occupancy result{.choice = chain.choice_mass(mass),
                   .state = std::vector<double>(static_cast<std::size_t>(model.num_states()), 0.0)};
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      result.state[static_cast<std::size_t>(s)] += result.choice[static_cast<std::size_t>(c)];
  }
  // The weights of a policy are within a few u of the truth for each choice; sums over nodes and choices follow.
  int most = 0;
  for (int s = 0; s < model.num_states(); ++s) most = std::max(most, static_cast<int>(model.num_choices(s)));
  const double share = rounding_error(std::int64_t{3} * most + chain.num_nodes() + 8);
  result.error = (error + share * mass.cwiseAbs().sum()) * (1 + 1e-12);
  return result;
}

/// (mass P)(j), with the error in sum: what came in (P is substochastic up to its own error) and this step's.
struct Pushed {
  Eigen::VectorXd mass;
  double error;
};
Pushed push(const PolicyChain& chain, const Eigen::VectorXd& mass, double error) {
  const MarkovChain& rows = chain.chain();
  Pushed result{Eigen::VectorXd::Zero(mass.size()), error};
  Eigen::VectorXi terms = Eigen::VectorXi::Zero(mass.size());
  double inexact = 0;
  for (Eigen::Index s = 0; s < mass.size(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    if (mass[s] == 0) continue;
    for (auto k = static_cast<std::size_t>(rows.row_begin[i]); k < static_cast<std::size_t>(rows.row_begin[i + 1]);
         ++k) {
      result.mass[rows.successor[k]] += mass[s] * rows.probability[k];
      ++terms[rows.successor[k]];
    }
    inexact += chain.share(static_cast<int>(s)) * mass[s];
  }
  for (Eigen::Index s = 0; s < mass.size(); ++s) inexact += rounding_error(terms[s] + 1) * result.mass[s];
  result.error = (error + inexact * (1 + 1e-9)) * (1 + 1e-12);
  return result;
}

}  // namespace

Occupancy discounted_occupancy(const PolicyChain& chain, double discount, std::span<const double> initial) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(
        fmt::format("discounted_occupancy: 'discount' is {}, must be at least 0 and below 1", discount));
  const std::vector<double> mu = start(initial, chain.initial());
  std::vector<std::int32_t> everywhere(static_cast<std::size_t>(chain.num_states()));
  std::iota(everywhere.begin(), everywhere.end(), 0);
  LeakySystem system(chain.leaky(everywhere, discount));
  const LeakySystem::Flow flow =
      system.flow(Eigen::Map<const Eigen::VectorXd>(mu.data(), static_cast<Eigen::Index>(mu.size())));
  // mu itself is rounded: its sum is taken, it is divided, and a node's weight multiplies it.
  const double start_error = rounding_error(static_cast<std::int64_t>(mu.size()) + 4) / (1 - discount);
  return spread(chain, flow.mass, flow.error + start_error);
}

std::vector<Occupancy> finite_occupancy(const FiniteHorizonMdp& task, const StagePolicy& policy,
                                        std::span<const double> initial, const std::function<bool()>& keep_going) {
  if (policy.size() != static_cast<std::size_t>(task.horizon())) {
    throw InvalidModel(fmt::format("finite_occupancy: {} policies for {} stages; one a stage is needed", policy.size(),
                                   task.horizon()));
  }
  std::vector<Occupancy> result;
  Pushed now{{}, 0};
  for (int h = 0; h < task.horizon(); ++h) {
    if (keep_going && !keep_going()) return {};
    const PolicyChain chain(task.stage(h), policy[static_cast<std::size_t>(h)]);
    if (h == 0) {
      const std::vector<double> mu = start(initial, chain.initial());
      now = {Eigen::Map<const Eigen::VectorXd>(mu.data(), static_cast<Eigen::Index>(mu.size())),
             rounding_error(static_cast<std::int64_t>(mu.size()) + 4)};
    }
    result.push_back(spread(chain, now.mass, now.error));
    if (h + 1 < task.horizon()) now = push(chain, now.mass, now.error);
  }
  return result;
}

Policy policy_from_occupancy(const TabularMdp& model, std::span<const double> choice_mass) {
  if (choice_mass.size() != static_cast<std::size_t>(model.num_choices())) {
    throw InvalidModel(fmt::format("policy_from_occupancy: {} for {}",
                                   counted(static_cast<std::int64_t>(choice_mass.size()), "entry"),
                                   counted(model.num_choices(), "choice")));
  }
  std::vector<double> probability(choice_mass.size());
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t first = model.first_choice(s), last = model.first_choice(s + 1);
    double total = 0;
    for (std::int64_t c = first; c < last; ++c) {
      const double x = choice_mass[static_cast<std::size_t>(c)];
      if (!(x >= 0 && std::isfinite(x))) {
        throw InvalidModel(
            fmt::format("policy_from_occupancy: state {} choice {} has mass {}, must be finite and not "
                        "negative",
                        model.state_name(s), c - first, x));
      }
      total += x;
    }
    for (std::int64_t c = first; c < last; ++c) {
      const auto i = static_cast<std::size_t>(c);
      probability[i] = total > 0 ? choice_mass[i] / total : 1.0 / static_cast<double>(last - first);
    }
  }
  return Policy::randomised(std::move(probability));
}

}  // namespace bellwether::mdp
