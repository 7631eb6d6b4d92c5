// Every learner against its page, written down once more without any care for speed.
#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "solvers/online/constrained/program.h"
#include "solvers/online/registry.h"
#include "tests/unit/solvers/online/constrained/small_tasks.h"

namespace bellwether::online {
namespace {

/// Plays a learner and keeps what it has seen, a number for each stage, choice and successor.
class Play {
 public:
  Play(const ConstrainedTask& task, std::string_view learner, const std::vector<Setting>& settings,
       std::int64_t episodes)
      : task_(task),
        world_(world_of(task, episodes)),
        agent_(find_constrained(learner).make(world_, settings, Stream(1))),
        visits_(places() * states(), 0.0) {}

  /// Plans the next episode.
  void plan() { agent_->plan(episode_); }
  /// Plays what was planned.
  void play() {
    std::vector<Step> steps;
    std::int32_t s = draw(task_.episodes().initial());
    for (int h = 0; h < horizon(); ++h) {
      const auto [first, last] = choices(s);
      std::vector<double> policy;
      for (auto c = first; c < last; ++c) policy.push_back(probability(h, s, c));
      const auto c = static_cast<std::int32_t>(first) + draw(policy);
      const mdp::TabularMdp& model = task_.episodes().model(h);
      const std::int32_t next = model.successors(c)[static_cast<std::size_t>(draw(model.probabilities(c)))];
      steps.push_back({s, c, next, 0});
      visits_[world_.place(h, c) * states() + static_cast<std::size_t>(next)] += 1;
      s = next;
    }
    agent_->learn(steps);
    ++episode_;
    doubled_ = false;
    for (int h = 0; h < horizon(); ++h) {
      const auto n = static_cast<std::int64_t>(visits(h, steps[static_cast<std::size_t>(h)].choice));
      doubled_ |= std::has_single_bit(static_cast<std::uint64_t>(n));
    }
  }
  /// Whether the last episode brought the visits of a row to a power of two.
  bool doubled() const { return doubled_; }

  const ConstrainedWorld& world() const { return world_; }
  const ConstrainedAgent& agent() const { return *agent_; }
  int horizon() const { return world_.horizon; }
  std::size_t states() const { return static_cast<std::size_t>(world_.num_states()); }
  std::size_t places() const { return static_cast<std::size_t>(world_.horizon * world_.num_choices()); }
  std::pair<std::int64_t, std::int64_t> choices(std::size_t s) const {
    return {world_.state_begin[s], world_.state_begin[s + 1]};
  }
  std::pair<std::int64_t, std::int64_t> choices(std::int32_t s) const { return choices(static_cast<std::size_t>(s)); }
  double probability(int h, std::size_t s, std::int64_t c) const {
    const EpisodicPolicy& policy = agent_->policy();
    return policy.randomised() ? policy.probability(h, c) : policy.choice(h, static_cast<int>(s)) == c;
  }
  double probability(int h, std::int32_t s, std::int64_t c) const {
    return probability(h, static_cast<std::size_t>(s), c);
  }
  double visits(int h, std::int64_t c) const {
    double sum = 0;
    for (std::size_t next = 0; next < states(); ++next) sum += seen(h, c, next);
    return sum;
  }
  double seen(int h, std::int64_t c, std::size_t next) const { return visits_[world_.place(h, c) * states() + next]; }
  /// Of the empirical row; 0 where nothing was seen.
  double mean(int h, std::int64_t c, const std::vector<double>& values) const {
    double sum = 0;
    for (std::size_t next = 0; next < states(); ++next) sum += seen(h, c, next) * values[next];
    return sum / std::max(1.0, visits(h, c));
  }
  double over_start(const std::vector<double>& values) const {
    double sum = 0;
    for (std::size_t s = 0; s < states(); ++s) sum += world_.initial[s] * values[s];
    return sum;
  }
  double width(int h, std::int64_t c, std::size_t next, double factor, double delta) const {
    const double n = visits(h, c), p = seen(h, c, next) / n;
    const double l = std::log(4.0 * world_.num_states() * static_cast<double>(world_.num_choices()) * horizon() *
                              static_cast<double>(world_.episodes) / delta);
    return factor * (2 * std::sqrt(p * (1 - p) * l / n) + 14 * l / (3 * n));
  }
  double bonus(int h, std::int64_t c, double factor, double times = 1, double delta = .05) const {
    double sum = 0;
    for (std::size_t next = 0; next < states() && visits(h, c) > 0; ++next) sum += width(h, c, next, factor, delta);
    return (horizon() - h - 1) * (visits(h, c) == 0 ? 1 : std::min(1.0, times * sum));
  }
  double cost(int h, std::int64_t c) const { return world_.constraints[0].cost[world_.place(h, c)]; }
  double limit() const { return world_.constraints[0].limit; }

 private:
  template <class Weights>
  std::int32_t draw(const Weights& weights) {
    double u = stream_.uniform();
    std::int32_t k = 0;
    for (; k + 1 < static_cast<std::int32_t>(weights.size()); ++k)
      if ((u -= weights[static_cast<std::size_t>(k)]) < 0) break;
    return k;
  }

  const ConstrainedTask& task_;
  ConstrainedWorld world_;
  std::unique_ptr<ConstrainedAgent> agent_;
  std::vector<double> visits_;
  Stream stream_{7};
  std::int64_t episode_ = 0;
  bool doubled_ = true;
};

constexpr double kFactor = .02;
const char* const kFactorText = "0.02";

/// Plays one of the learners with prices, its multiplier and its weights followed by hand.
void follow_prices(std::string_view learner, std::uint64_t seed, double factor, double* highest) {
  constexpr std::int64_t kEpisodes = 300;
  const bool primal = learner == "opt-primal-dual";
  const ConstrainedTask task = random_task(seed, 3, 2, 3);
  Play play(task, learner, {{"constant", kFactorText}, {"step", std::to_string(factor)}}, kEpisodes);
  const ConstrainedWorld& world = play.world();
  const double horizon = 3, rho = horizon / world.baseline_slack(), root = std::sqrt(kEpisodes);
  const double t = factor * std::sqrt(2 * std::log(2.0) / kEpisodes) / (horizon * (1 + rho));
  std::vector<double> weight(play.places(), 0.0);
  double y = 0;
  for (std::int64_t k = 0; k < kEpisodes; ++k, play.play()) {
    play.plan();
    std::vector<double> reward(play.states(), 0.0), cost(reward);
    for (int h = play.horizon() - 1; h >= 0; --h) {
      std::vector<double> reward_now(reward.size(), 0.0), cost_now(reward_now);
      for (std::size_t s = 0; s < play.states(); ++s) {
        const auto [first, last] = play.choices(s);
        double best = -1e300, chosen = 0, total = 0, most_weight = -1e300;
        for (auto c = first; c < last; ++c) most_weight = std::max(most_weight, weight[world.place(h, c)]);
        for (auto c = first; c < last; ++c) total += std::exp(weight[world.place(h, c)] - most_weight);
        for (auto c = first; c < last; ++c) {
          const double b = play.bonus(h, c, kFactor), most = horizon - h, p = play.probability(h, s, c);
          const bool known = play.visits(h, c) > 0;
          const double q = std::clamp(world.reward(h, c) + b + play.mean(h, c, reward), 0.0, most);
          const double d = known ? std::clamp(play.cost(h, c) - b + play.mean(h, c, cost), 0.0, most) : play.cost(h, c);
          reward_now[s] += p * q;
          cost_now[s] += p * d;
          best = std::max(best, q - y * d);
          chosen += p * (q - y * d);
          double& own = weight[world.place(h, c)];
          if (primal) {
            ASSERT_NEAR(p, std::exp(own - most_weight) / total, 1e-9) << "episode " << k;
            own += t * (q - y * d);
          }
        }
        if (!primal) ASSERT_NEAR(chosen, best, 1e-9) << "episode " << k;
      }
      reward = reward_now;
      cost = cost_now;
    }
    y = std::max(0.0, y + factor * rho / (horizon * root) * (play.over_start(cost) - play.limit()));
    if (primal) y = std::min(y, 2 * rho);
    *highest = std::max(*highest, y / rho);
  }
}

TEST(NaiveLearners, PricesFollowTheirPage) {
  for (const std::string_view learner : {"opt-dual", "opt-primal-dual"}) {
    double highest = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed)
      for (const double step : {20, 2000}) follow_prices(learner, seed, step, &highest);
    EXPECT_GT(highest, 0) << "a price that never rose teaches nothing";
    if (learner == "opt-primal-dual") EXPECT_NEAR(highest, 2, 1e-12) << "the cap was met";
  }
}

TEST(NaiveLearners, ProgramsAreSolvedAgainWhenVisitsHaveDoubled) {
  const ConstrainedTask task = random_task(0, 3, 2, 3);
  Play play(task, "opt-lp", {{"constant", kFactorText}}, 200);
  std::int64_t expected = 0;
  for (int k = 0; k < 200; ++k, play.play()) {
    play.plan();
    expected += play.doubled();
    ASSERT_EQ(play.agent().programs(), expected) << "episode " << k;
  }
  EXPECT_LT(expected, 150);
  Play seldom(task, "opt-lp", {{"constant", kFactorText}, {"every", "10"}}, 200);
  for (int k = 0; k < 200; ++k, seldom.play()) {
    seldom.plan();
    ASSERT_EQ(seldom.agent().programs(), k / 10 + 1) << "episode " << k;
  }
}

struct Factors {
  const char* learner;
  bool intervals;
  double times, reward, cost;
};

/// Plays one of the learners with programs, each program built by hand.
void follow_programs(const Factors& factors, std::uint64_t seed, std::int64_t* solved, std::int64_t* unsolved) {
  constexpr std::int64_t kEpisodes = 150;
  const ConstrainedTask task = random_task(seed, 3, 2, 3);
  Play play(task, factors.learner, {{"constant", kFactorText}, {"every", "1"}}, kEpisodes);
  const ConstrainedWorld& world = play.world();
  for (std::int64_t k = 0; k < kEpisodes; ++k, play.play()) {
    play.plan();
    if (k % 7 != 0) continue;
    EstimatedRows rows;
    std::vector<double> reward, cost;
    for (int h = 0; h < play.horizon(); ++h) {
      for (std::int64_t c = 0; c < world.num_choices(); ++c) {
        const double b = play.bonus(h, c, kFactor, factors.times), n = play.visits(h, c);
        auto& row = rows.row.emplace_back();
        for (std::size_t next = 0; next < play.states() && n > 0; ++next) {
          const double width = factors.intervals ? play.width(h, c, next, kFactor, .05) : 0;
          row.push_back({static_cast<std::int32_t>(next), play.seen(h, c, next) / n, width});
        }
        reward.push_back(world.reward(h, c) + factors.reward * b);
        cost.push_back(play.cost(h, c) + (n == 0 && factors.cost < 0 ? 0 : factors.cost * b));
      }
    }
    const ProgramTask asked{.reward = reward, .cost = {cost}, .limit = {play.limit()}};
    const ProgramAnswer answer =
        factors.intervals ? solve_interval_program(world, rows, asked) : solve_program(world, rows, asked);
    const bool feasible = answer.status == lp::LpStatus::kOptimal;
    ++*(feasible ? solved : unsolved);
    ASSERT_EQ(play.agent().mode() == Mode::kOwn, feasible) << factors.learner << " episode " << k;
    ASSERT_EQ(play.agent().optimistic_optimum().has_value(), feasible);
    ASSERT_EQ(play.agent().cost_bound(0), feasible && factors.cost > 0 ? std::optional(play.limit()) : std::nullopt);
    if (feasible) ASSERT_NEAR(*play.agent().optimistic_optimum(), answer.value, 1e-7) << factors.learner;
    for (std::size_t s = 0; s < play.states() && !feasible; ++s)
      for (auto c = play.choices(s).first; c < play.choices(s).second; ++c)
        ASSERT_EQ(play.probability(1, s, c), world.baseline[world.place(1, c)]);
  }
}

TEST(NaiveLearners, ProgramsFollowTheirPage) {
  const double room = world_of(random_task(0, 3, 2, 3), 1).baseline_slack();
  for (const Factors& factors :
       {Factors{"opt-lp", false, 1, 1, -1}, Factors{"opt-cmdp", true, 1, 0, 0},
        Factors{"opt-pess-lp", false, 1, 1 + 2 * 3 / room, 1}, Factors{"dope", true, 2, 3 / room, 1}}) {
    std::int64_t solved = 0, unsolved = 0;
    follow_programs(factors, 0, &solved, &unsolved);
    EXPECT_GT(solved, 5) << factors.learner;
    EXPECT_EQ(unsolved > 0, factors.cost > 0) << factors.learner;
  }
}

/// Upper and lower bounds of a policy's value on what was seen, as the page of StepMix has them.
struct ByHand {
  const Play& play;
  double factor, delta = .05;

  struct Bounds {
    std::vector<double> high, low;
  };
  /// One row, given the bounds of what follows.
  std::pair<double, double> row(int h, std::int64_t c, const Bounds& next) const {
    const double horizon = play.horizon(), n = play.visits(h, c), r = play.world().reward(h, c);
    if (n == 0) return {horizon - h, 0};
    const double unions = 3 * static_cast<double>(play.world().num_choices()) * horizon / delta;
    const double grown = std::log(8 * std::exp(1.0) * (n + 1));
    const double beta = std::log(unions) + play.world().num_states() * grown,
                 star = std::log(unions * (horizon + 1)) + grown;
    const double up = play.mean(h, c, next.high), low = play.mean(h, c, next.low);
    std::vector<double> squares;
    for (const double v : next.high) squares.push_back((v - up) * (v - up));
    const double b = factor * (3 * std::sqrt(play.mean(h, c, squares) * star / n) + 14 * horizon * horizon * beta / n) +
                     (up - low) / horizon;
    return {std::min(horizon - h, r + up + b), std::max(0.0, r + low - b)};
  }
  /// The greedy policy after `steps` steps of the baseline: bounds from the start.
  std::pair<double, double> candidate(int steps, std::vector<std::vector<std::int64_t>>* greedy) const {
    Bounds next{std::vector<double>(play.states(), 0.0), std::vector<double>(play.states(), 0.0)};
    for (int h = play.horizon() - 1; h >= 0; --h) {
      Bounds now{std::vector<double>(play.states(), 0.0), std::vector<double>(play.states(), 0.0)};
      for (std::size_t s = 0; s < play.states(); ++s) {
        const auto [first, last] = play.choices(s);
        double best = -1e300;
        for (auto c = first; c < last; ++c) {
          const auto [high, low] = row(h, c, next);
          if (h < steps) {
            now.high[s] += play.world().baseline[play.world().place(h, c)] * high;
            now.low[s] += play.world().baseline[play.world().place(h, c)] * low;
          } else if (high > best) {
            now.high[s] = best = high;
            now.low[s] = low;
            if (greedy) (*greedy)[static_cast<std::size_t>(h)][s] = c;
          }
        }
      }
      next = now;
    }
    return {play.over_start(next.high), play.over_start(next.low)};
  }
};

TEST(NaiveLearners, StepMixFollowsItsPage) {
  std::int64_t modes[3] = {0, 0, 0};
  for (std::uint64_t seed = 3; seed < 6; ++seed) {
    const ConstrainedTask task = floor_task(seed, .8);
    Play play(task, "stepmix", {{"constant", "0.0007"}}, 1500);
    const ByHand by_hand{play, .0007};
    const int horizon = play.horizon();
    const double floor = horizon - play.limit();
    for (int k = 0; k < 1500; ++k, play.play()) {
      play.plan();
      if (k % 11 != 0) continue;
      std::vector<std::vector<std::int64_t>> greedy(3, std::vector<std::int64_t>(play.states()));
      std::vector<double> low;
      for (int steps = 0; steps <= horizon; ++steps)
        low.push_back(by_hand.candidate(steps, steps == 0 ? &greedy : nullptr).second);
      ASSERT_NEAR(*play.agent().optimistic_optimum(), by_hand.candidate(0, nullptr).first, 1e-9);
      const auto safe = std::ranges::find_if(low, [&](double l) { return l >= floor; }) - low.begin();
      double share = 0;
      Mode mode = Mode::kOwn;
      if (safe > horizon) mode = Mode::kBaseline;
      if (safe > 0 && safe <= horizon) {
        mode = Mode::kMixture;
        const auto at = static_cast<std::size_t>(safe);
        share = (low[at] - floor) / (low[at] - low[at - 1]);
      }
      ASSERT_EQ(play.agent().mode(), mode) << "seed " << seed << " episode " << k;
      ++modes[static_cast<int>(mode)];
      for (int h = 0; h < horizon; ++h) {
        const double own_share = h >= safe ? 1 : h == safe - 1 ? share : 0;
        for (std::size_t s = 0; s < play.states(); ++s)
          for (auto c = play.choices(s).first; c < play.choices(s).second; ++c) {
            const double own = greedy[static_cast<std::size_t>(h)][s] == c;
            const double base = play.world().baseline[play.world().place(h, c)];
            ASSERT_NEAR(play.probability(h, s, c), own_share * own + (1 - own_share) * base, 1e-7)
                << "seed " << seed << " episode " << k << " stage " << h;
          }
      }
    }
  }
  for (const std::int64_t count : modes) EXPECT_GT(count, 0) << "every mode was met";
}

}  // namespace
}  // namespace bellwether::online
