#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/construction.h"
#include "mdp/instances/demand_laws.h"
#include "mdp/instances/operations.h"

namespace bellwether::mdp {
namespace {

/// One lot over a day, by the number of cars in the morning.
struct Lot {
  std::vector<std::vector<double>> evening;  ///< law of the cars in the evening
  std::vector<double> rented;                ///< expected rentals
};

Lot lot(int capacity, double requests, double returns) {
  Lot out;
  for (int cars = 0; cars <= capacity; ++cars) {
    const std::vector<double> rentals = capped_poisson(requests, cars);
    std::vector<double> evening(static_cast<std::size_t>(capacity) + 1, 0.0);
    double rented = 0;
    for (int r = 0; r <= cars; ++r) {
      const double p = rentals[static_cast<std::size_t>(r)];
      rented += p * r;
      const int left = cars - r;
      const std::vector<double> back = capped_poisson(returns, capacity - left);
      for (int b = 0; b <= capacity - left; ++b) {
        evening[static_cast<std::size_t>(left + b)] += p * back[static_cast<std::size_t>(b)];
      }
    }
    out.evening.push_back(std::move(evening));
    out.rented.push_back(rented);
  }
  return out;
}

}  // namespace

NamedInstance car_rental(const CarRentalOptions& o) {
  bellwether::require_valid("car-rental", o);
  for (const auto& [name, mean] : {std::pair("requests1", o.requests1), std::pair("requests2", o.requests2),
                                   std::pair("returns1", o.returns1), std::pair("returns2", o.returns2)}) {
    if (mean > 1e4) reject_option("car-rental", name, fmt::format("{}", mean), "at most 1e4");
  }
  const int side = o.capacity + 1, most = std::min(o.max_move, o.capacity);
  const double states = static_cast<double>(side) * side;
  require_size("car-rental", "capacity", states, states * states * (2 * most + 1));
  const Lot first = lot(o.capacity, o.requests1, o.returns1), second = lot(o.capacity, o.requests2, o.returns2);
  const auto state_count = static_cast<std::int64_t>(states);
  OrderedRows rows(state_count * (2 * most + 1), state_count * state_count * (2 * most + 1));
  std::vector<std::int32_t> actions;
  std::vector<Entry> row;
  for (int cars1 = 0; cars1 <= o.capacity; ++cars1) {
    for (int cars2 = 0; cars2 <= o.capacity; ++cars2) {
      for (int move = -std::min(cars2, most); move <= std::min(cars1, most); ++move) {
        const auto morning1 = static_cast<std::size_t>(std::min(cars1 - move, o.capacity));
        const auto morning2 = static_cast<std::size_t>(std::min(cars2 + move, o.capacity));
        row.clear();
        for (int e1 = 0; e1 < side; ++e1) {
          for (int e2 = 0; e2 < side; ++e2) {
            row.push_back({e1 * side + e2, first.evening[morning1][static_cast<std::size_t>(e1)] *
                                               second.evening[morning2][static_cast<std::size_t>(e2)]});
          }
        }
        const double rented = first.rented[morning1] + second.rented[morning2];
        rows.add_choice(o.rental * rented - o.move_cost * std::abs(move), row);
        actions.push_back(move + most);
      }
      rows.end_state();
    }
  }
  ModelData data = std::move(rows).take();
  data.action = std::move(actions);
  for (int move = -most; move <= most; ++move) data.action_names.push_back(fmt::format("move{:+d}", move));
  for (int s = 0; s < side * side; ++s) data.state_names.push_back(fmt::format("{},{}", s / side, s % side));
  data.initial = point_mass(side * side, side * side / 2);
  data.discount = o.discount;
  return {.model = TabularMdp(std::move(data)), .question = discounted(o.discount)};
}

}  // namespace bellwether::mdp
