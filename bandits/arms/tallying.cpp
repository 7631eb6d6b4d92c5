#include "bandits/arms/tallying.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class TallyingGame : public Game {
 public:
  TallyingGame(const TallyingBandit& bandit, const Stream& stream)
      : bandit_(bandit),
        history_(bandit.weights().size(), -1),
        total_(std::accumulate(bandit.weights().begin(), bandit.weights().end(), 0.0)),
        best_(1 - bandit.full_loss(bandit.best())) {
    round_.arms = static_cast<int>(bandit.losses().size());
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < bandit.losses().size(); ++i) streams_.push_back(arms.child(i));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    newest_ = (newest_ + history_.size() - 1) % history_.size();
    history_[newest_] = arm;
    const auto a = static_cast<std::size_t>(arm);
    const double mean = 1 - bandit_.losses()[a].at(exposure(arm) / total_);
    const double reward = bandit_.noise() == TallyingBandit::Noise::kBernoulli
                              ? (sample_bernoulli(streams_[a], mean) ? 1.0 : 0.0)
                              : mean + bandit_.sigma() * sample_normal(streams_[a]);
    return {.reward = reward, .mean = mean, .regret = best_ - mean};
  }

 private:
  /// Summed in the order of the weights, as their total is: an arm that was always played has all of it, to the bit.
  double exposure(int arm) const {
    double sum = 0;
    std::size_t at = newest_;
    for (const double weight : bandit_.weights()) {
      if (history_[at] == arm) sum += weight;
      if (++at == history_.size()) at = 0;
    }
    return sum;
  }

  const TallyingBandit& bandit_;
  std::vector<int> history_;  // a ring; -1: before the first round
  std::size_t newest_ = 0;
  double total_, best_;
  Round round_;
  std::vector<Stream> streams_;
};

void require_valid(const std::vector<double>& weights, const std::vector<ExposureLoss>& losses, double sigma) {
  if (losses.empty()) throw InvalidOption("a tallying bandit has no arms");
  double total = 0;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (!(weights[j] >= 0) || std::isinf(weights[j]))
      throw InvalidOption(fmt::format("weight {} of a tallying bandit is {}, must be at least 0", j + 1, weights[j]));
    total += weights[j];
  }
  if (!(total > 0)) throw InvalidOption("the weights of a tallying bandit add up to 0, must be above 0");
  if (!(sigma >= 0) || std::isinf(sigma))
    throw InvalidOption(fmt::format("sigma of a tallying bandit is {}, must be at least 0", sigma));
  const auto unit = [](double x) { return x >= 0 && x <= 1; };
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const ExposureLoss& loss = losses[i];
    if (!unit(loss.fresh) || !unit(loss.full) || !unit(loss.threshold))
      throw InvalidOption(fmt::format("arm {}: losses {} (fresh), {} (full) and threshold {} must be between 0 and 1",
                                      i, loss.fresh, loss.full, loss.threshold));
  }
}

}  // namespace

double ExposureLoss::at(double share) const {
  if (threshold > 0) return share >= threshold ? full : fresh;
  return full + (fresh - full) * (1 - share);
}

TallyingBandit::TallyingBandit(std::vector<double> weights, std::vector<ExposureLoss> losses, Noise noise, double sigma)
    : weights_(std::move(weights)), losses_(std::move(losses)), noise_(noise), sigma_(sigma) {
  require_valid(weights_, losses_, sigma_);
  best_ = static_cast<int>(std::ranges::min_element(losses_, {}, &ExposureLoss::full) - losses_.begin());
  // Losses are monotone in the exposure, and the least that a played arm has is w_1: one look decides.
  const double least = weights_.front() / std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (std::size_t i = 0; i < losses_.size(); ++i) {
    if (losses_[i].at(least) < full_loss(best_))
      throw InvalidOption(fmt::format(
          "arm {} loses {} when it is played afresh, less than arm {} at full exposure ({}): playing one arm for ever "
          "must be best",
          i, losses_[i].at(least), best_, full_loss(best_)));
  }
}

World TallyingBandit::world(std::int64_t rounds) const {
  World world{.arms = static_cast<int>(losses_.size()), .rounds = rounds};
  if (noise_ == Noise::kBernoulli) {
    world.noise = bandits::Noise::kBernoulli;
    world.sigma = 0.5;
  } else if (sigma_ > 0) {
    world.noise = bandits::Noise::kGaussian;
    world.sigma = sigma_;
    world.low = -std::numeric_limits<double>::infinity();
    world.high = std::numeric_limits<double>::infinity();
  } else {
    world.noise = bandits::Noise::kUnit;
    world.sigma = 0;
  }
  return world;
}

std::unique_ptr<Game> TallyingBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<TallyingGame>(*this, stream);
}

std::string TallyingBandit::content() const {
  std::string text =
      fmt::format("tallying {} {}\n", noise_ == Noise::kBernoulli ? "bernoulli" : "gaussian", exact_text(sigma_));
  for (const double weight : weights_) text += exact_text(weight) + " ";
  for (const ExposureLoss& loss : losses_)
    text += fmt::format("\n{} {} {}", exact_text(loss.fresh), exact_text(loss.full), exact_text(loss.threshold));
  return text + "\n";
}

}  // namespace bellwether::bandits
