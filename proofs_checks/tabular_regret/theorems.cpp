#include "proofs_checks/tabular_regret/theorems.h"

#include <array>

#include "proofs_checks/bounds/stopping.h"

namespace bellwether::claims {

std::span<const OptimismTheorem> optimism_theorems() {
  static constexpr std::array<OptimismTheorem, 10> table = {{
      {"ucbvi-ch", "Azar, Osband and Munos 2017: optimism of the Chernoff-Hoeffding bonus", 400'000},
      {"ucbvi-bf", "Azar, Osband and Munos 2017: optimism of the Bernstein-Freedman bonus", 30'000},
      {"euler", "Zanette and Brunskill 2019: optimism", 30'000},
      {"mvp", "Zhang, Ji and Du 2021: optimism", 30'000},
      {"mvp-2024", "Zhang, Chen, Lee and Du 2024: optimism", 200'000},
      {"ucb-q-hoeffding", "Jin, Allen-Zhu, Bubeck and Jordan 2018, Lemma 4.3", 30'000},
      {"ucb-q-bernstein", "Jin, Allen-Zhu, Bubeck and Jordan 2018: optimism of the Bernstein bonus", 30'000},
      {"ucb-advantage", "Zhang, Zhou and Ji 2020: optimism", 30'000},
      {"bpi-ucbvi", "Menard et al. 2021: upper and lower values", 30'000},
      {"orlc", "Dann, Li, Wei and Brunskill 2019: optimism", 30'000},
  }};
  return table;
}

std::span<const GainTheorem> gain_theorems() {
  static constexpr std::array<GainTheorem, 4> table = {{
      {"ucrl2", "Jaksch, Ortner and Auer 2010, sections 3.1 and 4.2"},
      {"ucrl2b", "Fruit, Pirotta and Lazaric 2020: optimism"},
      {"kl-ucrl", "Filippi, Cappe and Garivier 2010: optimism"},
      {"scal", "Fruit, Pirotta, Lazaric and Ortner 2018: optimism"},
  }};
  return table;
}

std::span<const RegretTheorem> regret_theorems() {
  static constexpr std::array<RegretTheorem, 2> table = {{
      {"ucbvi-ch", "Azar, Osband and Munos 2017, Theorem 1", "20 H^1.5 L sqrt(SAK) + 250 H^2 S^2 A L^2",
       bounds::ucbvi_ch_regret},
      {"ucbvi-bf", "Azar, Osband and Munos 2017, Theorem 2", "30 H L sqrt(SAK) + 2500 H^2 S^2 A L^2 + 4 H^1.5 sqrt(KL)",
       bounds::ucbvi_bf_regret},
  }};
  return table;
}

std::span<const StoppingTheorem> stopping_theorems() {
  static constexpr std::array<StoppingTheorem, 3> table = {{
      {"rf-ucrl", "Kaufmann et al. 2021, Theorem 5", "the T of T eps^2 = 18 (1 + sqrt 2)^2 H^2 (H - 1)^2 S A beta(T)",
       bounds::rf_ucrl_episodes, 0.5, 2},
      {"rf-express", "Menard et al. 2021, Theorem 1", "the T of T eps / 2 = 3 e sqrt(T B(T)) + B(T)",
       bounds::rf_express_episodes, 1, 1},
      {"bpi-ucbvi", "Menard et al. 2021, Theorem 2",
       "the T of T eps = 12 (H - 1) sqrt(S A Q L beta* T) + 4 H^2 S A R L beta", bounds::bpi_ucbvi_episodes, 0.5, 1},
  }};
  return table;
}

}  // namespace bellwether::claims
