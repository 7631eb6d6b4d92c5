#include "solvers/online/sampling/rlsvi.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/learner.h"
#include "core/sampling.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

class Rlsvi final : public EpisodicAgent {
 public:
  Rlsvi(const EpisodicWorld& world, double factor, const Stream& stream)
      : EpisodicAgent(world),
        world_(world),
        factor_(factor),
        stream_(stream),
        counts_(world.num_choices() * world.horizon),
        reward_(static_cast<std::size_t>(counts_.num_rows()), 0.0),
        per_visit_(reward_.size(), 1.0),
        spread_(reward_.size(), 1.0),
        value_(static_cast<std::size_t>(world.num_states())),
        next_(value_.size()) {}

  void plan(std::int64_t episode) override {
    Stream stream = stream_.child(static_cast<std::uint64_t>(episode));
    const double deviation = factor_ * std::sqrt(rlsvi_beta(world_, episode + 1));
    std::fill(value_.begin(), value_.end(), 0.0);
    for (int h = world_.horizon - 1; h >= 0; --h) {
      std::swap(value_, next_);
      for (std::size_t s = 0; s < value_.size(); ++s) choose(stream, deviation, h, s);
    }
  }

  void learn(std::span<const Step> steps) override {
    for (int h = 0; h < world_.horizon; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      const std::int64_t row = h * world_.num_choices() + step.choice;
      const auto i = static_cast<std::size_t>(row);
      counts_.add(row, step.next);
      reward_[i] += step.reward;
      per_visit_[i] = 1 / static_cast<double>(counts_.visits(row) + 1);
      spread_[i] = std::sqrt(per_visit_[i]);
    }
  }

 private:
  void choose(Stream& stream, double deviation, int h, std::size_t s) {
    std::int64_t best = world_.state_begin[s];
    double most = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = best; c < world_.state_begin[s + 1]; ++c) {
      const std::int64_t row = h * world_.num_choices() + c;
      const auto i = static_cast<std::size_t>(row);
      const double estimate = (reward_[i] + counts_.sum(row, next_.data())) * per_visit_[i];
      const double q = estimate + deviation * spread_[i] * sample_normal(stream);
      if (q > most) {
        most = q;
        best = c;
      }
    }
    value_[s] = most;
    policy().play(h, static_cast<int>(s), best);
  }

  EpisodicWorld world_;
  double factor_;
  Stream stream_;
  TransitionCounts counts_;                 ///< a row for each stage and choice
  std::vector<double> reward_;              ///< sums
  std::vector<double> per_visit_, spread_;  ///< 1 / (n + 1) and its root
  std::vector<double> value_, next_;        ///< V_h and V_(h+1)
};

}  // namespace

double rlsvi_beta(const EpisodicWorld& world, std::int64_t k) {
  const double triples = static_cast<double>(world.num_choices()) * world.horizon;
  const double cubed = static_cast<double>(world.horizon) * world.horizon * world.horizon;
  return cubed * world.num_states() * std::log(2 * triples * static_cast<double>(k)) / 2;
}

std::unique_ptr<EpisodicAgent> make_rlsvi(const EpisodicWorld& world, const RlsviOptions& options,
                                          const Stream& stream) {
  require_valid("rlsvi", options);
  return std::make_unique<Rlsvi>(world, Constant("rlsvi", options.constant, kRlsviPractical).factor(), stream);
}

}  // namespace bellwether::online
