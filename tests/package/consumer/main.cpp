// Puterman's two-state example: V* = (-60/7, -20) at discount 19/20.
#include <cmath>
#include <cstdio>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/registry.h"

int main() {
  using namespace bellwether;
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  const solvers::Problem problem{.model = std::move(builder).build(), .discount = 0.95};
  const solvers::Solution solution = solvers::find_solver("auto", problem.criterion).run(problem, {}, {});
  std::printf("V* = (%.6f, %.6f), proven error %.1e\n", solution.value[0], solution.value[1], solution.gap);
  const bool right = std::abs(solution.value[0] + 60.0 / 7) <= 1e-6 && std::abs(solution.value[1] + 20) <= 1e-6;
  return right && solution.gap <= 1e-6 ? 0 : 1;
}
