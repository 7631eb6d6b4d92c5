// Risk nested step in step: it contracts, and is robust planning in other words.
#include <algorithm>
#include <cmath>
#include <vector>

#include "proofs_checks/risk/claims.h"
#include "proofs_checks/risk/small_models.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/risk-measures.md";

/// Whether one backup of nested risk contracts: the largest ratio of distances over the factor.
Measurement nested_contraction(const Effort& effort, double exponent) {
  double worst = 0;
  std::int64_t pairs = 0;
  for (int i = 0; i < effort.pick(30, 300); ++i) {
    Stream stream = effort.stream.child(static_cast<std::uint64_t>(i));
    const mdp::TabularMdp model = drawn_risky_model(stream.child(0));
    const double discount = 0.5 + 0.45 * stream.uniform();
    for (const char* measure : {"conditional-value-at-risk", "entropic-value-at-risk", "entropic", "worst-case"}) {
      // A terminal value v is a last stage that pays it: compare horizons of one stage with shifted rewards.
      const auto backed_up = [&](double v0, double v1) {
        mdp::ModelData data = model.data();
        std::vector<double> rewards(data.rewards.front().by_transition.begin(),
                                    data.rewards.front().by_transition.end());
        for (std::size_t k = 0; k < rewards.size(); ++k) rewards[k] += discount * (k % 2 == 0 ? v0 : v1);
        data.rewards.front().by_transition = rewards;
        return solvers::plan_for_nested_risk(over_stages(mdp::TabularMdp(data), 1, 1),
                                             {.measure = measure, .level = 0.3, .beta = 0.8})
            .value;
      };
      const double v0 = 10 * stream.uniform(), v1 = 10 * stream.uniform(), w0 = v0 + stream.uniform();
      const double w1 = i % 2 == 0 ? v1 + (w0 - v0) : v1 - stream.uniform();
      const double before = std::max(std::abs(w0 - v0), std::abs(w1 - v1));
      const double after = (backed_up(v0, v1) - backed_up(w0, w1)).lpNorm<Eigen::Infinity>();
      worst = std::max(worst, after / before / std::pow(discount, exponent));
      ++pairs;
    }
  }
  return {.measured = worst, .bound = 1 + 1e-8, .replicates = pairs, .detail = "largest ratio over the factor"};
}

Claim nested_claim() {
  return {.id = "nested-risk-contracts",
          .family = "risk",
          .statement = "Backups with the risk of one step contract with factor gamma",
          .page = kPage,
          .theorem = "Ruszczynski 2010, Lemma 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return nested_contraction(effort, 1); },
          .controls = {{"squared-factor", "claims the factor gamma^2",
                        [](const Effort& effort) { return nested_contraction(effort, 2); }}}};
}

/// The sets within which nature does what a nested measure fears.
mdp::Ambiguity nature_of(const mdp::TabularMdp& model, const solvers::NestedRiskOptions& risk, double discount) {
  // Prices are in units of the value of the next state.
  if (risk.measure == "entropic") return {.kind = mdp::SetKind::kKl, .price = {1 / (discount * risk.beta)}};
  if (risk.measure == "entropic-value-at-risk") return {.kind = mdp::SetKind::kKl, .radius = {-std::log(risk.level)}};
  std::vector<double> upper;
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    for (const double p : model.probabilities(c)) upper.push_back(std::min(1.0, p / risk.level));
  const std::vector<double> lower(upper.size(), 0.0);
  return {.kind = mdp::SetKind::kInterval, .intervals = {lower, upper}};
}

/// The largest difference of nested and robust values; nature may take `level_factor` of the level.
Measurement robust_view(const Effort& effort, double level_factor) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int i = 0; i < effort.pick(15, 150); ++i) {
    Stream stream = effort.run(i);
    const mdp::TabularMdp model = drawn_risky_model(stream.child(0));
    const double discount = .6 + .35 * stream.uniform(), level = .1 + .8 * stream.uniform(),
                 beta = std::exp(3 * stream.uniform() - 2);
    for (const char* measure : {"conditional-value-at-risk", "entropic-value-at-risk", "entropic"}) {
      const auto nested =
          solvers::plan_for_nested_risk({.model = model, .discount = discount},
                                        {.measure = measure, .level = level, .beta = beta}, {.tolerance = 1e-9});
      const mdp::RobustMdp sets(
          model,
          nature_of(model, {.measure = measure, .level = level_factor * level, .beta = beta / level_factor}, discount));
      const auto robust = solvers::robust_policy_iteration({.model = sets, .discount = discount},
                                                           {{.worst_case = "none"}}, {.tolerance = 1e-9});
      worst = std::max(worst, (nested.value - robust.value).lpNorm<Eigen::Infinity>());
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1e-8, .replicates = runs, .detail = "largest difference of a value"};
}

Claim robust_view_claim() {
  return {
      .id = "nested-risk-is-robust",
      .family = "risk",
      .statement = "Nested tail mean is the robust model with rows up to p / level, nested entropic risk that of KL",
      .page = kPage,
      .theorem = "Artzner et al. 1999; Osogami 2012; Ahmadi-Javid 2012",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return robust_view(effort, 1); },
      .controls = {{"half-the-level", "lets nature double once more what she may",
                    [](const Effort& effort) { return robust_view(effort, .5); }}}};
}

}  // namespace

std::vector<Claim> nested_risk_claims() { return {nested_claim(), robust_view_claim()}; }

}  // namespace bellwether::claims
