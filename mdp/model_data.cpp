#include "mdp/model_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

constexpr double kRowTolerance = 1e-9;
constexpr double kExactEnough = 0x1p-50;
constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

template <class... Parts>
[[noreturn]] void reject(fmt::format_string<Parts...> format, Parts&&... parts) {
  throw InvalidModel("TabularMdp: " + fmt::format(format, std::forward<Parts>(parts)...));
}

/// Sum of a row with the rounding of every addition carried along (Neumaier), so the result is right to about an ulp.
double accurate_sum(std::span<const double> values) {
  double sum = 0, lost = 0;
  for (const double x : values) {
    const double next = sum + x;
    lost += std::abs(sum) >= std::abs(x) ? (sum - next) + x : (x - next) + sum;
    sum = next;
  }
  return sum + lost;
}

/// The lowest i in [0, count) for which bad(i), or kNone; chunks run in parallel.
template <class Bad>
std::int64_t first_bad(std::int64_t count, std::int64_t work, Bad&& bad) {
  return parallel_reduce(
      count, work, kNone,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          if (bad(i)) return i;
        return kNone;
      },
      [](std::int64_t a, std::int64_t b) { return std::min(a, b); });
}

struct Sizes {
  std::int64_t states, choices, transitions;
};

Sizes require_shape(const ModelData& d) {
  if (d.state_begin.size() < 2) reject("has no states");
  if (d.choice_begin.empty()) reject("has no choices");
  const Sizes n{static_cast<std::int64_t>(d.state_begin.size()) - 1,
                static_cast<std::int64_t>(d.choice_begin.size()) - 1, static_cast<std::int64_t>(d.successor.size())};
  if (n.states > std::numeric_limits<std::int32_t>::max()) {
    reject("has {} states, at most {} are possible", n.states, std::numeric_limits<std::int32_t>::max());
  }
  if (d.probability.size() != d.successor.size()) {
    reject("has {} successors but {} probabilities", d.successor.size(), d.probability.size());
  }
  if (!d.action.empty() && d.action.size() != static_cast<std::size_t>(n.choices)) {
    reject("has {} for {}", counted(static_cast<std::int64_t>(d.action.size()), "action identifier"),
           counted(n.choices, "choice"));
  }
  if (d.state_begin[0] != 0 || d.choice_begin[0] != 0) reject("the first offset must be 0");
  const std::int64_t bad_state = first_bad(n.states, n.states, [&](std::int64_t s) {
    const auto i = static_cast<std::size_t>(s);
    return d.state_begin[i + 1] <= d.state_begin[i] || d.state_begin[i + 1] > n.choices;
  });
  if (bad_state != kNone) {
    const auto i = static_cast<std::size_t>(bad_state);
    if (d.state_begin[i + 1] == d.state_begin[i])
      reject("state {} has no choice; every state needs at least one", bad_state);
    reject("state {}: choices {} to {} are not a range of the {} choices", bad_state, d.state_begin[i],
           d.state_begin[i + 1], n.choices);
  }
  if (d.state_begin.back() != n.choices) {
    reject("the states own {} but there are {}", counted(d.state_begin.back(), "choice"), n.choices);
  }
  return n;
}

std::int64_t state_of(const ModelData& d, std::int64_t choice) {
  const auto after = std::upper_bound(d.state_begin.begin(), d.state_begin.end(), choice);
  return after - d.state_begin.begin() - 1;
}

std::int64_t action_of(const ModelData& d, std::int64_t choice) {
  return d.action.empty() ? choice - d.state_begin[static_cast<std::size_t>(state_of(d, choice))]
                          : d.action[static_cast<std::size_t>(choice)];
}

/// "(s=3, a=1)", with the action identifier when the model has its own, and the names there are.
std::string place(const ModelData& d, std::int64_t choice) {
  const std::int64_t s = state_of(d, choice), a = action_of(d, choice);
  const auto name = [](const std::vector<std::string>& names, std::int64_t i) {
    return i >= 0 && i < static_cast<std::int64_t>(names.size())
               ? fmt::format(" '{}'", names[static_cast<std::size_t>(i)])
               : std::string();
  };
  return fmt::format("(s={}{}, a={}{})", s, name(d.state_names, s), a, name(d.action_names, a));
}

bool row_is_valid(const ModelData& d, const Sizes& n, std::int64_t choice) {
  const auto c = static_cast<std::size_t>(choice);
  const std::int64_t begin = d.choice_begin[c], end = d.choice_begin[c + 1];
  if (begin < 0 || begin >= end || end > n.transitions) return false;
  double sum = 0;
  bool good = true;
  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
    const double p = d.probability[i];
    sum += p;
    good &= (p > 0) & (static_cast<std::uint32_t>(d.successor[i]) < static_cast<std::uint32_t>(n.states));
  }
  return good && std::abs(sum - 1) <= kRowTolerance;  // NaN and infinity fail the comparison
}

[[noreturn]] void explain_bad_row(const ModelData& d, const Sizes& n, std::int64_t choice) {
  const auto c = static_cast<std::size_t>(choice);
  const std::int64_t begin = d.choice_begin[c], end = d.choice_begin[c + 1];
  if (begin == end) reject("row {} has no transitions", place(d, choice));
  if (begin < 0 || begin > end || end > n.transitions) {
    reject("row {}: transitions {} to {} are not a range of the {} transitions", place(d, choice), begin, end,
           n.transitions);
  }
  const std::span<const double> row =
      d.probability.view().subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::int32_t next = d.successor[static_cast<std::size_t>(begin) + i];
    if (next < 0 || next >= n.states) {
      reject("row {}: successor {} is out of range, the model has {}", place(d, choice), next,
             counted(n.states, "state"));
    }
    if (std::isnan(row[i])) reject("row {}: the probability of s'={} is not a number", place(d, choice), next);
    if (row[i] < 0)
      reject("row {}: the probability of s'={} is {}, must not be negative", place(d, choice), next, row[i]);
    if (row[i] == 0) {
      reject("row {}: the probability of s'={} is 0, leave the transition out", place(d, choice), next);
    }
    if (std::isinf(row[i])) reject("row {}: the probability of s'={} is infinite", place(d, choice), next);
  }
  const double excess = accurate_sum(row) - 1;
  reject("row {} sums to 1{}{:.6g}, tolerance {}", place(d, choice), excess < 0 ? "-" : "+", std::abs(excess),
         kRowTolerance);
}

void require_column(const ModelData& d, const Sizes& n, const Column& column, std::string_view kind) {
  if (column.expected.size() != static_cast<std::size_t>(n.choices)) {
    reject("{} '{}' has {} for {}", kind, column.name,
           counted(static_cast<std::int64_t>(column.expected.size()), "entry"), counted(n.choices, "choice"));
  }
  if (!column.by_transition.empty() && column.by_transition.size() != static_cast<std::size_t>(n.transitions)) {
    reject("{} '{}' has {} for {}", kind, column.name,
           counted(static_cast<std::int64_t>(column.by_transition.size()), "entry"),
           counted(n.transitions, "transition"));
  }
  const auto finite = [](const Array<double>& values) {
    return first_bad(static_cast<std::int64_t>(values.size()), static_cast<std::int64_t>(values.size()),
                     [&](std::int64_t i) { return !std::isfinite(values[static_cast<std::size_t>(i)]); });
  };
  if (const std::int64_t c = finite(column.expected); c != kNone) {
    reject("{} '{}' of {} is {}, must be finite", kind, column.name, place(d, c),
           column.expected[static_cast<std::size_t>(c)]);
  }
  if (const std::int64_t i = finite(column.by_transition); i != kNone) {
    const auto after = std::upper_bound(d.choice_begin.begin(), d.choice_begin.end(), i);
    reject("{} '{}' of {} to s'={} is {}, must be finite", kind, column.name,
           place(d, after - d.choice_begin.begin() - 1), d.successor[static_cast<std::size_t>(i)],
           column.by_transition[static_cast<std::size_t>(i)]);
  }
}

void require_initial(const ModelData& d, const Sizes& n) {
  if (d.initial.empty()) return;
  if (d.initial.size() != static_cast<std::size_t>(n.states)) {
    reject("the initial distribution has {} for {}", counted(static_cast<std::int64_t>(d.initial.size()), "entry"),
           counted(n.states, "state"));
  }
  for (std::size_t s = 0; s < d.initial.size(); ++s) {
    if (!(d.initial[s] >= 0))
      reject("the initial probability of state {} is {}, must not be negative", s, d.initial[s]);
    if (std::isinf(d.initial[s])) reject("the initial probability of state {} is infinite", s);
  }
  const double excess = accurate_sum(d.initial) - 1;
  if (!(std::abs(excess) <= kRowTolerance)) {
    reject("the initial distribution sums to 1{}{:.6g}, tolerance {}", excess < 0 ? "-" : "+", std::abs(excess),
           kRowTolerance);
  }
}

void require_actions(const ModelData& d, const Sizes& n) {
  if (d.action.empty()) return;
  std::vector<std::int32_t> ids;
  for (std::int64_t s = 0; s < n.states; ++s) {
    const auto i = static_cast<std::size_t>(s);
    ids.assign(d.action.begin() + d.state_begin[i], d.action.begin() + d.state_begin[i + 1]);
    std::sort(ids.begin(), ids.end());
    if (ids.front() < 0) reject("state {}: action {} is negative", s, ids.front());
    const auto twice = std::adjacent_find(ids.begin(), ids.end());
    if (twice != ids.end()) reject("state {}: action {} is there twice", s, *twice);
    if (!d.action_names.empty() && ids.back() >= static_cast<std::int64_t>(d.action_names.size())) {
      reject("state {}: action {} has no name, the model names {}", s, ids.back(), d.action_names.size());
    }
  }
}

void require_names(const ModelData& d, const Sizes& n) {
  if (!d.state_names.empty() && d.state_names.size() != static_cast<std::size_t>(n.states)) {
    reject("names {} of its {} states; name all or none", d.state_names.size(), n.states);
  }
  for (const Label& label : d.labels) {
    for (std::size_t i = 0; i < label.states.size(); ++i) {
      const std::int32_t s = label.states[i];
      if (s < 0 || s >= n.states) {
        reject("label '{}': state {} is out of range, the model has {}", label.name, s, counted(n.states, "state"));
      }
      if (i > 0 && label.states[i - 1] >= s)
        reject("label '{}': state {} is out of order or there twice", label.name, s);
    }
  }
  if (d.discount && !(*d.discount >= 0 && *d.discount <= 1)) reject("discount {} must lie in [0, 1]", *d.discount);
}

void require_finite_law(const ModelData& d, std::int64_t choice) {
  const RewardDistributions& laws = d.reward_laws;
  const auto c = static_cast<std::size_t>(choice);
  if (laws.support_begin.size() != d.choice_begin.size())
    reject("reward laws: a finite law needs {} offsets", d.choice_begin.size());
  const std::int64_t begin = laws.support_begin[c], end = laws.support_begin[c + 1];
  if (begin < 0 || begin >= end || end > static_cast<std::int64_t>(laws.values.size()) ||
      laws.values.size() != laws.weights.size()) {
    reject("reward law of {}: a finite law needs values with weights", place(d, choice));
  }
  double total = 0, mean = 0, scale = 1;
  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
    if (!(laws.weights[i] >= 0) || !std::isfinite(laws.values[i])) {
      reject("reward law of {}: value {} with weight {}", place(d, choice), laws.values[i], laws.weights[i]);
    }
    total += laws.weights[i];
    mean += laws.weights[i] * laws.values[i];
    scale = std::max(scale, std::abs(laws.values[i]));
  }
  if (!(std::abs(total - 1) <= kRowTolerance))
    reject("reward law of {}: the weights sum to {}, not 1", place(d, choice), total);
  const double expected = d.rewards.front().expected[c];
  if (!(std::abs(mean - expected) <= 1e-6 * scale)) {
    reject("reward law of {} has mean {}, but the expected reward is {}", place(d, choice), mean, expected);
  }
}

void require_reward_laws(const ModelData& d, const Sizes& n) {
  const RewardDistributions& laws = d.reward_laws;
  if (laws.empty()) return;
  if (laws.law.size() != static_cast<std::size_t>(n.choices) || laws.scale.size() != laws.law.size()) {
    reject("has {} reward laws with {} scales for {} choices", laws.law.size(), laws.scale.size(), n.choices);
  }
  for (std::int64_t choice = 0; choice < n.choices; ++choice) {
    const auto c = static_cast<std::size_t>(choice);
    const double scale = laws.scale[c], mean = d.rewards.front().expected[c];
    switch (static_cast<RewardLaw>(laws.law[c])) {
      case RewardLaw::kDeterministic:
        break;
      case RewardLaw::kBernoulli:
        if (!(scale > 0 && std::isfinite(scale) && mean >= 0 && mean <= scale)) {
          reject("reward law of {}: Bernoulli on {{0, {}}} cannot have mean {}", place(d, choice), scale, mean);
        }
        break;
      case RewardLaw::kGaussian:
        if (!(scale >= 0 && std::isfinite(scale)))
          reject("reward law of {}: standard deviation {}", place(d, choice), scale);
        break;
      case RewardLaw::kFinite:
        require_finite_law(d, choice);
        break;
      default:
        reject("reward law of {}: unknown kind {}", place(d, choice), laws.law[c]);
    }
  }
}

}  // namespace

void require_valid(const ModelData& d) {
  const Sizes n = require_shape(d);
  const std::int64_t bad_row =
      first_bad(n.choices, n.transitions, [&](std::int64_t c) { return !row_is_valid(d, n, c); });
  if (bad_row != kNone) {
    try {
      explain_bad_row(d, n, bad_row);
    } catch (const InvalidModel& fault) {
      throw InvalidRow(fault.what(), state_of(d, bad_row), action_of(d, bad_row));
    }
  }
  if (d.choice_begin.back() != n.transitions) {
    reject("the choices own {} but there are {}", counted(d.choice_begin.back(), "transition"), n.transitions);
  }
  if (d.rewards.empty()) reject("has no reward column");
  for (const Column& column : d.rewards) require_column(d, n, column, "reward");
  for (const Column& column : d.costs) require_column(d, n, column, "cost");
  require_initial(d, n);
  require_actions(d, n);
  require_names(d, n);
  require_reward_laws(d, n);
}

namespace {

std::span<const double> row_of(std::span<const std::int64_t> choice_begin, std::span<const double> probability,
                               std::int64_t choice) {
  const auto c = static_cast<std::size_t>(choice);
  return probability.subspan(static_cast<std::size_t>(choice_begin[c]),
                             static_cast<std::size_t>(choice_begin[c + 1] - choice_begin[c]));
}

bool is_off(std::span<const double> row) {
  double sum = 0;
  for (const double p : row) sum += p;
  return std::abs(sum - 1) > kExactEnough && std::abs(accurate_sum(row) - 1) > kExactEnough;
}

/// Within the tolerance, as `row_is_valid` has it.
bool is_distribution(std::span<const double> row) {
  double sum = 0;
  for (const double p : row) sum += p;
  return std::abs(sum - 1) <= kRowTolerance && std::all_of(row.begin(), row.end(), [](double p) { return p > 0; });
}

/// Divides the rows for which `which(row)` holds by their sum.
template <class Which>
void divide_rows(std::span<const std::int64_t> choice_begin, std::span<double> probability, const Which& which) {
  parallel_for(static_cast<std::int64_t>(choice_begin.size()) - 1, static_cast<std::int64_t>(probability.size()),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t c = begin; c < end; ++c) {
                   const std::span<const double> row = row_of(choice_begin, probability, c);
                   if (!which(row)) continue;
                   const double sum = accurate_sum(row);
                   double* const first = probability.data() + choice_begin[static_cast<std::size_t>(c)];
                   for (std::size_t i = 0; i < row.size(); ++i) first[i] /= sum;
                 }
               });
}

}  // namespace

ModelData normalised(ModelData data) {
  const auto choices = static_cast<std::int64_t>(data.choice_begin.size()) - 1;
  const auto any_off = first_bad(choices, static_cast<std::int64_t>(data.probability.size()), [&](std::int64_t c) {
    return is_off(row_of(data.choice_begin.view(), data.probability.view(), c));
  });
  if (any_off == kNone) return data;
  std::vector<double> probability(data.probability.begin(), data.probability.end());
  divide_rows(data.choice_begin.view(), probability, is_off);
  data.probability = std::move(probability);
  return data;
}

void normalise_distributions(std::span<const std::int64_t> choice_begin, std::span<double> probability) {
  divide_rows(choice_begin, probability,
              [](std::span<const double> row) { return is_off(row) && is_distribution(row); });
}

}  // namespace bellwether::mdp
