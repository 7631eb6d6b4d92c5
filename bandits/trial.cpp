#include "bandits/trial.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "bandits/registry.h"
#include "bandits/run.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void add_row(Series& series, const Row& row, bool optimistic) {
  const auto count = [](std::int64_t number) { return static_cast<double>(number); };
  const bool known = !std::isnan(row.pseudo_regret);
  series.append(row.rounds,
                {row.pseudo_regret, row.reward_regret, row.hindsight_regret,
                 known && !row.beaten ? count(row.best_rounds) / count(row.rounds) : kNone, count(row.switches),
                 optimistic ? count(row.violations) : kNone, known ? kNone : row.reward / count(row.observed),
                 known ? kNone : count(row.observed) / count(row.rounds)});
}

/// How far the mean of the named arm lies below the best.
double simple_regret(const Bandit& bandit, int answer) {
  const std::span<const double> means = bandit.means();
  if (means.empty() || answer < 0) return kNone;
  return std::ranges::max(means) - means[static_cast<std::size_t>(answer)];
}

}  // namespace

const std::vector<std::string>& metrics_of(Protocol protocol) {
  static const std::vector<std::string> rounds = {"pseudo-regret", "reward-regret", "hindsight-regret",
                                                  "best-share",    "switches",      "violations",
                                                  "mean-reward",   "observed-share"};
  static const std::vector<std::string> identification = {"finished", "wrong", "simple-regret", "pseudo-regret"};
  return protocol == Protocol::kIdentification ? identification : rounds;
}

std::unique_ptr<Agent> make_agent(const Bandit& bandit, std::string_view learner, const std::vector<Setting>& settings,
                                  std::int64_t rounds, const Stream& stream) {
  const Learner& row = find_learner(learner);
  const World world = bandit.world(rounds);
  if (row.kind != world.kind)
    throw InvalidOption(
        fmt::format("{} plays {}, this is a bandit of {}", row.name, to_string(row.kind), to_string(world.kind)));
  if (row.protocol == Protocol::kIdentification && bandit.means().empty())
    throw InvalidOption(fmt::format("{} looks for the best arm, and no arm of this bandit is best for good", row.name));
  if (row.protocol == Protocol::kIdentification && world.largest_delay > 0)
    throw InvalidOption(fmt::format("{} counts pulls by their feedback, that of this bandit comes up to {} rounds late",
                                    row.name, world.largest_delay));
  return row.make(bandit, world, settings, stream);
}

Series play(const Bandit& bandit, std::string_view learner, const std::vector<Setting>& settings, const Stream& stream,
            const TrialOptions& options) {
  const Learner& row = find_learner(learner);
  const auto agent = make_agent(bandit, learner, settings, options.length, stream.child("learner"));
  const Run run = run_rounds(bandit, *agent, stream, options);
  Series series{.metrics = metrics_of(row.protocol)};
  if (row.protocol == Protocol::kIdentification) {
    const double loss = simple_regret(bandit, run.answer);
    series.append(run.last.rounds, {run.finished ? 1.0 : 0.0, loss == 0 ? 0.0 : 1.0, loss, run.last.pseudo_regret});
    return series;
  }
  for (const Row& at : run.rows) add_row(series, at, run.optimistic);
  return series;
}

}  // namespace bellwether::bandits
