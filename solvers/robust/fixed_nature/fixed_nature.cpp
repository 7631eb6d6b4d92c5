#include "solvers/robust/fixed_nature/fixed_nature.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::solvers::robust {

mdp::TabularMdp frozen(const mdp::RobustMdp& model, const NatureRows& rows) {
  const mdp::TabularMdp& nominal = model.nominal();
  const auto by_transition = model.transition_reward();
  if (static_cast<std::int64_t>(rows.begin.size()) != nominal.num_choices() + 1)
    throw InvalidModel(fmt::format("nature's rows: there are {}, the model has {} choices",
                                   rows.begin.empty() ? 0 : rows.begin.size() - 1, nominal.num_choices()));
  mdp::TabularMdpBuilder builder(nominal.num_states());
  builder.reserve(nominal.num_choices(), static_cast<std::int64_t>(rows.successor.size()));
  std::vector<mdp::Entry> row;
  for (int s = 0; s < nominal.num_states(); ++s) {
    for (std::int64_t c = nominal.first_choice(s); c < nominal.first_choice(s + 1); ++c) {
      const auto successor = rows.successors(c);
      const auto probability = rows.probabilities(c);
      if (successor.empty())
        throw InvalidModel(fmt::format("nature's rows: action {} of state {} has none",
                                       nominal.action_name(nominal.action(c)), nominal.state_name(s)));
      const std::size_t listed = nominal.successors(c).size();
      const auto first = static_cast<std::size_t>(nominal.choice_begin()[static_cast<std::size_t>(c)]);
      row.clear();
      double reward = by_transition.empty() ? nominal.reward(c) : 0, total = 0;
      for (std::size_t i = 0; i < successor.size(); ++i) {
        const double p = std::max(0.0, probability[i]);
        row.push_back({.next = successor[i], .probability = p});
        total += p;
        if (!by_transition.empty()) reward += p * (i < listed ? by_transition[first + i] : nominal.reward(c));
      }
      for (mdp::Entry& entry : row) entry.probability /= total;
      builder.add_choice(s, (by_transition.empty() ? reward : reward / total) + rows.paid(c), row);
    }
  }
  builder.initial(nominal.initial());
  return std::move(builder).build();
}

NatureRows nominal_rows(const mdp::RobustMdp& model) {
  const mdp::TabularMdp& nominal = model.nominal();
  const bool anywhere = model.ambiguity().support == mdp::Support::kAll && model.kind() != mdp::SetKind::kKl &&
                        model.kind() != mdp::SetKind::kChiSquare;
  NatureRows rows;
  rows.begin.push_back(0);
  std::vector<char> known;
  for (std::int64_t c = 0; c < nominal.num_choices(); ++c) {
    const auto successors = nominal.successors(c);
    const auto probabilities = nominal.probabilities(c);
    rows.successor.insert(rows.successor.end(), successors.begin(), successors.end());
    rows.probability.insert(rows.probability.end(), probabilities.begin(), probabilities.end());
    if (anywhere) {
      known.assign(static_cast<std::size_t>(nominal.num_states()), 0);
      for (const std::int32_t s : successors) known[static_cast<std::size_t>(s)] = 1;
      for (std::int32_t s = 0; s < nominal.num_states(); ++s) {
        if (known[static_cast<std::size_t>(s)] != 0) continue;
        rows.successor.push_back(s);
        rows.probability.push_back(0);
      }
    }
    rows.begin.push_back(static_cast<std::int64_t>(rows.successor.size()));
  }
  return rows;
}

Certificate prove_policy(Operator& op, std::span<const double> v, const mdp::Policy& policy) {
  Certificate best = certify(op, v);
  const Certificate own = certify_policy(op, v, Decision::of(policy));
  best.gap = 0;
  for (Eigen::Index s = 0; s < best.value.size(); ++s) {
    if (op.problem().maximise()) {
      best.lower[s] = own.lower[s];
      best.upper[s] = std::max(best.upper[s], own.upper[s]);
    } else {
      best.lower[s] = std::min(best.lower[s], own.lower[s]);
      best.upper[s] = own.upper[s];
    }
    best.value[s] = best.lower[s] + (best.upper[s] - best.lower[s]) / 2;
    const auto up = [](double a, double b) { return a == b ? 0 : round_up(a - b); };
    best.gap = std::max({best.gap, up(best.upper[s], best.value[s]), up(best.value[s], best.lower[s])});
    if (!std::isfinite(best.upper[s] - best.lower[s])) best.gap = std::numeric_limits<double>::infinity();
  }
  best.rounding = std::max(best.rounding, own.rounding);
  best.policy = policy;
  return best;
}

double row_distance(const mdp::TabularMdp& a, const mdp::TabularMdp& b) {
  if (a.num_states() != b.num_states() || !std::ranges::equal(a.state_begin(), b.state_begin()))
    return std::numeric_limits<double>::infinity();
  std::vector<double> dense(static_cast<std::size_t>(a.num_states()), 0);
  double largest = 0;
  const auto add = [&](const mdp::TabularMdp& model, std::int64_t c, double sign) {
    for (std::size_t i = 0; i < model.successors(c).size(); ++i)
      dense[static_cast<std::size_t>(model.successors(c)[i])] += sign * model.probabilities(c)[i];
  };
  const auto take = [&](const mdp::TabularMdp& model, std::int64_t c) {
    for (const std::int32_t s : model.successors(c)) {
      largest = std::max(largest, std::abs(dense[static_cast<std::size_t>(s)]));
      dense[static_cast<std::size_t>(s)] = 0;
    }
  };
  for (std::int64_t c = 0; c < a.num_choices(); ++c) {
    add(a, c, 1);
    add(b, c, -1);
    take(a, c);
    take(b, c);
  }
  return largest;
}

}  // namespace bellwether::solvers::robust
