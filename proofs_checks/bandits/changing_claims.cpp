// Arms whose means change, and feedback that comes late.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/statistics.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/adversarial_runs.h"

namespace bellwether::claims {
namespace {

constexpr const char* kChangingPage = "docs/papers/non-stationary-bandits.md";
constexpr const char* kDelayPage = "docs/papers/adversarial-bandits.md";
constexpr std::int64_t kRounds = 10'000;

// --- Change ----------------------------------------------------------------------------------------------------------

struct Player {
  std::string learner;
  std::vector<Setting> settings;
};

/// Neighbours in the list whose mean regrets are not in this order by three standard errors.
Measurement out_of_order(const Effort& effort, const std::vector<Player>& players) {
  const NamedArms on = named_arms("piecewise", "piecewise-arms", {});
  std::int64_t wrong = 0;
  double last = 0, last_error = 0;
  std::string detail = "mean regrets";
  for (const Player& player : players) {
    const auto sample =
        bandit_regrets(*on.bandit, player.learner, player.settings, kRounds, effort.pick(60, 600), effort.stream);
    const double here = mean(sample), error = standard_error(sample);
    wrong += !(here - last > 3 * std::hypot(error, last_error));
    last = here;
    last_error = error;
    detail += fmt::format(" {:.0f}", here);
  }
  return never(wrong, static_cast<std::int64_t>(players.size()), 0, detail);
}

Claim order_claim() {
  const auto players = [](const std::string& window) {
    return std::vector<Player>{{"sw-ucb", {{"xi", "0.5"}, {"window", window}}},
                               {"exp3-s", {{"changes", "3"}}},
                               {"d-ucb", {{"xi", "0.5"}}},
                               {"ucb1", {{"constant", "0.5"}}}};
  };
  return {.id = "piecewise-order",
          .family = "bandits",
          .statement = "On the three phases of Garivier and Moulines regret rises from SW-UCB to Exp3.S, D-UCB and UCB",
          .page = kChangingPage,
          .theorem = "Garivier and Moulines 2011, section 5 (an observation, not a theorem)",
          .kind = Kind::kNever,
          .measure = [=](const Effort& effort) { return out_of_order(effort, players("0")); },
          .controls = {{"endless-window", "SW-UCB with a window as long as the run",
                        [=](const Effort& effort) { return out_of_order(effort, players("10000")); }}}};
}

/// The share of the bound of Exp3.S that mean regret takes where the best of five arms changes six times.
Measurement shared_weights(const Effort& effort, const std::vector<Setting>& more) {
  std::string means;
  for (int phase = 0; phase < 7; ++phase)
    for (int arm = 0; arm < 5; ++arm)
      means += fmt::format("{}{}", means.empty() ? "" : "/", arm == phase % 5 ? 0.95 : 0.05);
  const NamedArms on = named_arms("rotating", "piecewise-arms", {{"means", means}, {"arms", "5"}});
  std::vector<Setting> settings = {{"changes", "7"}};
  settings.insert(settings.end(), more.begin(), more.end());
  const double bound = bounds::exp3_s({5, kRounds}, 7);
  std::vector<double> sample =
      bandit_regrets(*on.bandit, "exp3-s", settings, kRounds, effort.pick(20, 300), effort.stream);
  for (double& x : sample) x /= bound;
  return mean_against(sample, 1, fmt::format("of the bound {:.0f}", bound));
}

Claim shared_weights_claim() {
  return {.id = "exp3-s-bound",
          .family = "bandits",
          .statement = "Exp3.S: mean regret against Y parts is at most 2 sqrt(e - 1) sqrt(K T (Y ln(K T) + e))",
          .page = kChangingPage,
          .theorem = "Auer et al. 2002, Corollary 8.2",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return shared_weights(effort, {}); },
          .controls = {{"never-learns", "chooses evenly for ever", [](const Effort& effort) {
                          return shared_weights(effort, {{"exploration", "1"}});
                        }}}};
}

// --- Delay -----------------------------------------------------------------------------------------------------------

NamedArms late(const std::string& base, std::int64_t delay, const std::string& law) {
  return named_arms(base, "delayed-arms",
                    {{"with", "means=" + base}, {"delay", fmt::format("{}", delay)}, {"law", law}});
}

/// The share of the bound for late feedback that mean regret takes, where it is largest.
Measurement late_share(const Effort& effort, const std::vector<Setting>& settings) {
  Measurement worst;
  for (const char* base : {"0.6/0.5/0.5/0.5/0.5", "0.9/0.5/0.5/0.5/0.5"}) {
    for (const char* law : {"constant", "uniform"}) {
      for (const std::int64_t delay : {0, 10, 100, 1000}) {
        const NamedArms on = late(base, delay, law);
        const bandits::World world = on.bandit->world(kRounds);
        const double bound = bounds::exp3_delay({5, kRounds}, static_cast<double>(world.largest_delay),
                                                static_cast<double>(world.total_delay));
        std::vector<double> sample =
            bandit_regrets(*on.bandit, "exp3-delay", settings, kRounds, effort.pick(8, 100), effort.stream);
        for (double& x : sample) x /= bound;
        const Measurement here =
            mean_against(sample, 1, fmt::format("of the bound {:.0f}, {} delays of {} on {}", bound, law, delay, base));
        if (!(here.measured <= worst.measured)) worst = here;
      }
    }
  }
  return worst;
}

Claim late_bound_claim() {
  return {.id = "exp3-delay-bound",
          .family = "bandits",
          .statement = "With late feedback: regret at most max(ln K / eta, 4 e d_max ln K) + eta (K T e / 2 + D)",
          .page = kDelayPage,
          .theorem = "Thune, Cesa-Bianchi and Seldin 2019, Theorem 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return late_share(effort, {}); },
          .controls = {{"never-learns", "the same learner at a rate of nothing", [](const Effort& effort) {
                          return late_share(effort, {{"eta", "1e-12"}});
                        }}}};
}

/// The share of the variation of regret^power over constant delays that a straight line explains, run by run.
Measurement straightness(const Effort& effort, double power) {
  const std::vector<std::int64_t> delays = {0, 10, 30, 100, 300};
  const std::int64_t rounds = 100'000, runs = effort.pick(24, 100);
  std::vector<std::vector<double>> regrets;
  for (const std::int64_t delay : delays) {
    const NamedArms on = late("0.6/0.5/0.5/0.5/0.5", delay, "constant");
    regrets.push_back(bandit_regrets(*on.bandit, "exp3-delay", {}, rounds, runs, effort.stream));
  }
  std::vector<double> sample;
  for (std::size_t run = 0; run < regrets.front().size(); ++run) {
    const double n = static_cast<double>(delays.size());
    double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < delays.size(); ++i) {
      const double d = static_cast<double>(delays[i]), r = std::pow(regrets[i][run], power);
      x += d / n;
      y += r / n;
      xx += d * d / n;
      xy += d * r / n;
      yy += r * r / n;
    }
    sample.push_back((xy - x * y) * (xy - x * y) / ((xx - x * x) * (yy - y * y)));
  }
  return mean_against(sample, 0.95, "of the variation over delays up to 300 explained, 100,000 rounds");
}

Claim straightness_claim() {
  return {.id = "exp3-delay-growth",
          .family = "bandits",
          .statement = "Late feedback adds to the square of the regret in proportion to the delay",
          .page = kDelayPage,
          .theorem = "Thune, Cesa-Bianchi and Seldin 2019 (the order of the bound, sqrt(K T + D))",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return straightness(effort, 2); },
          .controls = {{"not-squared", "takes the regret itself",
                        [](const Effort& effort) { return straightness(effort, 1); }}}};
}

/// The share of the bound that mean regret of BOLD over Exp3 takes, where it is largest.
Measurement copies_share(const Effort& effort, const std::string& with) {
  Measurement worst;
  for (const char* base : {"0.6/0.5/0.5/0.5/0.5", "0.9/0.5/0.5/0.5/0.5"}) {
    for (const std::int64_t delay : {0, 3, 10, 100}) {
      const NamedArms on = late(base, delay, "constant");
      const double bound = bounds::bold_exp3({5, kRounds}, static_cast<double>(delay));
      std::vector<double> sample = bandit_regrets(*on.bandit, "bold", {{"base", "exp3"}, {"with", with}}, kRounds,
                                                  effort.pick(10, 100), effort.stream);
      for (double& x : sample) x /= bound;
      const Measurement here =
          mean_against(sample, 1, fmt::format("of the bound {:.0f}, delays of {} on {}", bound, delay, base));
      if (!(here.measured <= worst.measured)) worst = here;
    }
  }
  return worst;
}

Claim copies_claim() {
  return {.id = "bold-bound",
          .family = "bandits",
          .statement =
              "BOLD over Exp3 with feedback d rounds late: mean regret (d + 1) sqrt(2 n K ln K) at most, n = "
              "ceil(T / (d + 1))",
          .page = kDelayPage,
          .theorem = "Joulani, Gyorgy and Szepesvari 2013, Theorem 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return copies_share(effort, ""); },
          .controls = {{"never-learns", "copies that learn at a rate of nothing",
                        [](const Effort& effort) { return copies_share(effort, "eta=1e-12"); }}}};
}

}  // namespace

std::vector<Claim> changing_bandit_claims() {
  return {order_claim(), shared_weights_claim(), late_bound_claim(), straightness_claim(), copies_claim()};
}

}  // namespace bellwether::claims
