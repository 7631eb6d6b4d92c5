#include "mdp/robust/sets_from_data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/asking.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/sampling.h"

namespace bellwether::mdp {
namespace {

void require_delta(double delta) {
  if (!(delta > 0 && delta < 1))
    throw InvalidOption(fmt::format("sets from data: 'delta' is {}, must be in (0, 1)", delta));
}

void require_counts(const TabularMdp& model, std::span<const double> count, double delta) {
  require_delta(delta);
  if (static_cast<std::int64_t>(count.size()) != model.num_transitions()) {
    throw InvalidModel(fmt::format("sets from data: there are {} counts, must be {}, one a transition", count.size(),
                                   model.num_transitions()));
  }
  for (std::size_t i = 0; i < count.size(); ++i) {
    if (!(count[i] >= 0 && std::isfinite(count[i])))
      throw InvalidModel(fmt::format("sets from data: count {} is {}, must be finite and at least 0", i, count[i]));
  }
}

int outcomes_of(const TabularMdp& model, std::int64_t choice, Support support) {
  return support == Support::kAll ? model.num_states() : static_cast<int>(model.successors(choice).size());
}

/// The model with other probabilities in its rows; expected rewards follow where they depend on the transition.
TabularMdp with_probabilities(const TabularMdp& model, std::vector<double> probability) {
  ModelData data = model.data();
  for (auto* columns : {&data.rewards, &data.costs}) {
    for (Column& column : *columns) {
      if (column.by_transition.empty()) continue;
      std::vector<double> expected(column.expected.begin(), column.expected.end());
      for (std::size_t c = 0; c < expected.size(); ++c) {
        double mean = 0;
        for (auto i = static_cast<std::size_t>(data.choice_begin[c]);
             i < static_cast<std::size_t>(data.choice_begin[c + 1]); ++i)
          mean += probability[i] * column.by_transition[i];
        expected[c] = mean;
      }
      column.expected = std::move(expected);
    }
  }
  data.probability = std::move(probability);
  return TabularMdp(std::move(data));
}

constexpr double kMostDraws = 5e8;

void require_prior(double prior) {
  if (!(prior > 0 && std::isfinite(prior)))
    throw InvalidOption(fmt::format("sets from data: 'prior' is {}, must be finite and above 0", prior));
}

/// How many rows have two outcomes or more and are not known; with what numbers of samples must be.
std::int64_t rows_to_cover(const TabularMdp& model, Support support, std::span<const double> samples) {
  if (static_cast<std::int64_t>(samples.size()) != model.num_choices()) {
    throw InvalidModel(fmt::format("sets from data: there are {} numbers of samples, must be {}, one a choice",
                                   samples.size(), model.num_choices()));
  }
  std::int64_t rows = 0;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double n = samples[static_cast<std::size_t>(c)];
    if (!(n >= 0))
      throw InvalidModel(fmt::format("sets from data: choice {} has {} samples, must be at least 0", c, n));
    if (std::isfinite(n) && outcomes_of(model, c, support) > 1) ++rows;
  }
  return rows;
}

double distance(SetKind kind, std::span<const double> from, std::span<const double> to) {
  double sum = 0, largest = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double away = to[i] - from[i];
    largest = std::max(largest, std::abs(away));
    if (kind == SetKind::kL2)
      sum += away * away;
    else if (kind == SetKind::kKl)
      sum += to[i] > 0 ? to[i] * std::log(to[i] / from[i]) : 0;
    else if (kind == SetKind::kChiSquare)
      sum += away * away / from[i];
    else
      sum += std::abs(away);
  }
  if (kind == SetKind::kLinf) return largest;
  if (kind == SetKind::kTotalVariation) return sum / 2;
  return kind == SetKind::kL2 ? std::sqrt(sum) : std::max(0.0, sum);
}

/// The distance from `centre`, `from_the_top`th largest of `draws` rows with a Dirichlet law; of as many as `wanted`
/// says are.
template <class Wanted>
double posterior_distance(SetKind kind, std::span<const double> centre, std::span<const double> concentration,
                          std::int64_t draws, std::int64_t from_the_top, Stream stream, Wanted wanted) {
  std::vector<double> drawn(centre.size());
  std::vector<double> largest;  // a heap, its smallest in front
  for (std::int64_t k = 0; k < draws && wanted(k); ++k) {
    sample_dirichlet(stream, concentration, drawn);
    const double away = distance(kind, centre, drawn);
    const bool full = std::ssize(largest) == from_the_top;
    if (full && away <= largest.front()) continue;
    if (full) {
      std::pop_heap(largest.begin(), largest.end(), std::greater<>());
      largest.pop_back();
    }
    largest.push_back(away);
    std::push_heap(largest.begin(), largest.end(), std::greater<>());
  }
  return largest.empty() ? 0 : largest.front();
}

}  // namespace

double weissman_radius(double samples, int outcomes, std::int64_t rows, double delta) {
  if (outcomes < 2) return 0;
  if (!(samples > 0)) return 2;
  const double log_sets = outcomes * std::log(2.0) + std::log1p(-std::exp2(1.0 - outcomes));
  const double k = std::sqrt(2 / samples * (log_sets + std::log(static_cast<double>(rows) / delta)));
  return std::min(k, 2.0);
}

double hoeffding_radius(double samples, int outcomes, std::int64_t rows, double delta) {
  if (outcomes < 2) return 0;
  if (!(samples > 0)) return 1;
  return std::min(1.0, std::sqrt(std::log(2.0 * static_cast<double>(rows) * outcomes / delta) / (2 * samples)));
}

bool has_radius_from_samples(SetKind kind) {
  return kind == SetKind::kL1 || kind == SetKind::kTotalVariation || kind == SetKind::kLinf;
}

std::vector<double> radii_from_samples(const TabularMdp& model, SetKind kind, Support support,
                                       std::span<const double> samples, double delta) {
  require_delta(delta);
  if (!has_radius_from_samples(kind))
    throw InvalidOption(fmt::format("sets from data: no radius is known for sets of the kind {}", to_string(kind)));
  const std::int64_t rows = rows_to_cover(model, support, samples);
  std::vector<double> radius;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double n = samples[static_cast<std::size_t>(c)];
    const int outcomes = std::isfinite(n) ? outcomes_of(model, c, support) : 1;
    const double entry = hoeffding_radius(n, outcomes, rows, delta), sum = weissman_radius(n, outcomes, rows, delta);
    radius.push_back(kind == SetKind::kLinf ? entry : kind == SetKind::kL1 ? sum : sum / 2);
  }
  return radius;
}

RobustMdp weissman_balls(const TabularMdp& model, std::span<const double> count, double delta, Support support) {
  require_counts(model, count, delta);
  constexpr double kUnseen = 1e-6;
  std::vector<double> probability(model.probability().begin(), model.probability().end());
  std::vector<double> all_samples, moved;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto first = static_cast<std::size_t>(model.choice_begin()[c]);
    const auto last = static_cast<std::size_t>(model.choice_begin()[c + 1]);
    double samples = 0, weight = 0;
    for (std::size_t i = first; i < last; ++i) {
      samples += count[i];
      weight += std::max(count[i], kUnseen);
    }
    all_samples.push_back(samples);
    // The stand-ins for unseen transitions move the centre by at most twice their share.
    moved.push_back(samples > 0 ? 2 * (weight - samples) / weight : 0);
    if (samples <= 0) continue;
    for (std::size_t i = first; i < last; ++i) probability[i] = std::max(count[i], kUnseen) / weight;
  }
  std::vector<double> radius = radii_from_samples(model, SetKind::kL1, support, all_samples, delta);
  for (std::size_t c = 0; c < radius.size(); ++c) radius[c] = std::min(2.0, radius[c] + moved[c]);
  return RobustMdp(with_probabilities(model, std::move(probability)),
                   {.kind = SetKind::kL1, .support = support, .radius = std::move(radius)});
}

bool has_credible_radius(SetKind kind) {
  return has_radius_from_samples(kind) || kind == SetKind::kL2 || kind == SetKind::kKl || kind == SetKind::kChiSquare;
}

std::vector<double> credible_radii(const TabularMdp& model, SetKind kind, std::span<const double> samples, double prior,
                                   double delta, const Stream& stream, const std::function<bool()>& keep_going) {
  require_delta(delta);
  require_prior(prior);
  if (!has_credible_radius(kind))
    throw InvalidOption(fmt::format("sets from data: no credible radius for sets of the kind {}", to_string(kind)));
  const std::int64_t rows = rows_to_cover(model, Support::kSuccessors, samples);
  // The mass beyond the kth largest of N draws has the law Beta(k, N - k + 1): with N = 50 / p draws and k = 20 it is
  // more than p in one case of two million.
  const double tail = delta / static_cast<double>(std::max<std::int64_t>(rows, 1));
  const auto draws = static_cast<std::int64_t>(std::ceil(50 / tail));
  const double work = static_cast<double>(model.num_transitions()) * static_cast<double>(draws);
  if (work > kMostDraws)
    throw InvalidOption(
        fmt::format("sets from data: {} uncertain rows need {:.1g} draws from their posterior laws; a bound for all "
                    "of so many rows is better had from a theorem",
                    rows, work));
  constexpr double kEffort = 5;  // of a probability drawn, in the steps of Asking
  Asking asking;
  asking.ask(keep_going, model.num_choices() * draws, static_cast<std::int64_t>(kEffort * work));
  std::vector<double> radius(samples.size(), 0.0);
  parallel_for(
      model.num_choices(), static_cast<std::int64_t>(std::min(work, 1e18)), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t c = begin; c < end; ++c) {
          const double n = samples[static_cast<std::size_t>(c)];
          const std::span<const double> row = model.probabilities(c);
          if (!std::isfinite(n) || row.size() < 2) continue;
          std::vector<double> concentration;
          for (const double p : row) concentration.push_back(prior + n * p);
          radius[static_cast<std::size_t>(c)] =
              posterior_distance(kind, row, concentration, draws, 20, stream.child(static_cast<std::uint64_t>(c)),
                                 [&](std::int64_t k) { return asking.wanted(c * draws + k); });
        }
      });
  if (asking.stopped()) radius.clear();
  return radius;
}

RobustMdp credible_balls(const TabularMdp& model, std::span<const double> count, double prior, double delta, int draws,
                         const Stream& stream) {
  require_counts(model, count, delta);
  require_prior(prior);
  const auto rows = static_cast<double>(model.num_choices());
  if (!(draws >= rows / delta)) {
    throw InvalidOption(fmt::format("sets from data: 'draws' is {}, must be at least {}, the number of rows / delta",
                                    draws, std::ceil(rows / delta)));
  }
  std::vector<double> probability(count.size()), radius, concentration;
  // The smallest distance that at least a share 1 - delta / rows of the draws keeps to.
  const auto from_the_top = draws - static_cast<std::int64_t>(std::ceil((1 - delta / rows) * draws)) + 1;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto first = static_cast<std::size_t>(model.choice_begin()[c]);
    const auto last = static_cast<std::size_t>(model.choice_begin()[c + 1]);
    concentration.clear();
    for (std::size_t i = first; i < last; ++i) concentration.push_back(prior + count[i]);
    const double total = std::accumulate(concentration.begin(), concentration.end(), 0.0);
    for (std::size_t i = first; i < last; ++i) probability[i] = concentration[i - first] / total;
    const std::span<const double> mean = std::span(probability).subspan(first, last - first);
    radius.push_back(mean.size() < 2 ? 0
                                     : posterior_distance(SetKind::kL1, mean, concentration, draws, from_the_top,
                                                          stream.child(static_cast<std::uint64_t>(c)),
                                                          [](std::int64_t) { return true; }));
  }
  return RobustMdp(with_probabilities(model, std::move(probability)),
                   {.kind = SetKind::kL1, .radius = std::move(radius)});
}

}  // namespace bellwether::mdp
