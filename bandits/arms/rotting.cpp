#include "bandits/arms/rotting.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

/// How often each arm was pulled, and what its next pull is expected to bring.
class Rotten {
 public:
  Rotten(const RottingBandit& bandit, std::int64_t rounds)
      : bandit_(bandit), rounds_(rounds), pulls_(bandit.arms().size(), 0) {}

  double mean(std::size_t arm, std::int64_t round) const {
    return bandit_.arms()[arm].at(bandit_.rested() ? pulls_[arm] : round - 1, rounds_);
  }
  std::size_t best(std::int64_t round) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < pulls_.size(); ++i)
      if (mean(i, round) > mean(best, round)) best = i;
    return best;
  }
  double pull(std::size_t arm, std::int64_t round) {
    const double value = mean(arm, round);
    ++pulls_[arm];
    return value;
  }

 private:
  const RottingBandit& bandit_;
  std::int64_t rounds_;
  std::vector<std::int64_t> pulls_;
};

class RottingGame : public Game {
 public:
  RottingGame(const RottingBandit& bandit, std::int64_t rounds, const Stream& stream)
      : played_(bandit, rounds), compared_(bandit, rounds) {
    round_.arms = static_cast<int>(bandit.arms().size());
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < bandit.arms().size(); ++i) streams_.push_back(arms.child(i));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    const double mean = played_.pull(a, round_.number);
    const double best = compared_.pull(compared_.best(round_.number), round_.number);
    return {.reward = sample_bernoulli(streams_[a], mean) ? 1.0 : 0.0, .mean = mean, .regret = best - mean};
  }

 private:
  Rotten played_, compared_;
  Round round_;
  std::vector<Stream> streams_;
};

struct RottingOptions {
  int arms = 2;
  double high = 0.9, low = 0.1, safe = 0.5, lasts = 0.25;
  std::string rots = "pulls", shape = "step";
};

template <class Field>
void describe(RottingOptions& o, Field&& field) {
  field("arms", o.arms, between(2, 100'000), "number of arms: arm 0 does not rot");
  field("safe", o.safe, between(0, 1), "mean of arm 0");
  field("high", o.high, between(0, 1), "mean of all others at first");
  field("low", o.low, between(0, 1), "and in the end");
  field("lasts", o.lasts, between(0, 1), "share of the run until the first of them falls; arm i lasts i times as long");
  field("rots", o.rots, one_of({"pulls", "rounds"}), "what rots an arm: its pulls (rested), or rounds (restless)");
  field("shape", o.shape, one_of({"step", "linear"}), "falls at once, or in a straight line to the end of the run");
}

NamedBandit rotting(const RottingOptions& o) {
  std::vector<Rot> arms = {{.start = o.safe, .end = o.safe}};
  for (int i = 1; i < o.arms; ++i)
    arms.push_back({.shape = o.shape == "step" ? Rot::Shape::kStep : Rot::Shape::kLinear,
                    .start = o.high,
                    .end = o.low,
                    .lasts = std::min(1.0, i * o.lasts)});
  return {.bandit = std::make_shared<const RottingBandit>(std::move(arms), o.rots == "pulls")};
}

}  // namespace

double Rot::at(std::int64_t used, std::int64_t rounds) const {
  const double length = static_cast<double>(rounds), over = static_cast<double>(used) - lasts * length;
  if (over < 0) return start;
  if (shape == Shape::kStep || lasts == 1) return end;
  return start + (end - start) * std::min(1.0, over / ((1 - lasts) * length));
}

RottingBandit::RottingBandit(std::vector<Rot> arms, bool rested) : arms_(std::move(arms)), rested_(rested) {
  if (arms_.empty()) throw InvalidOption("a rotting bandit has no arms");
  for (std::size_t i = 0; i < arms_.size(); ++i)
    if (!(arms_[i].start <= 1 && arms_[i].end >= 0 && arms_[i].start >= arms_[i].end && arms_[i].lasts >= 0 &&
          arms_[i].lasts <= 1))
      throw InvalidOption(fmt::format("arm {}: means {} at first and {} in the end must fall within [0, 1]", i,
                                      arms_[i].start, arms_[i].end));
}

World RottingBandit::world(std::int64_t rounds) const {
  return {.arms = static_cast<int>(arms_.size()), .rounds = rounds, .noise = Noise::kBernoulli};
}

std::unique_ptr<Game> RottingBandit::start(std::int64_t rounds, const Stream& stream) const {
  return std::make_unique<RottingGame>(*this, rounds, stream);
}

std::string RottingBandit::content() const {
  std::string text = fmt::format("rotting by {}\n", rested_ ? "pulls" : "rounds");
  for (const Rot& arm : arms_)
    text += fmt::format("{} {} {} {}\n", arm.shape == Rot::Shape::kStep ? "step" : "linear", exact_text(arm.start),
                        exact_text(arm.end), exact_text(arm.lasts));
  return text;
}

std::vector<Family> rotting_families() {
  return {bandit_family<RottingOptions, rotting>("rotting-arms",
                                                 "arms whose means fall as they are pulled, or as time passes; regret "
                                                 "against always playing the largest next mean",
                                                 "Levine, Crammer, Mannor 2017; Seznec et al. 2019", "arms")};
}

}  // namespace bellwether::bandits
