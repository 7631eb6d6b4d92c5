#include "bandits/arms/prior.h"

#include <algorithm>
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

}  // namespace

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
  return {bandit_family<PriorOptions, prior_arms>(
      "prior-arms",
      "rewards 0 or 1 with means drawn from a known law in every run; regret against the best policy when discounted, "
      "else against the best arm",
      "Gittins 1979", "arms")};
}

}  // namespace bellwether::bandits
