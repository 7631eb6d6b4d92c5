#include "solvers/constrained/first_order/methods.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/projections.h"
#include "solvers/constrained/first_order/flow_polytope.h"
#include "solvers/constrained/first_order/game.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

double chosen(double option, double otherwise) { return option > 0 ? option : otherwise; }

/// Steps that converge on random models: the players' gradients are of the size of values, 1 / (1 - discount).
double usual_step(const Game& game) { return std::min(1.0, 5 * (1 - game.discount())); }
double usual_dual_step(const Game& game) { return 0.5 * usual_step(game); }

/// policy times exp(step q), state by state.
void multiply(const Game& game, const Eigen::VectorXd& q, double step, Point& at) {
  for (std::size_t c = 0; c < at.log_policy.size(); ++c) at.log_policy[c] += step * q[static_cast<Eigen::Index>(c)];
  normalise_logarithms(game, at);
}

double clip(double y, double cap) { return std::clamp(y, 0.0, cap); }

std::vector<double> excesses(const Game& game, const View& view) {
  std::vector<double> h;
  for (int i = 0; i < game.num_budgets(); ++i) h.push_back(game.excess(view, i));
  return h;
}

/// y + step h, kept between 0 and the caps.
void ascend(std::vector<double>& y, const std::vector<double>& h, double step, const std::vector<double>& caps) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = clip(y[i] + step * h[i], caps[i]);
}

/// The nearest distribution to policy + step q in each state.
std::vector<double> projected(const Game& game, std::vector<double> policy, const Eigen::VectorXd& q, double step) {
  const mdp::TabularMdp& model = game.model();
  for (std::size_t c = 0; c < policy.size(); ++c) policy[c] += step * q[static_cast<Eigen::Index>(c)];
  for (int s = 0; s < model.num_states(); ++s) {
    project_to_simplex({policy.data() + model.first_choice(s), static_cast<std::size_t>(model.num_choices(s))});
  }
  return policy;
}

/// 2 now - before, where before is now at the first call.
struct Optimism {
  bool on = true;
  Eigen::VectorXd before_q = {};
  std::vector<double> before_h = {};

  std::pair<Eigen::VectorXd, std::vector<double>> operator()(const Eigen::VectorXd& q, const std::vector<double>& h) {
    if (!on || before_q.size() == 0) {
      before_q = q;
      before_h = h;
      return {q, h};
    }
    Eigen::VectorXd q_step = 2 * q - before_q;
    std::vector<double> h_step(h.size());
    for (std::size_t i = 0; i < h.size(); ++i) h_step[i] = 2 * h[i] - before_h[i];
    before_q = q;
    before_h = h;
    return {std::move(q_step), std::move(h_step)};
  }
};

}  // namespace

ConstrainedSolution npg_primal_dual(const ConstrainedProblem& problem, const NpgPrimalDualOptions& options,
                                    const SolveOptions& run) {
  bellwether::require_valid("npg-primal-dual", static_cast<const FirstOrderOptions&>(options));
  const Lagrangian on(problem, run.observer);
  const Game game(on, "npg-primal-dual");
  const double rest = 1 - game.discount();
  const double step = chosen(options.step, 2 * std::log(std::max(2, game.most_choices()))) / rest;
  const double policies = static_cast<double>(options.iterations) + 1;  // T of the theorem: that of no steps counts
  const double dual_step = chosen(options.dual_step, 2 * rest / std::sqrt(policies));
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  return play(
      "npg-primal-dual", game,
      [&](Point& at, const View& view) {
        multiply(game, mixed_q(view, at.multipliers), step, at);
        ascend(at.multipliers, excesses(game, view), dual_step, caps);
        return true;
      },
      options, run);
}

ConstrainedSolution pid_lagrangian(const ConstrainedProblem& problem, const PidLagrangianOptions& options,
                                   const SolveOptions& run) {
  bellwether::require_valid("pid-lagrangian", options);
  const Lagrangian on(problem, run.observer);
  const Game game(on, "pid-lagrangian");
  const double step = chosen(options.step, usual_step(game)), dual_step = chosen(options.dual_step, 1);
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  std::vector<double> sum(caps.size(), 0.0), before;
  return play(
      "pid-lagrangian", game,
      [&](Point& at, const View& view) {
        multiply(game, mixed_q(view, at.multipliers), step, at);
        const std::vector<double> h = excesses(game, view);
        if (before.empty()) before = h;
        for (std::size_t i = 0; i < h.size(); ++i) {
          sum[i] = std::max(0.0, sum[i] + h[i]);
          const double growth = std::max(0.0, h[i] - before[i]);
          const double y = options.proportional * h[i] + options.integral * sum[i] + options.derivative * growth;
          at.multipliers[i] = clip(dual_step * y, caps[i]);
        }
        before = h;
        return true;
      },
      options, run);
}

ConstrainedSolution rpg_pd(const ConstrainedProblem& problem, const RpgPdOptions& options, const SolveOptions& run) {
  bellwether::require_valid("rpg-pd", options);
  const Lagrangian on(problem, run.observer);
  const Game game(on, "rpg-pd");
  const double step = chosen(options.step, options.tau / 5), dual_step = chosen(options.dual_step, step);
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  View soft;
  return play(
      "rpg-pd", game,
      [&](Point& at, const View& view) {
        game.evaluate(at.policy, soft, false, options.tau);
        multiply(game, mixed_q(soft, at.multipliers), step, at);
        for (double& y : at.multipliers) y *= 1 - dual_step * options.tau;
        ascend(at.multipliers, excesses(game, view), dual_step, caps);
        return true;
      },
      options, run);
}

ConstrainedSolution opg_pd(const ConstrainedProblem& problem, const OpgPdOptions& options, const SolveOptions& run) {
  bellwether::require_valid("opg-pd", static_cast<const FirstOrderOptions&>(options));
  const Lagrangian on(problem, run.observer);
  const Game game(on, "opg-pd");
  const double step = chosen(options.step, usual_step(game) / 2),
               dual_step = chosen(options.dual_step, usual_dual_step(game) / 2);
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  Point centre;
  return play(
      "opg-pd", game,
      [&](Point& at, const View& view) {
        if (centre.policy.empty()) centre = at;
        const Eigen::VectorXd q = mixed_q(view, at.multipliers);
        const std::vector<double> h = excesses(game, view);
        centre.policy = projected(game, std::move(centre.policy), q, step);
        ascend(centre.multipliers, h, dual_step, caps);
        at.policy = projected(game, centre.policy, q, step);
        at.multipliers = centre.multipliers;
        ascend(at.multipliers, h, dual_step, caps);
        return true;
      },
      options, run);
}

ConstrainedSolution extra_gradient(const ConstrainedProblem& problem, const ExtraGradientOptions& options,
                                   const SolveOptions& run) {
  bellwether::require_valid("extra-gradient", static_cast<const FirstOrderOptions&>(options));
  const Lagrangian on(problem, run.observer);
  const Game game(on, "extra-gradient");
  const double step = chosen(options.step, usual_step(game)),
               dual_step = chosen(options.dual_step, usual_dual_step(game));
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  View there;
  return play(
      "extra-gradient", game,
      [&](Point& at, const View& view) {
        Point half = at;
        half.policy = projected(game, std::move(half.policy), mixed_q(view, at.multipliers), step);
        ascend(half.multipliers, excesses(game, view), dual_step, caps);
        game.evaluate(half.policy, there);
        at.policy = projected(game, std::move(at.policy), mixed_q(there, half.multipliers), step);
        ascend(at.multipliers, excesses(game, there), dual_step, caps);
        return true;
      },
      options, run);
}

ConstrainedSolution crpo(const ConstrainedProblem& problem, const CrpoOptions& options, const SolveOptions& run) {
  bellwether::require_valid("crpo", options);
  const Lagrangian on(problem, run.observer);
  const Game game(on, "crpo");
  const double step = chosen(options.step, 0.1);
  const double slack = options.slack / (1 - game.discount());
  double rewarded = 0;
  std::vector<double> repaired(static_cast<std::size_t>(game.num_budgets()), 0.0);
  return play(
      "crpo", game,
      [&](Point& at, const View& view) {
        const std::vector<double> h = excesses(game, view);
        const auto worst = std::max_element(h.begin(), h.end()) - h.begin();
        const bool counts = h[static_cast<std::size_t>(worst)] <= slack;
        const Eigen::VectorXd q = counts ? Eigen::VectorXd(view.q.col(0)) : Eigen::VectorXd(-view.q.col(1 + worst));
        multiply(game, q, step, at);
        (counts ? rewarded : repaired[static_cast<std::size_t>(worst)]) += 1;
        // The policy is exp of the sum of all steps: costs weigh as if with these multipliers.
        for (std::size_t i = 0; i < repaired.size(); ++i) at.multipliers[i] = repaired[i] / std::max(1.0, rewarded);
        return counts;
      },
      options, run);
}

ConstrainedSolution reload(const ConstrainedProblem& problem, const ReloadOptions& options, const SolveOptions& run) {
  bellwether::require_valid("reload", options);
  const Lagrangian on(problem, run.observer);
  const Game game(on, "reload");
  const double step = chosen(options.step, usual_step(game)),
               dual_step = chosen(options.dual_step, usual_dual_step(game));
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  Optimism optimism{.on = options.optimistic};
  return play(
      "reload", game,
      [&](Point& at, const View& view) {
        const auto [q, h] = optimism(mixed_q(view, at.multipliers), excesses(game, view));
        multiply(game, q, step, at);
        ascend(at.multipliers, h, dual_step, caps);
        return true;
      },
      options, run);
}

ConstrainedSolution reload_occupancy(const ConstrainedProblem& problem, const ReloadOccupancyOptions& options,
                                     const SolveOptions& run) {
  bellwether::require_valid("reload-occupancy", options);
  const Lagrangian on(problem, run.observer);
  const Game game(on, "reload-occupancy");
  FlowPolytope polytope(game, "reload-occupancy");
  const bool entropy = options.geometry == "entropy";
  const double step = chosen(options.step, usual_step(game)),
               dual_step = chosen(options.dual_step, usual_dual_step(game));
  const std::vector<double> caps = dual_caps(game, options, run.observer);
  const double rest = 1 - game.discount();
  Optimism optimism{.on = options.optimistic};
  Eigen::VectorXd x;  // the occupancy, or its logarithm
  const mdp::TabularMdp& model = game.model();
  const auto policy_of_x = [&](Point& at) {
    for (int s = 0; s < model.num_states(); ++s) {
      const auto first = static_cast<std::size_t>(model.first_choice(s)),
                 last = static_cast<std::size_t>(model.first_choice(s + 1));
      if (entropy) {
        for (std::size_t c = first; c < last; ++c) at.log_policy[c] = x[static_cast<Eigen::Index>(c)];
        continue;
      }
      double total = 0;
      for (std::size_t c = first; c < last; ++c) total += x[static_cast<Eigen::Index>(c)];
      if (total <= 0) continue;  // not visited: whatever it did
      for (std::size_t c = first; c < last; ++c) at.policy[c] = x[static_cast<Eigen::Index>(c)] / total;
    }
    if (entropy) normalise_logarithms(game, at);
  };
  return play(
      "reload-occupancy", game,
      [&](Point& at, const View& view) {
        if (x.size() == 0) {
          View full;
          game.evaluate(at.policy, full, true);
          x.resize(model.num_choices());
          for (int s = 0; s < model.num_states(); ++s)
            for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
              x[c] = rest * full.occupancy[s] * at.policy[static_cast<std::size_t>(c)];
          if (entropy) x = x.array().max(1e-300).log();
        }
        Eigen::VectorXd gain(model.num_choices());
        for (std::int64_t c = 0; c < model.num_choices(); ++c) {
          gain[c] = game.entry(0, c);
          for (int i = 0; i < game.num_budgets(); ++i)
            gain[c] -= at.multipliers[static_cast<std::size_t>(i)] * game.entry(i + 1, c);
        }
        std::vector<double> excess = excesses(game, view);
        for (double& h : excess) h *= rest;  // occupancies are normalised
        const auto [g, h] = optimism(gain, excess);
        x = entropy ? polytope.nearest_in_entropy(x + step * g) : polytope.nearest(x + step * g);
        policy_of_x(at);
        ascend(at.multipliers, h, dual_step, caps);
        return true;
      },
      options, run);
}

}  // namespace bellwether::solvers
