#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

/// Optimistic backward induction as it is written down: from the list of everything that was seen, all rows, every
/// time.
class NaiveLearner {
 public:
  /// All visits of a row, in their order.
  struct Samples {
    std::vector<int> next;
    std::vector<double> reward;

    std::size_t size() const { return next.size(); }
    Samples part(std::size_t first, std::size_t last) const {
      return {
          {next.begin() + static_cast<std::ptrdiff_t>(first), next.begin() + static_cast<std::ptrdiff_t>(last)},
          {reward.begin() + static_cast<std::ptrdiff_t>(first), reward.begin() + static_cast<std::ptrdiff_t>(last)}};
    }
    double mean(const std::vector<double>& v) const {
      double sum = 0;
      for (const int s : next) sum += v[static_cast<std::size_t>(s)];
      return sum / static_cast<double>(size());
    }
    double variance(const std::vector<double>& v) const {
      const double m = mean(v);
      double sum = 0;
      for (const int s : next) sum += (v[static_cast<std::size_t>(s)] - m) * (v[static_cast<std::size_t>(s)] - m);
      return sum / static_cast<double>(size());
    }
    double mean_reward() const {
      double sum = 0;
      for (const double r : reward) sum += r;
      return sum / static_cast<double>(size());
    }
    /// The sum of squared deviations.
    double reward_square() const {
      double sum = 0;
      for (const double r : reward) sum += (r - mean_reward()) * (r - mean_reward());
      return sum;
    }
  };
  /// The upper value of a row of this stage with these samples; v are upper, w lower values of the next stage.
  struct Place {
    int stage;
    std::int64_t choice;
    const Samples& samples;
    const std::vector<double>&v, &w;
  };
  using Value = std::function<double(const Place&)>;

  NaiveLearner(const EpisodicWorld& world, bool per_stage, bool monotone, Value upper, Value lower = nullptr)
      : world_(world), per_stage_(per_stage), monotone_(monotone), upper_(std::move(upper)), lower_(std::move(lower)) {
    const auto stages = static_cast<std::size_t>(world.horizon),
               choices = static_cast<std::size_t>(world.num_choices());
    rows_.resize(per_stage ? stages * choices : choices);
    for (int h = 0; h < world.horizon; ++h) q.push_back(std::vector<double>(choices, world.horizon - h));
    arrivals.assign(stages + 1, std::vector<double>(static_cast<std::size_t>(world.num_states())));
    w = arrivals;
  }

  void learn(const std::vector<Step>& steps) {
    for (int h = 0; h < world_.horizon; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      Samples& row = rows_[index(h, step.choice)];
      row.next.push_back(step.next);
      row.reward.push_back(step.reward);
      ++arrivals[static_cast<std::size_t>(h) + 1][static_cast<std::size_t>(step.next)];
    }
  }

  void plan() {
    std::vector<double> v(static_cast<std::size_t>(world_.num_states()));
    for (int h = world_.horizon - 1; h >= 0; --h) {
      const auto stage = static_cast<std::size_t>(h);
      const std::vector<double> next = v;
      for (std::int64_t c = 0; c < world_.num_choices(); ++c) {
        const Samples& row = rows_[index(h, c)];
        double x = world_.horizon - h;
        if (row.size() > 0) x = std::min(x, upper_({h, c, row, next, w[stage + 1]}));
        double& now = q[stage][static_cast<std::size_t>(c)];
        now = monotone_ ? std::min(now, x) : x;
      }
      for (std::size_t s = 0; s < v.size(); ++s) {
        const auto first = q[stage].begin() + world_.state_begin[s],
                   last = q[stage].begin() + world_.state_begin[s + 1];
        const auto best = std::max_element(first, last);
        v[s] = *best;
        if (!lower_) continue;
        const auto c = best - q[stage].begin();
        const Samples& row = rows_[index(h, c)];
        w[stage][s] = row.size() > 0 ? std::max(0.0, lower_({h, c, row, next, w[stage + 1]})) : 0.0;
      }
    }
  }

  std::vector<std::vector<double>> q, w, arrivals;

 private:
  std::size_t index(int stage, std::int64_t choice) const {
    return static_cast<std::size_t>(per_stage_ ? stage * world_.num_choices() + choice : choice);
  }

  EpisodicWorld world_;
  bool per_stage_, monotone_;
  Value upper_, lower_;
  std::vector<Samples> rows_;
};

}  // namespace bellwether::online
