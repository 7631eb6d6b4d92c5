#include "bandits/arms/corrupted.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class CorruptedGame : public Game {
 public:
  CorruptedGame(std::unique_ptr<Game> base, const Corruption& corruption, double low_and_high, const Stream& stream)
      : base_(std::move(base)), corruption_(corruption), low_and_high_(low_and_high) {
    for (std::size_t i = 0; i < corruption.means.size(); ++i) streams_.push_back(stream.child(i));
  }

  const Round& next() override {
    ++round_;
    return base_->next();
  }

  Outcome play(int arm) override {
    Outcome outcome = base_->play(arm);
    if (round_ > corruption_.rounds) return outcome;
    const auto a = static_cast<std::size_t>(arm);
    outcome.reward = corruption_.means.empty() ? low_and_high_ - outcome.reward
                                               : (sample_bernoulli(streams_[a], corruption_.means[a]) ? 1 : 0);
    return outcome;
  }

  std::int64_t delay() override { return base_->delay(); }

 private:
  std::unique_ptr<Game> base_;
  const Corruption& corruption_;
  double low_and_high_;
  std::int64_t round_ = 0;
  std::vector<Stream> streams_;
};

class CorruptedBandit : public Bandit {
 public:
  CorruptedBandit(std::shared_ptr<const Bandit> base, Corruption corruption)
      : base_(std::move(base)), corruption_(std::move(corruption)) {}

  World world(std::int64_t rounds) const override { return base_->world(rounds); }
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override {
    const World world = base_->world(rounds);
    return std::make_unique<CorruptedGame>(base_->start(rounds, stream), corruption_, world.low + world.high,
                                           stream.child("corruption"));
  }
  std::span<const double> means() const override { return base_->means(); }
  std::string content() const override {
    std::string text = fmt::format("corrupted {}", corruption_.rounds);
    for (const double mean : corruption_.means) text += fmt::format(" {}", exact_text(mean));
    return text + "\n" + base_->content();
  }

 private:
  std::shared_ptr<const Bandit> base_;
  Corruption corruption_;
};

}  // namespace

std::shared_ptr<const Bandit> corrupted(std::shared_ptr<const Bandit> base, Corruption corruption) {
  const World world = base->world(1);
  if (world.kind == Kind::kItems) throw InvalidOption("bandit: rewards of items are not corrupted, only those of arms");
  if (!std::isfinite(world.low) || !std::isfinite(world.high))
    throw InvalidOption("bandit: rewards must be bounded to be corrupted");
  if (corruption.rounds < 0)
    throw InvalidOption(fmt::format("bandit: {} corrupted rounds, must be at least 0", corruption.rounds));
  const auto shown = static_cast<std::int64_t>(corruption.means.size());
  if (shown == 0) return std::make_shared<const CorruptedBandit>(std::move(base), std::move(corruption));
  if (shown != world.arms)
    throw InvalidOption(fmt::format("bandit: {} are shown, the base has {}", counted(shown, "corrupted mean"),
                                    counted(world.arms, "arm")));
  for (const double mean : corruption.means)
    if (!(mean >= 0 && mean <= 1) || world.low > 0 || world.high < 1)
      throw InvalidOption(fmt::format(
          "bandit: a corrupted mean is {}, must be in [0, 1], and so must rewards 0 and 1 be possible", mean));
  return std::make_shared<const CorruptedBandit>(std::move(base), std::move(corruption));
}

}  // namespace bellwether::bandits
