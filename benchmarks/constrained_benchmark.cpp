// Problems with two budgets: the linear program beside cutting planes and dual ascent on models that grow, up to 10^5
// states. Each answer is checked before its time counts: feasible for certain, with a proven relative gap of 1e-4, and
// enclosing what another planner found.

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/register.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/instances/garnet.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;
using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;

constexpr double kRelativeGap = 1e-4;

struct Planner {
  std::string_view name;
  int most_states;
  int most_threads;
  ConstrainedSolution (*solve)(const ConstrainedProblem&, const solvers::SolveOptions&);
};
constexpr std::array<Planner, 3> kPlanners = {
    {{"occupancy-lp", 3000, 1,  // Clp needs minutes beyond and runs on one thread
      [](const ConstrainedProblem& problem, const solvers::SolveOptions& run) {
        return solvers::occupancy_lp(problem, {.sensitivity = false}, run);
      }},
     {"bundle", 100'000, 2,
      [](const ConstrainedProblem& problem, const solvers::SolveOptions& run) {
        return solvers::bundle(problem, {}, run);
      }},
     {"dual-ascent", 300, 1, [](const ConstrainedProblem& problem, const solvers::SolveOptions& run) {
        return solvers::dual_ascent(problem, {}, run);
      }}}};

struct Size {
  std::string_view name;
  int states;
};
constexpr std::array<Size, 5> kSizes = {
    {{"tiny", 30}, {"garnet_300", 300}, {"garnet_3e3", 3000}, {"garnet_1e4", 10'000}, {"garnet_1e5", 100'000}}};

/// A Garnet with four choices and five successors, discount 0.99, a uniform start, and two random costs whose limits
/// both bind.
const ConstrainedProblem& problem_of(const Size& size) {
  static std::map<std::string_view, ConstrainedProblem> made;
  if (const auto found = made.find(size.name); found != made.end()) return found->second;
  const mdp::TabularMdp rows = mdp::garnet({.states = size.states, .actions = 4, .successors = 5, .seed = 3}).model;
  std::vector<mdp::Column> costs;
  for (const char* name : {"fuel", "wear"}) {
    Stream draw = Stream(5).child(name);
    std::vector<double> cost(static_cast<std::size_t>(rows.num_choices()));
    for (double& x : cost) x = draw.uniform();
    costs.push_back({.name = name, .expected = std::move(cost), .by_transition = {}});
  }
  const mdp::TabularMdp model =
      mdp::with_costs(rows, std::move(costs))
          .with_initial(std::vector<double>(static_cast<std::size_t>(size.states), 1.0 / size.states));
  ConstrainedProblem problem{.model = {model, std::vector<double>{0, 0}}, .discount = .99};
  return made.emplace(size.name, solvers::with_binding_limits(std::move(problem), .4)).first->second;
}

/// The tolerance: a share of a number that the value does not fall below on these models (half of 1 / (1 - discount)).
double tolerance_of(const ConstrainedProblem& problem) { return kRelativeGap * 0.5 / (1 - problem.discount); }

ConstrainedSolution solve(const Size& size, const Planner& planner) {
  const ConstrainedProblem& problem = problem_of(size);
  return planner.solve(problem, {.tolerance = tolerance_of(problem)});
}

/// Cutting planes are held against the program, all else against cutting planes.
const Planner& other_than(const Planner& planner) { return kPlanners[planner.name == "bundle" ? 0 : 1]; }

std::string fault_of(const ConstrainedSolution& got, const Size& size, const Planner& planner) {
  if (got.status != Status::kConverged) return fmt::format("ended as {}", to_string(got.status));
  if (got.violation != 0) return "exceeds a budget";
  if (!(got.gap <= kRelativeGap * std::abs(got.expected.value))) return "does not prove the relative gap";
  const Planner& second = other_than(planner);
  if (size.states > second.most_states) return {};
  const ConstrainedSolution other = solve(size, second);
  if (got.optimum.lower > other.optimum.upper || other.optimum.lower > got.optimum.upper)
    return "disagrees with another planner";
  return {};
}

void measure(State& state, const Size& size, const Planner& planner, int threads) {
  const ThreadCount guard(threads);
  const ConstrainedSolution checked = solve(size, planner);
  if (const std::string fault = fault_of(checked, size, planner); !fault.empty())
    return state.SkipWithError(fault.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(solve(size, planner));
  state.counters["iterations"] = static_cast<double>(checked.iterations);
  state.counters["gap"] = checked.gap;
}

}  // namespace

void register_constrained() {
  for (const Size& size : kSizes) {
    for (const Planner& planner : kPlanners) {
      if (size.states > planner.most_states) continue;
      for (int threads = 1; threads <= planner.most_threads; ++threads) {
        auto* entry = benchmark::RegisterBenchmark(
            fmt::format("constrained/{}/{}/threads:{}", planner.name, size.name, threads).c_str(),
            [&size, &planner, threads](State& state) { measure(state, size, planner, threads); });
        entry->Unit(benchmark::kMillisecond)->UseRealTime();
        if (size.states > 1000) entry->Iterations(1);
      }
    }
  }
}

}  // namespace bellwether::benchmarks
