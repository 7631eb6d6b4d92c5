#include "mdp/robust/nature.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/rounding.h"
#include "mdp/robust/penalty.h"
#include "mdp/robust/pieces.h"
#include "mdp/robust/quick_smooth.h"
#include "mdp/robust/selection.h"

namespace bellwether::mdp {
namespace {

bool is_smooth(SetKind kind) { return kind == SetKind::kL2 || kind == SetKind::kKl || kind == SetKind::kChiSquare; }

/// Nature sends what it can to one state: of those not listed only the best one counts.
bool has_one_receiver(SetKind kind) {
  return kind == SetKind::kL1 || kind == SetKind::kTotalVariation || kind == SetKind::kContamination;
}

/// Sets whose answers are remembered, or as quick as that.
bool is_quick(SetKind kind) {
  return kind == SetKind::kL1 || kind == SetKind::kTotalVariation || kind == SetKind::kContamination ||
         kind == SetKind::kKl || kind == SetKind::kChiSquare;
}

constexpr std::size_t kOnStack = 64;

Outcomes& scratch() {
  static thread_local Outcomes row;
  return row;
}

double largest_of(std::span<const double> z) {
  double largest = 0;
  for (const double x : z) largest = std::max(largest, std::abs(x));
  return largest;
}

}  // namespace

Nature::Nature(const RobustMdp& model, double discount, NatureAim aim)
    : model_(model), discount_(discount), aim_(aim), transition_reward_(model.transition_reward()) {
  const auto choices = static_cast<std::size_t>(model.nominal().num_choices());
  priced_ = model.priced();
  if (priced_) return;
  if (model.kind() == SetKind::kL1 || model.kind() == SetKind::kTotalVariation) threshold_.assign(choices, -1);
  if (model.kind() == SetKind::kKl || model.kind() == SetKind::kChiSquare) multiplier_.assign(choices, 0);
  quick_rows_ = is_quick(model.kind()) && transition_reward_.empty() &&
                (model.ambiguity().support == Support::kSuccessors || !has_one_receiver(model.kind()));
  if (model.kind() == SetKind::kKl) {
    for (const double k : model.ambiguity().radius) certain_.push_back(std::exp(-k));
  }
}

void Nature::prepare(std::span<const double> v) {
  if (model_.ambiguity().support != Support::kAll || !has_one_receiver(model_.kind())) return;
  const auto begin = model_.nominal().choice_begin();
  if (order_.empty()) {
    std::int64_t longest = 0;
    for (std::size_t c = 0; c + 1 < begin.size(); ++c) longest = std::max(longest, begin[c + 1] - begin[c]);
    order_.resize(static_cast<std::size_t>(std::min<std::int64_t>(longest + 1, model_.num_states())));
  }
  static thread_local std::vector<std::int32_t> all;
  all.resize(v.size());
  std::iota(all.begin(), all.end(), 0);
  const double sign = this->sign();
  std::partial_sort_copy(all.begin(), all.end(), order_.begin(), order_.end(), [&](std::int32_t a, std::int32_t b) {
    const double x = sign * v[static_cast<std::size_t>(a)], y = sign * v[static_cast<std::size_t>(b)];
    return x != y ? x < y : a < b;
  });
}

/// Outcomes with p = 0 for states that are not listed, worth constant + from_v * v.
void Nature::add_unlisted(std::int64_t choice, std::span<const double> v, double from_v, double constant,
                          Outcomes& out) const {
  const auto listed = model_.nominal().successors(choice);
  out.state.assign(listed.begin(), listed.end());
  out.own_p.assign(out.p.begin(), out.p.end());
  const auto add = [&](std::int32_t s) {
    out.state.push_back(s);
    out.own_p.push_back(0);
    out.z.push_back(constant + from_v * v[static_cast<std::size_t>(s)]);
  };
  if (has_one_receiver(model_.kind())) {
    for (const std::int32_t s : order_) {
      if (std::find(listed.begin(), listed.end(), s) != listed.end()) continue;
      add(s);
      break;
    }
  } else {
    static thread_local std::vector<char> known;
    known.assign(v.size(), 0);
    for (const std::int32_t s : listed) known[static_cast<std::size_t>(s)] = 1;
    for (std::int32_t s = 0; s < model_.num_states(); ++s)
      if (known[static_cast<std::size_t>(s)] == 0) add(s);
  }
  out.p = out.own_p;
}

void Nature::outcomes(std::int64_t choice, std::span<const double> v, bool whole, Outcomes& out) const {
  const TabularMdp& nominal = model_.nominal();
  const auto successors = nominal.successors(choice);
  const std::size_t n = successors.size();
  const double sign = this->sign(), reward = nominal.reward(choice);
  out.p = nominal.probabilities(choice);
  out.state.clear();
  out.z.resize(n);
  const bool by_transition = !transition_reward_.empty();
  if (by_transition || whole) {
    out.base = 0;
    out.factor = 1;
    const auto first = static_cast<std::size_t>(nominal.choice_begin()[choice]);
    for (std::size_t i = 0; i < n; ++i) {
      const double r = by_transition ? transition_reward_[first + i] : reward;
      out.z[i] = sign * (r + discount_ * v[static_cast<std::size_t>(successors[i])]);
    }
  } else {
    out.base = reward;
    out.factor = discount_;
    const double* values = v.data();
    double* z = out.z.data();
    if (sign > 0) {
      for (std::size_t i = 0; i < n; ++i) z[i] = values[successors[i]];
    } else {
      for (std::size_t i = 0; i < n; ++i) z[i] = -values[successors[i]];
    }
  }
  const SetKind kind = model_.kind();
  if (model_.ambiguity().support == Support::kAll && kind != SetKind::kKl && kind != SetKind::kChiSquare) {
    const bool compare = by_transition || whole;
    add_unlisted(choice, v, compare ? sign * discount_ : sign, compare ? sign * reward : 0, out);
  }
}

std::vector<double> Nature::weights(std::int64_t choice, const Outcomes& row) const {
  const auto& weight = model_.ambiguity().weight;
  const TabularMdp& nominal = model_.nominal();
  std::vector<double> w;
  if (static_cast<std::int64_t>(weight.size()) == nominal.num_transitions() &&
      model_.ambiguity().support == Support::kSuccessors && nominal.num_transitions() != nominal.num_states()) {
    const auto first = weight.begin() + nominal.choice_begin()[choice];
    w.assign(first, first + static_cast<std::ptrdiff_t>(row.z.size()));
  } else {
    const auto listed = nominal.successors(choice);
    for (std::size_t i = 0; i < row.z.size(); ++i)
      w.push_back(weight[static_cast<std::size_t>(row.state.empty() ? listed[i] : row.state[i])]);
  }
  return w;
}

double Nature::ground_cost(std::int64_t choice, const Outcomes& row, std::size_t from, std::size_t to) const {
  const auto listed = model_.nominal().successors(choice);
  const auto state = [&](std::size_t i) { return row.state.empty() ? listed[i] : row.state[i]; };
  return model_.ambiguity().ground_cost(state(from), state(to), model_.num_states());
}

double Nature::least_value(std::int64_t choice, const Outcomes& row, double radius, std::vector<double>* q) const {
  using namespace robust;
  const Ambiguity& set = model_.ambiguity();
  const auto first = static_cast<std::size_t>(model_.nominal().choice_begin()[choice]);
  const std::size_t n = row.z.size();
  std::int32_t no_hint = -1;
  switch (set.kind) {
    case SetKind::kL1:
      return worst_by_transport(row.p, row.z, radius / 2, no_hint, q);
    case SetKind::kTotalVariation:
      return worst_by_transport(row.p, row.z, radius, no_hint, q);
    case SetKind::kLinf:
      return worst_in_box(row.p, row.z, radius, q);
    case SetKind::kContamination:
      return worst_contamination(row.p, row.z, radius, q);
    case SetKind::kWeightedL1:
      return spend(row.p, row.z, weighted_l1_moves(row.p, row.z, weights(choice, row)), radius, q);
    case SetKind::kWasserstein: {
      const auto cost = [&](std::size_t i, std::size_t j) { return ground_cost(choice, row, i, j); };
      return spend(row.p, row.z, transport_moves(row.p, row.z, cost), radius, q);
    }
    case SetKind::kInterval:
      return worst_in_intervals(set.intervals.lower.view().subspan(first, n),
                                set.intervals.upper.view().subspan(first, n), row.z, q);
    case SetKind::kL2:
    case SetKind::kKl:
    case SetKind::kChiSquare: {
      const SmoothRow smooth(set.kind, row.p, row.z);
      const SmoothRow::Point point = smooth.at_distance(radius);
      if (q != nullptr) *q = smooth.distribution(point);
      return point.value;
    }
    case SetKind::kScenarios: {
      double least = std::numeric_limits<double>::infinity();
      for (const auto& scenario : set.scenarios) {
        double value = 0;
        for (std::size_t i = 0; i < n; ++i) value += scenario[first + i] * row.z[i];
        if (!(value < least)) continue;
        least = value;
        if (q != nullptr)
          q->assign(scenario.begin() + static_cast<std::ptrdiff_t>(first),
                    scenario.begin() + static_cast<std::ptrdiff_t>(first + n));
      }
      return least;
    }
  }
  return 0;
}

double Nature::hinted_least(std::int64_t choice, std::span<const double> p, std::span<const double> z) const {
  const auto c = static_cast<std::size_t>(choice);
  const double radius = model_.radius(choice);
  switch (model_.kind()) {
    case SetKind::kL1:
      return robust::worst_by_transport(p, z, radius / 2, threshold_[c]);
    case SetKind::kTotalVariation:
      return robust::worst_by_transport(p, z, radius, threshold_[c]);
    case SetKind::kKl:
      return robust::worst_kl(p, z, radius, certain_[certain_.size() == 1 ? 0 : c], multiplier_[c]);
    case SetKind::kChiSquare:
      return robust::worst_chi_square(p, z, radius, multiplier_[c]);
    default:
      return robust::worst_contamination(p, z, radius);
  }
}

double Nature::price_for(std::int64_t choice) const {
  // The payment is discounted as the value of the next state is: r + discount (q.v + price D).
  const double price = model_.price(choice);
  return transition_reward_.empty() || std::isinf(price) ? price : price * discount_;
}

double Nature::quick_least(std::int64_t choice, const Outcomes& row) const {
  if (priced_) return robust::paid_least(model_.kind(), row.p, row.z, price_for(choice));
  return is_quick(model_.kind()) ? hinted_least(choice, row.p, row.z) : least_value(choice, row, model_.radius(choice));
}

double Nature::value(std::int64_t choice, std::span<const double> v) const {
  if (quick_rows_) {
    // The rows that most sweeps consist of: values gathered on the stack.
    const TabularMdp& nominal = model_.nominal();
    const auto successors = nominal.successors(choice);
    const std::size_t n = successors.size();
    if (n <= kOnStack) {
      double z[kOnStack];
      const double* values = v.data();
      const double sign = this->sign();
      if (sign > 0) {
        for (std::size_t i = 0; i < n; ++i) z[i] = values[successors[i]];
      } else {
        for (std::size_t i = 0; i < n; ++i) z[i] = -values[successors[i]];
      }
      const double least = n == 1 ? z[0] : hinted_least(choice, nominal.probabilities(choice), {z, n});
      return nominal.reward(choice) + discount_ * (sign * least);
    }
  }
  Outcomes& row = scratch();
  outcomes(choice, v, false, row);
  const double least = row.z.size() == 1 ? row.z[0] : quick_least(choice, row);
  return row.base + row.factor * (sign() * least);
}

double Nature::share_of_error(const Outcomes& row) const {
  // A ball of moves sums over them: at most two for each outcome and weight, one for each pair that can trade.
  const std::size_t n = row.z.size();
  const bool wasserstein = model_.kind() == SetKind::kWasserstein;
  return robust::kernel_error(wasserstein ? n * n + n : 4 * n);
}

Bounds Nature::value_bounds(std::int64_t choice, const Outcomes& row, const Bounds& of_row,
                            double largest_value) const {
  // z = r + discount v or result = r + discount q.v: two roundings, r and the discount half an ulp each.
  const double reward = std::max(std::abs(row.base), std::abs(model_.nominal().reward(choice)));
  const double slack =
      8 * kUnitRoundoff * (reward + 2 * largest_value) + std::numeric_limits<double>::min() + kUnderflowSlack;
  const double a = row.base + row.factor * (sign() > 0 ? of_row.low : -of_row.high);
  const double b = row.base + row.factor * (sign() > 0 ? of_row.high : -of_row.low);
  return {round_down(a - slack), round_up(b + slack)};
}

Bounds Nature::enclose(std::int64_t choice, std::span<const double> v) const {
  Outcomes& row = scratch();
  outcomes(choice, v, false, row);
  // Magnitude of r + discount v, whichever way z was formed.
  double largest = largest_of(row.z);
  Bounds of_row;
  if (row.z.size() == 1) {
    of_row = {row.z[0], row.z[0]};
  } else if (priced_) {
    of_row = robust::enclose_paid(model_.kind(), row.p, row.z, price_for(choice));
  } else if (is_smooth(model_.kind())) {
    of_row = robust::SmoothRow(model_.kind(), row.p, row.z).enclose(model_.radius(choice));
  } else {
    const double least = quick_least(choice, row);
    const double slack = share_of_error(row) * largest;
    of_row = {least - slack, least + slack};
  }
  if (!transition_reward_.empty()) {
    const auto first = static_cast<std::size_t>(model_.nominal().choice_begin()[choice]);
    for (std::size_t i = 0; i < model_.nominal().successors(choice).size(); ++i)
      largest = std::max(largest, std::abs(row.z[i]) + 2 * std::abs(transition_reward_[first + i]));
  }
  return value_bounds(choice, row, of_row, largest);
}

std::vector<double> Nature::respond(std::int64_t choice, std::span<const double> v) const {
  Outcomes& row = scratch();
  outcomes(choice, v, false, row);
  if (priced_) return robust::paid_answer(model_.kind(), row.p, row.z, price_for(choice));
  std::vector<double> q;
  least_value(choice, row, model_.radius(choice), &q);
  return q;
}

double Nature::payment(std::int64_t choice, std::span<const double> v, std::span<const double> q) const {
  if (!priced_) return 0;
  Outcomes& row = scratch();
  outcomes(choice, v, false, row);
  double mean = 0, total = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    mean += q[i] * row.z[i];
    total += q[i];
  }
  // What is left of the least value is better conditioned than the distance.
  const double paid = quick_least(choice, row) - mean / total;
  return row.factor * sign() * std::max(0.0, paid);
}

}  // namespace bellwether::mdp
