#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/facts.h"
#include "bandits/arms/families.h"
#include "bandits/arms/law.h"
#include "bandits/arms/stationary.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// Means of K arms: written out, or one best arm and the others below it.
struct MeansOptions {
  std::string means = "";
  int arms = 10;
  double best = 0.5, gap = 0.1;
  std::string shape = "equal";
};

template <class Field>
void describe_means(MeansOptions& o, Field&& field) {
  field("means", o.means, any_value(), "mean of each arm, with / between them; empty: as the options below say");
  field("arms", o.arms, between(1, 1'000'000), "number of arms");
  field("best", o.best, between(-1e6, 1e6), "mean of arm 0, the best");
  field("gap", o.gap, between(0, 1e6), "by how much the others lie below it");
  field("shape", o.shape, one_of({"equal", "linear"}),
        "equal: all others at the gap; linear: from the gap to the gap times (arms - 1)");
}

struct BernoulliOptions : MeansOptions {};

template <class Field>
void describe(BernoulliOptions& o, Field&& field) {
  describe_means(o, field);
}

struct LawOptions : MeansOptions {
  LawOptions() {
    best = 1;
    gap = 0.5;
  }
  std::string law = "gaussian";
  double spread = 1, degrees = 3;
};

template <class Field>
void describe(LawOptions& o, Field&& field) {
  field("law", o.law, one_of(law_names()), "law of the rewards around the means");
  describe_means(o, field);
  field("spread", o.spread, above(0),
        "standard deviation (gaussian), half width (uniform), a + b (beta), scale (student)");
  field("degrees", o.degrees, above(1), "degrees of freedom (student), exponent of the tail (pareto)");
}

/// Means that are written out leave nothing for the other options to say.
template <class Options>
std::vector<double> means_of(const Options& o) {
  std::vector<double> means = read_numbers("bandit", "means", o.means);
  const Options unsaid;
  const bool described =
      o.arms != unsaid.arms || o.best != unsaid.best || o.gap != unsaid.gap || o.shape != unsaid.shape;
  if (!means.empty() && described)
    throw InvalidOption(
        "bandit: options 'means' and 'arms', 'best', 'gap' or 'shape': either the means or how they lie");
  if (means.size() == 1)
    throw InvalidOption(
        fmt::format("bandit: option 'means' has one number, {:g}, must be at least two with / between "
                    "them (a comma begins another value of a sweep)",
                    means.front()));
  if (!means.empty()) return means;
  for (int i = 0; i < o.arms; ++i) {
    const double steps = o.shape == "linear" ? i : (i == 0 ? 0 : 1);
    means.push_back(o.best - steps * o.gap);
  }
  return means;
}

template <class Options>
NamedBandit with_laws(const Options& o, const Law& law) {
  std::vector<Law> laws;
  for (const double mean : means_of(o)) {
    laws.push_back(law);
    laws.back().mean = mean;
  }
  NamedBandit made{.bandit = std::make_shared<const StationaryBandit>(std::move(laws))};
  made.facts = facts_of(*made.bandit);
  return made;
}

NamedBandit bernoulli_arms(const BernoulliOptions& o) { return with_laws(o, {}); }

NamedBandit arms(const LawOptions& o) {
  return with_laws(o, {.family = law_family("bandit", o.law), .spread = o.spread, .degrees = o.degrees});
}

}  // namespace

std::vector<Family> stationary_families() {
  return {bandit_family<BernoulliOptions, bernoulli_arms>("bernoulli-arms", "rewards 0 or 1", "textbooks", "arms"),
          bandit_family<LawOptions, arms>("arms", "rewards of a chosen law: normal, bounded, counts, heavy tails",
                                          "textbooks", "arms")};
}

}  // namespace bellwether::bandits
