// Every first-order method against its page, written down once more without any care for speed.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "solvers/constrained/first_order/methods.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

using Numbers = std::vector<double>;

/// What a policy is worth: column 0 the reward, 1 + i the cost of budget i.
struct Worth {
  std::vector<Numbers> q;
  Numbers total;
};

/// A problem whose largest reward and costs are in (1/2, 1], so that methods step in its own units.
class Naive {
 public:
  explicit Naive(const ConstrainedProblem& problem) : model(problem.model.model()), discount_(problem.discount) {
    columns_.emplace_back(model.reward().begin(), model.reward().end());
    for (const mdp::Column& cost : model.data().costs)
      columns_.emplace_back(cost.expected.begin(), cost.expected.end());
    for (const Numbers& column : columns_) EXPECT_GT(*std::ranges::max_element(column), .5);
    for (const mdp::Budget& budget : problem.model.budgets()) limits.push_back(budget.limit);
  }

  /// By sweeps from nothing; with `tau` each step also earns -tau log of its probability.
  Worth worth(const Numbers& policy, double tau = 0) const {
    Worth got;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      Numbers v(static_cast<std::size_t>(model.num_states()), 0.0), q(policy.size());
      for (int sweep = 0; sweep < 200; ++sweep) {
        for (std::size_t c = 0; c < q.size(); ++c) {
          q[c] = columns_[k][c] - (k == 0 && tau > 0 ? tau * std::log(policy[c]) : 0);
          for (std::size_t j = 0; j < model.successors(static_cast<std::int64_t>(c)).size(); ++j)
            q[c] += discount_ * model.probabilities(static_cast<std::int64_t>(c))[j] *
                    v[static_cast<std::size_t>(model.successors(static_cast<std::int64_t>(c))[j])];
        }
        for_each_state([&](std::size_t s, std::size_t first, std::size_t last) {
          v[s] = 0;
          for (std::size_t c = first; c < last; ++c) v[s] += policy[c] * q[c];
        });
      }
      got.q.push_back(q);
      got.total.push_back(0);
      for (std::size_t s = 0; s < v.size(); ++s) got.total.back() += model.initial()[s] * v[s];
    }
    return got;
  }

  template <class Visit>
  void for_each_state(Visit&& visit) const {
    for (int s = 0; s < model.num_states(); ++s)
      visit(static_cast<std::size_t>(s), static_cast<std::size_t>(model.first_choice(s)),
            static_cast<std::size_t>(model.first_choice(s + 1)));
  }

  Numbers excess(const Worth& worth) const {
    Numbers h;
    for (std::size_t i = 0; i < limits.size(); ++i) h.push_back(worth.total[i + 1] - limits[i]);
    return h;
  }

  /// policy times exp(step q), normalised.
  void multiply(Numbers& policy, const Numbers& q, double step) const {
    for_each_state([&](std::size_t, std::size_t first, std::size_t last) {
      double sum = 0;
      for (std::size_t c = first; c < last; ++c) sum += policy[c] *= std::exp(step * q[c]);
      for (std::size_t c = first; c < last; ++c) policy[c] /= sum;
    });
  }

  /// The distributions nearest to policy + step q: the amount to take away is found by halving.
  Numbers nearest(const Numbers& policy, const Numbers& q, double step) const {
    Numbers to(policy.size());
    for_each_state([&](std::size_t, std::size_t first, std::size_t last) {
      double low = -100, high = 100;
      for (int halving = 0; halving < 100; ++halving) {
        const double middle = .5 * (low + high);
        double sum = 0;
        for (std::size_t c = first; c < last; ++c) sum += to[c] = std::max(0.0, policy[c] + step * q[c] - middle);
        (sum > 1 ? low : high) = middle;
      }
    });
    return to;
  }

  mdp::TabularMdp model;
  Numbers limits;

 private:
  double discount_;
  std::vector<Numbers> columns_;
};

constexpr double kDiscount = .8, kCap = .6;
constexpr int kSteps = 80;

/// One run of a method by hand; `move` changes policy and multipliers.
struct Standing {
  Numbers policy, y;
};

Numbers mixed(const Worth& worth, const Numbers& y) {
  Numbers q = worth.q[0];
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t c = 0; c < q.size(); ++c) q[c] -= y[i] * worth.q[i + 1][c];
  return q;
}
void ascend(Numbers& y, const Numbers& h, double step) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::clamp(y[i] + step * h[i], 0.0, kCap);
}
Numbers ahead(const Numbers& now, const Numbers& before) {
  Numbers to(now);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = 2 * now[i] - before[i];
  return to;
}

using Move = std::function<void(const Naive& on, Standing& at, const Worth& worth)>;

/// A method's own steps where `step` and `dual_step` are 0.
struct Steps {
  double step = 0, dual_step = 0;

  Steps or_else(double usual, double usual_dual) const {
    return {step > 0 ? step : usual, dual_step > 0 ? dual_step : usual_dual};
  }
};

constexpr double kUsual = 1;  // min(1, 5 (1 - discount))

Move npg_by_hand(Steps asked) {
  const Steps own = asked.or_else(2 * std::log(3), 2 * (1 - kDiscount) / std::sqrt(kSteps + 1));
  return [own](const Naive& on, Standing& at, const Worth& worth) {
    on.multiply(at.policy, mixed(worth, at.y), own.step / (1 - kDiscount));
    ascend(at.y, on.excess(worth), own.dual_step);
  };
}

constexpr double kProportional = .7, kIntegral = .05, kDerivative = .9;

Move pid_by_hand(Steps asked) {
  const Steps own = asked.or_else(kUsual, 1);
  return [own, sum = Numbers(2, 0.0), before = Numbers()](const Naive& on, Standing& at, const Worth& worth) mutable {
    on.multiply(at.policy, mixed(worth, at.y), own.step);
    const Numbers h = on.excess(worth);
    if (before.empty()) before = h;
    for (std::size_t i = 0; i < h.size(); ++i) {
      sum[i] = std::max(0.0, sum[i] + h[i]);
      at.y[i] = own.dual_step * (kProportional * h[i] + kIntegral * sum[i]);
      if (h[i] > before[i]) at.y[i] += own.dual_step * kDerivative * (h[i] - before[i]);
      at.y[i] = std::clamp(at.y[i], 0.0, kCap);
    }
    before = h;
  };
}

constexpr double kTau = .3;

Move rpg_by_hand(Steps asked) {
  Steps own = asked.or_else(kTau / 5, 0);
  own = own.or_else(0, own.step);
  return [own](const Naive& on, Standing& at, const Worth& worth) {
    Worth soft = on.worth(at.policy, kTau);
    on.multiply(at.policy, mixed(soft, at.y), own.step);
    for (double& y : at.y) y -= own.dual_step * kTau * y;
    ascend(at.y, on.excess(worth), own.dual_step);
  };
}

Move opg_by_hand(Steps asked) {
  const Steps own = asked.or_else(kUsual / 2, kUsual / 4);
  return [own, centre = Standing()](const Naive& on, Standing& at, const Worth& worth) mutable {
    if (centre.policy.empty()) centre = at;
    const Numbers q = mixed(worth, at.y), h = on.excess(worth);
    centre.policy = on.nearest(centre.policy, q, own.step);
    ascend(centre.y, h, own.dual_step);
    at = {on.nearest(centre.policy, q, own.step), centre.y};
    ascend(at.y, h, own.dual_step);
  };
}

Move extra_by_hand(Steps asked) {
  const Steps own = asked.or_else(kUsual, kUsual / 2);
  return [own](const Naive& on, Standing& at, const Worth& worth) {
    Standing half{on.nearest(at.policy, mixed(worth, at.y), own.step), at.y};
    ascend(half.y, on.excess(worth), own.dual_step);
    const Worth there = on.worth(half.policy);
    at.policy = on.nearest(at.policy, mixed(there, half.y), own.step);
    ascend(at.y, on.excess(there), own.dual_step);
  };
}

constexpr double kSlack = .04;

Move crpo_by_hand(Steps asked) {
  const Steps own = asked.or_else(.1, 0);
  return [own, rewarded = 0.0, repaired = Numbers(2, 0.0)](const Naive& on, Standing& at, const Worth& worth) mutable {
    const Numbers h = on.excess(worth);
    const std::size_t worst = h[0] >= h[1] ? 0 : 1;
    if (h[worst] <= kSlack / (1 - kDiscount)) {
      on.multiply(at.policy, worth.q[0], own.step);
      ++rewarded;
    } else {
      on.multiply(at.policy, worth.q[1 + worst], -own.step);
      ++repaired[worst];
    }
    for (std::size_t i = 0; i < 2; ++i) at.y[i] = repaired[i] / std::max(1.0, rewarded);
  };
}

Move reload_by_hand(Steps asked, bool optimistic) {
  const Steps own = asked.or_else(kUsual, kUsual / 2);
  return [=, before_q = Numbers(), before_h = Numbers()](const Naive& on, Standing& at, const Worth& worth) mutable {
    const Numbers q = mixed(worth, at.y), h = on.excess(worth);
    const bool plain = !optimistic || before_q.empty();
    on.multiply(at.policy, plain ? q : ahead(q, before_q), own.step);
    ascend(at.y, plain ? h : ahead(h, before_h), own.dual_step);
    before_q = q;
    before_h = h;
  };
}

template <class Options>
Options set(Steps steps) {
  Options options;
  options.step = steps.step;
  options.dual_step = steps.dual_step;
  options.cap = kCap;
  options.iterations = kSteps;
  options.record = 1;
  return options;
}

struct Row {
  const char* name;
  ConstrainedSolution (*run)(const ConstrainedProblem& problem, Steps steps);
  Move (*by_hand)(Steps steps);
  bool capped = true;
};

const SolveOptions kToTheEnd{.tolerance = 0};

const std::vector<Row>& methods() {
  static const std::vector<Row> rows = {
      {"npg-primal-dual",
       [](const ConstrainedProblem& problem, Steps steps) {
         return npg_primal_dual(problem, set<NpgPrimalDualOptions>(steps), kToTheEnd);
       },
       npg_by_hand},
      {"pid-lagrangian",
       [](const ConstrainedProblem& problem, Steps steps) {
         auto options = set<PidLagrangianOptions>(steps);
         options.proportional = kProportional;
         options.integral = kIntegral;
         options.derivative = kDerivative;
         return pid_lagrangian(problem, options, kToTheEnd);
       },
       pid_by_hand},
      {"rpg-pd",
       [](const ConstrainedProblem& problem, Steps steps) {
         auto options = set<RpgPdOptions>(steps);
         options.tau = kTau;
         return rpg_pd(problem, options, kToTheEnd);
       },
       rpg_by_hand},
      {"opg-pd",
       [](const ConstrainedProblem& problem, Steps steps) {
         return opg_pd(problem, set<OpgPdOptions>(steps), kToTheEnd);
       },
       opg_by_hand},
      {"extra-gradient",
       [](const ConstrainedProblem& problem, Steps steps) {
         return extra_gradient(problem, set<ExtraGradientOptions>(steps), kToTheEnd);
       },
       extra_by_hand},
      {"crpo",
       [](const ConstrainedProblem& problem, Steps steps) {
         auto options = set<CrpoOptions>(steps);
         options.slack = kSlack;
         return crpo(problem, options, kToTheEnd);
       },
       crpo_by_hand, false},
      {"reload",
       [](const ConstrainedProblem& problem, Steps steps) {
         return reload(problem, set<ReloadOptions>(steps), kToTheEnd);
       },
       [](Steps steps) { return reload_by_hand(steps, true); }},
      {"descent-ascent",
       [](const ConstrainedProblem& problem, Steps steps) {
         auto options = set<ReloadOptions>(steps);
         options.optimistic = false;
         return reload(problem, options, kToTheEnd);
       },
       [](Steps steps) { return reload_by_hand(steps, false); }},
  };
  return rows;
}

TEST(NaiveFirstOrder, EveryMethodFollowsItsPage) {
  for (const Row& row : methods()) {
    bool at_zero = false, at_cap = false;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const ConstrainedProblem problem =
          binding_problem(seed, {.states = 3, .actions = 3, .budgets = 2}, kDiscount, .4);
      const Naive naive(problem);
      for (const Steps& steps : {Steps{.05, .03}, Steps{.2, .4}, Steps{}}) {
        const ConstrainedSolution run = row.run(problem, steps);
        Standing at{Numbers(9, 1.0 / 3), Numbers(2, 0.0)};
        const Move move = row.by_hand(steps);
        ASSERT_EQ(run.path.size(), kSteps + 1u);
        for (int k = 0; k <= kSteps; ++k) {
          const Worth worth = naive.worth(at.policy);
          const PathRow& got = run.path[static_cast<std::size_t>(k)];
          const Numbers h = naive.excess(worth);
          ASSERT_NEAR(got.value, worth.total[0], 1e-7) << row.name << " seed " << seed << " step " << k;
          ASSERT_NEAR(got.violation, std::max(h[0], h[1]), 1e-7) << row.name << " seed " << seed << " step " << k;
          for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_NEAR(got.multipliers[i], at.y[i], 1e-7) << row.name << " seed " << seed << " step " << k;
            at_zero |= k > 0 && at.y[i] == 0;
            at_cap |= at.y[i] == kCap;
          }
          move(naive, at, worth);
        }
      }
    }
    EXPECT_TRUE(at_zero) << row.name;
    EXPECT_TRUE(at_cap || !row.capped) << row.name;
  }
}

}  // namespace
}  // namespace bellwether::solvers
