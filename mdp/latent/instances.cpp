#include "mdp/latent/instances.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

std::vector<Entry> random_row(Stream& stream, int states, double concentration) {
  const std::vector<double> alpha(static_cast<std::size_t>(states), concentration);
  std::vector<double> p(alpha.size());
  sample_dirichlet(stream, alpha, p);
  std::vector<Entry> row;
  for (int s = 0; s < states; ++s) row.push_back({.next = s, .probability = p[static_cast<std::size_t>(s)]});
  return row;
}

TabularMdp random_context(Stream stream, const RandomLatentShape& shape) {
  TabularMdpBuilder builder(shape.states);
  for (int s = 0; s < shape.states; ++s) {
    for (int a = 0; a < shape.actions; ++a) {
      const bool pays = sample_bernoulli(stream, shape.reward_density);
      const double reward = pays ? stream.uniform() / shape.horizon : 0.0;
      std::vector<Entry> row = random_row(stream, shape.states, shape.concentration);
      if (shape.certainty > 0) {
        const auto sure = static_cast<std::size_t>(stream.below(static_cast<std::uint64_t>(shape.states)));
        for (Entry& entry : row) entry.probability *= 1 - shape.certainty;
        row[sure].probability += shape.certainty;
      }
      builder.add_choice(s, reward, row);
    }
  }
  std::vector<double> initial;
  for (const Entry& entry : random_row(stream, shape.states, shape.concentration)) initial.push_back(entry.probability);
  if (shape.start_in_zero)
    builder.start_in(0);
  else
    builder.initial(std::move(initial));
  return std::move(builder).build();
}

bool survives(int m, int t, int contexts, bool on_secret) {
  if (m == contexts - 1 || m < t) return on_secret;
  if (m == t) return !on_secret;
  return true;
}

void require_positive(const char* instance, const char* option, int value) {
  if (value < 1) throw InvalidOption(fmt::format("{}: option '{}' is {}, must be at least 1", instance, option, value));
}

}  // namespace

LatentMdp random_latent(Stream stream, const RandomLatentShape& shape) {
  require_positive("random_latent", "contexts", shape.contexts);
  require_positive("random_latent", "states", shape.states);
  require_positive("random_latent", "actions", shape.actions);
  std::vector<TabularMdp> contexts;
  for (int m = 0; m < shape.contexts; ++m)
    contexts.push_back(random_context(stream.child(static_cast<std::uint64_t>(m)), shape));
  return {std::move(contexts), std::vector<double>(static_cast<std::size_t>(shape.contexts), 1.0 / shape.contexts)};
}

LatentMdp combination_lock(int actions, std::span<const int> secret) {
  require_positive("combination_lock", "actions", actions);
  for (const int a : secret)
    if (a < 0 || a >= actions)
      throw InvalidOption(fmt::format("combination_lock: the secret has action {}, must be below {}", a, actions));
  const int contexts = static_cast<int>(secret.size()) + 1, dead = contexts;
  std::vector<TabularMdp> models;
  for (int m = 0; m < contexts; ++m) {
    TabularMdpBuilder builder(contexts + 1);
    for (int t = 0; t < contexts; ++t) {
      for (int a = 0; a < actions; ++a) {
        const bool last = t == contexts - 1;
        const bool on = !last && survives(m, t, contexts, a == secret[static_cast<std::size_t>(t)]);
        builder.add_choice(t, last && m == contexts - 1 ? 1.0 : 0.0, {{.next = on ? t + 1 : dead, .probability = 1.0}});
      }
    }
    for (int a = 0; a < actions; ++a) builder.add_choice(dead, 0.0, {{.next = dead, .probability = 1.0}});
    builder.start_in(0);
    models.push_back(std::move(builder).build());
  }
  return {std::move(models), std::vector<double>(static_cast<std::size_t>(contexts), 1.0 / contexts), true};
}

Pomdp tiger(double accuracy, double discount) {
  TabularMdpBuilder builder(2);
  for (int s = 0; s < 2; ++s) {
    builder.add_choice(s, -1.0, {{.next = s, .probability = 1.0}});
    for (int door = 0; door < 2; ++door)
      builder.add_choice(s, door == s ? -100.0 : 10.0,
                         {{.next = 0, .probability = .5}, {.next = 1, .probability = .5}});
  }
  builder.initial({.5, .5}).discount(discount);
  builder.state_names({"tiger-left", "tiger-right"}).action_names({"listen", "open-left", "open-right"});
  const double wrong = 1 - accuracy;
  const std::vector<double> heard = {accuracy, wrong, wrong, accuracy, .5, .5, .5, .5, .5, .5, .5, .5};
  return {std::move(builder).build(), dense_observations(2, heard)};
}

Pomdp noisy_chain(int states, double accuracy, double discount) {
  require_positive("noisy_chain", "states", states);
  TabularMdpBuilder builder(states);
  const auto inside = [&](int s) { return std::clamp(s, 0, states - 1); };
  for (int s = 0; s < states; ++s) {
    for (const int step : {-1, 0, 1}) {
      const double reward = step == 0 && s == states - 1 ? 1.0 : 0.0;
      if (inside(s + step) == s)
        builder.add_choice(s, reward, {{.next = s, .probability = 1.0}});
      else
        builder.add_choice(s, reward, {{.next = s + step, .probability = .9}, {.next = s, .probability = .1}});
    }
  }
  builder.initial(std::vector<double>(static_cast<std::size_t>(states), 1.0 / states)).discount(discount);
  builder.action_names({"left", "stay", "right"});
  const auto S = static_cast<std::size_t>(states);
  std::vector<double> seen(3 * S * S, 0.0);
  for (std::size_t a = 0; a < 3; ++a) {
    for (int s = 0; s < states; ++s) {
      double* row = &seen[(a * S + static_cast<std::size_t>(s)) * S];
      row[s] += accuracy;
      row[inside(s - 1)] += (1 - accuracy) / 2;
      row[inside(s + 1)] += (1 - accuracy) / 2;
    }
  }
  return {std::move(builder).build(), dense_observations(states, seen)};
}

Pomdp random_pomdp(Stream stream, const RandomPomdpShape& shape, double discount) {
  require_positive("random_pomdp", "states", shape.states);
  require_positive("random_pomdp", "actions", shape.actions);
  require_positive("random_pomdp", "observations", shape.observations);
  TabularMdpBuilder builder(shape.states);
  for (int s = 0; s < shape.states; ++s)
    for (int a = 0; a < shape.actions; ++a)
      builder.add_choice(s, stream.uniform(), random_row(stream, shape.states, shape.concentration));
  std::vector<double> initial, seen;
  for (const Entry& entry : random_row(stream, shape.states, shape.concentration)) initial.push_back(entry.probability);
  builder.initial(std::move(initial)).discount(discount);
  std::vector<std::vector<Seen>> first;
  for (int a = 0; a < shape.actions; ++a) {
    for (int s = 0; s < shape.states; ++s) {
      if (shape.same_eyes && a > 0) {
        for (const Seen& o : first[static_cast<std::size_t>(s)]) seen.push_back(o.probability);
        continue;
      }
      if (shape.same_eyes) first.emplace_back();
      for (const Entry& entry : random_row(stream, shape.observations, shape.concentration)) {
        seen.push_back(entry.probability);
        if (shape.same_eyes) first.back().push_back({entry.next, entry.probability});
      }
    }
  }
  return {std::move(builder).build(), dense_observations(shape.observations, seen), std::move(first)};
}

}  // namespace bellwether::mdp
