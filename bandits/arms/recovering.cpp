#include "bandits/arms/recovering.h"

#include <fmt/format.h>

#include "bandits/recovering/plan/periodic.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class RecoveringGame : public Game {
 public:
  RecoveringGame(const RecoveringBandit& bandit, const Stream& stream) : bandit_(bandit) {
    round_.arms = static_cast<int>(bandit.recoveries().size());
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < bandit.recoveries().size(); ++i) {
      streams_.push_back(arms.child(i));
      last_.push_back(1 - static_cast<std::int64_t>(bandit.recoveries()[i].size()));
    }
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int) override { throw InvalidOption("recovering arms are pulled several at once"); }

  Outcome play_items(std::span<const int> items, std::span<double> rewards) override {
    if (items.size() > static_cast<std::size_t>(bandit_.pulls()))
      throw InvalidOption(fmt::format("{} arms were pulled at once, at most {} may be", items.size(), bandit_.pulls()));
    Outcome outcome;
    for (std::size_t k = 0; k < items.size(); ++k) {
      const auto a = static_cast<std::size_t>(items[k]);
      if (last_[a] == round_.number) throw InvalidOption(fmt::format("arm {} was pulled twice at once", a));
      const double mean = recovered(bandit_.recoveries()[a], round_.number - last_[a]);
      last_[a] = round_.number;
      rewards[k] = sample_bernoulli(streams_[a], mean) ? 1 : 0;
      outcome.reward += rewards[k];
      outcome.mean += mean;
    }
    outcome.regret = bandit_.comparator_value() - outcome.mean;
    return outcome;
  }

 private:
  const RecoveringBandit& bandit_;
  Round round_;
  std::vector<std::int64_t> last_;  // round of the last pull
  std::vector<Stream> streams_;
};

}  // namespace

RecoveringBandit::RecoveringBandit(std::vector<Recovery> recoveries, int pulls, Comparator comparator)
    : recoveries_(std::move(recoveries)), pulls_(pulls), comparator_(comparator) {
  if (recoveries_.empty()) throw InvalidOption("a recovering bandit has no arms");
  if (pulls_ < 1 || pulls_ > static_cast<int>(recoveries_.size()))
    throw InvalidOption(fmt::format("a recovering bandit has {} pulls a round, must be between 1 and its {} arms",
                                    pulls_, recoveries_.size()));
  for (std::size_t i = 0; i < recoveries_.size(); ++i) {
    if (recoveries_[i].empty()) throw InvalidOption(fmt::format("arm {} has no rewards", i));
    double before = 0;
    for (std::size_t d = 0; d < recoveries_[i].size(); ++d) {
      const double reward = recoveries_[i][d];
      if (!(reward >= before && reward <= 1))
        throw InvalidOption(fmt::format("arm {}: the reward after {} rounds is {}, must be between {} and 1", i, d + 1,
                                        reward, before));
      before = reward;
    }
  }
  bound_ = pull_bound(recoveries_, pulls_);
  periodic_ = plan_periodic(recoveries_, pulls_).value;
}

World RecoveringBandit::world(std::int64_t rounds) const {
  return {.kind = Kind::kItems,
          .arms = static_cast<int>(recoveries_.size()),
          .items = pulls_,
          .rounds = rounds,
          .noise = Noise::kBernoulli};
}

std::unique_ptr<Game> RecoveringBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<RecoveringGame>(*this, stream);
}

std::string RecoveringBandit::content() const {
  std::string text =
      fmt::format("recovering {} {}\n", pulls_, comparator_ == Comparator::kBound ? "bound" : "periodic");
  for (const Recovery& recovery : recoveries_) {
    for (const double reward : recovery) text += exact_text(reward) + " ";
    text += "\n";
  }
  return text;
}

}  // namespace bellwether::bandits
