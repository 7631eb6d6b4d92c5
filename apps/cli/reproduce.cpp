#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/claims_text.h"
#include "apps/cli/command.h"
#include "apps/cli/experiment_output.h"
#include "apps/cli/experiment_text.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/study_output.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "experiments/engine/plan.h"
#include "experiments/engine/words.h"
#include "experiments/pages/html.h"
#include "experiments/pages/whole_file.h"
#include "experiments/papers/papers.h"
#include "experiments/report/html_report.h"
#include "proofs_checks/registry.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 7> kOptions = {{
    {.name = "full",
     .argument = "",
     .help = "five times the seeds of learners and the long tier of the claims",
     .group = "options"},
    {.name = "seeds",
     .argument = "N",
     .help = "replicates of every experiment with learners, in place of its own number"},
    {.name = "out",
     .argument = "DIR",
     .help = "where results are kept (default runs/PAPER); a stopped run goes on from there",
     .short_name = "o",
     .words = "@files"},
    {.name = "fresh", .argument = "", .help = "play all learners anew (the old results are kept aside)"},
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

/// What `reproduce` does with one paper: its parts one after the other, and the report of them all.
class Reproduction {
 public:
  Reproduction(const experiments::Paper& paper, const Arguments& arguments)
      : paper_(paper),
        arguments_(arguments),
        root_(arguments.text("out").value_or(fmt::format("runs/{}", paper.name))),
        command_(fmt::format("{} reproduce {}", program_name(), arguments.retyped())),
        threads_(static_cast<int>(arguments.whole_number("threads", between(1, 1024)).value_or(thread_count()))) {}

  int run() {
    for (const experiments::PlanText& text : paper_.plans())
      if (!play(text)) return kNotMet;
    for (const studies::Study* study : paper_.studies())
      if (!compute(*study)) return kNotMet;
    const bool passed = paper_.claims.empty() || check();
    const bool has_report = !sections_.empty();
    if (has_report) write_report();
    fmt::print("\n{}next: {}{}\n", has_report ? fmt::format("written: {}\n", join_names(reports_)) : "",
               has_report ? "open the report in a browser" : "",
               paper_.claims.empty() ? ""
                                     : fmt::format("{}{} check {} --explain", has_report ? "; " : "", program_name(),
                                                   paper_.claims.front()));
    return passed ? kSuccess : kNotMet;
  }

 private:
  std::string folder(std::string_view part) const { return (root_ / std::filesystem::path(part)).string(); }

  bool play(const experiments::PlanText& text) {
    const experiments::Grid grid = grid_of(text, arguments_);
    const ExperimentRun place{.folder = folder(std::filesystem::path(text.name).filename().string()),
                              .command = command_,
                              .threads = threads_,
                              .fresh = arguments_.has("fresh"),
                              .figures = !arguments_.has("no-figures")};
    const experiments::Results results = play_experiment(grid, place);
    if (!results.complete()) {
      stopped_early(grid, results);
      return false;
    }
    fmt::print("== {}\n\n{}\n", grid.plan.title, experiment_text(grid, results));
    const WrittenExperiment written = write_experiment(grid, results, place);
    reports_.push_back(written.paths.back());
    sections_ += fmt::format("<h2>{}</h2>\n", experiments::html_text(experiments::title_of(grid))) +
                 experiments::html_sections(grid, results, written.page);
    return true;
  }

  bool compute(const studies::Study& study) {
    const studies::Outcome outcome = play_study(study, threads_);
    if (!outcome.complete) {
      fmt::print(stderr, "stopped while computing {}; what was finished before lies in {}\n", study.id(),
                 root_.string());
      return false;
    }
    const studies::Written written = studies::write_study(study, outcome.findings, folder(study.name),
                                                          !arguments_.has("no-figures"), {{"command", command_}});
    if (!written.complaint.empty()) fmt::print(stderr, "bellwether: {}\n", written.complaint);
    fmt::print("{}\n", study_text(study, outcome.findings));
    sections_ += studies::html_section(study, outcome.findings, written.svg);
    return true;
  }

  bool check() {
    const claims::Tier tier = arguments_.has("full") ? claims::Tier::kFull : claims::Tier::kFast;
    const ThreadCount guard(threads_);
    const auto chosen = claims::select_claims(paper_.claims, tier);
    if (chosen.empty()) {
      fmt::print("\nthe claims of this paper take long: --full measures them\n");
      return true;
    }
    const claims::Report report = run_claims(chosen, {.tier = tier});
    fmt::print("== claims\n\n{}", claims_text(report, false));
    std::fflush(stdout);
    const std::string stopped = unfinished_text(report, chosen.size());
    if (!stopped.empty())
      fmt::print(stderr, "{}\nthe same command goes on: learners that were played are kept, claims are measured anew\n",
                 stopped);
    verdicts_ = "<h2>Claims and their controls</h2>\n" +
                (stopped.empty() ? "" : fmt::format("<p class=\"note\">{}</p>\n", experiments::html_text(stopped))) +
                experiments::html(experiments::ReportTable{.caption = {}, .rows = claims_rows(report)});
    return report.passed();
  }

  void write_report() {
    const std::string path = folder("report.html");
    experiments::write_whole(
        path, experiments::html_page(paper_.name, fmt::format("<p>{}</p>\n", experiments::html_text(paper_.summary)) +
                                                      sections_ + verdicts_ + experiments::html_command(command_)));
    reports_.push_back(path);
  }

  const experiments::Paper& paper_;
  const Arguments& arguments_;
  std::filesystem::path root_;
  std::string command_;
  int threads_;
  std::string sections_, verdicts_;  ///< HTML
  std::vector<std::string> reports_;
};

int run(const Arguments& arguments) {
  if (arguments.positionals().empty()) {
    throw InvalidOption(
        fmt::format("reproduce: which paper? `{} list papers` names those that can be", program_name()));
  }
  const experiments::Paper& paper = experiments::find_paper(arguments.positionals().front());
  for (const char* option : {"seeds", "fresh"})
    if (arguments.has(option) && paper.plans().empty())
      throw InvalidOption(
          fmt::format("reproduce: --{} is for papers with learners, and {} has none", option, paper.name));
  const InterruptGuard guard;  // what was computed to its end is written to its end
  return Reproduction(paper, arguments).run();
}

}  // namespace

const Command kReproduce = {
    .name = "reproduce",
    .usage = "PAPER [options]",
    .summary = "a paper's experiments, studies and claims: tables, verdicts, figures, a report",
    .details =
        "Runs what belongs to a paper: experiments with learners, studies (curves of one computation, no seeds), and "
        "claims "
        "with their controls. Tables and verdicts are printed; points as CSV, figures as SVG, PNG and PDF and one "
        "report of "
        "everything are written. Learners that a stopped run has played are kept; a study is computed whole. Exit code "
        "1 when a claim fails, or when Ctrl-C stopped it; stopped among the claims it still writes the report, with "
        "the "
        "verdicts there are.",
    .examples =
        "reproduce reload\nreproduce robust-mdps --out /tmp/robust\nreproduce tabular-regret --seeds 5 --out "
        "/tmp/quick",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@papers",
    .run = run,
};

}  // namespace bellwether::cli
