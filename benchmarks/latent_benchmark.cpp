// Planning with hidden states: the exact planners against the horizon, and HSVI to a proven gap. Each answer is checked
// against another planner, or by evaluating its controller, before its time counts.

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/register.h"
#include "core/stream.h"
#include "mdp/latent/instances.h"
#include "solvers/latent/registry.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;
using solvers::Criterion;
using solvers::LatentProblem;
using solvers::LatentSolution;

struct Question {
  std::string name;
  LatentProblem problem;
  double tolerance = 1e-6;
};

LatentProblem staged(const mdp::Pomdp& model, int horizon) {
  return {.model = model, .criterion = Criterion::kFinite, .horizon = horizon};
}

/// Horizons 2, 4, 6 of a latent model, 10 and 40 of the tiger; discounted tiger and corridor.
const std::vector<Question>& questions() {
  static const std::vector<Question> all = [] {
    const mdp::LatentMdp latent = mdp::random_latent(Stream(1), {.contexts = 2, .states = 3, .horizon = 6});
    std::vector<Question> list = {{"tiny", staged(mdp::tiger(), 3)}};
    for (const int horizon : {2, 4, 6})
      list.push_back({fmt::format("latent_h{}", horizon), staged(latent.pomdp(), horizon)});
    for (const int horizon : {10, 40})
      list.push_back({fmt::format("tiger_h{}", horizon), staged(mdp::tiger(), horizon)});
    list.push_back({"tiger", {.model = mdp::tiger(), .discount = .95}, 1e-3});
    list.push_back({"corridor_20", {.model = mdp::noisy_chain(20), .discount = .95}, 5e-2});
    return list;
  }();
  return all;
}

/// Why an answer does not count; empty if it does.
std::string fault_of(const LatentSolution& found, const Question& question) {
  if (found.status != Status::kConverged) return fmt::format("ends {}", to_string(found.status));
  const solvers::Enclosed worth = evaluate(found.policy, question.problem);
  if (!(worth.upper >= found.lower && worth.lower <= found.upper)) return "its controller earns something else";
  const LatentSolution other = solvers::find_latent("auto", question.problem.criterion)
                                   .run(question.problem, {}, {.tolerance = question.tolerance});
  if (!(found.lower <= other.upper && other.lower <= found.upper)) return "disagrees with another planner";
  return {};
}

void plan(State& state, const Question& question, const solvers::LatentRow& row) {
  // What takes longer is stopped and said so.
  constexpr double kLongest = 20;
  LatentSolution found;
  bool first = true;
  for (auto _ : state) {
    const std::clock_t start = std::clock();
    const auto seconds = [&] { return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC; };
    found =
        row.run(question.problem, {},
                {.tolerance = question.tolerance, .observer = [&](const TraceRow&) { return seconds() < kLongest; }});
    state.SetIterationTime(seconds());
    if (first) {
      const std::string fault = fault_of(found, question);
      if (!fault.empty()) return state.SkipWithError(fault.c_str());
    }
    first = false;
  }
  state.counters["gap"] = found.gap;
  state.counters["iterations"] = static_cast<double>(found.iterations);
  state.counters["kept"] = static_cast<double>(found.vectors);
}

}  // namespace

void register_latent() {
  for (const Question& question : questions()) {
    for (const solvers::LatentRow& row : solvers::latent_table()) {
      if (!row.solves(question.problem.criterion)) continue;
      if (row.name != "hsvi" && row.name != "belief-tree" && row.name != "alpha-vectors") continue;
      benchmark::RegisterBenchmark(fmt::format("latent/{}/{}", row.name, question.name).c_str(),
                                   [&question, &row](State& state) { plan(state, question, row); })
          ->Unit(benchmark::kMillisecond)
          ->UseManualTime();
    }
  }
}

}  // namespace bellwether::benchmarks
