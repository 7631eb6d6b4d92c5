#include "solvers/online/long_run/tsde.h"

#include <algorithm>
#include <cmath>

#include "solvers/online/long_run/extended_value_iteration.h"
#include "solvers/online/sampling/posterior.h"

namespace bellwether::online {
namespace {

/// One law a row, all states long.
class SampledLaws {
 public:
  SampledLaws(std::int64_t rows, int states)
      : states_(static_cast<std::size_t>(states)), probability_(static_cast<std::size_t>(rows) * states_) {}

  void draw(DirichletPosterior& posterior, Stream& stream) {
    const auto rows = static_cast<std::int64_t>(probability_.size() / states_);
    for (std::int64_t c = 0; c < rows; ++c)
      posterior.draw(stream, c, 1, probability_.data() + static_cast<std::size_t>(c) * states_);
  }

  void prepare(std::span<const double> u) { u_ = u.data(); }
  double value(std::int64_t choice) const {
    const double* p = probability_.data() + static_cast<std::size_t>(choice) * states_;
    double sum = 0;
    for (std::size_t s = 0; s < states_; ++s) sum += p[s] * u_[s];
    return sum;
  }

 private:
  std::size_t states_;
  std::vector<double> probability_;
  const double* u_ = nullptr;
};

class Tsde final : public AverageAgent {
 public:
  Tsde(const AverageWorld& world, double alpha0, const Stream& stream)
      : AverageAgent(world),
        reward_(world.mean_reward),
        posterior_(world.num_choices(), world.num_states(), alpha0),
        visits_(static_cast<std::size_t>(world.num_choices()), 0),
        laws_(world.num_choices(), world.num_states()),
        evi_(world.state_begin),
        stream_(stream) {}

  void plan(std::int64_t step, int /*state*/) override {
    // The episode before lasted step - begin_ steps, and that before the first 1 step, as published: T_0 = 1.
    const std::int64_t before = episode_ == 0 ? 1 : step - begin_;
    begin_ = step;
    Stream draws = stream_.child(episode_++);
    laws_.draw(posterior_, draws);
    evi_.run(reward_, laws_, {.tolerance = 1 / std::sqrt(static_cast<double>(step + 1)), .warm = true});
    std::ranges::copy(evi_.choices(), epoch().choice.begin());
    epoch().longest = before + 1;
    // N_t <= 2 N_{t_k}: one visit more than there were ends the episode.
    for (std::size_t c = 0; c < visits_.size(); ++c) epoch().most[c] = visits_[c] + 1;
  }

  void learn(std::span<const AverageStep> steps) override {
    for (const AverageStep& step : steps) {
      posterior_.add(step.choice, step.next);
      ++visits_[static_cast<std::size_t>(step.choice)];
    }
  }

 private:
  std::span<const double> reward_;
  DirichletPosterior posterior_;
  std::vector<std::int64_t> visits_;
  SampledLaws laws_;
  ExtendedValueIteration evi_;
  Stream stream_;
  std::uint64_t episode_ = 0;
  std::int64_t begin_ = 0;
};

}  // namespace

std::unique_ptr<AverageAgent> make_tsde(const AverageWorld& world, const TsdeOptions& options, const Stream& stream) {
  require_valid("tsde", options);
  return std::make_unique<Tsde>(world, options.alpha0, stream);
}

}  // namespace bellwether::online
