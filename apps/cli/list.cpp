#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/command.h"
#include "apps/cli/planner.h"
#include "apps/cli/terminal.h"
#include "bandits/arms/family.h"
#include "bandits/registry.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/papers/papers.h"
#include "mdp/io/formats.h"
#include "mdp/latent/registry.h"
#include "proofs_checks/registry.h"
#include "solvers/constrained/registry.h"
#include "solvers/latent/registry.h"
#include "solvers/online/registry.h"
#include "solvers/registry.h"
#include "solvers/robust/registry.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 1> kOptions = {{
    {.name = "help", .argument = "", .help = "this text", .group = "options", .short_name = "h"},
}};

void list_algorithms() {
  std::string out = "algorithms for `solve --algorithm NAME`:\n\n";
  for (const solvers::SolverRow& row : solvers::solver_table()) {
    std::string criteria;
    for (const solvers::Criterion criterion : row.criteria) {
      criteria += (criteria.empty() ? "" : ", ") + std::string(to_string(criterion));
    }
    out += two_columns(row.name, fmt::format("{} [{}]", row.summary, criteria), 32);
  }
  out += "\nwith limits on costs, `solve FILE --budget B1,B2,... --algorithm NAME`:\n\n";
  for (const solvers::ConstrainedRow& row : solvers::constrained_table()) {
    std::vector<std::string> criteria;
    for (const solvers::Criterion criterion : row.criteria) criteria.emplace_back(to_string(criterion));
    out += two_columns(row.name, fmt::format("{} [{}]", row.summary, fmt::join(criteria, ", ")), 32);
  }
  out += "\nfor several objectives at once, `solve FILE --objectives NAME,NAME,... --algorithm NAME`:\n\n";
  for (const auto& [name, summary] : front_planners()) out += two_columns(name, summary, 32);
  out += "\nfor models that are not certain, `solve FILE --robust KIND --radius R --algorithm NAME`:\n\n";
  for (const solvers::RobustSolverRow& row : solvers::robust_solver_table()) {
    std::vector<std::string> criteria;
    for (const solvers::Criterion criterion : row.criteria) criteria.emplace_back(to_string(criterion));
    out += two_columns(row.name, fmt::format("{} [{}]", row.summary, fmt::join(criteria, ", ")), 32);
  }
  out += "\nfor models that are not fully seen (contexts, observations):\n\n";
  for (const solvers::LatentRow& row : solvers::latent_table()) {
    std::vector<std::string> criteria;
    for (const solvers::Criterion criterion : row.criteria) criteria.emplace_back(to_string(criterion));
    out += two_columns(row.name, fmt::format("{} [{}]", row.summary, fmt::join(criteria, ", ")), 32);
  }
  out += fmt::format("\noptions of one: {} solve FILE --algorithm NAME --options\n", program_name());
  fmt::print("{}", out);
}

void list_instances() {
  std::string out = "instances for `make NAME -o FILE`:\n\n";
  for (const auto& row : mdp::file_instance_table()) out += two_columns(row.name, row.summary, 24);
  out += fmt::format("\nparameters and known facts of one: {} make NAME --options\n", program_name());
  out += "\nbandits, for `run NAME --algorithm LEARNER`:\n\n";
  for (const auto& row : bandits::family_table()) out += two_columns(row.name, row.summary, 24);
  out += fmt::format("\nparameters and facts of one: {} show NAME\n", program_name());
  fmt::print("{}", out);
}

void list_formats() {
  std::string out = "file formats, told by the extension or by --format NAME:\n\n";
  for (const mdp::Format& format : mdp::formats()) {
    out += two_columns(
        format.name,
        fmt::format("{} ({}{})", format.description, format.extensions, format.write == nullptr ? "; read only" : ""),
        14);
  }
  fmt::print("{}", out);
}

template <class Table>
void list_learners(std::string_view heading, const Table& table) {
  std::string out = fmt::format("{}:\n\n", heading);
  for (const auto& row : table) {
    const bool stops = row.protocol == Protocol::kStopping || row.protocol == Protocol::kIdentification;
    out += two_columns(row.name, std::string(row.summary) + (stops ? " [stops by itself]" : ""), 32);
  }
  fmt::print("{}\n", out);
}

void list_all_learners() {
  list_learners("learners of episodes, for `run INSTANCE --horizon H --algorithm NAME`", online::episodic_table());
  list_learners("learners of the long run, for `run INSTANCE --steps T --algorithm NAME`", online::average_table());
  list_learners("learners that keep to limits, for `run INSTANCE --horizon H --budget COLUMN=LIMIT --algorithm NAME`",
                online::constrained_table());
  list_learners("learners of a discounted model, for `run INSTANCE --discount G --episodes K --algorithm NAME`",
                online::discounted_table());
  list_learners("learners with a generative model, for `run INSTANCE --samples N --algorithm NAME`",
                online::generative_table());
  list_learners("learners of bandits, for `run BANDIT --rounds T --algorithm NAME`", bandits::learner_table());
  fmt::print("settings of one: {} show NAME\n", program_name());
}

void list_claims() {
  std::string out = "claims, for `check NAME`; (full): measured by `check --full` alone:\n", paper;
  for (const claims::Claim& claim : claims::claim_table()) {
    if (claims::paper_of(claim) != paper) {
      paper = claims::paper_of(claim);
      out += fmt::format("\n{}\n", paper);
    }
    const std::string tier = claim.tier == claims::Tier::kFull ? " (full)" : "";
    out += two_columns("  " + claim.id, claim.statement + tier, 40);
  }
  fmt::print("{}", out);
}

/// "2 experiments, 1 study, 3 claims (1 with --full alone)"
std::string parts_of(const experiments::Paper& paper) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, std::string_view noun) {
    if (count > 0) parts.push_back(counted(static_cast<std::int64_t>(count), noun));
  };
  add(paper.plans().size(), "experiment");
  add(paper.studies().size(), "study");
  if (paper.claims.empty()) return fmt::format("{}", fmt::join(parts, ", "));
  const std::size_t all = claims::select_claims(paper.claims, claims::Tier::kFull).size();
  const std::size_t fast = claims::select_claims(paper.claims, claims::Tier::kFast).size();
  add(all, "claim");
  if (fast < all) parts.back() += fmt::format(" ({} with --full alone)", all - fast);
  return fmt::format("{}", fmt::join(parts, ", "));
}

void list_papers() {
  std::string out = "papers, for `reproduce NAME` and, where they have claims, `check NAME`:\n\n", rest;
  for (const experiments::Paper& paper : experiments::paper_table()) {
    if (paper.plans().empty() && paper.studies().empty())
      rest += two_columns(paper.name, parts_of(paper), 28);
    else
      out += two_columns(paper.name, fmt::format("{} [{}]", paper.summary, parts_of(paper)), 28);
  }
  fmt::print("{}\nwith claims alone:\n\n{}", out, rest);
}

void list_experiments() {
  std::string out = "experiments that travel with the program (`reproduce PAPER` runs all of a paper):\n\n";
  for (const experiments::PlanText& plan : experiments::plan_texts()) out += fmt::format("  {}\n", plan.name);
  out += "\nstudies, curves of one computation without learners (`reproduce PAPER`, too):\n\n";
  for (const experiments::Paper& paper : experiments::paper_table())
    for (const studies::Study* study : paper.studies()) out += two_columns(study->id(), study->title, 38);
  fmt::print("{}", out);
}

int run(const Arguments& arguments) {
  const std::vector<std::string> kinds{"algorithms", "learners", "instances", "experiments",
                                       "claims",     "papers",   "formats"};
  const std::string kind = arguments.positionals().empty() ? "" : arguments.positionals().front();
  if (kind == "algorithms") {
    list_algorithms();
  } else if (kind == "learners") {
    list_all_learners();
  } else if (kind == "claims") {
    list_claims();
  } else if (kind == "papers") {
    list_papers();
  } else if (kind == "experiments") {
    list_experiments();
  } else if (kind == "instances") {
    list_instances();
  } else if (kind == "formats") {
    list_formats();
  } else {
    throw InvalidOption(
        kind.empty() ? fmt::format("list: what? {}", join_names(kinds))
                     : fmt::format("list: '{}' is none of {}{}", kind, join_names(kinds), did_you_mean(kind, kinds)));
  }
  return kSuccess;
}

}  // namespace

const Command kList = {
    .name = "list",
    .usage = "algorithms|learners|instances|experiments|claims|papers|formats",
    .summary = "the algorithms, learners, instances, experiments, claims, papers or file formats there are",
    .details = "Lists what the program knows, one line each.",
    .examples = "list algorithms\nlist learners\nlist claims",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "algorithms learners instances experiments claims papers formats",
    .run = run,
};

}  // namespace bellwether::cli
