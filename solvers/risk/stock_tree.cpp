#include "solvers/risk/stock_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/number_reading.h"
#include "core/rounding.h"
#include "core/text.h"
#include "solvers/abandonable.h"

namespace bellwether::solvers {
namespace {

using KeepGoing = StockTree::KeepGoing;

/// Asks at every so many nodes, some hundredths of a second.
bool goes_on(std::size_t node, const KeepGoing& keep_going) {
  constexpr std::size_t kBetween = (std::size_t{1} << 18) - 1;
  return (node & kBetween) != kBetween || !keep_going || keep_going();
}

/// The result of `work` on so many items, which it owns: one call that cannot be interrupted, and a long one where
/// there are millions. Nothing once `keep_going` said no.
template <class Work>
std::optional<std::invoke_result_t<Work>> at_once(std::size_t items, Work work, const KeepGoing& keep_going) {
  constexpr std::size_t kFew = 1'000'000;  // a tenth of a second
  if (!keep_going || items <= kFew) return work();
  return abandonable(std::move(work), keep_going);
}

/// `items` in ascending order.
template <class T>
std::optional<std::vector<T>> sorted(std::vector<T> items, const KeepGoing& keep_going) {
  const std::size_t count = items.size();
  return at_once(
      count,
      [owned = std::make_shared<std::vector<T>>(std::move(items))] {
        std::sort(owned->begin(), owned->end());
        return std::move(*owned);
      },
      keep_going);
}

/// A node that an outcome leads to, and which outcome.
struct Arrival {
  std::int32_t state;
  double stock;
  std::int64_t edge;

  bool operator<(const Arrival& other) const {
    return state != other.state ? state < other.state : stock < other.stock;
  }
};

/// An operation on numbers that are not negative gave `result`, and the truth lies `missed` above it: the end asked
/// for.
double directed(double result, double missed, bool up) {
  if (missed > 0) return up ? round_up(result) : result;
  if (missed < 0) return up ? result : round_down(result);
  return result;
}

double product(double x, double y, bool up) {
  constexpr double kTiny = 0x1p-900;  // below, what was missed may itself be missed
  const double result = x * y;
  if (x > 0 && y > 0 && result < kTiny) return up ? kTiny : 0;
  return directed(result, std::fma(x, y, -result), up);
}

double sum(double x, double y, bool up) {
  const double result = x + y, of_y = result - x;
  return directed(result, (x - (result - of_y)) + (y - of_y), up);
}

double quotient(double x, double y, bool up) {
  const double result = x / y;
  return directed(result, std::fma(-result, y, x), up);
}

/// The mean of `value(k)` when k has the weight `weight(k)`, divided by the sum of all; `slack` is what each weight may
/// miss, relative to its size.
template <class Weight, class Value>
Enclosure weighted_mean(std::size_t count, const Weight& weight, const Value& value, double slack) {
  Enclosure total, all;
  for (std::size_t k = 0; k < count; ++k) {
    const Enclosure x = value(k);
    total = {sum(total.lower, product(weight(k), x.lower, false), false),
             sum(total.upper, product(weight(k), x.upper, true), true)};
    all = {sum(all.lower, weight(k), false), sum(all.upper, weight(k), true)};
  }
  return {quotient(total.lower, all.upper, false) * (1 - slack),
          std::min(1.0, quotient(total.upper, all.lower, true) * (1 + slack))};
}

void add_scaled(std::vector<std::pair<double, double>>& atoms, const Law& law, double weight) {
  for (std::size_t i = 0; i < law.atom.size(); ++i) atoms.emplace_back(law.atom[i], weight * law.weight[i]);
}

}  // namespace

StockTree::StockTree(const Problem& problem, const StockOptions& options, const KeepGoing& keep_going)
    : max_nodes_(options.max_nodes), grid_(options.grid) {
  require_valid(problem);
  bellwether::require_valid("risk", options);
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption("risk: the law of the return is planned for at finite horizon only");
  models_ = problem.stages.empty() ? std::vector{problem.model} : problem.stages;
  for (const mdp::TabularMdp& model : models_) outcomes_.emplace_back(model, problem.sign());

  double weight = 1;
  for (int h = 0; h < problem.horizon; ++h, weight *= problem.discount)
    largest_stock_ += weight * outcomes(h).largest_reward();
  require_range(largest_stock_);
  const double same = largest_stock_ * 0x1p-44;  // closer than this, two stocks are one
  // A stage adds a product (two roundings with that of the weight), an addition and the joining of neighbours.
  const double step = (grid_ > 0 ? grid_ / 2 : same) + 4 * kUnitRoundoff * largest_stock_;
  stock_error_ = problem.horizon * step * (1 + 0x1p-40);

  stages_.resize(static_cast<std::size_t>(problem.horizon) + 1);
  const std::vector<double> initial = models_.front().initial();
  for (std::size_t s = 0; s < initial.size(); ++s) {
    if (initial[s] == 0) continue;
    stages_.front().node.push_back({static_cast<std::int32_t>(s), 0});
    initial_.push_back(initial[s]);
  }
  num_nodes_ = static_cast<std::int64_t>(initial_.size());
  weight = 1;
  for (int h = 0; h < problem.horizon; ++h, weight *= problem.discount)
    if (!expand(h, weight, same, keep_going)) return;

  std::vector<double> stocks;
  for (const StockNode& node : stages_.back().node) stocks.push_back(node.stock);
  final_stocks_ = sorted(std::move(stocks), keep_going).value_or(std::vector<double>{});
  final_stocks_.erase(std::unique(final_stocks_.begin(), final_stocks_.end()), final_stocks_.end());
}

const mdp::TabularMdp& StockTree::model(int stage) const {
  return models_[models_.size() == 1 ? 0 : static_cast<std::size_t>(stage)];
}

const OutcomeTable& StockTree::outcomes(int stage) const {
  return outcomes_[outcomes_.size() == 1 ? 0 : static_cast<std::size_t>(stage)];
}

void StockTree::require_room(int stage, std::int64_t nodes) const {
  if (nodes <= max_nodes_) return;
  throw InvalidOption(
      fmt::format("risk: after {} of {} there are already {} (state, earnings) to tell apart, more than max_nodes = "
                  "{}; a grid for the earnings (option grid) makes them fewer",
                  counted(stage + 1, "stage"), horizon(), nodes, max_nodes_));
}

bool StockTree::expand(int stage, double discount, double same, const KeepGoing& keep_going) {
  Stage& here = stages_[static_cast<std::size_t>(stage)];
  Stage& next = stages_[static_cast<std::size_t>(stage) + 1];
  const mdp::TabularMdp& model = this->model(stage);
  const OutcomeTable& table = outcomes(stage);
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < here.node.size(); ++i) {
    if (!goes_on(i, keep_going)) return false;
    const StockNode& node = here.node[i];
    here.child_begin.push_back(static_cast<std::int64_t>(arrivals.size()));
    for (std::int64_t c = model.first_choice(node.state); c < model.first_choice(node.state + 1); ++c) {
      for (const Outcome& outcome : table.of(c)) {
        double stock = node.stock + discount * outcome.reward;
        if (grid_ > 0) stock = std::round(stock / grid_) * grid_;
        arrivals.push_back({outcome.next, stock, static_cast<std::int64_t>(arrivals.size())});
      }
    }
    if (static_cast<std::int64_t>(arrivals.size()) > 20 * max_nodes_) require_room(stage, max_nodes_ + 1);
  }
  here.child.resize(arrivals.size());
  auto ascending = sorted(std::move(arrivals), keep_going);
  if (!ascending) return false;
  for (std::size_t i = 0; i < ascending->size(); ++i) {
    if (!goes_on(i, keep_going)) return false;
    const Arrival& arrival = (*ascending)[i];
    const bool known =
        !next.node.empty() && next.node.back().state == arrival.state && arrival.stock - next.node.back().stock <= same;
    if (!known) {
      next.node.push_back({arrival.state, arrival.stock});
      require_room(stage, num_nodes_ + static_cast<std::int64_t>(next.node.size()));
    }
    here.child[static_cast<std::size_t>(arrival.edge)] = static_cast<std::int32_t>(next.node.size() - 1);
  }
  num_nodes_ += static_cast<std::int64_t>(next.node.size());
  return true;
}

template <class Visit>
void StockTree::for_choices(int stage, std::size_t node, const Visit& visit) const {
  const Stage& here = stages_[static_cast<std::size_t>(stage)];
  const mdp::TabularMdp& model = this->model(stage);
  const OutcomeTable& table = outcomes(stage);
  const std::int32_t state = here.node[node].state;
  const std::int64_t first = model.first_choice(state);
  const std::int32_t* children = here.child.data() + here.child_begin[node];
  for (std::int64_t c = first; c < model.first_choice(state + 1); ++c) {
    const std::span<const Outcome> row = table.of(c);
    visit(static_cast<std::int32_t>(c - first), row, children);
    children += row.size();
  }
}

double StockTree::maximise(const std::function<double(double)>& f, StockPolicy* policy,
                           const KeepGoing& keep_going) const {
  std::vector<double> value, later;
  for (const StockNode& node : stages_.back().node) value.push_back(f(node.stock));
  if (policy != nullptr) policy->assign(static_cast<std::size_t>(horizon()), {});
  for (int h = horizon() - 1; h >= 0; --h) {
    later.swap(value);
    const std::size_t count = stages_[static_cast<std::size_t>(h)].node.size();
    value.assign(count, -std::numeric_limits<double>::infinity());
    if (policy != nullptr) (*policy)[static_cast<std::size_t>(h)].assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (!goes_on(i, keep_going)) return std::numeric_limits<double>::quiet_NaN();
      for_choices(h, i, [&](std::int32_t choice, std::span<const Outcome> row, const std::int32_t* children) {
        double q = 0;
        for (std::size_t k = 0; k < row.size(); ++k)
          q += row[k].probability * later[static_cast<std::size_t>(children[k])];
        if (!(q > value[i])) return;
        value[i] = q;
        if (policy != nullptr) (*policy)[static_cast<std::size_t>(h)][i] = choice;
      });
    }
  }
  double total = 0;
  for (std::size_t i = 0; i < initial_.size(); ++i) total += initial_[i] * value[i];
  return total;
}

Enclosure StockTree::least_mass_below(double b, StockPolicy* policy, const KeepGoing& keep_going) const {
  std::vector<Enclosure> mass, later;
  for (const StockNode& node : stages_.back().node) mass.push_back(node.stock < b ? Enclosure{1, 1} : Enclosure{0, 0});
  if (policy != nullptr) policy->assign(static_cast<std::size_t>(horizon()), {});
  for (int h = horizon() - 1; h >= 0; --h) {
    later.swap(mass);
    const std::size_t count = stages_[static_cast<std::size_t>(h)].node.size();
    mass.assign(count, {2, 2});
    if (policy != nullptr) (*policy)[static_cast<std::size_t>(h)].assign(count, 0);
    const double slack = outcomes(h).has_products() ? 0x1p-46 : 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!goes_on(i, keep_going)) return {};
      for_choices(h, i, [&](std::int32_t choice, std::span<const Outcome> row, const std::int32_t* children) {
        const Enclosure q = weighted_mean(
            row.size(), [&](std::size_t k) { return row[k].probability; },
            [&](std::size_t k) { return later[static_cast<std::size_t>(children[k])]; }, slack);
        mass[i].lower = std::min(mass[i].lower, q.lower);
        if (!(q.upper < mass[i].upper)) return;
        mass[i].upper = q.upper;
        if (policy != nullptr) (*policy)[static_cast<std::size_t>(h)][i] = choice;
      });
    }
  }
  return weighted_mean(
      initial_.size(), [&](std::size_t i) { return initial_[i]; }, [&](std::size_t i) { return mass[i]; }, 0);
}

namespace {

/// A row as fractions; nothing where they are no more than the doubles themselves.
std::optional<std::vector<mpq_class>> meant(const std::vector<double>& probability) {
  const ReadRow row = read_row(probability);
  if (row.reading == Reading::kDyadic) return std::nullopt;
  std::vector<mpq_class> fractions;
  for (const mpz_class& numerator : row.numerator) {
    fractions.emplace_back(numerator, row.denominator);
    fractions.back().canonicalize();
  }
  return fractions;
}

}  // namespace

std::optional<int> StockTree::compare_least_mass(double b, double level, StockPolicy* policy,
                                                 const KeepGoing& keep_going) const {
  constexpr std::int64_t kMostNodes = 20'000;  // fractions grow by some digits a stage
  constexpr int kMostStages = 100;
  const std::optional<mpq_class> share = short_decimal(level);
  const auto has_products = [](const OutcomeTable& table) { return table.has_products(); };
  if (!share || num_nodes_ > kMostNodes || horizon() > kMostStages || std::ranges::any_of(outcomes_, has_products))
    return std::nullopt;
  std::vector<mpq_class> mass, later;
  for (const StockNode& node : stages_.back().node) mass.emplace_back(node.stock < b ? 1 : 0);
  StockPolicy best(static_cast<std::size_t>(horizon()));
  for (int h = horizon() - 1; h >= 0; --h) {
    later.swap(mass);
    const std::size_t count = stages_[static_cast<std::size_t>(h)].node.size();
    mass.assign(count, 2);
    best[static_cast<std::size_t>(h)].assign(count, 0);
    bool all_meant = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (!goes_on(i, keep_going)) return std::nullopt;
      for_choices(h, i, [&](std::int32_t choice, std::span<const Outcome> row, const std::int32_t* children) {
        std::vector<double> probability;
        for (const Outcome& outcome : row) probability.push_back(outcome.probability);
        const auto fractions = meant(probability);
        all_meant = all_meant && fractions;
        if (!fractions) return;
        mpq_class sum = 0;
        for (std::size_t k = 0; k < row.size(); ++k)
          sum += (*fractions)[k] * later[static_cast<std::size_t>(children[k])];
        if (!(sum < mass[i])) return;
        mass[i] = std::move(sum);
        best[static_cast<std::size_t>(h)][i] = choice;
      });
    }
    if (!all_meant) return std::nullopt;
  }
  const auto start = meant(initial_);
  if (!start) return std::nullopt;
  mpq_class total = 0;
  for (std::size_t i = 0; i < mass.size(); ++i) total += (*start)[i] * mass[i];
  if (policy != nullptr) *policy = std::move(best);
  return (total > *share) - (total < *share);
}

double StockTree::expectation_error() const {
  std::size_t most = initial_.size();
  for (const OutcomeTable& table : outcomes_) most = std::max(most, table.most_outcomes());
  // The probabilities of an outcome are products of two, and their sums miss one by a little.
  const double row = rounding_error(static_cast<std::int64_t>(most) + 4) + 0x1p-48;
  return (horizon() + 1) * row * (1 + 0x1p-30);
}

Law StockTree::law(const StockPolicy& policy, const KeepGoing& keep_going) const {
  std::vector<double> mass = initial_;
  for (int h = 0; h < horizon(); ++h) {
    std::vector<double> next(stages_[static_cast<std::size_t>(h) + 1].node.size());
    for (std::size_t i = 0; i < mass.size(); ++i) {
      if (!goes_on(i, keep_going)) return {};
      if (mass[i] == 0) continue;
      const std::int32_t played = policy[static_cast<std::size_t>(h)][i];
      for_choices(h, i, [&](std::int32_t choice, std::span<const Outcome> row, const std::int32_t* children) {
        if (choice != played) return;
        for (std::size_t k = 0; k < row.size(); ++k)
          next[static_cast<std::size_t>(children[k])] += mass[i] * row[k].probability;
      });
    }
    mass = std::move(next);
  }
  std::vector<std::pair<double, double>> atoms;
  for (std::size_t i = 0; i < mass.size(); ++i) atoms.emplace_back(stages_.back().node[i].stock, mass[i]);
  const std::size_t count = atoms.size();
  const auto made = [owned = std::make_shared<decltype(atoms)>(std::move(atoms))] {
    return make_law(std::move(*owned));
  };
  return at_once(count, made, keep_going).value_or(Law{});
}

StockPolicy StockTree::greedy(const std::function<double(const Law&)>& functional) const {
  std::vector<Law> laws, later;
  for (const StockNode& node : stages_.back().node) laws.push_back({{node.stock}, {1}});
  StockPolicy policy(static_cast<std::size_t>(horizon()));
  for (int h = horizon() - 1; h >= 0; --h) {
    later.swap(laws);
    const std::size_t count = stages_[static_cast<std::size_t>(h)].node.size();
    laws.assign(count, {});
    policy[static_cast<std::size_t>(h)].assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      double best = -std::numeric_limits<double>::infinity();
      for_choices(h, i, [&](std::int32_t choice, std::span<const Outcome> row, const std::int32_t* children) {
        std::vector<std::pair<double, double>> atoms;
        for (std::size_t k = 0; k < row.size(); ++k)
          add_scaled(atoms, later[static_cast<std::size_t>(children[k])], row[k].probability);
        Law law = make_law(std::move(atoms));
        const double liked = functional(law);
        if (!(liked > best)) return;
        best = liked;
        laws[i] = std::move(law);
        policy[static_cast<std::size_t>(h)][i] = choice;
      });
    }
  }
  return policy;
}

}  // namespace bellwether::solvers
