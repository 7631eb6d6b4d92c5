// Puterman's two-state example by the operator alone, which needs few libraries: V* = (-60/7, -20) at discount 19/20.
#include <cmath>
#include <cstdio>
#include <vector>

#include "mdp/operators.h"
#include "mdp/tabular_mdp_builder.h"

int main() {
  using namespace bellwether;
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  std::vector<double> value(2, 0.0);
  for (int sweep = 0; sweep < 1000; ++sweep)
    for (int s = 0; s < 2; ++s)
      value[static_cast<std::size_t>(s)] = mdp::backup_state(model, 0.95, value, mdp::Expectation{}, mdp::Largest{}, s);
  std::printf("V* = (%.6f, %.6f)\n", value[0], value[1]);
  return std::abs(value[0] + 60.0 / 7) <= 1e-6 && std::abs(value[1] + 20) <= 1e-6 ? 0 : 1;
}
