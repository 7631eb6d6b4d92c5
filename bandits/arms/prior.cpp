#include "bandits/arms/prior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "bandits/indices/beta_optimum.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class PriorGame : public Game {
 public:
  PriorGame(const PriorBandit& bandit, const Stream& stream) : discount_(bandit.discount()) {
    round_.arms = bandit.arms();
    const Stream arms = stream.child("arm");
    Stream draws = stream.child("mean");
    for (int i = 0; i < bandit.arms(); ++i) {
      streams_.push_back(arms.child(static_cast<std::uint64_t>(i)));
      means_.push_back(sample_beta(draws, bandit.successes(), bandit.failures()));
    }
    compared_ = discount_ < 1 ? bandit.optimum() : std::ranges::max(means_);
  }

  const Round& next() override {
    weight_ = ++round_.number == 1 ? 1 : weight_ * discount_;
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    return {.reward = sample_bernoulli(streams_[a], means_[a]) ? 1.0 : 0.0,
            .mean = means_[a],
            .regret = compared_ - means_[a],
            .weight = weight_};
  }

 private:
  double discount_, weight_ = 1, compared_ = 0;
  Round round_;
  std::vector<Stream> streams_;
  std::vector<double> means_;
};

/// Normal arms with these means.
class NormalGame : public Game {
 public:
  NormalGame(std::vector<double> means, double sigma, const Stream& stream)
      : means_(std::move(means)), best_(std::ranges::max(means_)), sigma_(sigma) {
    round_.arms = static_cast<int>(means_.size());
    const Stream arms = stream.child("arm");
    for (std::size_t i = 0; i < means_.size(); ++i) streams_.push_back(arms.child(i));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    return {.reward = means_[a] + sigma_ * sample_normal(streams_[a]), .mean = means_[a], .regret = best_ - means_[a]};
  }

 private:
  std::vector<double> means_;
  double best_, sigma_;
  Round round_;
  std::vector<Stream> streams_;
};

struct PriorOptions {
  int arms = 3;
  double successes = 1, failures = 1, discount = 0.9;
};

template <class Field>
void describe(PriorOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 100'000), "number of arms");
  field("successes", o.successes, above(0), "a of Beta(a, b), from which every arm's mean is drawn in every run");
  field("failures", o.failures, above(0), "b of it");
  field("discount", o.discount, between(0, 1), "weight of a round by that of the round before; 1: all count the same");
}

NamedBandit prior_arms(const PriorOptions& o) {
  const auto bandit = std::make_shared<const PriorBandit>(o.arms, o.successes, o.failures, o.discount);
  NamedBandit made{.bandit = bandit};
  if (o.discount < 1)
    made.facts = {{"most that can be expected, times 1 - discount", bandit->optimum(), "Whittle's integral"},
                  {"proven to within", bandit->slack(), "of that"}};
  return made;
}

struct NormalPriorOptions {
  int arms = 10;
  double mean = 0, spread = 1, sigma = 1;
};

template <class Field>
void describe(NormalPriorOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 100'000), "number of arms");
  field("mean", o.mean, between(-1e6, 1e6), "of the normal law from which every arm's mean is drawn in every run");
  field("spread", o.spread, above(0), "its standard deviation");
  field("sigma", o.sigma, above(0), "standard deviation of rewards around their mean");
}

NamedBandit normal_prior_arms(const NormalPriorOptions& o) {
  return {.bandit = std::make_shared<const NormalPriorBandit>(o.arms, o.mean, o.spread, o.sigma)};
}

}  // namespace

NormalPriorBandit::NormalPriorBandit(int arms, double mean, double spread, double sigma)
    : arms_(arms), mean_(mean), spread_(spread), sigma_(sigma) {
  if (arms_ < 1) throw InvalidOption("a bandit has no arms");
  if (!std::isfinite(mean_) || !(spread_ > 0 && sigma_ > 0) || std::isinf(spread_) || std::isinf(sigma_))
    throw InvalidOption(fmt::format("N({}, {}^2) and sigma {} are no laws", mean_, spread_, sigma_));
}

World NormalPriorBandit::world(std::int64_t rounds) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {.arms = arms_,
          .rounds = rounds,
          .noise = Noise::kGaussian,
          .sigma = sigma_,
          .low = -kInfinity,
          .high = kInfinity};
}

std::unique_ptr<Game> NormalPriorBandit::start(std::int64_t, const Stream& stream) const {
  Stream draws = stream.child("mean");
  std::vector<double> means;
  for (int i = 0; i < arms_; ++i) means.push_back(mean_ + spread_ * sample_normal(draws));
  return std::make_unique<NormalGame>(std::move(means), sigma_, stream);
}

std::string NormalPriorBandit::content() const {
  return fmt::format("normal prior {} {} {} {}\n", arms_, exact_text(mean_), exact_text(spread_), exact_text(sigma_));
}

PriorBandit::PriorBandit(int arms, double successes, double failures, double discount)
    : arms_(arms), successes_(successes), failures_(failures), discount_(discount) {
  if (arms_ < 1) throw InvalidOption("a bandit has no arms");
  if (!(successes_ > 0 && failures_ > 0))
    throw InvalidOption(fmt::format("Beta({}, {}) is no law, both must be above 0", successes_, failures_));
  if (discount_ == 1) return;
  const Enclosure best = beta_optimum(successes_, failures_, arms_, discount_);
  optimum_ = best.middle();
  slack_ = (best.high - best.low) / 2;
}

World PriorBandit::world(std::int64_t rounds) const {
  return {.arms = arms_, .rounds = rounds, .noise = Noise::kBernoulli};
}

std::unique_ptr<Game> PriorBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<PriorGame>(*this, stream);
}

std::string PriorBandit::content() const {
  return fmt::format("prior {} {} {} {}\n", arms_, exact_text(successes_), exact_text(failures_),
                     exact_text(discount_));
}

std::vector<Family> prior_families() {
  return {
      bandit_family<PriorOptions, prior_arms>("prior-arms",
                                              "rewards 0 or 1 with means drawn from a known law in every run; regret "
                                              "against the best policy when discounted, "
                                              "else against the best arm",
                                              "Gittins 1979", "arms"),
      bandit_family<NormalPriorOptions, normal_prior_arms>(
          "normal-prior-arms", "normal rewards with means drawn from a normal law in every run", "textbooks", "arms")};
}

}  // namespace bellwether::bandits
