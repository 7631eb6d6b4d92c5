#include "bandits/arms/restless.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/indices/joint.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class RestlessGame : public Game {
 public:
  RestlessGame(const RestlessBandit& bandit, const Stream& stream)
      : bandit_(bandit), state_(bandit.starts().begin(), bandit.starts().end()), played_(state_.size()) {
    round_.arms = static_cast<int>(state_.size());
    round_.dimension = bandit.most_states();
    features_.resize(state_.size() * static_cast<std::size_t>(round_.dimension));
    round_.features = features_;
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < state_.size(); ++i) streams_.push_back(arms.child(i));
    for (std::size_t i = 0; i < state_.size(); ++i) show(i) = 1;
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int) override { throw InvalidOption("restless arms are played several at once"); }

  Outcome play_items(std::span<const int> items, std::span<double> rewards) override {
    if (items.size() > static_cast<std::size_t>(bandit_.active()))
      throw InvalidOption(
          fmt::format("{} arms were played at once, at most {} may be", items.size(), bandit_.active()));
    std::ranges::fill(played_, kRest);
    for (std::size_t k = 0; k < items.size(); ++k) {
      Activity& what = played_[static_cast<std::size_t>(items[k])];
      if (what == kPlay) throw InvalidOption(fmt::format("arm {} was played twice at once", items[k]));
      what = kPlay;
      rewards[k] = bandit_.arms()[static_cast<std::size_t>(items[k])].reward(kPlay, state(items[k]));
    }
    Outcome outcome;
    for (std::size_t i = 0; i < state_.size(); ++i) {
      outcome.reward += bandit_.arms()[i].reward(played_[i], state_[i]);
      show(i) = 0;
      move(i);
      show(i) = 1;
    }
    outcome.mean = outcome.reward;
    outcome.regret = bandit_.comparator_value() - outcome.mean;
    return outcome;
  }

 private:
  int state(int arm) const { return state_[static_cast<std::size_t>(arm)]; }
  double& show(std::size_t arm) {
    return features_[arm * static_cast<std::size_t>(round_.dimension) + static_cast<std::size_t>(state_[arm])];
  }
  void move(std::size_t arm) {
    const ArmChain& chain = bandit_.arms()[arm];
    double left = streams_[arm].uniform();
    int to = -1;
    for (int s = 0; s < chain.states && left >= 0; ++s) {
      const double p = chain.transition(played_[arm], state_[arm], s);
      if (p == 0) continue;
      to = s;  // what rounding leaves goes to the last successor
      left -= p;
    }
    state_[arm] = to;
  }

  const RestlessBandit& bandit_;
  Round round_;
  std::vector<int> state_;
  std::vector<Activity> played_;
  std::vector<double> features_;
  std::vector<Stream> streams_;
};

}  // namespace

RestlessBandit::RestlessBandit(std::vector<ArmChain> arms, std::vector<int> starts, int active, Comparator comparator)
    : arms_(std::move(arms)), starts_(std::move(starts)), active_(active), comparator_(comparator) {
  if (arms_.empty() || starts_.size() != arms_.size())
    throw InvalidOption(fmt::format("a restless bandit has {} arms and {} starts", arms_.size(), starts_.size()));
  if (active_ < 1 || active_ > static_cast<int>(arms_.size()))
    throw InvalidOption(
        fmt::format("{} restless arms are played in a round, must be between 1 and all {}", active_, arms_.size()));
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    const bool again = i > 0 && arms_[i] == arms_[i - 1] && starts_[i] == starts_[i - 1];
    paths_.push_back(again ? paths_.back() : subsidy_path(arms_[i], 1, starts_[i]));
    most_states_ = std::max(most_states_, arms_[i].states);
  }
  bound_ = relaxation_bound(paths_, active_, 1);
  comparator_value_ = comparator_ == Comparator::kBound
                          ? bound_
                          : joint_optimum({.arms = arms_, .active = active_, .start = starts_}, 1e-9).middle();
}

World RestlessBandit::world(std::int64_t rounds) const {
  World world{.kind = Kind::kItems,
              .arms = static_cast<int>(arms_.size()),
              .items = active_,
              .rounds = rounds,
              .dimension = most_states_,
              .same_features = false};
  double low = 0, high = 1;
  for (const ArmChain& arm : arms_) {
    low = std::min(low, std::ranges::min(arm.rewards[kPlay]));
    high = std::max(high, std::ranges::max(arm.rewards[kPlay]));
  }
  world.low = low;
  world.high = high;
  world.sigma = (high - low) / 2;
  if (low < 0 || high > 1) world.noise = Noise::kOther;
  world.parameter_bound = std::sqrt(static_cast<double>(most_states_)) * std::max(-low, high);
  return world;
}

std::unique_ptr<Game> RestlessBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<RestlessGame>(*this, stream);
}

std::string RestlessBandit::content() const {
  std::string text = fmt::format("restless {} {}", active_, comparator_ == Comparator::kBound ? "bound" : "optimum");
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    text += fmt::format("\n{}", starts_[i]);
    for (const Activity what : {kRest, kPlay}) {
      for (const std::vector<double>& numbers : {arms_[i].rewards[what], arms_[i].transitions[what]})
        for (const double number : numbers) text += fmt::format(" {}", exact_text(number));
    }
  }
  return text + "\n";
}

int state_of(const Round& round, int arm) {
  const std::span<const double> feature = round.feature(arm);
  return static_cast<int>(std::ranges::find(feature, 1.0) - feature.begin());
}

}  // namespace bellwether::bandits
