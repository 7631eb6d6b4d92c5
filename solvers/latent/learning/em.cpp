#include "solvers/latent/learning/em.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"

namespace bellwether::solvers {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

/// ln of weight, start and rows, so that an episode is a sum.
LatentTables logarithms(LatentTables model) {
  for (auto* table : {&model.weight, &model.start, &model.row})
    for (double& p : *table) p = std::log(p);
  return model;
}

/// ln P(context m and the episode | choices).
double joint(const LatentTables& logs, int m, const LatentEpisode& episode) {
  double sum = logs.weight[index(m)] + logs.nu(m, episode.states.front());
  for (std::size_t t = 0; t < episode.choices.size(); ++t)
    sum += logs.p(m, episode.states[t], episode.choices[t], episode.states[t + 1]);
  return sum;
}

/// ln of the sum of exp, which it leaves behind as shares of that sum.
double normalise(std::vector<double>& logs) {
  const double largest = *std::ranges::max_element(logs);
  if (std::isinf(largest)) return largest;
  double sum = 0;
  for (double& x : logs) sum += x = std::exp(x - largest);
  for (double& x : logs) x /= sum;
  return largest + std::log(sum);
}

void assign_wholly(std::vector<double>& shares) {
  const auto best = std::ranges::max_element(shares);
  std::fill(shares.begin(), best, 0.0);
  std::fill(best + 1, shares.end(), 0.0);
  *best = 1;
}

void add(LatentTables& sums, int m, const LatentEpisode& episode, double share) {
  sums.weight[index(m)] += share;
  sums.start[index(m * sums.states + episode.states.front())] += share;
  for (std::size_t t = 0; t < episode.choices.size(); ++t)
    sums.row[sums.at(m, episode.states[t], episode.choices[t]) * index(sums.states) + index(episode.states[t + 1])] +=
        share;
}

/// Sums into laws; those of nothing are taken from `before`.
void make_law(std::span<double> sums, std::span<const double> before) {
  const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = total > 0 ? sums[i] / total : before[i];
}

/// Calls visit(law, the same law of the other model) for the weights, and every start and row.
template <class Visit>
void each_law(LatentTables& model, const LatentTables& other, const Visit& visit) {
  const auto S = index(model.states);
  visit(std::span<double>(model.weight), std::span<const double>(other.weight));
  for (std::size_t i = 0; i < model.start.size(); i += S)
    visit(std::span(model.start).subspan(i, S), std::span(other.start).subspan(i, S));
  for (int m = 0; m < model.contexts; ++m)
    for (int s = 0; s < model.states; ++s)
      for (int k = 0; k < model.choices[index(s)]; ++k)
        visit(std::span(model.row).subspan(model.at(m, s, k) * S, S), other.row_of(m, s, k));
}

/// One step: the log-likelihood of `model` before it. `model` stays when that is -infinity.
double step(LatentTables& model, std::span<const LatentEpisode> episodes, bool hard) {
  const LatentTables logs = logarithms(model);
  LatentTables sums = model.without_laws();
  std::vector<double> shares(index(model.contexts));
  double likelihood = 0;
  for (const LatentEpisode& episode : episodes) {
    for (int m = 0; m < model.contexts; ++m) shares[index(m)] = joint(logs, m, episode);
    likelihood += normalise(shares);
    if (std::isinf(likelihood)) return likelihood;
    if (hard) assign_wholly(shares);
    for (int m = 0; m < model.contexts; ++m) add(sums, m, episode, shares[index(m)]);
  }
  each_law(sums, model, make_law);
  model = std::move(sums);
  return likelihood;
}

void draw_law(std::span<double> law, Stream& stream) {
  const std::vector<double> ones(law.size(), 1.0);
  sample_dirichlet(stream, ones, law);
}

double row_distance(const LatentTables& a, int m, const LatentTables& b, int n) {
  double sum = 0, rows = 0;
  for (int s = 0; s < a.states; ++s)
    for (int k = 0; k < a.choices[index(s)]; ++k, ++rows)
      for (int next = 0; next < a.states; ++next) sum += std::abs(a.p(m, s, k, next) - b.p(n, s, k, next));
  return sum / rows;
}

void require_same_rewards(const LatentTables& model) {
  for (int m = 1; m < model.contexts; ++m)
    for (int s = 0; s < model.states; ++s)
      for (int k = 0; k < model.choices[index(s)]; ++k)
        if (model.reward[model.at(m, s, k)] != model.reward[model.at(0, s, k)])
          throw InvalidModel(
              fmt::format("em: the reward of choice {} in state {} is {} in context 0 and {} in context {}; episodes "
                          "do not tell the names of contexts, so rewards must be the same in all",
                          k, s, model.reward[model.at(0, s, k)], model.reward[model.at(m, s, k)], m));
}

}  // namespace

std::vector<LatentEpisode> uniform_episodes(const LatentTables& model, int steps, std::int64_t episodes,
                                            const Stream& stream) {
  std::vector<LatentEpisode> seen(index(episodes));
  for (std::size_t i = 0; i < seen.size(); ++i) {
    Stream draws = stream.child(i);
    const int m = draw_from(model.weight, draws);
    std::int32_t s = draw_from(model.start_of(m), draws);
    seen[i].states.push_back(s);
    for (int t = 0; t < steps; ++t) {
      const auto k = static_cast<std::int32_t>(draws.below(static_cast<std::uint64_t>(model.choices[index(s)])));
      s = draw_from(model.row_of(m, s, k), draws);
      seen[i].choices.push_back(k);
      seen[i].states.push_back(s);
    }
  }
  return seen;
}

EmRun em_from(const LatentTables& start, std::span<const LatentEpisode> episodes, const EmOptions& options) {
  require_valid("em", options);
  EmRun run{.status = Status::kBudgetExhausted, .model = start};
  const bool hard = options.assignment == "hard";
  for (std::int64_t i = 0; i <= options.iterations; ++i) {
    LatentTables next = run.model;
    run.log_likelihood.push_back(step(next, episodes, hard));
    const double likelihood = run.log_likelihood.back();
    if (std::isinf(likelihood)) {
      run.status = Status::kNumericalTrouble;
      break;
    }
    if (i > 0 &&
        likelihood - run.log_likelihood[run.log_likelihood.size() - 2] <= options.tolerance * std::abs(likelihood)) {
      run.status = Status::kConverged;
      break;
    }
    if (i < options.iterations) run.model = std::move(next);
  }
  return run;
}

EmRun em(const LatentTables& sizes, std::span<const LatentEpisode> episodes, const EmOptions& options,
         const Stream& stream) {
  require_valid("em", options);
  require_same_rewards(sizes);
  EmRun best;
  for (std::int64_t i = 0; i < options.starts; ++i) {
    LatentTables start = perturbed(sizes, 1, stream.child(index(i)));
    std::ranges::fill(start.weight, 1.0 / start.contexts);
    EmRun run = em_from(start, episodes, options);
    if (best.log_likelihood.empty() || run.log_likelihood.back() > best.log_likelihood.back()) best = std::move(run);
  }
  return best;
}

LatentTables perturbed(const LatentTables& model, double share, Stream stream) {
  LatentTables out = model;
  each_law(out, model, [&](std::span<double> law, std::span<const double> before) {
    draw_law(law, stream);
    for (std::size_t i = 0; i < law.size(); ++i) law[i] = (1 - share) * before[i] + share * law[i];
  });
  return out;
}

double row_error(const LatentTables& model, const LatentTables& truth) {
  constexpr int kMostContexts = 8;
  if (model.contexts > kMostContexts)
    throw InvalidOption(fmt::format("row_error: {} contexts, at most {}", model.contexts, kMostContexts));
  std::vector<int> names(index(model.contexts));
  std::iota(names.begin(), names.end(), 0);
  double least = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (int m = 0; m < model.contexts; ++m) sum += row_distance(model, m, truth, names[index(m)]);
    least = std::min(least, sum / model.contexts);
  } while (std::ranges::next_permutation(names).found);
  return least;
}

double separation(const LatentTables& model) {
  double sum = 0, pairs = 0;
  for (int m = 0; m < model.contexts; ++m)
    for (int n = 0; n < m; ++n, ++pairs) sum += row_distance(model, m, model, n);
  return sum / pairs;
}

}  // namespace bellwether::solvers
