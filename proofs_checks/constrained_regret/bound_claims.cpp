// What learners at the constant of theory lose and exceed, against bounds with all constants.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "proofs_checks/bounds/constrained_regret.h"
#include "proofs_checks/constrained_regret/claims.h"
#include "proofs_checks/constrained_regret/tasks.h"

namespace bellwether::claims {
namespace {

using bounds::ConstrainedSize;
using online::ConstrainedRow;

constexpr const char* kPage = "docs/papers/constrained-regret.md";
constexpr const char* kFamily = "constrained-regret";

/// Of tempting_task.
ConstrainedSize size_of(std::int64_t episodes) {
  return {.states = 2, .choices = 4, .successors = 2, .horizon = 2, .episodes = static_cast<double>(episodes)};
}

/// What one run has measured, as shares of what theory allows.
struct Shares {
  double regret = 0, violation = 0;
};

/// The largest share over runs of `played` with this constant.
template <class SharesOf>
Measurement largest_share(const Effort& effort, std::string_view learner, const std::string& constant,
                          std::int64_t episodes, SharesOf&& shares_of) {
  const int runs = effort.pick(1, 12);
  Shares most;
  for (int k = 0; k < runs; ++k) {
    const auto task = tempting_task(effort.run(k).child("model"));
    const ConstrainedRow row = played(task, learner, constant, effort.run(k), episodes).last;
    const Shares shares = shares_of(row, world_of(task, episodes).baseline_slack());
    most.regret = std::max(most.regret, shares.regret);
    most.violation = std::max(most.violation, shares.violation);
  }
  return {.measured = std::max(most.regret, most.violation),
          .bound = 1,
          .replicates = runs,
          .detail = fmt::format("shares of the bounds: regret {:.3g}, violation {:.3g}", most.regret, most.violation)};
}

Measurement program_shares(const Effort& effort, std::string_view learner, const std::string& constant,
                           bool intervals) {
  const std::int64_t episodes = effort.pick(1'000'000, 3'000'000);
  const double bound = intervals ? bounds::opt_cmdp_sum(size_of(episodes)) : bounds::opt_lp_sum(size_of(episodes));
  return largest_share(effort, learner, constant, episodes, [&](const ConstrainedRow& row, double) {
    return Shares{row.positive_regret / bound, row.largest_hard() / bound};
  });
}

Claim program_claim(bool intervals) {
  return {
      .id = intervals ? "opt-cmdp-bounds" : "opt-lp-bounds",
      .family = kFamily,
      .statement = intervals ? "Positive regret and hard violation of OptCMDP stay below their bound with constants"
                             : "Positive regret and hard violation of OptLP stay below their bound with constants",
      .page = kPage,
      .theorem = "the order of Efroni, Mannor and Pirotta 2020 with constants derived on the page",
      .kind = Kind::kBelow,
      .measure =
          [=](const Effort& e) { return program_shares(e, intervals ? "opt-cmdp" : "opt-lp", "theory", intervals); },
      .controls = {{"no-limits", "looks for the best policy without limits",
                    [=](const Effort& e) { return program_shares(e, "bpi-ucb", "0", intervals); }},
                   {"never-leaves-baseline", "plays the safe baseline for ever",
                    [=](const Effort& e) { return program_shares(e, "opt-pess-lp", "1e6", intervals); }}}};
}

Measurement dual_shares(const Effort& effort, std::string_view learner, const std::string& constant, bool policies) {
  const std::int64_t episodes = effort.pick(1'000'000, 3'000'000);
  const ConstrainedSize size = size_of(episodes);
  return largest_share(effort, learner, constant, episodes, [&](const ConstrainedRow& row, double room) {
    const double regret =
        policies ? bounds::opt_primal_dual_regret(size, room, 2) : bounds::opt_dual_regret(size, room);
    const double violation =
        policies ? bounds::opt_primal_dual_violation(size, room, 2) : bounds::opt_dual_violation(size, room);
    return Shares{row.regret / regret, row.largest_excess() / violation};
  });
}

Claim dual_claim(bool policies) {
  return {.id = policies ? "opt-primal-dual-bounds" : "opt-dual-bounds",
          .family = kFamily,
          .statement = policies ? "Signed regret and violation of OptPrimalDual stay below their bounds with constants"
                                : "Signed regret and violation of OptDual stay below their bounds with constants",
          .page = kPage,
          .theorem = "the order of Efroni, Mannor and Pirotta 2020 with constants derived on the page",
          .kind = Kind::kBelow,
          .measure =
              [=](const Effort& e) {
                return dual_shares(e, policies ? "opt-primal-dual" : "opt-dual", "theory", policies);
              },
          .controls = {{"no-limits", "looks for the best policy without limits",
                        [=](const Effort& e) { return dual_shares(e, "bpi-ucb", "0", policies); }}}};
}

Measurement baseline_share(const Effort& effort, std::string_view learner, const std::string& constant) {
  const std::int64_t episodes = effort.pick(1'000'000, 3'000'000);
  const bool intervals = learner == "dope";
  return largest_share(effort, learner, constant, episodes, [&](const ConstrainedRow& row, double room) {
    const double longest = intervals ? bounds::dope_baseline(size_of(episodes), room)
                                     : bounds::opt_pess_lp_baseline(size_of(episodes), room);
    return Shares{0, static_cast<double>(row.baseline) / longest};
  });
}

Claim baseline_claim(bool intervals) {
  const std::string learner = intervals ? "dope" : "opt-pess-lp";
  return {.id = learner + "-leaves-baseline",
          .family = kFamily,
          .statement = fmt::format("{} plays its baseline in no more episodes than the bound with constants",
                                   intervals ? "DOPE" : "OptPess-LP"),
          .page = kPage,
          .theorem = "derived on the page: the baseline is feasible once its own widths sum to less than its room",
          .kind = Kind::kBelow,
          .measure = [=](const Effort& e) { return baseline_share(e, learner, "theory"); },
          .controls = {{"wide", "has widths a thousand times as wide",
                        [=](const Effort& e) { return baseline_share(e, learner, "1000"); }}}};
}

}  // namespace

std::vector<Claim> limit_bound_claims() {
  return {program_claim(false), program_claim(true),   dual_claim(false),
          dual_claim(true),     baseline_claim(false), baseline_claim(true)};
}

}  // namespace bellwether::claims
