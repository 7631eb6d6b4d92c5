#include <string>
#include <vector>

#include "bandits/arms/families.h"
#include "bandits/arms/tallying.h"
#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

constexpr const char* kSource = "Malik, Igoe, Li, Singh 2023";

struct TallyingOptions {
  int arms = 6, memory = 5;
  double decay = 0.8;
  std::string weights = "", noise = "gaussian";
  double sigma = 0.1;
  std::int64_t seed = 0;
};

template <class Field>
void describe_tallying(TallyingOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 100'000), "number of arms");
  field("memory", o.memory, between(1, 100'000), "m: how many rounds exposure looks back, this one counted");
  field("decay", o.decay, between(0, 1), "w_j = decay^(j - 1)");
  field("weights", o.weights, any_value(), "w_1, w_2, ... with / between them; empty: memory and decay say");
  field("noise", o.noise, one_of({"gaussian", "bernoulli"}), "of rewards around their mean");
  field("sigma", o.sigma, at_least(0), "standard deviation of gaussian noise");
  field("seed", o.seed, at_least(0), "draws what is random about the arms");
}

std::vector<double> weights_of(const TallyingOptions& o) {
  std::vector<double> weights = read_numbers("bandit", "weights", o.weights);
  if (!weights.empty()) return weights;
  double weight = 1;
  for (int j = 0; j < o.memory; ++j, weight *= o.decay) weights.push_back(weight);
  return weights;
}

NamedBandit named(const TallyingOptions& o, std::vector<ExposureLoss> losses) {
  const auto noise = o.noise == "bernoulli" ? TallyingBandit::Noise::kBernoulli : TallyingBandit::Noise::kGaussian;
  const auto bandit = std::make_shared<const TallyingBandit>(weights_of(o), std::move(losses), noise, o.sigma);
  double total = 0;
  for (const double weight : bandit->weights()) total += weight;
  return {.bandit = bandit,
          .facts = {{"loss of the comparator", bandit->full_loss(bandit->best()), "h of the best arm at full exposure"},
                    {"best arm", static_cast<double>(bandit->best()), "least loss at full exposure"},
                    {"full exposure", total, "sum of the weights"}}};
}

// --- Trap: an arm that is best once it was played long enough, and worst until then ----------------------------------

struct TrapOptions : TallyingOptions {
  double threshold = 0.9;
};

template <class Field>
void describe(TrapOptions& o, Field&& field) {
  describe_tallying(o, field);
  field("threshold", o.threshold, between(0, 1), "share of the full exposure from which on the one arm loses nothing");
}

NamedBandit trap(const TrapOptions& o) {
  std::vector<ExposureLoss> losses(static_cast<std::size_t>(o.arms));
  const auto good = Stream(static_cast<std::uint64_t>(o.seed)).child("good").below(static_cast<std::uint64_t>(o.arms));
  losses[good] = {.fresh = 1, .full = 0, .threshold = o.threshold};
  return named(o, std::move(losses));
}

// --- Smooth: every arm gets better with exposure ---------------------------------------------------------------------

struct SmoothOptions : TallyingOptions {
  double low = 0.2, high = 0.6;
};

template <class Field>
void describe(SmoothOptions& o, Field&& field) {
  describe_tallying(o, field);
  field("low", o.low, between(0, 1), "loss of arm 0 at full exposure");
  field("high", o.high, between(0, 1), "loss of the last arm at full exposure, those between at equal distances");
}

NamedBandit smooth(const SmoothOptions& o) {
  if (o.high > 0.6) throw InvalidOption("bandit: high is above 0.6, and fresh arms lose up to 0.4 more");
  std::vector<ExposureLoss> losses;
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("slope");
  for (int i = 0; i < o.arms; ++i) {
    const double full = o.arms == 1 ? o.low : o.low + (o.high - o.low) * i / (o.arms - 1);
    losses.push_back({.fresh = full + 0.2 + 0.2 * stream.uniform(), .full = full});
  }
  return named(o, std::move(losses));
}

}  // namespace

std::vector<Family> tallying_families() {
  return {bandit_family<TrapOptions, trap>(
              "tallying-trap",
              "losses depend on how often an arm was played lately: one is best at full exposure, worst before; regret "
              "against it at full exposure for ever",
              kSource, "arms"),
          bandit_family<SmoothOptions, smooth>(
              "tallying-smooth",
              "losses that fall in a straight line as an arm is played more; regret against the best arm at full "
              "exposure for ever",
              kSource, "arms")};
}

}  // namespace bellwether::bandits
