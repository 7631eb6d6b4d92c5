#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/claims_text.h"
#include "apps/cli/command.h"
#include "apps/cli/experiment_output.h"
#include "apps/cli/experiment_text.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "experiments/engine/plan.h"
#include "experiments/papers/papers.h"
#include "proofs_checks/registry.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 7> kOptions = {{
    {.name = "full",
     .argument = "",
     .help = "five times the seeds and the long tier of the claims",
     .group = "options"},
    {.name = "seeds", .argument = "N", .help = "replicates of every experiment, in place of its own number"},
    {.name = "out",
     .argument = "DIR",
     .help = "where results are kept (default runs/PAPER); a stopped run goes on from there",
     .short_name = "o",
     .words = "@files"},
    {.name = "fresh", .argument = "", .help = "compute everything anew (the old results are kept aside)"},
    {.name = "threads", .argument = "N", .help = "runs at a time (default: all cores); results do not depend on it"},
    {.name = "no-figures", .argument = "", .help = "draw nothing"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

constexpr int kFullSeeds = 5;  // times those of the default size

experiments::Grid grid_of(const experiments::PlanText& text, const Arguments& arguments) {
  experiments::Plan plan = experiments::read_plan_text(text.text, fmt::format("{}.toml", text.name)).plan;
  std::int64_t seeds = static_cast<std::int64_t>(plan.seeds.size());
  if (arguments.has("full")) seeds *= kFullSeeds;
  seeds = arguments.whole_number("seeds", between(1, 1'000'000)).value_or(seeds);
  plan.seeds = experiments::first_seeds(static_cast<int>(seeds));
  return experiments::expand(plan);
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty()) {
    throw InvalidOption(
        fmt::format("reproduce: which paper? `{} list papers` names those that can be", program_name()));
  }
  const experiments::Paper& paper = experiments::find_paper(arguments.positionals().front());
  const std::filesystem::path root = arguments.text("out").value_or(fmt::format("runs/{}", paper.name));
  const int threads = static_cast<int>(arguments.whole_number("threads", between(1, 1024)).value_or(thread_count()));
  std::vector<std::string> reports;
  for (const experiments::PlanText& text : paper.plans()) {
    const experiments::Grid grid = grid_of(text, arguments);
    const ExperimentRun place{.folder = (root / std::filesystem::path(text.name).filename()).string(),
                              .command = fmt::format("{} reproduce {}", program_name(), arguments.retyped()),
                              .threads = threads,
                              .fresh = arguments.has("fresh"),
                              .figures = !arguments.has("no-figures")};
    const experiments::Results results = play_experiment(grid, place);
    if (!results.complete()) return stopped_early(grid, results);
    fmt::print("== {}\n\n{}\n", grid.plan.title, experiment_text(grid, results));
    reports.push_back(write_experiment(grid, results, place).back());
  }
  const claims::Tier tier = arguments.has("full") ? claims::Tier::kFull : claims::Tier::kFast;
  const ThreadCount guard(threads);
  const claims::Report report = run_claims(claims::select_claims(paper.claims, tier), {.tier = tier});
  fmt::print("== claims\n\n{}", claims_text(report, false));
  fmt::print("\nwritten: {}\nnext: open the reports in a browser; {} check {} --explain\n", join_names(reports),
             program_name(), paper.claims.front());
  return report.passed() ? kSuccess : kNotMet;
}

}  // namespace

const Command kReproduce = {
    .name = "reproduce",
    .usage = "PAPER [options]",
    .summary = "a paper's experiments and claims: tables, verdicts, figures, reports",
    .details =
        "Runs the experiments that belong to a paper, writes tables, figures and a report of each, and measures the "
        "paper's claims with their controls. What a stopped run has done is kept. Exit code 1 when a claim fails.",
    .examples = "reproduce tabular-regret\nreproduce tabular-regret --seeds 5 --out /tmp/quick",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@papers",
    .run = run,
};

}  // namespace bellwether::cli
