// Lower bounds: on the hard families every learner of the tables pays what the theorems say that all must pay.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/lower_bounds.h"
#include "proofs_checks/bounds/episodic.h"
#include "proofs_checks/bounds/long_run.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/tabular-regret.md";

/// The practical constant where there is one: the hardest case for a lower bound, since these learners do learn.
template <class Learner>
std::vector<Setting> hardest_settings(const Learner& learner) {
  for (const OptionRow& row : learner.options())
    if (row.name == "constant") return {{"constant", "practical"}};
  return {};
}

/// The learner that comes closest to the bound: whose mean, less its uncertainty, is smallest.
class Smallest {
 public:
  void add(std::string_view learner, const std::vector<double>& samples) {
    const Measurement m = mean_against(samples, 1);
    if (!(margin(Kind::kAbove, m) < margin(Kind::kAbove, least_))) return;
    least_ = m;
    least_.detail = fmt::format("smallest regret / bound among {{}} learners: {}", learner);
  }
  void count() { ++learners_; }
  Measurement result() {
    least_.detail = fmt::format(fmt::runtime(least_.detail), learners_);
    return least_;
  }

 private:
  Measurement least_{.measured = std::numeric_limits<double>::infinity(), .bound = 1};
  int learners_ = 0;
};

// --- Episodes --------------------------------------------------------------------------------------------------------

/// All members (h*, leaf*, a*) of the family of Domingues et al. for A = 2, d = 3, H = 9: 3 * 4 * 2 of them.
std::vector<online::EpisodicTask> tree_family(double advantage) {
  std::vector<online::EpisodicTask> family;
  for (int wait = 1; wait <= 3; ++wait) {
    for (int leaf = 0; leaf < 4; ++leaf) {
      for (int action = 0; action < 2; ++action) {
        family.emplace_back(mdp::hard_tree({.actions = 2,
                                            .depth = 3,
                                            .horizon = 9,
                                            .advantage = advantage,
                                            .good_wait = wait,
                                            .good_leaf = leaf,
                                            .good_action = action})
                                .stages);
      }
    }
  }
  return family;
}

/// For each seed the regret of the learner averaged over the family, divided by the bound.
std::vector<double> family_regret(const Effort& effort, const online::EpisodicLearner& learner, std::int64_t episodes) {
  const bounds::EpisodicSize size{.states = 10, .actions = 2, .horizon = 9, .episodes = static_cast<double>(episodes)};
  if (!bounds::domingues_applies(size, 3)) return {};
  const auto family = tree_family(bounds::domingues_advantage(4, 2, 3, size.episodes));
  std::vector<double> samples;
  for (int seed = 0; seed < effort.pick(4, 10); ++seed) {
    double sum = 0;
    std::uint64_t member = 0;
    for (const online::EpisodicTask& task : family) {
      const Stream stream = effort.run(seed).child(member++);
      sum += play(task, learner.name, hardest_settings(learner), episodes, stream).last.value_regret;
    }
    samples.push_back(sum / static_cast<double>(family.size()) / bounds::domingues_regret(size));
  }
  return samples;
}

Measurement hard_trees(const Effort& effort, bool control) {
  Smallest smallest;
  for (const online::EpisodicLearner& learner : online::episodic_table()) {
    if (learner.protocol != Protocol::kEpisodic) continue;
    if ((learner.name == "optimal") != control) continue;  // the one learner that knows the member of the family
    smallest.count();
    for (const std::int64_t episodes : effort.pick<std::vector<std::int64_t>>({180}, {180, 720, 2880}))
      smallest.add(learner.name, family_regret(effort, learner, episodes));
  }
  return smallest.result();
}

Claim hard_tree_claim() {
  return {.id = "domingues-lower-bound",
          .family = "tabular-regret",
          .statement = "Averaged over the hard trees, every learner has E Regret(K) >= sqrt(H^3 S A K) / (48 sqrt 6)",
          .page = kPage,
          .theorem = "Domingues, Menard, Kaufmann and Valko 2021, Theorem 9",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return hard_trees(effort, false); },
          .controls = {{"told", "a learner that is told which member of the family it plays",
                        [](const Effort& effort) { return hard_trees(effort, true); }}}};
}

// --- The long run ----------------------------------------------------------------------------------------------------

/// For each seed the regret averaged over all places of the good choice, divided by the bound. Regret by gaps has the
/// mean of the theorem's regret but for the bias between first and last state, which is taken off.
std::vector<double> gadget_regret(const Effort& effort, const online::AverageLearner& learner, std::int64_t steps) {
  const bounds::LongRunSize size{.states = 10, .actions = 10, .diameter = 20, .steps = static_cast<double>(steps)};
  if (!bounds::jao_applies(size)) return {};
  std::vector<double> samples(static_cast<std::size_t>(effort.pick(4, 10)), 0.0);
  std::uint64_t member = 0;
  for (int gadget = 0; gadget < 5; ++gadget) {
    for (int action = 0; action < 4; ++action, ++member) {
      const online::AverageTask task(mdp::jao({.states = 10,
                                               .actions = 10,
                                               .diameter = size.diameter,
                                               .hardest_for = static_cast<double>(steps),
                                               .good_gadget = gadget,
                                               .good_action = action})
                                         .model);
      for (std::size_t seed = 0; seed < samples.size(); ++seed) {
        const Stream stream = effort.stream.child(seed).child(member);
        const auto agent =
            learner.make(task, online::world_of(task, steps), hardest_settings(learner), stream.child("learner"));
        const double regret =
            online::run_average(task, *agent, stream, {.steps = steps, .checkpoints = {steps}}).back().gap_regret;
        samples[seed] += (regret - task.bias_span()) / 20 / bounds::jao_regret(size);
      }
    }
  }
  return samples;
}

Measurement gadgets(const Effort& effort, bool control) {
  Smallest smallest;
  for (const online::AverageLearner& learner : online::average_table()) {
    if ((learner.name == "optimal") != control) continue;
    smallest.count();
    for (const std::int64_t steps : effort.pick<std::vector<std::int64_t>>({4000}, {4000, 40'000, 400'000}))
      smallest.add(learner.name, gadget_regret(effort, learner, steps));
  }
  return smallest.result();
}

Claim gadgets_claim() {
  return {.id = "jao-lower-bound",
          .family = "tabular-regret",
          .statement = "Averaged over the places of the good choice, every learner has E Regret(T) >= 0.015 sqrt(DSAT)",
          .page = kPage,
          .theorem = "Jaksch, Ortner and Auer 2010, Theorem 5",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return gadgets(effort, false); },
          .controls = {{"told", "a learner that is told where the good choice is",
                        [](const Effort& effort) { return gadgets(effort, true); }}}};
}

}  // namespace

std::vector<Claim> lower_bound_claims() { return {hard_tree_claim(), gadgets_claim()}; }

}  // namespace bellwether::claims
