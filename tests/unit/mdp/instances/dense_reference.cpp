#include "tests/unit/mdp/instances/dense_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/LU>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp::reference {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

double choice_value(const TabularMdp& model, std::int64_t c, const VectorXd& v) {
  double sum = 0;
  for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
    sum += model.probabilities(c)[i] * v[model.successors(c)[i]];
  }
  return sum;
}

/// Rows and rewards of a policy, given by local choice indices.
void extract(const TabularMdp& model, const std::vector<int>& policy, MatrixXd& p, VectorXd& r) {
  const int n = model.num_states();
  p = MatrixXd::Zero(n, n);
  r = VectorXd::Zero(n);
  for (int s = 0; s < n; ++s) {
    const std::int64_t c = model.first_choice(s) + policy[static_cast<std::size_t>(s)];
    r[s] = model.reward(c);
    for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
      p(s, model.successors(c)[i]) += model.probabilities(c)[i];
    }
  }
}

/// Improves in place where a choice beats the present one by more than rounding; true if anything changed.
bool improve(const TabularMdp& model, double discount, const VectorXd& v, double sign, std::vector<int>& policy) {
  bool changed = false;
  for (int s = 0; s < model.num_states(); ++s) {
    int& now = policy[static_cast<std::size_t>(s)];
    const auto q = [&](int a) {
      const std::int64_t c = model.first_choice(s) + a;
      return sign * (model.reward(c) + discount * choice_value(model, c, v));
    };
    double best = q(now) + 1e-12 * (1 + std::abs(v[s]));
    for (int a = 0; a < model.num_choices(s); ++a) {
      if (q(a) <= best) continue;
      best = q(a);
      now = a;
      changed = true;
    }
  }
  return changed;
}

/// Total reward of a policy: 0 where no reward can follow, a linear system elsewhere.
VectorXd total_of_policy(const TabularMdp& model, const std::vector<int>& policy) {
  MatrixXd p;
  VectorXd r;
  extract(model, policy, p, r);
  const int n = model.num_states();
  std::vector<char> alive(static_cast<std::size_t>(n));
  for (int s = 0; s < n; ++s) alive[static_cast<std::size_t>(s)] = r[s] != 0;
  for (bool grows = true; grows;) {
    grows = false;
    for (int s = 0; s < n; ++s) {
      if (alive[static_cast<std::size_t>(s)]) continue;
      for (int t = 0; t < n && !alive[static_cast<std::size_t>(s)]; ++t) {
        if (p(s, t) > 0 && alive[static_cast<std::size_t>(t)]) alive[static_cast<std::size_t>(s)] = 1, grows = true;
      }
    }
  }
  MatrixXd system = MatrixXd::Identity(n, n);
  for (int s = 0; s < n; ++s) {
    if (!alive[static_cast<std::size_t>(s)]) continue;
    // 1 - P(s, s) as the mass that leaves, which is what matters for self-loops of nearly one.
    double leaves = 0;
    for (int t = 0; t < n; ++t) {
      if (t == s) continue;
      leaves += p(s, t);
      system(s, t) = -p(s, t);
    }
    system(s, s) = leaves;
  }
  return system.partialPivLu().solve(r);
}

double expected(const TabularMdp& model, const VectorXd& v) {
  const std::vector<double> start = model.initial();
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) sum += start[static_cast<std::size_t>(s)] * v[s];
  return sum;
}

}  // namespace

std::vector<int> greedy(const TabularMdp& model, double discount, const VectorXd& v, double sign) {
  std::vector<int> policy(static_cast<std::size_t>(model.num_states()), 0);
  improve(model, discount, v, sign, policy);
  return policy;
}

VectorXd discounted_values(const TabularMdp& model, double discount, double sign) {
  const int n = model.num_states();
  std::vector<int> policy(static_cast<std::size_t>(n), 0);
  VectorXd v = VectorXd::Zero(n);
  for (int sweep = 0; sweep < 100; ++sweep) {
    VectorXd next(n);
    for (int s = 0; s < n; ++s) {
      next[s] = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        next[s] = std::max(next[s], sign * model.reward(c) + discount * choice_value(model, c, v));
      }
    }
    v = next;
  }
  v *= sign;
  improve(model, discount, v, sign, policy);
  MatrixXd p;
  VectorXd r;
  do {
    extract(model, policy, p, r);
    v = (MatrixXd::Identity(n, n) - discount * p).partialPivLu().solve(r);
  } while (improve(model, discount, v, sign, policy));
  return v;
}

VectorXd finite_values(const TabularMdp& model, const std::vector<TabularMdp>& stages, int horizon, double sign) {
  VectorXd v = VectorXd::Zero(model.num_states());
  for (int h = horizon - 1; h >= 0; --h) {
    const TabularMdp& stage = stages.empty() ? model : stages[static_cast<std::size_t>(h)];
    VectorXd next(v.size());
    for (int s = 0; s < stage.num_states(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = stage.first_choice(s); c < stage.first_choice(s + 1); ++c) {
        best = std::max(best, sign * (stage.reward(c) + choice_value(stage, c, v)));
      }
      next[s] = sign * best;
    }
    v = next;
  }
  return v;
}

VectorXd uniform_finite_values(const TabularMdp& model, const std::vector<TabularMdp>& stages, int horizon) {
  VectorXd v = VectorXd::Zero(model.num_states());
  for (int h = horizon - 1; h >= 0; --h) {
    const TabularMdp& stage = stages.empty() ? model : stages[static_cast<std::size_t>(h)];
    VectorXd next = VectorXd::Zero(v.size());
    for (int s = 0; s < stage.num_states(); ++s) {
      for (std::int64_t c = stage.first_choice(s); c < stage.first_choice(s + 1); ++c) {
        next[s] += (stage.reward(c) + choice_value(stage, c, v)) / stage.num_choices(s);
      }
    }
    v = next;
  }
  return v;
}

VectorXd total_values(const TabularMdp& model, double sign) {
  VectorXd v = finite_values(model, {}, 2000, sign);
  std::vector<int> policy = greedy(model, 1, v, sign);
  do {
    v = total_of_policy(model, policy);
  } while (improve(model, 1, v, sign, policy));
  return v;
}

VectorXd reach_values(const TabularMdp& model, const std::string& label) {
  const Label* target = model.find_label(label);
  TabularMdpBuilder builder(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    const bool inside = std::find(target->states.begin(), target->states.end(), s) != target->states.end();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      std::vector<Entry> row;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        const int next = model.successors(c)[i];
        const bool hit = std::find(target->states.begin(), target->states.end(), next) != target->states.end();
        row.push_back({next, model.probabilities(c)[i], hit ? 1.0 : 0.0});
      }
      if (inside) row = {{s, 1.0, 0.0}};
      builder.add_choice(s, row);
    }
  }
  return total_values(std::move(builder).build(), 1);
}

GainAndBias gain_and_bias(const TabularMdp& model, double sign) {
  VectorXd h = VectorXd::Zero(model.num_states());
  GainAndBias result{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), h};
  for (int sweep = 0; sweep < 1'000'000; ++sweep) {
    VectorXd next(h.size());
    for (int s = 0; s < model.num_states(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        best = std::max(best, sign * model.reward(c) + choice_value(model, c, h));
      }
      next[s] = 0.5 * best + 0.5 * h[s];
    }
    const VectorXd step = 2 * (next - h);
    result.low = step.minCoeff();
    result.high = step.maxCoeff();
    h = next.array() - next[0];
    if (result.high - result.low < 1e-11 * (1 + std::abs(result.high))) break;
  }
  if (sign < 0) result = {-result.high, -result.low, h};
  result.bias = sign * h;
  return result;
}

double diameter(const TabularMdp& model) {
  double largest = 0;
  for (int target = 0; target < model.num_states(); ++target) {
    TabularMdpBuilder builder(model.num_states());
    for (int s = 0; s < model.num_states(); ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        std::vector<Entry> row;
        for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
          row.push_back({model.successors(c)[i], model.probabilities(c)[i]});
        }
        if (s == target) row = {{s, 1.0}};
        builder.add_choice(s, s == target ? 0.0 : 1.0, row);
      }
    }
    largest = std::max(largest, total_values(std::move(builder).build(), -1).maxCoeff());
  }
  return largest;
}

double recomputed(const NamedInstance& instance, const KnownFact& fact) {
  const Question& question = fact.question;
  const TabularMdp& model = instance.model;
  const double sign = question.minimise ? -1 : 1;
  if (fact.quantity == Quantity::kDiameter) return diameter(model);
  if (fact.quantity == Quantity::kBiasSpan) {
    const VectorXd bias = gain_and_bias(model, 1).bias;
    return bias.maxCoeff() - bias.minCoeff();
  }
  if (fact.quantity == Quantity::kUniform) {
    return expected(model, uniform_finite_values(model, instance.stages, question.horizon));
  }
  switch (question.objective) {
    case Objective::kDiscounted:
      return expected(model, discounted_values(model, question.discount, sign));
    case Objective::kFinite:
      return expected(model, finite_values(model, instance.stages, question.horizon, sign));
    case Objective::kTotal:
      return expected(model, total_values(model, sign));
    case Objective::kReach:
      return expected(model, reach_values(model, question.target));
    case Objective::kAverage:
      return gain_and_bias(model, sign).low;
  }
  return 0;
}

}  // namespace bellwether::mdp::reference
