#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 4> kOptions = {{
    {.name = "list", .argument = "", .help = "name the benchmarks and stop", .group = "options"},
    {.name = "min-time", .argument = "SECONDS", .help = "measure each for at least so long (default 0.5)"},
    {.name = "json",
     .argument = "FILE",
     .help = "also write the figures of Google Benchmark to FILE",
     .words = "@files"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

/// What runs without a filter.
constexpr std::string_view kSelection =
    "^sweep/.*/[a-d]_|^solve/(plain|auto|value-iteration|modified-policy-iteration)/[abd]_|^read/.*/b_";

std::string sibling_program() {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path sibling = self.parent_path() / "bellwether-bench";
  if (!std::filesystem::exists(sibling)) {
    throw InvalidOption(fmt::format(
        "bench: the benchmarks are not built ({} is missing); ./bellwether bench in the source folder builds them",
        sibling.string()));
  }
  return sibling.string();
}

int run(const Arguments& arguments) {
  std::vector<std::string> words{sibling_program()};
  for (const std::string& filter : arguments.positionals()) {
    if (words.size() == 1) {
      words.push_back("--benchmark_filter=" + filter);
    } else {
      words.back() += "|" + filter;
    }
  }
  if (arguments.positionals().empty() && !arguments.has("list")) {
    words.push_back(fmt::format("--benchmark_filter={}", kSelection));
    fmt::print(
        stderr,
        "A selection of about a minute; `{0} bench .` runs everything (a quarter of an hour), `{0} bench --list` names "
        "it.\n",
        program_name());
  }
  if (arguments.has("list")) words.emplace_back("--benchmark_list_tests");
  if (const auto time = arguments.number("min-time", above(0)))
    words.push_back(fmt::format("--benchmark_min_time={}", *time));
  if (const auto path = arguments.text("json")) {
    words.push_back("--benchmark_out=" + *path);
    words.emplace_back("--benchmark_out_format=json");
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  throw std::runtime_error(fmt::format("bench: {} does not start: {}", words[0], std::strerror(errno)));
}

}  // namespace

const Command kBench = {
    .name = "bench",
    .usage = "[FILTER...] [options]",
    .summary = "how fast this machine solves: shares of its bandwidth, ratios to a plain solver",
    .details =
        "Runs the benchmark suite (Google Benchmark); a FILTER is a regular expression on the names. Every benchmark "
        "checks its answer before its time counts. Sweeps report their share of the rate at which this machine reads, "
        "gathers and multiplies, measured in the same run; solves how many times less processor time they take than "
        "plain value iteration. A heading explains the columns of each table. Without a FILTER a selection runs.",
    .examples = "bench\nbench --list\nbench sweep\nbench solve/auto garnet --min-time 2\nbench .",
    .options = kOptions,
    .most_positionals = 16,
    .completes = "",
    .run = run,
};

}  // namespace bellwether::cli
