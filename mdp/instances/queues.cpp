#include "mdp/instances/queues.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// Admitting below a threshold t makes an M/M/1/t queue: its gain an event of the clock, maximised over t.
double best_threshold_gain(const QueueAdmissionOptions& o) {
  const double clock = o.arrival + o.service;
  double weight = 1, total = 1, present = 0;  // sums over 0 .. t of rho^i and i rho^i, rho^t
  double best = 0;                            // t = 0 admits nobody
  for (int t = 1; t <= o.capacity; ++t) {
    weight *= o.arrival / o.service;
    total += weight;
    present += t * weight;
    const double admitted = o.arrival * (1 - weight / total);
    best = std::max(best, (o.reward * admitted - o.holding * present / total) / clock);
    if (weight > 1e200) {
      weight *= 1e-200;
      total *= 1e-200;
      present *= 1e-200;
    }
  }
  return best;
}

}  // namespace

NamedInstance queue_admission(const QueueAdmissionOptions& o) {
  bellwether::require_valid("queue-admission", o);
  require_size("queue-admission", "capacity", o.capacity + 1.0, 5.0 * o.capacity);
  const double clock = o.arrival + o.service, arrives = o.arrival / clock, leaves = o.service / clock;
  TabularMdpBuilder builder(o.capacity + 1);
  for (int n = 0; n <= o.capacity; ++n) {
    const double holding = o.holding * n / clock;
    const int below = std::max(n - 1, 0);
    builder.add_choice(n, -holding, merged({{n, arrives}, {below, leaves}})).action(0);
    if (n < o.capacity) {
      builder.add_choice(n, o.reward * arrives - holding, merged({{n + 1, arrives}, {below, leaves}})).action(1);
    }
  }
  builder.start_in(0).action_names({"reject", "admit"}).discount(o.discount);
  return {.model = std::move(builder).build(),
          .question = average(),
          .facts = {known_optimum(average(), best_threshold_gain(o),
                                  "closed form: M/M/1/t queue at the best threshold t (Naor 1969)")}};
}

NamedInstance queue_routing(const QueueRoutingOptions& o) {
  bellwether::require_valid("queue-routing", o);
  const int side = o.capacity + 1;
  const double clock = o.arrival + o.service1 + o.service2, states = static_cast<double>(side) * side;
  require_size("queue-routing", "capacity", states, 6 * states);
  const double arrives = o.arrival / clock, leaves1 = o.service1 / clock, leaves2 = o.service2 / clock;
  const auto count = static_cast<std::int64_t>(states);
  OrderedRows rows(2 * count, 6 * count);
  std::vector<std::int32_t> actions;
  for (int s = 0; s < side * side; ++s) {
    const int n1 = s / side, n2 = s % side;
    const double holding = (n1 + n2) / clock;
    const auto choice = [&](int action, int next, double cost) {
      rows.add_choice(cost, merged({{next, arrives}, {n1 > 0 ? s - side : s, leaves1}, {n2 > 0 ? s - 1 : s, leaves2}}));
      actions.push_back(action);
    };
    if (n1 < o.capacity) choice(0, s + side, holding);
    if (n2 < o.capacity) choice(1, s + 1, holding);
    if (n1 == o.capacity && n2 == o.capacity) choice(2, s, holding + o.loss * arrives);
    rows.end_state();
  }
  ModelData data = std::move(rows).take();
  data.rewards.front().name = "cost";
  data.action = std::move(actions);
  data.action_names = {"queue1", "queue2", "lose"};
  data.discount = o.discount;
  return {.model = TabularMdp(std::move(data)), .question = minimised(average())};
}

NamedInstance tandem_queue(const TandemQueueOptions& o) {
  bellwether::require_valid("tandem-queue", o);
  const int side = o.capacity + 1;
  const double clock = o.arrival + o.service1 + o.service2, states = static_cast<double>(side) * side;
  require_size("tandem-queue", "capacity", states, 6 * states);
  const double arrives = o.arrival / clock, moves = o.service1 / clock, leaves = o.service2 / clock;
  const auto count = static_cast<std::int64_t>(states);
  OrderedRows rows(2 * count, 6 * count);
  std::vector<std::int32_t> actions;
  for (int s = 0; s < side * side; ++s) {
    const int n1 = s / side, n2 = s % side;
    const bool full = n1 == o.capacity, may_serve = n1 > 0 && n2 < o.capacity;
    const double cost = (o.holding1 * n1 + o.holding2 * n2) / clock + (full ? o.loss * arrives : 0);
    for (int serve = 0; serve <= (may_serve ? 1 : 0); ++serve) {
      rows.add_choice(cost, merged({{full ? s : s + side, arrives},
                                    {serve == 1 ? s - side + 1 : s, moves},
                                    {n2 > 0 ? s - 1 : s, leaves}}));
      actions.push_back(serve);
    }
    rows.end_state();
  }
  ModelData data = std::move(rows).take();
  data.rewards.front().name = "cost";
  data.action = std::move(actions);
  data.action_names = {"idle", "serve"};
  data.discount = o.discount;
  return {.model = TabularMdp(std::move(data)), .question = minimised(average())};
}

}  // namespace bellwether::mdp
