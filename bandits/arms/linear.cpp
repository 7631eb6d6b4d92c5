#include "bandits/arms/linear.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

double dot(std::span<const double> x, std::span<const double> y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

double norm(std::span<const double> x) { return std::sqrt(dot(x, x)); }

/// What does not depend on where the features come from.
World world_of(const LinearRewards& rewards, int arms, std::int64_t rounds) {
  const bool coins = rewards.zero_or_one();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  World world{.arms = arms,
              .rounds = rounds,
              .noise = coins ? Noise::kBernoulli : Noise::kGaussian,
              .sigma = coins ? 0.5 : rewards.sigma,
              .dimension = static_cast<int>(rewards.theta.size()),
              .link = rewards.link};
  world.low = coins ? 0 : -kInfinity;
  world.high = coins ? 1 : kInfinity;
  world.parameter_bound = std::max(1.0, norm(rewards.theta));
  return world;
}

double draw_reward(bool coins, double sigma, double mean, Stream& stream) {
  if (coins) return sample_bernoulli(stream, mean) ? 1 : 0;
  return mean + sigma * sample_normal(stream);
}

std::string text_of(const LinearRewards& rewards) {
  std::string text =
      fmt::format("{}{} {}\ntheta", to_string(rewards.link), rewards.coins ? " coins" : "", exact_text(rewards.sigma));
  for (const double entry : rewards.theta) text.append(" ").append(exact_text(entry));
  return text + "\n";
}

/// The mean of a coin: what rounding put next to [0, 1] is moved there. InvalidOption for anything further out.
double chance_of(double mean, std::string_view whose) {
  constexpr double kRounding = 1e-12;
  if (!(mean >= -kRounding && mean <= 1 + kRounding))
    throw InvalidOption(
        fmt::format("bandit: the mean of {} is {:.6g}, must be between 0 and 1 where rewards are 0 or 1 (options "
                    "'intercept' and 'length' or 'theta' move it)",
                    whose, mean));
  return std::clamp(mean, 0.0, 1.0);
}

class FixedGame : public Game {
 public:
  FixedGame(const FixedArms& arms, const Stream& stream) : arms_(arms), best_(std::ranges::max(arms.means)) {
    round_.arms = static_cast<int>(arms.means.size());
    round_.dimension = static_cast<int>(arms.features.size() / arms.means.size());
    round_.features = arms.features;
    const Stream draws = stream.child("arm");
    for (int i = 0; i < round_.arms; ++i) streams_.push_back(draws.child(static_cast<std::uint64_t>(i)));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    const double mean = arms_.means[a];
    return {.reward = draw_reward(arms_.coins, arms_.sigma, mean, streams_[a]), .mean = mean, .regret = best_ - mean};
  }

 private:
  FixedArms arms_;
  double best_;
  Round round_;
  std::vector<Stream> streams_;
};

class DrawnGame : public Game {
 public:
  DrawnGame(const LinearRewards& rewards, int arms, bool intercept, const Stream& stream)
      : rewards_(rewards),
        drawn_(rewards.theta.size() - (intercept ? 1 : 0)),
        features_(static_cast<std::size_t>(arms) * rewards.theta.size(), 1.0),
        means_(static_cast<std::size_t>(arms)),
        drawing_(stream.child("features")),
        noise_(stream.child("noise")) {
    round_.arms = arms;
    round_.dimension = static_cast<int>(rewards.theta.size());
    round_.features = features_;
  }

  const Round& next() override {
    ++round_.number;
    const std::size_t d = rewards_.theta.size();
    for (std::size_t a = 0; a < means_.size(); ++a) {
      const auto feature = std::span(features_).subspan(a * d, d);
      draw_direction(drawing_, feature.first(drawn_));
      means_[a] = rewards_.mean(feature);
    }
    best_ = std::ranges::max(means_);
    return round_;
  }

  Outcome play(int arm) override {
    const double mean = means_[static_cast<std::size_t>(arm)];
    // One child a round: how many numbers a draw takes may depend on what is played.
    Stream noise = noise_.child(static_cast<std::uint64_t>(round_.number));
    return {.reward = draw_reward(rewards_.zero_or_one(), rewards_.sigma, mean, noise),
            .mean = mean,
            .regret = best_ - mean};
  }

 private:
  const LinearRewards& rewards_;
  std::size_t drawn_;  ///< coordinates; what is beyond stays 1
  std::vector<double> features_, means_;
  Stream drawing_, noise_;
  double best_ = 0;
  Round round_;
};

}  // namespace

std::unique_ptr<Game> start_fixed(const FixedArms& arms, const Stream& stream) {
  return std::make_unique<FixedGame>(arms, stream);
}

double LinearRewards::mean(std::span<const double> feature) const {
  const double score = dot(theta, feature);
  return link == Link::kLogistic ? 1 / (1 + std::exp(-score)) : score;
}

void require_valid(const LinearRewards& rewards) {
  if (rewards.theta.empty()) throw InvalidOption("bandit: theta has no entries");
  for (const double entry : rewards.theta)
    if (!std::isfinite(entry)) throw InvalidOption("bandit: an entry of theta is not a finite number");
  if (!(rewards.sigma > 0) || std::isinf(rewards.sigma))
    throw InvalidOption(fmt::format("bandit: sigma is {}, must be above 0", rewards.sigma));
  if (rewards.coins && rewards.link != Link::kIdentity)
    throw InvalidOption("bandit: options 'coins' and 'logistic': the mean is the score or its logistic function");
}

void draw_direction(Stream& stream, std::span<double> out) {
  double squares = 0;
  while (squares == 0) {
    for (double& entry : out) entry = sample_normal(stream);
    squares = dot(out, out);
  }
  for (double& entry : out) entry /= std::sqrt(squares);
}

LinearBandit::LinearBandit(LinearRewards rewards, std::vector<double> features)
    : rewards_(std::move(rewards)), features_(std::move(features)) {
  require_valid(rewards_);
  const std::size_t d = rewards_.theta.size();
  if (features_.empty() || features_.size() % d != 0)
    throw InvalidOption(
        fmt::format("bandit: the features of all arms are {} numbers, must be a multiple of the dimension {}",
                    features_.size(), d));
  for (std::size_t at = 0; at < features_.size(); at += d)
    means_.push_back(rewards_.mean(std::span(features_).subspan(at, d)));
  if (rewards_.coins)
    for (std::size_t a = 0; a < means_.size(); ++a) means_[a] = chance_of(means_[a], fmt::format("arm {}", a));
}

World LinearBandit::world(std::int64_t rounds) const {
  World world = world_of(rewards_, static_cast<int>(means_.size()), rounds);
  world.feature_bound = 0;
  const auto d = static_cast<std::size_t>(world.dimension);
  for (std::size_t at = 0; at < features_.size(); at += d)
    world.feature_bound = std::max(world.feature_bound, norm(std::span(features_).subspan(at, d)));
  return world;
}

std::unique_ptr<Game> LinearBandit::start(std::int64_t, const Stream& stream) const {
  return start_fixed({means_, features_, rewards_.zero_or_one(), rewards_.sigma}, stream);
}

std::string LinearBandit::content() const {
  std::string text = fmt::format("linear {}features", text_of(rewards_));
  for (const double entry : features_) text.append(" ").append(exact_text(entry));
  return text + "\n";
}

ContextualBandit::ContextualBandit(LinearRewards rewards, int arms, bool intercept)
    : rewards_(std::move(rewards)), arms_(arms), intercept_(intercept) {
  require_valid(rewards_);
  if (arms < 1) throw InvalidOption(fmt::format("bandit: arms is {}, must be at least 1", arms));
  const std::size_t drawn = rewards_.theta.size() - (intercept ? 1 : 0);
  if (drawn == 0) throw InvalidOption("bandit: theta has an intercept and no other entry");
  if (!rewards_.coins) return;
  const double middle = intercept ? rewards_.theta.back() : 0, reach = norm(std::span(rewards_.theta).first(drawn));
  chance_of(middle - reach, "the worst arm of the sphere");
  chance_of(middle + reach, "the best arm of the sphere");
}

World ContextualBandit::world(std::int64_t rounds) const {
  World world = world_of(rewards_, arms_, rounds);
  world.same_features = false;
  world.feature_bound = intercept_ ? std::sqrt(2.0) : 1;
  return world;
}

std::unique_ptr<Game> ContextualBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<DrawnGame>(rewards_, arms_, intercept_, stream);
}

std::string ContextualBandit::content() const {
  return fmt::format("contextual {} arms on the sphere{}\n{}", arms_, intercept_ ? " and a constant" : "",
                     text_of(rewards_));
}

}  // namespace bellwether::bandits
