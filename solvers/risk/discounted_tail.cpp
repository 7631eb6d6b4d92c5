#include "solvers/risk/discounted_tail.h"

#include <algorithm>
#include <cmath>
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

/// One of the models inside was stopped, or it was out of range.
DiscountedTailSolution without_answer(const Solution& inside) {
  if (inside.status == Status::kStoppedByCaller)
    return {.status = Status::kStoppedByCaller, .note = "stopped before there was an answer"};
  return {.status = Status::kNumericalTrouble, .note = std::string(kOutOfRange)};
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
  const SolveOptions inner{.tolerance = run.tolerance / 8, .observer = run.observer};
  Problem neutral = problem;
  const Solution mean = automatic(neutral, {}, inner);
  if (!std::isfinite(mean.gap) || mean.status == Status::kStoppedByCaller) return without_answer(mean);
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
  const auto solve = [&](Rounding rounding, const Eigen::VectorXd& tail) {
    StockModel stocks(problem, table, grid, rounding, tail, run.observer);
    if (!stocks.complete()) return Solution{.status = Status::kStoppedByCaller};
    return automatic({.model = stocks.take(), .criterion = Criterion::kDiscounted, .discount = problem.discount}, {},
                     inner);
  };
  const Solution low = solve(Rounding::kDown, mean_lower);
  // The other model is as large as this one: who said stop does not want to wait for it.
  if (!std::isfinite(low.gap) || low.status == Status::kStoppedByCaller) return without_answer(low);
  const Solution high = solve(Rounding::kUp, mean_upper);
  if (!std::isfinite(high.gap)) return without_answer(high);

  DiscountedTailSolution solution{.iterations = mean.iterations + low.iterations + high.iterations};
  const std::vector<double> earned = by_stock(problem.model, low.lower, grid);
  const std::vector<double> possible = by_stock(problem.model, high.upper, grid);
  // What rounding did to the rewards of the boundary and to the sums over the initial distribution.
  const double slack = (rounding_error(problem.model.num_states() + 16) + 0x1p-44) * 4 * bound / level;
  double best = -std::numeric_limits<double>::infinity(), upper = best;
  const double fall = 1 / level - 1;
  for (int j = 0; j < grid.points; ++j) {
    const auto i = static_cast<std::size_t>(j);
    const double here = -grid.stock(j) + earned[i] / level;
    if (here > best) {
      best = here;
      solution.parameter = -grid.stock(j);
    }
    const double above = -grid.stock(j) + possible[i] / level;
    upper = std::max(upper, above);
    if (j + 1 == grid.points) continue;
    // Between two stocks the function rises by at most `fall` a unit and falls by at most one: two lines meet.
    const double next = -grid.stock(j + 1) + possible[i + 1] / level;
    const double t = std::clamp((next - above + grid.step) / (1 + fall), 0.0, grid.step);
    upper = std::max(upper, std::min(above + fall * t, next + (grid.step - t)));
  }
  const double lower = best - slack;
  upper += slack;
  solution.value = problem.sign() * lower;
  solution.lower = problem.maximise() ? lower : -upper;
  solution.upper = problem.maximise() ? upper : -lower;
  solution.parameter *= problem.sign();
  solution.gap = round_up(upper - lower);
  solution.status = solution.gap <= run.tolerance             ? Status::kConverged
                    : high.status == Status::kStoppedByCaller ? Status::kStoppedByCaller
                                                              : Status::kBudgetExhausted;
  if (solution.status == Status::kBudgetExhausted) solution.limit = kGridOfEarnings;
  solution.note = fmt::format("{} stocks, {:.3g} apart; the error shrinks with their number (option points)",
                              grid.points, grid.step);
  solution.policy = {
      .first = grid.stock(0), .step = grid.step, .points = grid.points, .choice = {}, .tail = mean.policy};
  const auto played = low.policy.choices();
  solution.policy.choice.assign(played.begin(), played.end() - 1);
  return solution;
}

}  // namespace bellwether::solvers
