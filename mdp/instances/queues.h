#pragma once

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

// Queues in continuous time, made discrete by uniformisation: one step is one event of a Poisson clock whose rate is
// the sum of all rates, so rates become probabilities and costs a unit of time are divided by the clock's rate. Gains
// are for each event; multiply by the sum of the rates for a gain a unit of time.

/// Admission to an M/M/1 queue (Naor 1969): admitting an arriving customer earns `reward`, each customer present costs
/// `holding` a unit of time. The choice in a state is what to do with the next arrival; a full queue rejects.
struct QueueAdmissionOptions {
  int capacity = 20;
  double arrival = 0.8;
  double service = 1;
  double reward = 10;
  double holding = 1;
  double discount = 0.99;
};

template <class Field>
void describe(QueueAdmissionOptions& o, Field&& field) {
  field("capacity", o.capacity, at_least(1), "most customers; states = capacity + 1");
  field("arrival", o.arrival, above(0), "arrival rate");
  field("service", o.service, above(0), "service rate");
  field("reward", o.reward, at_least(0), "reward of an admitted customer");
  field("holding", o.holding, at_least(0), "cost of each customer present a unit of time");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance queue_admission(const QueueAdmissionOptions& options = {});

/// Routing to one of two parallel queues: each arrival joins queue 1 or queue 2 (a full one is no choice; when both are
/// full it is lost at a cost), each customer present costs 1 a unit of time. State n1 (capacity + 1) + n2.
struct QueueRoutingOptions {
  int capacity = 10;
  double arrival = 1;
  double service1 = 1, service2 = 0.5;
  double loss = 20;
  double discount = 0.99;
};

template <class Field>
void describe(QueueRoutingOptions& o, Field&& field) {
  field("capacity", o.capacity, between(1, 40'000), "most customers at each server; states = (capacity + 1)^2");
  field("arrival", o.arrival, above(0), "arrival rate");
  field("service1", o.service1, above(0), "service rate of server 1");
  field("service2", o.service2, above(0), "service rate of server 2");
  field("loss", o.loss, at_least(0), "cost of a customer turned away");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

/// The recommended question minimises the cost.
NamedInstance queue_routing(const QueueRoutingOptions& options = {});

/// Two queues in a row (Rosberg, Varaiya and Walrand 1982): server 1 feeds queue 2 and may idle, server 2 always works;
/// customers cost holding1 and holding2 a unit of time, arrivals at a full first queue are lost at a cost, and server 1
/// must idle while queue 2 is full. State n1 (capacity + 1) + n2.
struct TandemQueueOptions {
  int capacity = 10;
  double arrival = 0.6;
  double service1 = 1, service2 = 0.8;
  double holding1 = 1, holding2 = 2;
  double loss = 20;
  double discount = 0.99;
};

template <class Field>
void describe(TandemQueueOptions& o, Field&& field) {
  field("capacity", o.capacity, between(1, 40'000), "most customers in each queue; states = (capacity + 1)^2");
  field("arrival", o.arrival, above(0), "arrival rate");
  field("service1", o.service1, above(0), "service rate of server 1");
  field("service2", o.service2, above(0), "service rate of server 2");
  field("holding1", o.holding1, at_least(0), "cost of each customer in queue 1 a unit of time");
  field("holding2", o.holding2, at_least(0), "cost of each customer in queue 2 a unit of time");
  field("loss", o.loss, at_least(0), "cost of a customer turned away");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

/// The recommended question minimises the cost.
NamedInstance tandem_queue(const TandemQueueOptions& options = {});

}  // namespace bellwether::mdp
