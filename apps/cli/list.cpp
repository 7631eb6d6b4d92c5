#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/instances/registry.h"
#include "mdp/io/formats.h"
#include "solvers/registry.h"

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
  out += fmt::format("\noptions of one: {} solve FILE --algorithm NAME --options\n", program_name());
  fmt::print("{}", out);
}

void list_instances() {
  std::string out = "instances for `make NAME -o FILE`:\n\n";
  for (const auto& row : mdp::instance_table()) out += two_columns(row.name, row.summary, 24);
  out += fmt::format("\nparameters and known facts of one: {} make NAME --options\n", program_name());
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

int run(const Arguments& arguments) {
  const std::vector<std::string> kinds{"algorithms", "instances", "formats"};
  const std::string kind = arguments.positionals().empty() ? "" : arguments.positionals().front();
  if (kind == "algorithms") {
    list_algorithms();
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
    .usage = "algorithms|instances|formats",
    .summary = "the algorithms, instances or file formats there are",
    .details = "Lists what the program knows, one line each.",
    .examples = "list algorithms\nlist instances",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "algorithms instances formats",
    .run = run,
};

}  // namespace bellwether::cli
