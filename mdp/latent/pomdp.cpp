#include "mdp/latent/pomdp.h"

#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

constexpr double kMost = 1e-9, kLeast = 0x1p-50;

/// Checks a row of the kernel and divides it by its sum when that is off.
void settle(std::span<Seen> row, int count, const std::string& place) {
  double sum = 0;
  for (const Seen& seen : row) {
    if (seen.observation < 0 || seen.observation >= count) {
      throw InvalidModel(
          fmt::format("Pomdp: {} shows observation {}, must be below {}", place, seen.observation, count));
    }
    if (!(seen.probability >= 0) || !std::isfinite(seen.probability)) {
      throw InvalidModel(fmt::format("Pomdp: {} shows observation {} with probability {}, must be a finite number >= 0",
                                     place, seen.observation, seen.probability));
    }
    sum += seen.probability;
  }
  if (!(std::abs(sum - 1) <= kMost)) {
    throw InvalidModel(
        fmt::format("Pomdp: the observations of {} sum to 1{:+.3g}, tolerance {:g}", place, sum - 1, kMost));
  }
  if (std::abs(sum - 1) > kLeast) {
    for (Seen& seen : row) seen.probability /= sum;
  }
}

}  // namespace

Pomdp::Pomdp(TabularMdp model, Observations observations, std::vector<std::vector<Seen>> first)
    : model_(std::move(model)), observations_(std::move(observations)), first_(std::move(first)) {
  const auto states = static_cast<std::size_t>(model_.num_states());
  const std::size_t rows = observations_.begin.empty() ? 0 : observations_.begin.size() - 1;
  if (observations_.count < 1 || rows == 0 || rows % states != 0 ||
      observations_.observation.size() != observations_.probability.size() || observations_.begin[0] != 0 ||
      observations_.begin.back() != static_cast<std::int64_t>(observations_.observation.size())) {
    throw InvalidModel(fmt::format("Pomdp: the kernel has {} with {}; it must have one row for each action and state",
                                   counted(static_cast<std::int64_t>(rows), "row"),
                                   counted(observations_.count, "observation")));
  }
  num_actions_ = static_cast<int>(rows / states);
  for (std::size_t i = 0; i < observations_.observation.size(); ++i)
    rows_.push_back({observations_.observation[i], observations_.probability[i]});
  std::vector<char> settled(rows, 0);
  for (std::int64_t c = 0; c < model_.num_choices(); ++c) {
    const int action = model_.action(c);
    if (action < 0 || action >= num_actions_) {
      throw InvalidModel(fmt::format("Pomdp: state {} has action {}, the kernel knows {}",
                                     model_.state_name(model_.state_of(c)), model_.action_name(action),
                                     counted(num_actions_, "action")));
    }
    for (const std::int32_t next : model_.successors(c)) {
      const std::size_t row = static_cast<std::size_t>(action) * states + static_cast<std::size_t>(next);
      if (settled[row]++ != 0) continue;
      settled[row] = 1;
      const auto begin = static_cast<std::size_t>(observations_.begin[row]);
      const auto end = static_cast<std::size_t>(observations_.begin[row + 1]);
      if (end < begin || end > rows_.size())
        throw InvalidModel(fmt::format("Pomdp: row {} of the kernel ends before it begins", row));
      settle(std::span(rows_).subspan(begin, end - begin), observations_.count,
             fmt::format("action {} into state {}", model_.action_name(action), model_.state_name(next)));
    }
  }
  if (first_.empty()) return;
  if (first_.size() != states) {
    throw InvalidModel(fmt::format("Pomdp: {} of first observations for {}",
                                   counted(static_cast<std::int64_t>(first_.size()), "row"),
                                   counted(model_.num_states(), "state")));
  }
  const std::vector<double> initial = model_.initial();
  for (std::size_t s = 0; s < states; ++s) {
    if (initial[s] > 0)
      settle(first_[s], observations_.count,
             fmt::format("the start in state {}", model_.state_name(static_cast<int>(s))));
  }
}

std::span<const Seen> Pomdp::seen(int action, int next) const {
  const std::size_t row =
      static_cast<std::size_t>(action) * static_cast<std::size_t>(num_states()) + static_cast<std::size_t>(next);
  const auto begin = static_cast<std::size_t>(observations_.begin[row]);
  return std::span(rows_).subspan(begin, static_cast<std::size_t>(observations_.begin[row + 1]) - begin);
}

Pomdp pomdp_of(const ModelFile& file) {
  if (!file.observations) throw InvalidModel("Pomdp: the file has no observations");
  return {file.model, *file.observations};
}

Observations dense_observations(int count, std::span<const double> probability) {
  std::vector<std::int64_t> begin = {0};
  std::vector<std::int32_t> observation;
  std::vector<double> positive;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    if (probability[i] != 0) {
      observation.push_back(static_cast<std::int32_t>(i % static_cast<std::size_t>(count)));
      positive.push_back(probability[i]);
    }
    if ((i + 1) % static_cast<std::size_t>(count) == 0) begin.push_back(static_cast<std::int64_t>(positive.size()));
  }
  return {.count = count,
          .names = {},
          .begin = std::move(begin),
          .observation = std::move(observation),
          .probability = std::move(positive)};
}

}  // namespace bellwether::mdp
