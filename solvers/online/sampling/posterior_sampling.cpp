#include "solvers/online/sampling/posterior_sampling.h"

#include <algorithm>
#include <vector>

#include "solvers/online/sampling/posterior.h"

namespace bellwether::online {
namespace {

class Psrl final : public EpisodicAgent {
 public:
  Psrl(const EpisodicWorld& world, const PsrlOptions& options, const Stream& stream)
      : EpisodicAgent(world),
        world_(world),
        stream_(stream),
        states_(static_cast<std::size_t>(world.num_states())),
        choices_(static_cast<std::size_t>(world.num_choices())),
        learns_rewards_(options.rewards == "beta"),
        transitions_(world.num_rows(), world.num_states(), options.alpha0),
        rewards_(learns_rewards_ ? world.num_rows() : 0),
        model_(states_ * choices_),
        reward_(world.mean_reward.begin(), world.mean_reward.end()),
        q_(choices_),
        value_(states_),
        begin_(world.state_begin.begin(), world.state_begin.end()) {}

  // Draws what is about to be needed: the one model, or each stage's when backward induction gets there.
  void plan(std::int64_t episode) override {
    Stream stream = stream_.child(static_cast<std::uint64_t>(episode));
    std::fill(value_.begin(), value_.end(), 0.0);
    for (int h = world_.horizon - 1; h >= 0; --h) {
      if (h == world_.horizon - 1 || !world_.same_at_every_stage) draw(stream, world_.row(h, 0));
      back_up(reward_.data() + world_.row(h, 0));
      choose(h);
    }
  }

  void learn(std::span<const Step> steps) override {
    for (int h = 0; h < world_.horizon; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      const std::int64_t row = world_.row(h, step.choice);
      transitions_.add(row, step.next);
      if (learns_rewards_) rewards_.add(row, step.reward);
    }
  }

 private:
  void draw(Stream& stream, std::int64_t first) {
    transitions_.draw(stream, first, choices_, model_.data());
    if (!learns_rewards_) return;
    for (std::int64_t row = first; row < first + static_cast<std::int64_t>(choices_); ++row)
      reward_[static_cast<std::size_t>(row)] = rewards_.draw(stream, row);
  }

  // Q = r + P V, for all choices side by side.
  void back_up(const double* reward) {
    std::copy_n(reward, choices_, q_.begin());
    double* q = q_.data();
    for (std::size_t s = 0; s < states_; ++s) {
      const double* p = model_.data() + s * choices_;
      const double v = value_[s];
      for (std::size_t c = 0; c < choices_; ++c) q[c] += p[c] * v;
    }
  }

  void choose(int h) {
    for (std::size_t s = 0; s < states_; ++s) {
      std::int64_t best = begin_[s];
      for (std::int64_t c = best + 1; c < begin_[s + 1]; ++c)
        if (q_[static_cast<std::size_t>(c)] > q_[static_cast<std::size_t>(best)]) best = c;
      value_[s] = q_[static_cast<std::size_t>(best)];
      policy().play(h, static_cast<int>(s), best);
    }
  }

  EpisodicWorld world_;
  Stream stream_;
  std::size_t states_, choices_;
  bool learns_rewards_;
  DirichletPosterior transitions_;
  BetaPosterior rewards_;
  std::vector<double> model_;   ///< p(s' | c) at s' * choices + c
  std::vector<double> reward_;  ///< of each row
  std::vector<double> q_, value_;
  std::vector<std::int64_t> begin_;
};

}  // namespace

std::unique_ptr<EpisodicAgent> make_psrl(const EpisodicWorld& world, const PsrlOptions& options, const Stream& stream) {
  require_valid("psrl", options);
  return std::make_unique<Psrl>(world, options, stream);
}

}  // namespace bellwether::online
