#include "bandits/arms/changing.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

class ChangingGame : public Game {
 public:
  ChangingGame(const Drift& drift, Against comparator, Draw draw, std::int64_t rounds, const Stream& stream)
      : path_(drift.start(rounds, stream.child("path"))),
        means_(static_cast<std::size_t>(drift.arms())),
        table_(drift.arms(), draw, stream.child("arm")) {
    round_.arms = drift.arms();
    if (comparator == Against::kBestFixed) fixed_ = best_fixed_arm(drift, rounds, stream.child("path"));
  }

  const Round& next() override {
    ++round_.number;
    path_->next(means_);
    table_.draw(means_);
    return round_;
  }

  Outcome play(int arm) override {
    const double mean = means_[static_cast<std::size_t>(arm)];
    const double best = fixed_ < 0 ? std::ranges::max(means_) : means_[static_cast<std::size_t>(fixed_)];
    return {.reward = table_.reward(arm), .mean = mean, .regret = best - mean};
  }

  double best_in_hindsight() const override { return table_.best_sum(); }

 private:
  std::unique_ptr<Path> path_;
  std::vector<double> means_;
  RewardTable table_;
  Round round_;
  int fixed_ = -1;
};

}  // namespace

Against against(std::string_view object, std::string_view word) {
  if (word == "rounds") return Against::kBestOfEachRound;
  if (word == "fixed") return Against::kBestFixed;
  throw InvalidOption(fmt::format("{}: against is '{}', must be rounds or fixed", object, word));
}

RewardTable::RewardTable(int arms, Draw draw, const Stream& stream)
    : draw_(draw), reward_(static_cast<std::size_t>(arms)), sum_(reward_.size()) {
  for (std::size_t i = 0; draw == Draw::kBernoulli && i < reward_.size(); ++i) streams_.push_back(stream.child(i));
}

void RewardTable::draw(std::span<const double> means) {
  for (std::size_t i = 0; i < means.size(); ++i) {
    reward_[i] = draw_ == Draw::kExact ? means[i] : (streams_[i].uniform() < means[i] ? 1 : 0);
    sum_[i] += reward_[i];
  }
}

double RewardTable::best_sum() const { return std::ranges::max(sum_); }

int best_fixed_arm(const Drift& drift, std::int64_t rounds, const Stream& stream) {
  const auto path = drift.start(rounds, stream);
  std::vector<double> means(static_cast<std::size_t>(drift.arms())), sum(means.size());
  for (std::int64_t t = 0; t < rounds; ++t) {
    path->next(means);
    for (std::size_t i = 0; i < means.size(); ++i) sum[i] += means[i];
  }
  return static_cast<int>(std::ranges::max_element(sum) - sum.begin());
}

ChangingBandit::ChangingBandit(std::shared_ptr<const Drift> drift, Against comparator, Draw draw)
    : drift_(std::move(drift)), comparator_(comparator), draw_(draw) {}

World ChangingBandit::world(std::int64_t rounds) const {
  drift_->require_length(rounds);
  return {.arms = drift_->arms(),
          .rounds = rounds,
          .noise = draw_ == Draw::kBernoulli ? Noise::kBernoulli : Noise::kUnit,
          .sigma = 0.5};
}

std::unique_ptr<Game> ChangingBandit::start(std::int64_t rounds, const Stream& stream) const {
  drift_->require_length(rounds);
  return std::make_unique<ChangingGame>(*drift_, comparator_, draw_, rounds, stream);
}

std::string ChangingBandit::content() const {
  return fmt::format("changing {} {}\n{}", comparator_ == Against::kBestFixed ? "fixed" : "rounds",
                     draw_ == Draw::kExact ? "exact" : "bernoulli", drift_->content());
}

}  // namespace bellwether::bandits
