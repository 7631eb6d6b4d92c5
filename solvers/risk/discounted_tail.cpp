#include "solvers/risk/discounted_tail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "solvers/automatic.h"
#include "solvers/risk/outcomes.h"

namespace bellwether::solvers {
namespace {

enum class Rounding { kDown, kUp };

/// Stocks -bound + j * step, j = 0 .. points - 1.
struct Grid {
  double bound, step;
  int points;

  double stock(int j) const { return -bound + j * step; }
  /// The place of a stock, rounded so that what double arithmetic may have missed goes the safe way.
  std::int64_t place(double stock, Rounding rounding) const {
    const double x = std::clamp((stock + bound) / step, -2.0, points + 2.0);
    return static_cast<std::int64_t>(rounding == Rounding::kDown ? std::floor(x - 1e-7) : std::ceil(x + 1e-7));
  }
};

/// The model whose states are pairs (state, stock) and one more where nothing happens any longer.
class StockModel {
 public:
  StockModel(const Problem& problem, const OutcomeTable& table, const Grid& grid, Rounding rounding,
             const Eigen::VectorXd& tail, const Observer& observer)
      : problem_(problem), table_(table), grid_(grid), rounding_(rounding), tail_(tail) {
    const int states = problem.model.num_states();
    for (int s = 0; s < states; ++s) {
      for (int j = 0; j < grid.points; ++j) {
        if (++asked_ % 4096 == 0 && observer && !observer(TraceRow{.work = asked_})) return;
        add_state(s, j);
      }
    }
    successor_.push_back(states * grid.points);
    probability_.push_back(1);
    reward_.push_back(0);
    choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
    state_begin_.push_back(static_cast<std::int64_t>(reward_.size()));
    complete_ = true;
  }

  bool complete() const { return complete_; }  ///< false: the observer said stop on the way
  mdp::TabularMdp take() {
    mdp::ModelData data;
    data.state_begin = std::move(state_begin_);
    data.choice_begin = std::move(choice_begin_);
    data.successor = std::move(successor_);
    data.probability = std::move(probability_);
    data.rewards.push_back({.name = "reward", .expected = std::move(reward_), .by_transition = {}});
    return mdp::TabularMdp(mdp::normalised(std::move(data)));
  }

 private:
  void add_state(int s, int j) {
    for (std::int64_t c = problem_.model.first_choice(s); c < problem_.model.first_choice(s + 1); ++c)
      add_choice(c, grid_.stock(j));
    state_begin_.push_back(static_cast<std::int64_t>(reward_.size()));
  }

  void add_choice(std::int64_t choice, double stock) {
    const std::int32_t end = problem_.model.num_states() * grid_.points;
    double reward = 0, ended = 0;
    row_.clear();
    for (const Outcome& outcome : table_.of(choice)) {
      const double next = (stock + outcome.reward) / problem_.discount;
      const std::int64_t place = grid_.place(next, rounding_);
      if (place < 0) {  // the budget is out of reach: the rest counts in full
        reward += problem_.discount * outcome.probability * (next + tail_[outcome.next]);
        ended += outcome.probability;
      } else if (place >= grid_.points) {  // the budget is safe
        ended += outcome.probability;
      } else {
        row_.emplace_back(outcome.next * grid_.points + static_cast<std::int32_t>(place), outcome.probability);
      }
    }
    if (ended > 0) row_.emplace_back(end, ended);
    std::ranges::sort(row_);
    for (std::size_t k = 0; k < row_.size(); ++k) {
      if (k > 0 && row_[k].first == row_[k - 1].first) {
        probability_.back() += row_[k].second;
        continue;
      }
      successor_.push_back(row_[k].first);
      probability_.push_back(row_[k].second);
    }
    choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
    reward_.push_back(reward);
  }

  const Problem& problem_;
  const OutcomeTable& table_;
  const Grid& grid_;
  Rounding rounding_;
  const Eigen::VectorXd& tail_;
  std::vector<std::int64_t> state_begin_{0}, choice_begin_{0};
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, reward_;
  std::vector<std::pair<std::int32_t, double>> row_;
  std::int64_t asked_ = 0;
  bool complete_ = false;
};

/// Expected over the initial distribution, stock by stock.
std::vector<double> by_stock(const mdp::TabularMdp& model, const Eigen::VectorXd& value, const Grid& grid) {
  const std::vector<double> initial = model.initial();
  std::vector<double> sum(static_cast<std::size_t>(grid.points));
  for (int s = 0; s < model.num_states(); ++s)
    for (int j = 0; j < grid.points; ++j)
      sum[static_cast<std::size_t>(j)] +=
          initial[static_cast<std::size_t>(s)] * value[static_cast<Eigen::Index>(s) * grid.points + j];
  return sum;
}

/// What is known of the best tail mean while the planner works: rewards alone bound it, and no tail mean exceeds the
/// mean.
struct Known {
  double lower, upper;
};

/// States that earn nothing any longer, whatever is played.
std::vector<char> silent_states(const Problem& problem, const OutcomeTable& table) {
  const mdp::TabularMdp& model = problem.model;
  std::vector<char> silent(static_cast<std::size_t>(model.num_states()), 1);
  for (bool changed = true; changed;) {
    changed = false;
    for (int s = 0; s < model.num_states(); ++s) {
      if (!silent[static_cast<std::size_t>(s)]) continue;
      bool stays = true;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        for (const Outcome& outcome : table.of(c))
          stays = stays && outcome.reward == 0 && silent[static_cast<std::size_t>(outcome.next)];
      if (stays) continue;
      silent[static_cast<std::size_t>(s)] = 0;
      changed = true;
    }
  }
  return silent;
}

/// The law of the return under a table of stocks, and how far its tail mean may be from the truth.
struct PlayedLaw {
  Law law;
  double error = 0;
};

/// Plays the table forwards, keeping apart all that was earned, until nothing more is earned or what is left is lost in
/// rounding; nothing when that are too many cases.
std::optional<PlayedLaw> law_of(const Problem& problem, const OutcomeTable& table, const Grid& grid,
                                const StockTablePolicy& policy, int start, double level) {
  constexpr std::size_t kMostNodes = 20'000, kMostInAll = 500'000;
  constexpr double kLost = 1e-14;
  using Key = std::tuple<std::int32_t, std::int64_t, double>;  // state, place (outside the grid: for ever), earned
  const std::vector<char> silent = silent_states(problem, table);
  const std::vector<double> initial = problem.model.initial();
  std::map<Key, double> layer;
  std::map<double, double> ended;
  for (std::size_t s = 0; s < initial.size(); ++s)
    if (initial[s] > 0) layer[{static_cast<std::int32_t>(s), start, 0.0}] = initial[s];
  double weight = 1;
  std::size_t seen = 0, steps = 0;
  for (; !layer.empty() && weight > kLost; weight *= problem.discount, ++steps) {
    std::map<Key, double> next;
    for (const auto& [key, probability] : layer) {
      const auto [s, place, earned] = key;
      if (silent[static_cast<std::size_t>(s)]) {
        ended[earned] += probability;
        continue;
      }
      const bool inside = place >= 0 && place < grid.points;
      const auto cell = static_cast<std::size_t>(s) * static_cast<std::size_t>(grid.points);
      const std::int32_t choice = inside ? policy.choice[cell + static_cast<std::size_t>(place)]
                                         : policy.tail.choices()[static_cast<std::size_t>(s)];
      for (const Outcome& outcome : table.of(problem.model.first_choice(s) + choice)) {
        const double stock = (grid.stock(static_cast<int>(place)) + outcome.reward) / problem.discount;
        const std::int64_t there = inside ? grid.place(stock, Rounding::kDown) : place;
        next[{outcome.next, std::clamp<std::int64_t>(there, -1, grid.points), earned + weight * outcome.reward}] +=
            probability * outcome.probability;
      }
      seen += table.of(problem.model.first_choice(s) + choice).size();
      if (next.size() > kMostNodes || seen > kMostInAll) return std::nullopt;
    }
    layer = std::move(next);
  }
  for (const auto& [key, probability] : layer) ended[std::get<2>(key)] += probability;
  double total = 0;
  for (const auto& [earned, probability] : ended) total += probability;
  std::vector<std::pair<double, double>> atoms(ended.begin(), ended.end());
  for (auto& [earned, probability] : atoms) probability /= total;
  // Returns are off by what is left and by the sums; probabilities by products and sums, which moves the tail mean by
  // that share of the range.
  const double left = layer.empty() ? 0 : weight;
  const double sums = rounding_error(static_cast<std::int64_t>(4 * steps + 2 * seen + initial.size() + 8));
  return PlayedLaw{make_law(std::move(atoms)), grid.bound * (left + sums * (1 + 4 / level))};
}

/// One of the models inside was stopped, or it was out of range.
DiscountedTailSolution without_answer(const Solution& inside) {
  if (inside.status == Status::kStoppedByCaller)
    return {.status = Status::kStoppedByCaller, .note = "stopped before there was an answer"};
  if (inside.status == Status::kBudgetExhausted)
    return {.status = Status::kBudgetExhausted, .note = "the iterations were spent before there was an answer"};
  return {.status = Status::kNumericalTrouble, .note = std::string(kOutOfRange)};
}

double expected(const mdp::TabularMdp& model, const Eigen::VectorXd& value) {
  const std::vector<double> initial = model.initial();
  double sum = 0;
  for (std::size_t s = 0; s < initial.size(); ++s) sum += initial[s] * value[static_cast<Eigen::Index>(s)];
  return sum;
}

/// The best of the budgets on the grid: -stock + U(stock) / level.
struct Attained {
  double value;
  int place;
};
Attained attain(const Grid& grid, const std::vector<double>& earned, double level) {
  Attained best{-std::numeric_limits<double>::infinity(), 0};
  for (int j = 0; j < grid.points; ++j) {
    const double here = -grid.stock(j) + earned[static_cast<std::size_t>(j)] / level;
    if (here > best.value) best = {here, j};
  }
  return best;
}

/// No budget does better, those between two stocks included.
double beyond(const Grid& grid, const std::vector<double>& possible, double level) {
  double upper = -std::numeric_limits<double>::infinity();
  const double fall = 1 / level - 1;
  for (int j = 0; j < grid.points; ++j) {
    const auto i = static_cast<std::size_t>(j);
    const double above = -grid.stock(j) + possible[i] / level;
    upper = std::max(upper, above);
    if (j + 1 == grid.points) continue;
    // Between two stocks the function rises by at most `fall` a unit and falls by at most one: two lines meet.
    const double next = -grid.stock(j + 1) + possible[i + 1] / level;
    const double t = std::clamp((next - above + grid.step) / (1 + fall), 0.0, grid.step);
    upper = std::max(upper, std::min(above + fall * t, next + (grid.step - t)));
  }
  return upper;
}

void require_discounted(const Problem& problem, double level, const DiscountedTailOptions& options) {
  require_valid(problem);
  bellwether::require_valid("risk", options);
  if (problem.criterion != Criterion::kDiscounted || problem.discount == 0)
    throw InvalidOption("risk: the tail of the discounted return needs a discount above 0 and below 1");
  if (!(level > 0 && level <= 1)) throw InvalidOption(fmt::format("risk: level is {}, must be in (0, 1]", level));
  const double pairs = static_cast<double>(options.points) * problem.model.num_states();
  if (pairs > 2e9) throw InvalidOption(fmt::format("risk: {:.3g} pairs of a state and a stock are too many", pairs));
}

}  // namespace

DiscountedTailSolution plan_for_discounted_tail(const Problem& problem, double level,
                                                const DiscountedTailOptions& options, const SolveOptions& run) {
  require_discounted(problem, level, options);
  const OutcomeTable table(problem.model, problem.sign());
  bool stopped = false, exhausted = false;
  std::int64_t spent = 0;
  // The gaps of the models inside are not those of the tail mean.
  Observer asked = nullptr;
  if (run.observer) {
    asked = [&](const TraceRow& row) {
      TraceRow own = row;
      own.gap = std::numeric_limits<double>::infinity();
      stopped = stopped || !run.observer(own);
      return !stopped;
    };
  }
  // The models share the iterations; what comes after them is not begun.
  const auto solve = [&](const Problem& inside) {
    Solution found = automatic(
        inside, {}, {.tolerance = run.tolerance / 8, .max_iterations = run.max_iterations - spent, .observer = asked});
    spent += found.iterations;
    exhausted = found.status == Status::kBudgetExhausted;
    return found;
  };
  const auto wanted = [&] {
    exhausted = exhausted || spent >= run.max_iterations;
    return !stopped && !exhausted;
  };
  const Solution mean = solve(problem);
  if (!std::isfinite(mean.gap)) return without_answer(mean);
  const Eigen::VectorXd mean_lower = problem.maximise() ? mean.lower : Eigen::VectorXd(-mean.upper);
  const Eigen::VectorXd mean_upper = problem.maximise() ? mean.upper : Eigen::VectorXd(-mean.lower);

  require_range(table.largest_reward() / (1 - problem.discount));
  if (!std::isfinite(8 * table.largest_reward() / (1 - problem.discount) / level))
    throw InvalidOption(
        fmt::format("risk: level is {}: what so few plays earn, divided by it, exceeds the range of double arithmetic; "
                    "take a larger one",
                    level));
  const double bound = std::max(table.largest_reward() / (1 - problem.discount), 1e-300) * (1 + 0x1p-40);
  const Grid grid{bound, 2 * bound / (options.points - 1), options.points};
  // What rounding did to the rewards of the boundary and to the sums over the initial distribution.
  const double slack = (rounding_error(problem.model.num_states() + 16) + 0x1p-44) * 4 * bound / level;
  Known known{.lower = -bound, .upper = expected(problem.model, mean_upper) + slack};
  DiscountedTailSolution solution;
  solution.note = fmt::format("{} stocks, {:.3g} apart; the error shrinks with their number (option points)",
                              grid.points, grid.step);
  const auto solve_stocks = [&](Rounding rounding, const Eigen::VectorXd& tail) {
    StockModel stocks(problem, table, grid, rounding, tail, asked);
    if (!stocks.complete()) return Solution{.status = Status::kStoppedByCaller};
    return solve({.model = stocks.take(), .criterion = Criterion::kDiscounted, .discount = problem.discount});
  };
  if (wanted()) {
    const Solution low = solve_stocks(Rounding::kDown, mean_lower);
    if (std::isfinite(low.gap)) {
      const Attained attained = attain(grid, by_stock(problem.model, low.lower, grid), level);
      known.lower = std::max(known.lower, attained.value - slack);
      solution.value = known.lower;
      solution.parameter = problem.sign() * -grid.stock(attained.place);
      solution.policy = {
          .first = grid.stock(0), .step = grid.step, .points = grid.points, .choice = {}, .tail = mean.policy};
      const auto played = low.policy.choices();
      solution.policy.choice.assign(played.begin(), played.end() - 1);
      if (const auto played_law = law_of(problem, table, grid, solution.policy, attained.place, level)) {
        solution.law = played_law->law;
        solution.value = conditional_value_at_risk(solution.law, level);
        known.lower = std::max(known.lower, solution.value - played_law->error);
      }
    } else if (!stopped && !exhausted) {
      return without_answer(low);
    }
  }
  // The other model is as large as this one: who said stop does not want to wait for it.
  if (wanted()) {
    const Solution high = solve_stocks(Rounding::kUp, mean_upper);
    if (std::isfinite(high.gap)) {
      known.upper = std::min(known.upper, beyond(grid, by_stock(problem.model, high.upper, grid), level) + slack);
    } else if (!stopped && !exhausted) {
      return without_answer(high);
    }
  }
  known.upper = std::max(known.upper, known.lower);
  solution.iterations = spent;
  solution.value *= problem.sign();
  solution.lower = problem.maximise() ? known.lower : -known.upper;
  solution.upper = problem.maximise() ? known.upper : -known.lower;
  if (!problem.maximise()) turn_law(solution.law);
  solution.gap = round_up(known.upper - known.lower);
  solution.status = solution.gap <= run.tolerance ? Status::kConverged
                    : stopped                     ? Status::kStoppedByCaller
                                                  : Status::kBudgetExhausted;
  if (solution.status == Status::kBudgetExhausted && !exhausted) solution.limit = kGridOfEarnings;
  return solution;
}

}  // namespace bellwether::solvers
