#include "solvers/latent/learning/omle.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::solvers {
namespace {

struct Seen {
  int state, choice;
  double reward;
  int next;
};

std::vector<Seen> play(const LatentTables& truth, const HistoryPolicy& policy, Stream draws) {
  const int m = draw_from(truth.weight, draws);
  int s = draw_from(truth.start_of(m), draws);
  std::int64_t node = s;
  std::vector<Seen> episode;
  for (int h = 0; h < policy.horizon(); ++h) {
    const int k = policy.choice(node);
    const int next = draw_from(truth.row_of(m, s, k), draws);
    episode.push_back({s, k, truth.reward[truth.at(m, s, k)], next});
    node = policy.child(node, k, next), s = next;
  }
  return episode;
}

/// ln P(what was seen | choices), by the unnormalised belief over contexts.
double log_likelihood(const LatentTables& model, const std::vector<Seen>& episode) {
  double sum = 0;
  for (int m = 0; m < model.contexts; ++m) {
    double b = model.weight[static_cast<std::size_t>(m)] * model.nu(m, episode.front().state);
    for (const Seen& step : episode)
      b *= model.reward[model.at(m, step.state, step.choice)] == step.reward
               ? model.p(m, step.state, step.choice, step.next)
               : 0;
    sum += b;
  }
  return std::log(sum);
}

std::vector<LatentTables> tables_of(std::span<const mdp::LatentMdp> models) {
  std::vector<LatentTables> tables;
  for (std::size_t i = 0; i < models.size(); ++i) {
    tables.emplace_back(models[i]);
    if (tables[i].states != tables[0].states || tables[i].choices != tables[0].choices)
      throw InvalidModel(fmt::format("omle: model {} differs in its states or actions from model 0", i));
    for (int m = 0; m < models[i].num_contexts(); ++m) {
      const mdp::ModelData& data = models[i].context(m).data();
      if (!data.reward_laws.empty() || !data.rewards.front().by_transition.empty())
        throw InvalidModel(
            fmt::format("omle: rewards of model {} are random, must depend on context, state and choice", i));
    }
  }
  return tables;
}

}  // namespace

OmleRun omle(std::span<const mdp::LatentMdp> models, int truth, int horizon, std::int64_t episodes, double delta,
             const Stream& stream, double factor) {
  if (truth < 0 || static_cast<std::size_t>(truth) >= models.size())
    throw InvalidOption(fmt::format("omle: option 'truth' is {}, must be below {}", truth, models.size()));
  if (!(delta > 0 && delta < 1))
    throw InvalidOption(fmt::format("omle: option 'delta' is {}, must be in (0, 1)", delta));
  const std::vector<LatentTables> tables = tables_of(models);
  const LatentTables& world = tables[static_cast<std::size_t>(truth)];
  std::vector<HistoryPlan> plans;
  std::vector<double> loss, likelihood(models.size(), 0.0);
  for (const LatentTables& model : tables) plans.push_back(plan_by_weights(model, horizon, plain_backup(model), 0.0));
  const double optimum = plans[static_cast<std::size_t>(truth)].promised;
  for (const HistoryPlan& plan : plans) loss.push_back(optimum - value_of(world, plan.policy));
  const double beta = factor * std::log(static_cast<double>(models.size()) * static_cast<double>(episodes) / delta);
  OmleRun run;
  double regret = 0;
  for (std::int64_t episode = 0; episode < episodes; ++episode) {
    const double edge = *std::max_element(likelihood.begin(), likelihood.end()) - beta;
    std::size_t chosen = models.size();
    int possible = 0;
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (!(likelihood[i] >= edge)) continue;
      ++possible;
      if (chosen == models.size() || plans[i].promised > plans[chosen].promised + 1e-12) chosen = i;
    }
    run.truth_left = run.truth_left || !(likelihood[static_cast<std::size_t>(truth)] >= edge);
    run.in_the_set.push_back(possible);
    regret += loss[chosen];
    if (loss[chosen] > 1e-9)
      run.found_after = -1;
    else if (run.found_after < 0)
      run.found_after = episode + 1;
    run.regret.push_back(regret);
    const auto seen = play(world, plans[chosen].policy, stream.child(static_cast<std::uint64_t>(episode)));
    for (std::size_t i = 0; i < models.size(); ++i) likelihood[i] += log_likelihood(tables[i], seen);
  }
  return run;
}

}  // namespace bellwether::solvers
