#include "apps/cli/show_bandit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/terminal.h"
#include "bandits/arms/family.h"
#include "bandits/arms/replay.h"
#include "bandits/bandit.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/stream.h"
#include "core/text.h"

namespace bellwether::cli {
namespace {

constexpr int kMostRows = 40;

std::string line(std::string_view name, const std::string& value) { return two_columns(name, value, 28); }

std::string rewards_text(const bandits::World& world) {
  switch (world.noise) {
    case bandits::Noise::kBernoulli:
      return "0 or 1";
    case bandits::Noise::kUnit:
      return "in [0, 1]";
    case bandits::Noise::kGaussian:
      return fmt::format("normal, standard deviation {:g}", world.sigma);
    case bandits::Noise::kPoisson:
      return "counts: Poisson";
    case bandits::Noise::kExponential:
      return "exponential";
    case bandits::Noise::kOther:
      break;
  }
  const std::string range = fmt::format("from {:g} to {:g}", world.low, world.high);
  return std::isfinite(world.sigma) ? fmt::format("{}, {:g}-sub-Gaussian", range, world.sigma)
                                    : fmt::format("{}, not sub-Gaussian", range);
}

/// Of items that are played several at once no single one is the best.
std::string arms_table(const bandits::NamedBandit& made, std::span<const double> means, bandits::Kind kind) {
  const bool gaps = kind == bandits::Kind::kArms;
  Table table(gaps ? std::vector<std::string>{"arm", "mean", "gap"} : std::vector<std::string>{"item", "mean"},
              std::vector<bool>(gaps ? 3 : 2, true));
  const double best = std::ranges::max(means);
  const std::size_t shown = std::min<std::size_t>(means.size(), kMostRows);
  for (std::size_t i = 0; i < shown; ++i) {
    std::vector<std::string> row = {made.arm_names.empty() ? std::to_string(i) : made.arm_names[i],
                                    fmt::format("{:.6g}", means[i])};
    if (gaps) row.push_back(fmt::format("{:.6g}", best - means[i]));
    table.add(row);
  }
  std::string out = fmt::format("\n{}", table.text());
  if (shown < means.size()) out += fmt::format("and {} more\n", means.size() - shown);
  return out;
}

constexpr std::int64_t kRounds = 10'000;

bool can_play(const bandits::Bandit& bandit, std::string_view learner) {
  try {
    bandits::make_agent(bandit, learner, {}, kRounds, Stream(1));
    return true;
  } catch (const InvalidOption&) {
    return false;  // not made for such a world
  }
}

/// Two learners that can play it, those made for its kind first: "oful,thompson".
std::string players(const bandits::Bandit& bandit) {
  std::vector<std::string_view> able;
  for (const std::string_view name : {"dynlin-ucb", "relax-tsallis", "whittle", "periodic-ucb", "comb-ucb1", "rucb",
                                      "oful", "ucb-glm", "gp-ucb", "ucb1", "thompson", "ucb", "robust-ucb"}) {
    const bool in_place_of_oful = name == "ucb-glm" || name == "gp-ucb";
    if (!(in_place_of_oful && !able.empty()) && can_play(bandit, name)) able.push_back(name);
    if (able.size() == 2) break;
  }
  return fmt::format("{}", fmt::join(able, ","));
}

std::string settings_of(const bandits::Family& family) {
  std::string out = "\nsettings, with what they are unless you say otherwise:\n";
  for (const OptionRow& option : family.rows())
    out += two_columns(fmt::format("{}={}", option.name, option.value),
                       option.rule.empty() ? option.help : fmt::format("{} ({})", option.help, option.rule), 28);
  return out;
}

/// The family with the settings that differ from what they are by themselves.
std::string as_typed(const experiments::InstanceVariant& variant, const bandits::Family& family) {
  std::string text = family.name;
  for (const OptionRow& option : family.rows())
    for (const auto& [name, value] : variant.settings)
      if (name == option.name && value != option.value) text += fmt::format(":{}={}", name, value);
  return text.find_first_of(" |;&()*'\"") == std::string::npos ? text : fmt::format("'{}'", text);
}

}  // namespace

std::string family_text(const bandits::Family& family) {
  return fmt::format("{}: {}\nfrom: {}\n{}", family.name, family.summary, family.source, settings_of(family));
}

std::string playground(std::string_view learner) {
  std::vector<std::string> families = {"bernoulli-arms"};
  for (const bandits::Family& family : bandits::family_table()) families.push_back(family.name);
  for (const std::string& family : families) {
    try {
      if (can_play(*bandits::find_family(family)->make().bandit, learner)) return family;
    } catch (const InvalidOption&) {
      continue;  // cannot be made without a file
    }
  }
  return "BANDIT";
}

std::string bandit_text(const experiments::InstanceVariant& variant) {
  const bandits::NamedBandit& made = *variant.bandit();
  const bandits::Family& family = *bandits::find_family(variant.id.substr(0, variant.id.find('@')));
  const bandits::World world = made.bandit->world(1);
  std::string out = fmt::format("{}: {}\nfrom: {}\n\n", variant.id, family.summary, family.source);
  out += line("size", world.kind == bandits::Kind::kArms ? counted(world.arms, "arm")
                                                         : fmt::format("{} {}", world.arms, to_string(world.kind)));
  if (world.dimension > 0)
    out += line("features",
                fmt::format("{} {}{}", world.dimension, world.kind == bandits::Kind::kArms ? "an arm" : "an item",
                            world.same_features ? "" : ", drawn each round"));
  out += line("rewards", rewards_text(world));
  out += line("content hash", variant.hash);
  for (const bandits::BanditFact& fact : made.facts)
    out += line(fact.what, fmt::format("{:.9g} ({})", fact.value, fact.how));
  if (!made.bandit->means().empty()) out += arms_table(made, made.bandit->means(), world.kind);
  out += settings_of(family);
  const auto* log = dynamic_cast<const bandits::ReplayBandit*>(made.bandit.get());
  return out + fmt::format("\nnext: {} run {} --algorithm {} --rounds {}\n", program_name(), as_typed(variant, family),
                           players(*made.bandit), log != nullptr ? log->longest() : kRounds);
}

}  // namespace bellwether::cli
