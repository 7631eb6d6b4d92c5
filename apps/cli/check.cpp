#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/claims_text.h"
#include "apps/cli/command.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "proofs_checks/registry.h"
#include "proofs_checks/suite.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 5> kOptions = {{
    {.name = "full", .argument = "", .help = "the long tier: larger models, more replicates", .group = "options"},
    {.name = "explain", .argument = "", .help = "also what each claim states, its theorem and the worst case met"},
    {.name = "seed",
     .argument = "N",
     .help = "the seed of the statistical claims (default 20); one that fails must not be cured by another"},
    {.name = "threads", .argument = "N", .help = "threads to use (default: all cores); results do not depend on it"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

std::vector<const claims::Claim*> selected_claims(const Arguments& arguments, claims::Tier tier) {
  try {
    return claims::select_claims(arguments.positionals(), tier);
  } catch (const InvalidOption& error) {
    throw InvalidOption(fmt::format("check: {}; `{} list claims` names them all", error.what(), program_name()));
  }
}

int tell_unfinished(const claims::Report& report, std::size_t selected, const Arguments& arguments) {
  std::fflush(stdout);
  std::string rest = fmt::format("{} check", program_name());
  for (const std::string& name : unfinished_names(report)) rest += " " + name;
  if (arguments.has("full")) rest += " --full";
  if (arguments.has("explain")) rest += " --explain";
  for (const char* option : {"seed", "threads"})
    if (const auto value = arguments.text(option)) rest += fmt::format(" --{} {}", option, *value);
  fmt::print(stderr, "{}\nnext: {}\n", unfinished_text(report, selected), rest);
  return kNotMet;
}

int run(const Arguments& arguments) {
  const claims::Tier tier = arguments.has("full") ? claims::Tier::kFull : claims::Tier::kFast;
  claims::SuiteOptions options{.tier = tier};
  if (const auto seed = arguments.whole_number("seed", at_least(0))) options.seed = static_cast<std::uint64_t>(*seed);
  const auto selected = selected_claims(arguments, tier);
  const ThreadCount threads(
      static_cast<int>(arguments.whole_number("threads", between(1, 1024)).value_or(thread_count())));
  const claims::Report report = run_claims(selected, options);
  fmt::print("{}", claims_text(report, arguments.has("explain")));
  if (!report.unfinished.empty()) return tell_unfinished(report, selected.size(), arguments);
  if (tier == claims::Tier::kFast)
    fmt::print("next: {0} check --full (the long tier), {0} check --explain\n", program_name());
  return report.passed() ? kSuccess : kNotMet;
}

}  // namespace

const Command kCheck = {
    .name = "check",
    .usage = "[PAPER|CLAIM...] [options]",
    .summary = "what theory promises against what the program measures",
    .details =
        "Measures claims: each states what a theorem promises, with the theorem's own constants, and is held against "
        "what the program does. Each claim comes with controls, variants that are wrong on purpose, on which it must "
        "fail; a control that slips through is a defect of the claim. Without names the whole fast tier runs. Exit "
        "code 1 when a claim fails or a control slips, or when Ctrl-C stopped it: what was measured is told then.",
    .examples = "check\ncheck exact-solvers --explain\ncheck --full",
    .options = kOptions,
    .most_positionals = 64,
    .completes = "",
    .run = run,
};

}  // namespace bellwether::cli
