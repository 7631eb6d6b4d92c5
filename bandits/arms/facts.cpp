#include "bandits/arms/facts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/information/complexity.h"
#include "bandits/information/proportions.h"

namespace bellwether::bandits {
namespace {

constexpr std::size_t kMostShares = 20, kMostSolved = 1000;

void add_laws(std::vector<BanditFact>& facts, std::span<const double> means, const LawFamily& law) {
  facts.push_back(
      {"Lai-Robbins constant", lai_robbins_constant(means, law),
       "sum of gap / d(mean, best mean): regret per ln T in the limit, for learners that know no structure"});
  if (means.size() > kMostSolved) return;
  const Proportions best = optimal_proportions(means, law);
  facts.push_back({"T*", best.time, "rounds per kl(delta, 1 - delta) that naming the best arm takes at least"});
  if (means.size() > kMostShares) return;
  for (std::size_t a = 0; a < means.size(); ++a)
    facts.push_back({fmt::format("w* of arm {}", a), best.share[a], "its share of the rounds that attains T*"});
}

}  // namespace

std::vector<BanditFact> facts_of(const Bandit& bandit) {
  const std::span<const double> means = bandit.means();
  const World world = bandit.world(1);
  if (world.kind != Kind::kArms || means.size() < 2) return {};
  std::vector<double> all = gaps(means);
  std::ranges::nth_element(all, all.begin() + 1);
  std::vector<BanditFact> facts = {{"smallest gap", all[1], "best mean minus second best"},
                                   {"H1", complexity_h1(means), "sum of 1 / gap^2"},
                                   {"H2", complexity_h2(means), "max over i of i / gap_(i)^2"}};
  if (world.noise == Noise::kBernoulli) add_laws(facts, means, {});
  if (world.noise == Noise::kGaussian) add_laws(facts, means, LawFamily::gaussian(world.sigma));
  if (world.noise == Noise::kPoisson) add_laws(facts, means, {.kind = LawFamily::Kind::kPoisson});
  if (world.noise == Noise::kExponential) add_laws(facts, means, {.kind = LawFamily::Kind::kExponential});
  if (std::isinf(world.sigma) && std::isfinite(world.moment))
    facts.push_back({fmt::format("moment of order {:.6g}", world.moment_order), world.moment,
                     "at least E |X|^order of every arm: what robust-ucb has to know"});
  return facts;
}

}  // namespace bellwether::bandits
