#include <string>
#include <vector>

#include "bandits/arms/families.h"
#include "bandits/arms/relaxation.h"

namespace bellwether::bandits {
namespace {

struct RelaxationOptions {
  int side = 10;
  std::string shifts = "high", comparator = "instance", omegas = "";
  double tolerance = 1e-8;
  int most = 10'000;
};

template <class Field>
void describe(RelaxationOptions& o, Field&& field) {
  field("side", o.side, between(1, 200), "points on a side of the grid whose Laplacian is relaxed");
  field("shifts", o.shifts, one_of({"high", "low"}),
        "variance of the diagonal's shift -.15 + .6 X: X of the law Beta(1/2, 3/2) or Beta(2, 6)");
  field("comparator", o.comparator, one_of({"instance", "fixed"}),
        "regret against the best omega of every system, or the best arm of all rounds: solves all with all");
  field("omegas", o.omegas, any_value(), "arms, with / between them; empty: 1, 1.05, ..., 1.95");
  field("tolerance", o.tolerance, inside(0, 1), "relative residual at which a system counts as solved");
  field("most", o.most, between(1, 1'000'000), "iterations at which it is given up");
}

NamedBandit relaxation(const RelaxationOptions& o) {
  std::vector<double> omegas = read_numbers("bandit", "omegas", o.omegas);
  constexpr int kArms = 20;
  for (int i = 0; i < kArms && o.omegas.empty(); ++i) omegas.push_back((100 + 5 * i) / 100.0);
  RelaxationLaw law{.side = o.side};
  if (o.shifts == "low") law.first = 2, law.second = 6;
  using Comparator = RelaxationBandit::Comparator;
  const auto bandit =
      std::make_shared<const RelaxationBandit>(law, std::move(omegas), o.tolerance, o.most,
                                               o.comparator == "fixed" ? Comparator::kFixed : Comparator::kInstance);
  const double widest = law.low, narrowest = law.low + law.span;
  return {.bandit = bandit,
          .facts = {{"best omega at the smallest shift", bandit->instance_omega(widest), "Young's formula"},
                    {"best omega at the largest shift", bandit->instance_omega(narrowest), "Young's formula"}}};
}

}  // namespace

std::vector<Family> relaxation_families() {
  return {bandit_family<RelaxationOptions, relaxation>(
      "relaxation",
      "how strongly to over-relax linear systems that come one after another: rewards are minus iterations; regret "
      "against the best value of each system or the best fixed one in hindsight",
      "Khodak, Chow, Balcan, Talwalkar 2024")};
}

}  // namespace bellwether::bandits
