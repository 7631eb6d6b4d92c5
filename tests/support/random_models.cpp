#include "tests/support/random_models.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::test {
namespace {

int up_to(Stream& stream, int most) { return 1 + static_cast<int>(stream.below(static_cast<std::uint64_t>(most))); }

std::vector<mdp::Entry> random_row(Stream& stream, const RandomModelShape& shape) {
  std::vector<mdp::Entry> row;
  double total = 0;
  for (int k = up_to(stream, shape.most_successors); k > 0; --k) {
    const auto next = static_cast<int>(stream.below(static_cast<std::uint64_t>(shape.states)));
    const double weight = 0.05 + stream.uniform();
    row.push_back({next, weight});
    total += weight;
  }
  for (mdp::Entry& entry : row) entry.probability /= total;
  return row;
}

}  // namespace

mdp::TabularMdp random_model(Stream stream, const RandomModelShape& shape) {
  mdp::TabularMdpBuilder builder(shape.states);
  for (int s = 0; s < shape.states; ++s) {
    std::vector<mdp::Entry> row;
    double reward = 0;
    for (int a = up_to(stream, shape.most_actions); a > 0; --a) {
      if (row.empty() || stream.uniform() >= shape.tie_share) {
        row = random_row(stream, shape);
        reward = shape.reward_scale * (2 * stream.uniform() - 1);
      }
      builder.add_choice(s, reward, row);
    }
  }
  return std::move(builder).build();
}

mdp::TabularMdp renumbered(const mdp::TabularMdp& model, const std::vector<int>& order) {
  mdp::TabularMdpBuilder builder(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      std::vector<mdp::Entry> row;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        row.push_back({order[static_cast<std::size_t>(model.successors(c)[i])], model.probabilities(c)[i]});
      }
      builder.add_choice(order[static_cast<std::size_t>(s)], model.reward(c), row);
    }
  }
  return std::move(builder).build();
}

}  // namespace bellwether::test
