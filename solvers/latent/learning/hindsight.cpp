#include "solvers/latent/learning/hindsight.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/learner.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::solvers {
namespace {

constexpr double kPractical = 0.03;

bool is_power_of_two(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

std::size_t draw(std::span<const double> law, Stream& stream) {
  double rest = stream.uniform();
  std::size_t last = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    if (law[i] == 0) continue;
    last = i;
    if ((rest -= law[i]) < 0) break;
  }
  return last;
}

void require_unit_totals(const LatentTables& model, int horizon) {
  for (const double r : model.reward)
    if (!(r >= 0)) throw InvalidModel(fmt::format("learn_with_hindsight: a reward is {}, must not be negative", r));
  for (int m = 0; m < model.contexts; ++m) {
    std::vector<double> most(static_cast<std::size_t>(model.states), 0.0), next;
    for (int h = 0; h < horizon; ++h) {
      next = most;
      for (int s = 0; s < model.states; ++s) {
        double top = 0;
        for (int k = 0; k < model.choices[static_cast<std::size_t>(s)]; ++k)
          for (int t = 0; t < model.states; ++t)
            if (model.p(m, s, k, t) > 0)
              top = std::max(top, model.reward[model.at(m, s, k)] + next[static_cast<std::size_t>(t)]);
        most[static_cast<std::size_t>(s)] = top;
      }
    }
    for (int s = 0; s < model.states; ++s) {
      if (model.nu(m, s) > 0 && most[static_cast<std::size_t>(s)] > 1 + 1e-9)
        throw InvalidModel(fmt::format("learn_with_hindsight: a play of context {} can earn {}, must be at most 1", m,
                                       most[static_cast<std::size_t>(s)]));
    }
  }
}

/// Counts, and what is estimated from them when a plan is made.
class Learner {
 public:
  Learner(const LatentTables& truth, int horizon, double episodes, const HindsightOptions& options, double factor)
      : truth_(truth),
        horizon_(horizon),
        options_(options),
        factor_(factor),
        estimate_(truth.without_laws()),
        visits_(truth.reward.size(), 0),
        moves_(truth.row.size(), 0),
        starts_(truth.start.size(), 0),
        played_(static_cast<std::size_t>(truth.contexts), 0) {
    iota_ = 2 * std::log(2.0 * truth.contexts * truth.states * truth.actions * horizon * episodes / options.delta);
  }

  bool due() const { return due_; }

  HistoryPlan plan() {
    due_ = false;
    freeze();
    const ContextBackup backup = [this](int m, int s, int k, std::span<const double> alpha) {
      return back_up(m, s, k, alpha);
    };
    const bool greedy = options_.learner == "greedy";
    HistoryPlan plan = options_.learner == "bb-rect" ? plan_by_vectors(estimate_, horizon_, backup, 1e-4)
                                                     : plan_by_weights(estimate_, horizon_, backup, greedy ? 0.0 : 1.0);
    plan.promised = std::min(1.0, plan.promised + (options_.known_weights ? 0.0 : weight_bonus()));
    return plan;
  }

  void start(int m, int s) {
    if (is_power_of_two(++played_[static_cast<std::size_t>(m)])) due_ = true;
    ++starts_[static_cast<std::size_t>(m * truth_.states + s)];
    ++episodes_;
  }
  void step(int m, int s, int k, int next) {
    if (is_power_of_two(++visits_[truth_.at(m, s, k)])) due_ = true;
    ++moves_[truth_.at(m, s, k) * static_cast<std::size_t>(truth_.states) + static_cast<std::size_t>(next)];
  }

 private:
  void freeze() {
    frozen_ = visits_;
    frozen_played_ = played_;
    frozen_episodes_ = static_cast<double>(episodes_);
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      const auto n = static_cast<double>(visits_[i / static_cast<std::size_t>(truth_.states)]);
      estimate_.row[i] = n > 0 ? static_cast<double>(moves_[i]) / n : 0.0;
    }
    if (options_.known_weights) {
      estimate_.weight = truth_.weight, estimate_.start = truth_.start;
      return;
    }
    for (int m = 0; m < truth_.contexts; ++m) {
      const auto n = static_cast<double>(played_[static_cast<std::size_t>(m)]);
      estimate_.weight[static_cast<std::size_t>(m)] = episodes_ > 0 ? n / static_cast<double>(episodes_) : 0.0;
      for (int s = 0; s < truth_.states; ++s) {
        const auto at = static_cast<std::size_t>(m * truth_.states + s);
        estimate_.start[at] = n > 0 ? static_cast<double>(starts_[at]) / n : 0.0;
      }
    }
  }

  double back_up(int m, int s, int k, std::span<const double> alpha) const {
    const std::size_t at = truth_.at(m, s, k);
    const double n = static_cast<double>(frozen_[at]), reward = truth_.reward[at];
    if (n == 0) return options_.learner == "greedy" ? reward : 1.0;
    const std::span<const double> law = std::span(estimate_.row).subspan(at * alpha.size(), alpha.size());
    if (options_.learner == "bb-rect") return std::min(1.0, reward + best_in_box(law, alpha, n, iota_, factor_));
    double value = reward;
    for (std::size_t i = 0; i < law.size(); ++i) value += law[i] * alpha[i];
    if (options_.learner == "mvp") value += mvp_bonus(law, alpha, n, iota_, factor_);
    if (options_.learner == "l-ucrl") value += factor_ * std::sqrt(static_cast<double>(law.size()) * iota_ / n);
    return std::min(1.0, value);
  }

  /// The most that wrong weights and initial laws may hide: their Bernstein widths, times values of at most 1.
  double weight_bonus() const {
    if (frozen_episodes_ == 0) return 1;
    double sum = 0;
    for (int m = 0; m < truth_.contexts; ++m) {
      const double w = estimate_.weight[static_cast<std::size_t>(m)], k = frozen_episodes_;
      const double n = std::max<double>(1, static_cast<double>(frozen_played_[static_cast<std::size_t>(m)]));
      sum += 2 * std::sqrt(w * iota_ / k) + 5 * iota_ / k;
      for (int s = 0; s < truth_.states; ++s)
        sum += w * (2 * std::sqrt(estimate_.nu(m, s) * iota_ / n) + 5 * iota_ / n);
    }
    return factor_ * sum;
  }

  const LatentTables& truth_;
  int horizon_;
  const HindsightOptions& options_;
  double factor_, iota_ = 0, frozen_episodes_ = 0;
  LatentTables estimate_;
  std::vector<std::int64_t> visits_, moves_, starts_, played_, frozen_, frozen_played_;
  std::int64_t episodes_ = 0;
  bool due_ = true;
};

}  // namespace

HindsightRun learn_with_hindsight(const mdp::LatentMdp& model, int horizon, std::span<const std::int64_t> checkpoints,
                                  const HindsightOptions& options, const Stream& stream) {
  bellwether::require_valid("learn_with_hindsight", options);
  if (checkpoints.empty() || checkpoints.front() < 1 || !std::is_sorted(checkpoints.begin(), checkpoints.end()))
    throw InvalidOption("learn_with_hindsight: checkpoints must ascend from 1 on");
  const Constant constant("learn_with_hindsight", options.constant, kPractical);
  const LatentTables truth(model);
  require_unit_totals(truth, horizon);
  const std::int64_t episodes = checkpoints.back();
  Learner learner(truth, horizon, static_cast<double>(episodes), options, constant.factor());
  HindsightRun run{.optimum = plan_by_weights(truth, horizon, plain_backup(truth), 0.0).promised,
                   .regret = {},
                   .promised = {},
                   .constant = constant.label()};
  const double doublings = 1 + std::log2(static_cast<double>(episodes) * horizon);
  run.most_replans = 1 + truth.contexts * (truth.states * truth.actions + 1.0) * doublings;
  HistoryPolicy policy;
  double loss = 0, regret = 0;
  for (std::int64_t episode = 1; episode <= episodes; ++episode) {
    if (learner.due()) {
      HistoryPlan plan = learner.plan();
      run.promised.push_back(plan.promised);
      ++run.replans;
      policy = std::move(plan.policy);
      loss = run.optimum - value_of(truth, policy);
    }
    regret += loss;
    Stream draws = stream.child(static_cast<std::uint64_t>(episode));
    const int m = static_cast<int>(draw(truth.weight, draws));
    const auto S = static_cast<std::size_t>(truth.states);
    int s = static_cast<int>(draw(std::span(truth.start).subspan(static_cast<std::size_t>(m) * S, S), draws));
    learner.start(m, s);
    std::int64_t node = s;
    for (int h = 0; h < horizon; ++h) {
      const int k = policy.choice(node);
      const int next = static_cast<int>(draw(std::span(truth.row).subspan(truth.at(m, s, k) * S, S), draws));
      learner.step(m, s, k, next);
      node = policy.child(node, k, next);
      s = next;
    }
    while (run.regret.size() < checkpoints.size() && checkpoints[run.regret.size()] == episode)
      run.regret.push_back(regret);
  }
  return run;
}

}  // namespace bellwether::solvers
