#include "mdp/instances/unrolled.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "mdp/instances/construction.h"

namespace bellwether::mdp {

TabularMdp unrolled(const FiniteHorizonMdp& model) {
  const int states = model.num_states();
  std::int64_t choices = 1, transitions = 1;
  for (int h = 0; h < model.horizon(); ++h) {
    choices += model.stage(h).num_choices();
    transitions += model.stage(h).num_transitions();
  }
  require_size("unrolled", "horizon", static_cast<double>(states) * model.horizon() + 1,
               static_cast<double>(transitions));
  const int end = states * model.horizon();
  OrderedRows rows(choices, transitions);
  std::vector<Entry> row;
  for (int h = 0; h < model.horizon(); ++h) {
    const TabularMdp& stage = model.stage(h);
    for (int s = 0; s < states; ++s) {
      for (std::int64_t c = stage.first_choice(s); c < stage.first_choice(s + 1); ++c) {
        row.clear();
        for (std::size_t i = 0; i < stage.successors(c).size(); ++i) {
          const int next = h + 1 < model.horizon() ? (h + 1) * states + stage.successors(c)[i] : end;
          row.push_back({next, stage.probabilities(c)[i]});
        }
        rows.add_choice(stage.reward(c), merged(row));
      }
      rows.end_state();
    }
  }
  rows.add_choice(0, std::array{Entry{end, 1.0}});
  rows.end_state();
  ModelData data = std::move(rows).take();
  std::vector<double> initial = model.stage(0).initial();
  initial.resize(static_cast<std::size_t>(end) + 1, 0.0);
  data.initial = std::move(initial);
  data.discount = 1;
  return TabularMdp(std::move(data));
}

}  // namespace bellwether::mdp
