#include "mdp/evaluate/total.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/evaluate/average.h"
#include "mdp/evaluate/chain_search.h"

namespace bellwether::mdp {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// Which states of the chain are in the target, whatever the memory.
Marks on_target(const PolicyChain& chain, std::span<const std::int32_t> target) {
  const int states = chain.model().num_states();
  Marks inside(static_cast<std::size_t>(chain.num_states()), 0);
  for (const std::int32_t s : target) {
    if (s < 0 || s >= states)
      throw InvalidModel(fmt::format("target state {} is out of range, the model has {}", s, counted(states, "state")));
    for (int node = 0; node < chain.num_nodes(); ++node) inside[static_cast<std::size_t>(node * states + s)] = 1;
  }
  return inside;
}

/// The chain whose target states stay where they are.
MarkovChain stopped(const MarkovChain& chain, const Marks& target) {
  MarkovChain result;
  result.row_begin.push_back(0);
  for (std::size_t s = 0; s < target.size(); ++s) {
    if (target[s]) {
      result.successor.push_back(static_cast<std::int32_t>(s));
      result.probability.push_back(1);
      result.reward.push_back(0);
    } else {
      const auto begin = chain.row_begin[s], end = chain.row_begin[s + 1];
      result.successor.insert(result.successor.end(), chain.successor.begin() + begin, chain.successor.begin() + end);
      result.probability.insert(result.probability.end(), chain.probability.begin() + begin,
                                chain.probability.begin() + end);
      result.reward.push_back(chain.reward[s]);
    }
    result.row_begin.push_back(static_cast<std::int64_t>(result.successor.size()));
  }
  return result;
}

/// What a recurrent class does to a total reward.
enum class Collects { kNothing, kGains, kLosses, kUnclear };

Collects collects(const PolicyChain& chain, std::span<const std::int32_t> members, const Evaluation& step,
                  ClassScratch& scratch) {
  bool may_gain = false, may_lose = false, gains = false, losses = false;
  for (const std::int32_t s : members) {
    may_gain |= step.value[s] + step.error[s] > 0;
    may_lose |= step.value[s] - step.error[s] < 0;
    gains |= step.value[s] - step.error[s] > 0;
    losses |= step.value[s] + step.error[s] < 0;
  }
  if (!may_gain && !may_lose) return Collects::kNothing;
  if (gains && !may_lose) return Collects::kGains;
  if (losses && !may_gain) return Collects::kLosses;
  const ClassAverage average = average_of_class(chain, members, step, scratch);
  if (average.gain - average.gain_error > 0) return Collects::kGains;
  if (average.gain + average.gain_error < 0) return Collects::kLosses;
  return Collects::kUnclear;
}

/// The entries of x at `places`, in their order. (Written out: gcc 12 warns of Eigen's indexed views.)
Eigen::VectorXd at(const Eigen::VectorXd& x, std::span<const std::int32_t> places) {
  Eigen::VectorXd result(static_cast<Eigen::Index>(places.size()));
  for (std::size_t i = 0; i < places.size(); ++i) result[static_cast<Eigen::Index>(i)] = x[places[i]];
  return result;
}

}  // namespace

Evaluation evaluate_total(const PolicyChain& chain, std::span<const std::int32_t> target, std::string_view column) {
  const Marks inside = on_target(chain, target);
  const Evaluation step = chain.step_values(column);
  const MarkovChain play = stopped(chain.chain(), inside);
  const RecurrentClasses classes = recurrent_classes(play);
  const ChainSearch search(play);
  const auto n = static_cast<std::size_t>(chain.num_states());
  Marks gains(n, 0), losses(n, 0), unclear(n, 0);
  ClassScratch scratch(chain.num_states());
  for (const auto& members : classes.members) {
    if (inside[static_cast<std::size_t>(members.front())]) continue;
    const Collects what = collects(chain, members, step, scratch);
    if (what == Collects::kNothing) continue;
    Marks& marks = what == Collects::kGains ? gains : what == Collects::kLosses ? losses : unclear;
    for (const std::int32_t s : members) marks[static_cast<std::size_t>(s)] = 1;
  }
  search.close_backwards(gains);
  search.close_backwards(losses);
  search.close_backwards(unclear);

  std::vector<std::int32_t> number(n, -1);
  std::vector<std::int32_t> finite;
  for (std::size_t s = 0; s < n; ++s) {
    if (classes.class_of[s] >= 0 || gains[s] || losses[s] || unclear[s]) continue;
    number[s] = static_cast<std::int32_t>(finite.size());
    finite.push_back(static_cast<std::int32_t>(s));
  }
  LeakySystem system(chain.leaky(number, 1));
  const Evaluation inner = system.solve(at(step.value, finite), at(step.error, finite));
  Evaluation result{Eigen::VectorXd::Zero(chain.num_states()), Eigen::VectorXd::Zero(chain.num_states())};
  for (std::size_t i = 0; i < finite.size(); ++i) {
    result.value[finite[i]] = inner.value[static_cast<Eigen::Index>(i)];
    result.error[finite[i]] = inner.error[static_cast<Eigen::Index>(i)];
  }
  for (std::size_t s = 0; s < n; ++s) {
    const auto i = static_cast<Eigen::Index>(s);
    if (unclear[s] || (gains[s] && losses[s])) {
      result.value[i] = kUndefined;
      result.error[i] = kInfinity;
    } else if (gains[s] || losses[s]) {
      result.value[i] = gains[s] ? kInfinity : -kInfinity;
    }
  }
  return result;
}

Evaluation evaluate_reach(const PolicyChain& chain, std::span<const std::int32_t> target) {
  const Marks inside = on_target(chain, target);
  const MarkovChain play = stopped(chain.chain(), inside);
  return probability_of_reaching(chain, play, inside);
}

}  // namespace bellwether::mdp
