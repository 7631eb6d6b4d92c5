#pragma once

#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// The two-state model of Puterman (2005, section 3.1): state 0 may stay with probability 1/2 for 5 or leave for 10,
/// state 1 loses 1 a step for ever.
struct PutermanTwoStateOptions {
  double discount = 0.95;
};

template <class Field>
void describe(PutermanTwoStateOptions& o, Field&& field) {
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance puterman_two_state(const PutermanTwoStateOptions& options = {});

/// Inventory control with lost sales (Puterman 2005, section 3.2; the defaults are its numerical example): with s units
/// in stock order a <= capacity - s at fixed_cost + unit_cost a, pay holding (s + a), sell min(demand, s + a) at price.
/// Demand is 0, 1, 2 with probabilities 1/4, 1/2, 1/4 (`puterman`), Poisson, geometric from 0 on, or uniform on
/// {0, ..., 2 mean}; demand beyond the capacity has the effect of the capacity, so no law is truncated.
struct InventoryOptions {
  int capacity = 3;
  double fixed_cost = 4;
  double unit_cost = 2;
  double holding = 1;
  double price = 8;
  std::string demand = "puterman";
  double mean = 1;
  double discount = 0.95;
};

template <class Field>
void describe(InventoryOptions& o, Field&& field) {
  field("capacity", o.capacity, between(1, 10'000), "most units in stock; states = capacity + 1");
  field("fixed_cost", o.fixed_cost, at_least(0), "cost of placing an order");
  field("unit_cost", o.unit_cost, at_least(0), "cost of each unit ordered");
  field("holding", o.holding, at_least(0), "cost of each unit in stock after ordering");
  field("price", o.price, at_least(0), "revenue of each unit sold");
  field("demand", o.demand, one_of({"puterman", "poisson", "geometric", "uniform"}), "law of the demand");
  field("mean", o.mean, above(0), "its mean; the law of the example has mean 1 whatever this says");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance inventory(const InventoryOptions& options = {});

/// Machine replacement: running a machine of wear i costs operating_cost i and wears it one step further with
/// probability `wear`; replacing it costs replacement_cost, takes one period and gives wear 0.
struct MachineReplacementOptions {
  int states = 10;
  double wear = 0.4;
  double operating_cost = 1;
  double replacement_cost = 8;
  double discount = 0.95;
};

template <class Field>
void describe(MachineReplacementOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "levels of wear");
  field("wear", o.wear, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_low = true},
        "probability of wearing one step further");
  field("operating_cost", o.operating_cost, at_least(0), "cost of a period, for each step of wear");
  field("replacement_cost", o.replacement_cost, at_least(0), "cost of a replacement");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

/// The recommended question minimises the cost.
NamedInstance machine_replacement(const MachineReplacementOptions& options = {});

/// Jack's car rental (Sutton and Barto 2018, example 4.2): two lots with Poisson requests and returns, rentals earn
/// `rental`, up to max_move cars move overnight at move_cost each. Requests beyond the stock and returns beyond the
/// capacity have no effect, so the Poisson laws are summed to the end, not truncated. State cars1 (capacity + 1) +
/// cars2; action identifier a moves a - min(max_move, capacity) cars from lot 1 to lot 2.
struct CarRentalOptions {
  int capacity = 20;
  int max_move = 5;
  double rental = 10;
  double move_cost = 2;
  double requests1 = 3, requests2 = 4;
  double returns1 = 3, returns2 = 2;
  double discount = 0.9;
};

template <class Field>
void describe(CarRentalOptions& o, Field&& field) {
  field("capacity", o.capacity, between(1, 100), "most cars at each lot; states = (capacity + 1)^2");
  field("max_move", o.max_move, between(0, 100), "most cars moved overnight");
  field("rental", o.rental, at_least(0), "revenue of a rental");
  field("move_cost", o.move_cost, at_least(0), "cost of moving a car");
  field("requests1", o.requests1, above(0), "mean number of requests at lot 1");
  field("requests2", o.requests2, above(0), "mean number of requests at lot 2");
  field("returns1", o.returns1, above(0), "mean number of returns at lot 1");
  field("returns2", o.returns2, above(0), "mean number of returns at lot 2");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance car_rental(const CarRentalOptions& options = {});

}  // namespace bellwether::mdp
