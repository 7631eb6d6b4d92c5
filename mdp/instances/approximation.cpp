#include "mdp/instances/approximation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

std::shared_ptr<const FeatureMap> features(int dimension, std::vector<double> rows) {
  return std::make_shared<const FeatureMap>(dimension, std::move(rows));
}

/// Two states whose choices lead to the first and to the second; what they pay belongs to the state.
TabularMdp two_states(const std::array<double, 2>& reward, double discount) {
  TabularMdpBuilder builder(2);
  for (int s = 0; s < 2; ++s)
    for (int next = 0; next < 2; ++next)
      builder.add_choice(s, reward[static_cast<std::size_t>(s)], {{next, 1.0}}).action(next);
  builder.start_in(0).action_names({"first", "second"}).discount(discount);
  return std::move(builder).build();
}

/// To the first state with this share, from either.
Policy first_with(double share) { return Policy::randomised({share, 1 - share, share, 1 - share}); }

Policy only_choice(int states) {
  return Policy::deterministic(std::vector<std::int32_t>(static_cast<std::size_t>(states), 0));
}

}  // namespace

FeaturedInstance baird_star(const BairdStarOptions& o) {
  bellwether::require_valid("baird-star", o);
  constexpr int kStates = 7, kDimension = 8;
  TabularMdpBuilder builder(kStates);
  std::vector<double> rows(static_cast<std::size_t>(kStates) * kDimension, 0.0), behaviour;
  for (int s = 0; s < kStates; ++s) {
    std::vector<Entry> above;
    for (int next = 0; next < kStates - 1; ++next) above.push_back({next, 1.0 / 6});
    builder.add_choice(s, 0.0, above).action(0);
    builder.add_choice(s, 0.0, {{kStates - 1, 1.0}}).action(1);
    double* row = rows.data() + static_cast<std::ptrdiff_t>(s) * kDimension;
    row[s] = s < kStates - 1 ? 2 : 1;
    row[kDimension - 1] = s < kStates - 1 ? 1 : 2;
    behaviour.insert(behaviour.end(), {6.0 / 7, 1.0 / 7});
  }
  builder.start_in(0).action_names({"dashed", "solid"}).discount(o.discount);
  return {.instance = {.model = std::move(builder).build(),
                       .question = discounted(o.discount),
                       .facts = {known_optimum(discounted(o.discount), 0, "closed form: nothing pays")}},
          .approximation = {.states = features(kDimension, std::move(rows)),
                            .target = Policy::deterministic(std::vector<std::int32_t>(kStates, 1)),
                            .behaviour = Policy::randomised(std::move(behaviour)),
                            .start = {1, 1, 1, 1, 1, 1, 10, 1}}};
}

FeaturedInstance tsitsiklis_van_roy(const TsitsiklisVanRoyOptions& o) {
  bellwether::require_valid("tsitsiklis-van-roy", o);
  return {.instance = {.model = two_states({0, 0}, o.discount),
                       .question = discounted(o.discount),
                       .facts = {known_optimum(discounted(o.discount), 0, "closed form: nothing pays")}},
          .approximation = {.states = features(1, {1, 2}),
                            .target = Policy::deterministic({1, 1}),
                            .behaviour = first_with(o.share),
                            .start = {1}}};
}

FeaturedInstance kolter(const KolterOptions& o) {
  bellwether::require_valid("kolter", o);
  constexpr double kFirst = 1, kSecond = 1.05;
  const double next = o.discount * (kFirst + kSecond) / 2;
  return {.instance = {.model = two_states({kFirst - next, kSecond - next}, o.discount),
                       .question = discounted(o.discount)},
          .approximation = {.states = features(1, {kFirst, kSecond + o.epsilon}),
                            .target = first_with(0.5),
                            .behaviour = first_with(o.share)}};
}

FeaturedInstance boyan_chain(const BoyanChainOptions& o) {
  bellwether::require_valid("boyan-chain", o);
  if (o.states % 4 != 1)
    reject_option("boyan-chain", "states", fmt::format("{}", o.states), "one more than a multiple of 4");
  const int last = o.states - 1, dimension = last / 4 + 1;
  TabularMdpBuilder builder(o.states);
  std::vector<double> rows;
  for (int s = 0; s <= last; ++s) {
    if (s == 0) builder.add_choice(s, 0.0, {{0, 1.0}});
    if (s == 1) builder.add_choice(s, -2.0, {{0, 1.0}});
    if (s > 1) builder.add_choice(s, -3.0, {{s - 1, .5}, {s - 2, .5}});
    for (int i = 0; i < dimension; ++i) rows.push_back(std::max(0.0, 1 - std::abs(s - 4.0 * i) / 4));
  }
  builder.start_in(last).label("goal", {0});
  return {.instance = {.model = std::move(builder).build(),
                       .question = total(),
                       .facts = {known_optimum(total(), -2.0 * last, "closed form: -2 for each state above the end")}},
          .approximation = {.states = features(dimension, std::move(rows)),
                            .target = only_choice(o.states),
                            .behaviour = only_choice(o.states)}};
}

FeaturedInstance random_walk(const RandomWalkOptions& o) {
  bellwether::require_valid("random-walk", o);
  if (o.groups > o.states)
    reject_option("random-walk", "groups", fmt::format("{}", o.groups),
                  fmt::format("at most the number of states, {}", o.states));
  const int right = o.states + 1;
  TabularMdpBuilder builder(o.states + 2);
  std::vector<double> rows;
  for (int s = 0; s <= right; ++s) {
    const bool end = s == 0 || s == right;
    if (end) {
      builder.add_choice(s, 0.0, {{s, 1.0}});
    } else {
      builder.add_choice(s, {{s - 1, .5, s == 1 ? -1.0 : 0.0}, {s + 1, .5, s == o.states ? 1.0 : 0.0}});
    }
    for (int i = 0; i < o.groups; ++i)
      rows.push_back(!end && std::int64_t{s - 1} * o.groups / o.states == i ? 1.0 : 0.0);
  }
  builder.start_in((right + 1) / 2).label("left", {0}).label("right", {right}).discount(o.discount);
  std::vector<KnownFact> facts;
  if (o.states % 2 == 1)
    facts.push_back(known_optimum(discounted(o.discount), 0, "closed form: both ends are equally near"));
  return {
      .instance = {.model = std::move(builder).build(), .question = discounted(o.discount), .facts = std::move(facts)},
      .approximation = {.states = features(o.groups, std::move(rows)),
                        .target = only_choice(o.states + 2),
                        .behaviour = only_choice(o.states + 2)}};
}

FeaturedInstance lspi_chain(const LspiChainOptions& o) {
  bellwether::require_valid("lspi-chain", o);
  require_size("lspi-chain", "states", o.states, 4.0 * o.states);
  const int last = o.states - 1, fifth = o.states / 5, each = o.bumps + 1;
  const double apart = static_cast<double>(o.states) / o.bumps, width = 0.8 * apart;
  TabularMdpBuilder builder(o.states);
  std::vector<double> rows;
  for (int s = 0; s <= last; ++s) {
    const double reward = s == fifth - 1 || s == o.states - fifth ? 1 : 0;
    const int below = std::max(s - 1, 0), above = std::min(s + 1, last);
    for (int action = 0; action < 2; ++action) {
      const double up = action == 0 ? 0.1 : 0.9;
      builder.add_choice(s, reward, {{below, 1 - up}, {above, up}}).action(action);
      std::vector<double> row(static_cast<std::size_t>(2 * each), 0.0);
      double* own = row.data() + static_cast<std::ptrdiff_t>(action) * each;
      own[0] = 1;
      for (int i = 0; i < o.bumps; ++i) {
        const double off = (s - apart * (i + 0.5) + 0.5) / width;
        own[i + 1] = std::exp(-off * off / 2);
      }
      rows.insert(rows.end(), row.begin(), row.end());
    }
  }
  builder.start_in(last / 2).action_names({"left", "right"}).label("paying", {fifth - 1, o.states - fifth});
  builder.discount(o.discount);
  TabularMdp model = std::move(builder).build();
  const Policy uniform = Policy::uniform(model);
  const auto choices = features(2 * each, std::move(rows));
  return {.instance = {.model = std::move(model), .question = discounted(o.discount), .linear = {.features = choices}},
          .approximation = {.choices = choices, .target = uniform, .behaviour = uniform}};
}

const std::vector<Family<FeaturedInstance>>& featured_table() {
  static const std::vector<Family<FeaturedInstance>> table = {
      family_row("baird-star", "seven states, eight weights: off policy, steps of TD diverge",
                 "Baird 1995; Sutton and Barto 2018, section 11.2", "", &baird_star),
      family_row("boyan-chain", "a walk down a chain whose values a few features tell exactly", "Boyan 2002", "states",
                 &boyan_chain),
      family_row("kolter", "two states whose fixed point of TD may be as bad as one likes", "Kolter 2011", "", &kolter),
      family_row("lspi-chain", "a chain with two paying states, and bumps to tell its values",
                 "Lagoudakis and Parr 2003", "states", &lspi_chain),
      family_row("random-walk", "a walk until it leaves on the left for -1 or on the right for +1",
                 "Sutton and Barto 2018, example 7.1", "states", &random_walk),
      family_row("tsitsiklis-van-roy", "two states and one weight, which every fit makes larger",
                 "Tsitsiklis and Van Roy 1996", "", &tsitsiklis_van_roy),
  };
  return table;
}

const Family<FeaturedInstance>& find_featured(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& family : featured_table()) {
    if (family.name == name) return family;
    names.push_back(family.name);
  }
  refuse_instance(name, names);
}

}  // namespace bellwether::mdp
