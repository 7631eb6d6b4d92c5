#include "mdp/latent/registry.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/instances/construction.h"
#include "mdp/latent/instances.h"
#include "mdp/latent/lower_bound.h"

namespace bellwether::mdp {
namespace {

InstanceFile latent_file(const LatentMdp& latent, int horizon) {
  ModelFile file{.model = latent.context(0)};
  for (int m = 0; m < latent.num_contexts(); ++m) file.contexts.push_back(latent.context(m));
  return {.file = std::move(file), .question = finite(horizon)};
}

InstanceFile pomdp_file(const Pomdp& pomdp, double discount) {
  return {.file = {.model = pomdp.model(), .observations = pomdp.observations()}, .question = discounted(discount)};
}

// --- Hidden contexts -------------------------------------------------------------------------------------------------

struct RandomLatentOptions {
  RandomLatentShape shape = {.states = 3};
  int rest = 0;
  std::int64_t seed = 1;
};

template <class Field>
void describe(RandomLatentOptions& o, Field&& field) {
  field("contexts", o.shape.contexts, between(1, 1000), "how many models, equally likely");
  field("states", o.shape.states, at_least(1), "states of each");
  field("actions", o.shape.actions, at_least(1), "choices in each state");
  field("horizon", o.shape.horizon, at_least(1), "steps of a play; a reward is at most 1 / horizon");
  field("reward_density", o.shape.reward_density, between(0, 1), "share of choices that pay");
  field("concentration", o.shape.concentration, above(0), "of the Dirichlet law of rows: small for rows near a corner");
  field("certainty", o.shape.certainty, between(0, 1), "share of each row that goes to one state");
  field("rest", o.rest, at_least(0), "further steps in which nothing happens; above 0 states also know the step");
  field("seed", o.seed, at_least(0), "seed of all draws");
}

InstanceFile random_latent_file(const RandomLatentOptions& o) {
  const auto& shape = o.shape;
  const double rows = static_cast<double>(shape.contexts) * shape.states * shape.actions;
  const double times = o.rest > 0 ? shape.horizon + 1.0 : 1;
  require_size("random-latent", "states", static_cast<double>(shape.contexts) * shape.states * times,
               rows * shape.states * times);
  const LatentMdp drawn = random_latent(Stream(static_cast<std::uint64_t>(o.seed)), shape);
  if (o.rest == 0) return latent_file(drawn, shape.horizon);
  if (o.rest > 1'000'000 - shape.horizon)
    reject_option("random-latent", "rest", std::to_string(o.rest), "such that all steps are at most a million");
  return latent_file(with_rest(drawn, shape.horizon), shape.horizon + o.rest);
}

struct SecretCombinationOptions {
  int contexts = 4;
  int actions = 3;
  std::string secret;
  std::int64_t seed = 1;
};

template <class Field>
void describe(SecretCombinationOptions& o, Field&& field) {
  field("contexts", o.contexts, between(1, 1000), "M, one more than the secret has actions");
  field("actions", o.actions, between(1, 1000), "choices in each state");
  field("secret", o.secret, any_value(), "its actions, as in 2-0-1; empty: drawn");
  field("seed", o.seed, at_least(0), "seed of a drawn secret");
}

/// "2-0-1" into its actions.
std::vector<int> secret_of(const SecretCombinationOptions& o) {
  std::vector<int> secret;
  Stream stream(static_cast<std::uint64_t>(o.seed));
  if (o.secret.empty()) {
    for (int t = 0; t + 1 < o.contexts; ++t)
      secret.push_back(static_cast<int>(stream.below(static_cast<std::uint64_t>(o.actions))));
    return secret;
  }
  for (std::size_t begin = 0; begin <= o.secret.size();) {
    const std::size_t end = std::min(o.secret.find('-', begin), o.secret.size());
    const auto action = parse_integer(o.secret.substr(begin, end - begin));
    if (!action || *action < 0 || *action >= o.actions) {
      reject_option("secret-combination", "secret", "'" + o.secret + "'",
                    fmt::format("actions from 0 to {} with '-' between", o.actions - 1));
    }
    secret.push_back(static_cast<int>(*action));
    begin = end + 1;
  }
  if (static_cast<int>(secret.size()) + 1 != o.contexts) {
    reject_option("secret-combination", "secret", "'" + o.secret + "'",
                  fmt::format("{}, one fewer than contexts", counted(o.contexts - 1, "action")));
  }
  return secret;
}

InstanceFile secret_combination(const SecretCombinationOptions& o) {
  bellwether::require_valid("secret-combination", o);
  InstanceFile made = latent_file(combination_lock(o.actions, secret_of(o)), o.contexts);
  made.facts = {known_optimum(made.question, 1.0 / o.contexts, "closed form: 1 / M, what the secret earns",
                              fmt::format("1/{}", o.contexts))};
  return made;
}

struct LatentLowerBoundOptions {
  LatentHardShape shape = {};
  double hardest_for = 0;
  int horizon = 0;
  std::int64_t seed = 1;
};

template <class Field>
void describe(LatentLowerBoundOptions& o, Field&& field) {
  field("contexts", o.shape.contexts, between(1, 5000), "M, equally likely");
  field("leaves", o.shape.leaves, between(1, 1'000'000), "leaves of the tree");
  field("actions", o.shape.actions, between(2, 1000), "choices at each node and leaf");
  field("advantage", o.shape.advantage, between(0, .5), "epsilon, by which the good arm of a context wins more often");
  field("variance", o.shape.variance, between(0, .25), "V; a win pays 2 sqrt(V)");
  field("hardest_for", o.hardest_for, at_least(0), "above 0: the advantage that hurts most in so many episodes");
  field("horizon", o.horizon, at_least(0), "steps, those of rest included; 0: no rest");
  field("seed", o.seed, at_least(0), "seed of the good arms");
}

InstanceFile latent_lower_bound(const LatentLowerBoundOptions& o) {
  bellwether::require_valid("latent-lower-bound", o);
  LatentHardShape shape = o.shape;
  if (o.hardest_for > 0) shape.advantage = hardest_advantage(shape, o.hardest_for);
  const int horizon = o.horizon == 0 ? shape.steps() : o.horizon;
  if (horizon < shape.steps()) {
    reject_option("latent-lower-bound", "horizon", std::to_string(horizon),
                  fmt::format("at least {} for these sizes, or 0", shape.steps()));
  }
  InstanceFile made = latent_file(drawn_latent_hard(shape, Stream(static_cast<std::uint64_t>(o.seed))), horizon);
  made.facts = {known_optimum(made.question, 2 * std::sqrt(shape.variance) * (.5 + shape.advantage),
                              "closed form: 2 sqrt(V) (1/2 + epsilon)")};
  return made;
}

// --- Hidden states ---------------------------------------------------------------------------------------------------

struct TigerOptions {
  double accuracy = .85;
  double discount = .95;
};

template <class Field>
void describe(TigerOptions& o, Field&& field) {
  field("accuracy", o.accuracy, between(0, 1), "probability to hear the tiger where it is");
  field("discount", o.discount, discount_rule(), "of the usual question");
}

InstanceFile tiger_file(const TigerOptions& o) {
  bellwether::require_valid("tiger", o);
  InstanceFile made = pomdp_file(tiger(o.accuracy, o.discount), o.discount);
  made.file.observations->names = {"hear-left", "hear-right"};
  if (o.accuracy == .5) {
    // Nothing is ever heard, so the best is to listen for ever: opening costs 45 on average.
    made.facts = {known_optimum(made.question, -1 / (1 - o.discount), "closed form: listening for ever")};
  }
  return made;
}

struct NoisyChainOptions {
  int states = 6;
  double accuracy = .7;
  double discount = .95;
};

template <class Field>
void describe(NoisyChainOptions& o, Field&& field) {
  field("states", o.states, between(1, 10'000), "length of the corridor");
  field("accuracy", o.accuracy, between(0, 1), "probability to see the place itself and not a neighbour");
  field("discount", o.discount, discount_rule(), "of the usual question");
}

InstanceFile noisy_chain_file(const NoisyChainOptions& o) {
  bellwether::require_valid("noisy-chain", o);
  return pomdp_file(noisy_chain(o.states, o.accuracy, o.discount), o.discount);
}

struct RandomPomdpOptions {
  RandomPomdpShape shape = {};
  double discount = .9;
  std::int64_t seed = 1;
};

template <class Field>
void describe(RandomPomdpOptions& o, Field&& field) {
  field("states", o.shape.states, between(1, 2000), "hidden states");
  field("actions", o.shape.actions, between(1, 1000), "choices in each");
  field("observations", o.shape.observations, between(1, 2000), "what may be seen after a step");
  field("concentration", o.shape.concentration, above(0), "of the Dirichlet law of rows: small for rows near a corner");
  field("discount", o.discount, discount_rule(), "of the usual question");
  field("seed", o.seed, at_least(0), "seed of all draws");
}

InstanceFile random_pomdp_file(const RandomPomdpOptions& o) {
  const auto& shape = o.shape;
  require_size("random-pomdp", "states", shape.states,
               static_cast<double>(shape.states) * shape.actions * (shape.states + shape.observations));
  return pomdp_file(random_pomdp(Stream(static_cast<std::uint64_t>(o.seed)), shape, o.discount), o.discount);
}

// --- The table -------------------------------------------------------------------------------------------------------

std::vector<FileInstance> hidden_instances() {
  return {
      family_row("latent-lower-bound", "hidden contexts that reveal themselves, each a bandit of its own",
                 "after Zhou, Wang and Du 2023, lower bound", "contexts", &latent_lower_bound),
      family_row("noisy-chain", "a corridor seen through noise, hidden states", "made for this project", "states",
                 &noisy_chain_file),
      family_row("random-latent", "random models one of which is true, hidden contexts",
                 "Kwon, Efroni, Caramanis and Mannor 2021, experiments", "states", &random_latent_file),
      family_row("random-pomdp", "random model with random observations, hidden states", "uniform on the simplex",
                 "states", &random_pomdp_file),
      family_row("secret-combination", "only the right sequence pays and nothing tells it, hidden contexts",
                 "Kwon, Efroni, Caramanis and Mannor 2021, lower bound", "contexts", &secret_combination),
      family_row("tiger", "two doors, a tiger behind one, hidden states", "Cassandra, Kaelbling and Littman 1994", "",
                 &tiger_file),
  };
}

FileInstance as_file(const Instance& seen) {
  FileInstance instance{.name = seen.name,
                        .summary = seen.summary,
                        .source = seen.source,
                        .size_option = seen.size_option,
                        .rows = seen.rows,
                        .build = {}};
  instance.build = [build = seen.build](const std::vector<Setting>& settings) {
    NamedInstance made = build(settings);
    const bool costs = made.question.minimise;
    return InstanceFile{.file = {.model = std::move(made.model),
                                 .stages = std::move(made.stages),
                                 .rewards_are_costs = costs,
                                 .linear = std::move(made.linear)},
                        .question = std::move(made.question),
                        .facts = std::move(made.facts)};
  };
  return instance;
}

}  // namespace

const std::vector<FileInstance>& file_instance_table() {
  static const std::vector<FileInstance> table = [] {
    std::vector<FileInstance> all = hidden_instances();
    for (const Instance& seen : instance_table()) all.push_back(as_file(seen));
    std::ranges::sort(all, {}, &FileInstance::name);
    return all;
  }();
  return table;
}

bool is_hidden_instance(std::string_view name) {
  return std::ranges::find(file_instance_table(), name, &FileInstance::name) != file_instance_table().end() &&
         std::ranges::find(instance_table(), name, &Instance::name) == instance_table().end();
}

const FileInstance& find_file_instance(std::string_view name) {
  const std::vector<FileInstance>& table = file_instance_table();
  const auto found = std::ranges::find(table, name, &FileInstance::name);
  if (found != table.end()) return *found;
  std::vector<std::string> names;
  for (const FileInstance& instance : table) names.push_back(instance.name);
  refuse_instance(name, names);
}

}  // namespace bellwether::mdp
