#include "solvers/latent/learning/optimistic_plans.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace bellwether::solvers {
namespace {

class Weighted {
 public:
  Weighted(const LatentTables& model, int horizon, const ContextBackup& backup, double unseen)
      : model_(model), backup_(backup), unseen_(unseen), plan_{HistoryPolicy(model, horizon)} {}

  HistoryPlan run() {
    for (int s = 0; s < model_.states; ++s) {
      std::vector<double> b;
      for (int m = 0; m < model_.contexts; ++m)
        b.push_back(model_.weight[static_cast<std::size_t>(m)] * model_.nu(m, s));
      const std::vector<double> alpha = visit(0, s, s, b);
      for (std::size_t m = 0; m < b.size(); ++m) plan_.promised += b[m] * alpha[m];
    }
    return std::move(plan_);
  }

 private:
  std::vector<double> visit(int depth, std::int64_t node, int s, const std::vector<double>& b) {
    const auto contexts = static_cast<std::size_t>(model_.contexts), states = static_cast<std::size_t>(model_.states);
    if (std::all_of(b.begin(), b.end(), [](double x) { return x == 0; })) return std::vector<double>(contexts, unseen_);
    const bool last = depth + 1 == plan_.policy.horizon();
    std::vector<double> best, alpha(contexts), child_weight(contexts), of_next(contexts * states);
    double top = 0;
    for (int k = 0; k < model_.choices[static_cast<std::size_t>(s)]; ++k) {
      for (int next = 0; next < model_.states; ++next) {
        bool met = false;
        for (std::size_t m = 0; m < contexts; ++m) {
          child_weight[m] = b[m] * model_.p(static_cast<int>(m), s, k, next);
          met = met || child_weight[m] != 0;
          of_next[m * states + static_cast<std::size_t>(next)] = last ? 0 : unseen_;
        }
        if (last || !met) continue;
        const std::vector<double> child = visit(depth + 1, plan_.policy.add(node, k, next), next, child_weight);
        for (std::size_t m = 0; m < contexts; ++m) of_next[m * states + static_cast<std::size_t>(next)] = child[m];
      }
      double value = 0;
      for (std::size_t m = 0; m < contexts; ++m) {
        alpha[m] = backup_(static_cast<int>(m), s, k, std::span(of_next).subspan(m * states, states));
        value += b[m] * alpha[m];
      }
      if (k > 0 && !(value > top)) continue;
      top = value, best = alpha;
      plan_.policy.play(node, k);
    }
    return best;
  }

  const LatentTables& model_;
  const ContextBackup& backup_;
  double unseen_;
  HistoryPlan plan_;
};

/// An undominated vector: what it plays, and which vector of the next stage follows each next state.
struct Vector {
  std::vector<double> alpha;
  int choice = 0;
  std::vector<int> next;
};

class Vectors {
 public:
  Vectors(const LatentTables& model, int horizon, const ContextBackup& backup, double tolerance)
      : model_(model), backup_(backup), slack_(tolerance / horizon), horizon_(horizon) {
    sets_.resize(static_cast<std::size_t>(horizon) + 1);
    sets_.back().assign(static_cast<std::size_t>(model.states),
                        {{std::vector<double>(static_cast<std::size_t>(model.contexts), 0.0), 0, {}}});
    for (int h = horizon; h-- > 0;) {
      for (int s = 0; s < model.states; ++s) sets_[static_cast<std::size_t>(h)].push_back(backed_up(h, s));
    }
  }

  HistoryPlan run(double tolerance) {
    HistoryPlan plan{HistoryPolicy(model_, horizon_), tolerance};
    for (int s = 0; s < model_.states; ++s) {
      int which = 0;
      double top = -1;
      const auto& set = sets_[0][static_cast<std::size_t>(s)];
      for (std::size_t i = 0; i < set.size(); ++i) {
        double value = 0;
        for (int m = 0; m < model_.contexts; ++m)
          value +=
              model_.weight[static_cast<std::size_t>(m)] * model_.nu(m, s) * set[i].alpha[static_cast<std::size_t>(m)];
        if (value > top) top = value, which = static_cast<int>(i);
      }
      plan.promised += top;
      fill(plan.policy, 0, s, s, which);
    }
    return plan;
  }

 private:
  std::vector<Vector> backed_up(int h, int s) const {
    const auto& after = sets_[static_cast<std::size_t>(h) + 1];
    const auto states = static_cast<std::size_t>(model_.states);
    std::vector<Vector> kept;
    std::vector<double> of_next(states);
    for (int k = 0; k < model_.choices[static_cast<std::size_t>(s)]; ++k) {
      std::vector<int> pick(states, 0);
      for (bool more = true; more;) {
        Vector made{{}, k, pick};
        for (int m = 0; m < model_.contexts; ++m) {
          for (std::size_t next = 0; next < states; ++next)
            of_next[next] = after[next][static_cast<std::size_t>(pick[next])].alpha[static_cast<std::size_t>(m)];
          made.alpha.push_back(backup_(m, s, k, of_next));
        }
        insert(kept, std::move(made));
        std::size_t next = 0;
        while (next < states && ++pick[next] == static_cast<int>(after[next].size())) pick[next++] = 0;
        more = next < states;
      }
    }
    return kept;
  }

  /// Keeps the set undominated; what another exceeds up to the slack of a stage is left out.
  void insert(std::vector<Vector>& kept, Vector made) const {
    const auto below = [](const Vector& low, const Vector& high, double slack) {
      for (std::size_t m = 0; m < low.alpha.size(); ++m)
        if (low.alpha[m] > high.alpha[m] + slack) return false;
      return true;
    };
    for (const Vector& other : kept)
      if (below(made, other, slack_)) return;
    // Only true domination may take out what stood for others: else slacks would add up within a stage.
    std::erase_if(kept, [&](const Vector& other) { return below(other, made, 0); });
    kept.push_back(std::move(made));
  }

  void fill(HistoryPolicy& policy, int h, std::int64_t node, int s, int which) const {
    const Vector& vector =
        sets_[static_cast<std::size_t>(h)][static_cast<std::size_t>(s)][static_cast<std::size_t>(which)];
    policy.play(node, vector.choice);
    if (h + 1 == horizon_) return;
    for (int next = 0; next < model_.states; ++next)
      fill(policy, h + 1, policy.add(node, vector.choice, next), next, vector.next[static_cast<std::size_t>(next)]);
  }

  const LatentTables& model_;
  const ContextBackup& backup_;
  double slack_;
  int horizon_;
  std::vector<std::vector<std::vector<Vector>>> sets_;  // [stage][state]
};

}  // namespace

ContextBackup plain_backup(const LatentTables& model) {
  return [&model](int m, int s, int k, std::span<const double> alpha) {
    double value = model.reward[model.at(m, s, k)];
    for (int next = 0; next < model.states; ++next)
      value += model.p(m, s, k, next) * alpha[static_cast<std::size_t>(next)];
    return value;
  };
}

HistoryPlan plan_by_weights(const LatentTables& model, int horizon, const ContextBackup& backup, double unseen) {
  return Weighted(model, horizon, backup, unseen).run();
}

HistoryPlan plan_by_vectors(const LatentTables& model, int horizon, const ContextBackup& backup, double tolerance) {
  return Vectors(model, horizon, backup, tolerance).run(tolerance);
}

double mvp_bonus(std::span<const double> law, std::span<const double> alpha, double n, double iota, double factor,
                 double floor_factor) {
  double mean = 0, variance = 0;
  int support = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    mean += law[i] * alpha[i];
    support += law[i] > 0 ? 1 : 0;
  }
  for (std::size_t i = 0; i < law.size(); ++i) variance += law[i] * (alpha[i] - mean) * (alpha[i] - mean);
  return factor * std::max(4 * std::sqrt(support * variance * iota / n),
                           floor_factor * static_cast<double>(law.size()) * iota / n);
}

double best_in_box(std::span<const double> law, std::span<const double> alpha, double n, double iota, double factor) {
  std::vector<std::size_t> order(law.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return alpha[a] > alpha[b]; });
  const auto width = [&](double p) { return factor * (2 * std::sqrt(p * iota / n) + 5 * iota / n); };
  double rest = 1, value = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    const double low = std::max(0.0, law[i] - width(law[i]));
    rest -= low;
    value += low * alpha[i];
  }
  for (const std::size_t i : order) {
    const double low = std::max(0.0, law[i] - width(law[i])), high = std::min(1.0, law[i] + width(law[i]));
    const double more = std::clamp(rest, 0.0, high - low);
    rest -= more;
    value += more * alpha[i];
  }
  return value;
}

}  // namespace bellwether::solvers
