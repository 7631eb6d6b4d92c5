#include "mdp/instances/deep_sea.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// The optimum along the diagonal: always right, or free of charge to the left once right does not pay any more.
double deep_sea_optimum(const DeepSeaOptions& o) {
  const double step = o.cost / o.size;
  const bool by_move = o.final_step == "move";
  if (o.slip == 0) return 1 - o.cost * (by_move ? o.size : o.size - 1) / o.size;
  double value = by_move ? std::max(1 - step, 0.0) : 1;  // in the corner, before its move or on entering it
  for (int row = o.size - 2; row >= 0; --row) value = std::max(0.0, (1 - o.slip) * value - step);
  return value;
}

/// Always right succeeds with probability 2^-size under fair coins; every right move costs, corner or not.
double deep_sea_uniform(const DeepSeaOptions& o) {
  const int moves = o.final_step == "move" ? o.size : o.size - 1;
  const double arrive = std::pow((1 - o.slip) / 2, o.size - 1);
  return (o.final_step == "move" ? arrive / 2 : arrive) - 0.5 * moves * o.cost / o.size;
}

}  // namespace

NamedInstance deep_sea(const DeepSeaOptions& o) {
  bellwether::require_valid("deep-sea", o);
  require_size("deep-sea", "size", static_cast<double>(o.size) * o.size + 1, 3.0 * o.size * o.size);
  const int n = o.size, end = n * n, corner = n * n - 1;
  const bool by_move = o.final_step == "move";
  const double step = o.cost / n;
  Stream stream(static_cast<std::uint64_t>(o.seed));
  OrderedRows rows(2 * (std::int64_t{end} + 1), 3 * (std::int64_t{end} + 1));
  for (int cell = 0; cell < end; ++cell) {
    const int row = cell / n, column = cell % n;
    const bool last_row = row == n - 1;
    const auto below = [&](int next_column) { return last_row ? end : (row + 1) * n + next_column; };
    const int right_to = below(std::min(column + 1, n - 1)), stay_to = below(column);
    const double arrival = !by_move && right_to == corner ? 1 : 0;
    const double slipped_arrival = !by_move && stay_to == corner ? 1 : 0;
    const bool ends = last_row && !by_move;  // the play is over on arrival in the last row
    const double bonus = by_move && cell == corner ? 1 : 0;
    const double right_pays = ends ? 0 : bonus - step + (1 - o.slip) * arrival + o.slip * slipped_arrival;
    const bool swap = o.randomised && stream.below(2) == 1;
    for (const bool right : {swap, !swap}) {
      if (right) {
        rows.add_choice(right_pays, merged({{right_to, 1 - o.slip}, {stay_to, o.slip}}));
      } else {
        rows.add_choice(0, std::array{Entry{below(std::max(column - 1, 0)), 1.0}});
      }
    }
    rows.end_state();
  }
  rows.add_choice(0, std::array{Entry{end, 1.0}});
  rows.end_state();
  ModelData data = std::move(rows).take();
  data.labels = {{.name = "goal", .states = std::vector<std::int32_t>{corner}}};
  data.discount = 1;
  const Question question = finite(by_move ? n : n - 1);
  return {
      .model = TabularMdp(std::move(data)),
      .question = question,
      .facts = {known_optimum(question, deep_sea_optimum(o), "closed form: always right"),
                known_uniform(question, deep_sea_uniform(o), "closed form: half the moves cost, all must succeed")}};
}

namespace {

/// What the sink and wrong choices pay at this step, on average half the decoy.
void add_decoy_choice(TabularMdpBuilder& builder, int state, int next, double decoy) {
  builder.add_choice(state, decoy / 2, {{next, 1.0}});
  if (decoy > 0) builder.bernoulli_reward(decoy);
}

}  // namespace

NamedInstance combination_lock(const CombinationLockOptions& o) {
  bellwether::require_valid("combination-lock", o);
  require_size("combination-lock", "horizon", 3.0 * o.horizon, 4.0 * o.horizon * o.actions);
  const int end = 3 * o.horizon;
  const bool at_last = o.decoy_when == "last";
  Stream stream(static_cast<std::uint64_t>(o.seed));
  TabularMdpBuilder builder(end + 1);
  for (int h = 0; h < o.horizon; ++h) {
    const bool last = h == o.horizon - 1;
    const int next = 3 * (h + 1);  // the first good state of the next step, or the end
    for (int latent = 0; latent < 2; ++latent) {
      const int state = 3 * h + latent;
      const auto correct = static_cast<int>(stream.below(static_cast<std::uint64_t>(o.actions)));
      for (int a = 0; a < o.actions; ++a) {
        if (a != correct) {
          add_decoy_choice(builder, state, last ? end : next + 2, !at_last || last ? o.decoy : 0);
        } else if (last) {
          builder.add_choice(state, 1.0, {{end, 1.0}});
        } else {
          builder.add_choice(state, 0.0, {{next, 0.5}, {next + 1, 0.5}});
        }
      }
    }
    for (int a = 0; a < o.actions; ++a) {
      add_decoy_choice(builder, 3 * h + 2, last ? end : next + 2, at_last && last ? o.decoy : 0);
    }
  }
  builder.add_choice(end, 0.0, {{end, 1.0}});
  std::vector<double> start(static_cast<std::size_t>(end) + 1, 0.0);
  start[0] = start[1] = 0.5;
  builder.initial(std::move(start)).discount(1);
  const double success = std::pow(o.actions, -o.horizon);
  return {.model = std::move(builder).build(),
          .question = finite(o.horizon),
          .facts = {known_optimum(finite(o.horizon), 1, "closed form: the combination"),
                    known_uniform(finite(o.horizon), success + (1 - success) * o.decoy / 2,
                                  "closed form: actions^-horizon succeed")}};
}

}  // namespace bellwether::mdp
