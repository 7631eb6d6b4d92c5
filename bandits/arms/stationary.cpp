#include "bandits/arms/stationary.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class StationaryGame : public Game {
 public:
  StationaryGame(const std::vector<Law>& laws, std::span<const double> means, const Stream& stream)
      : laws_(laws), means_(means), best_(std::ranges::max(means)) {
    round_.arms = static_cast<int>(laws.size());
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < laws.size(); ++i) streams_.push_back(arms.child(i));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    return {.reward = laws_[a].sample(streams_[a]), .mean = means_[a], .regret = best_ - means_[a]};
  }

 private:
  const std::vector<Law>& laws_;
  std::span<const double> means_;
  double best_;
  Round round_;
  std::vector<Stream> streams_;
};

}  // namespace

StationaryBandit::StationaryBandit(std::vector<Law> laws) : laws_(std::move(laws)) {
  if (laws_.empty()) throw InvalidOption("a bandit has no arms");
  for (std::size_t i = 0; i < laws_.size(); ++i) {
    require_valid(fmt::format("arm {}", i), laws_[i]);
    means_.push_back(laws_[i].mean);
  }
}

World StationaryBandit::world(std::int64_t rounds) const {
  World world{.arms = static_cast<int>(laws_.size()), .rounds = rounds, .noise = laws_.front().noise(), .sigma = 0};
  world.low = laws_.front().low();
  world.high = laws_.front().high();
  for (const Law& law : laws_) {
    world.sigma = std::max(world.sigma, law.sigma());
    world.low = std::min(world.low, law.low());
    world.high = std::max(world.high, law.high());
    world.moment_order = std::min(world.moment_order, law.moment_order());
    if (law.noise() != world.noise) world.noise = Noise::kOther;
  }
  if (world.noise == Noise::kOther && world.low >= 0 && world.high <= 1) world.noise = Noise::kUnit;
  world.moment = 0;
  for (const Law& law : laws_) world.moment = std::max(world.moment, law.moment(world.moment_order));
  return world;
}

std::unique_ptr<Game> StationaryBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<StationaryGame>(laws_, means_, stream);
}

std::string StationaryBandit::content() const {
  std::string text = "stationary\n";
  for (const Law& law : laws_)
    text += fmt::format("{} {} {} {}\n", to_string(law.family), exact_text(law.mean), exact_text(law.spread),
                        exact_text(law.degrees));
  return text;
}

}  // namespace bellwether::bandits
