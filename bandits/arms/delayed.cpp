#include "bandits/arms/delayed.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

std::int64_t largest_of(const DelayLaw& law) {
  switch (law.family) {
    case DelayLaw::Family::kConstant:
      return law.mean;
    case DelayLaw::Family::kUniform:
      return 2 * law.mean;
    case DelayLaw::Family::kGeometric:
      return law.mean == 0 ? 0 : law.largest;
  }
  return 0;
}

class DelayedGame : public Game {
 public:
  DelayedGame(std::unique_ptr<Game> base, const DelayLaw& law, const Stream& stream)
      : base_(std::move(base)), law_(law), stream_(stream) {}

  const Round& next() override { return base_->next(); }
  Outcome play(int arm) override { return base_->play(arm); }
  Outcome play_items(std::span<const int> items, std::span<double> rewards) override {
    return base_->play_items(items, rewards);
  }
  double best_in_hindsight() const override { return base_->best_in_hindsight(); }

  std::int64_t delay() override {
    if (law_.mean == 0 || law_.family == DelayLaw::Family::kConstant) return law_.mean;
    if (law_.family == DelayLaw::Family::kUniform)
      return static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(2 * law_.mean + 1)));
    const double mean = static_cast<double>(law_.mean);  // P(d >= n) = (mean / (mean + 1))^n
    const double draw = std::floor(std::log1p(-stream_.uniform()) / std::log(mean / (mean + 1)));
    return static_cast<std::int64_t>(std::min(draw, static_cast<double>(law_.largest)));
  }

 private:
  std::unique_ptr<Game> base_;
  DelayLaw law_;
  Stream stream_;
};

class DelayedBandit : public Bandit {
 public:
  DelayedBandit(std::shared_ptr<const Bandit> base, DelayLaw law) : base_(std::move(base)), law_(law) {}

  World world(std::int64_t rounds) const override {
    World world = base_->world(rounds);
    world.largest_delay = largest_of(law_);
    world.total_delay = law_.mean * rounds;
    return world;
  }
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override {
    return std::make_unique<DelayedGame>(base_->start(rounds, stream), law_, stream.child("delay"));
  }
  std::span<const double> means() const override { return base_->means(); }
  std::string content() const override {
    return fmt::format("delayed {} {} {}\n{}", static_cast<int>(law_.family), law_.mean, largest_of(law_),
                       base_->content());
  }

 private:
  std::shared_ptr<const Bandit> base_;
  DelayLaw law_;
};

}  // namespace

std::shared_ptr<const Bandit> delayed(std::shared_ptr<const Bandit> base, DelayLaw law) {
  const World world = base->world(1);
  if (world.kind == Kind::kItems) throw InvalidOption("bandit: feedback on items is not delayed, only that on arms");
  if (world.largest_delay > 0) throw InvalidOption("bandit: the base of a delayed bandit is delayed already");
  if (law.mean < 0) throw InvalidOption(fmt::format("bandit: the mean delay is {}, must be at least 0", law.mean));
  if (law.family == DelayLaw::Family::kGeometric && law.largest < 2 * law.mean)
    throw InvalidOption(
        fmt::format("bandit: the largest delay is {}, must be at least twice the mean, {}", law.largest, 2 * law.mean));
  return std::make_shared<const DelayedBandit>(std::move(base), law);
}

}  // namespace bellwether::bandits
