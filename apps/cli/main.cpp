#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/lost_pages.h"
#include "apps/cli/plain_message.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/names.h"
#include "solvers/abandonable.h"

namespace bellwether::cli {
namespace {

constexpr std::array<const Command*, 12> kCommands = {&kSolve, &kFit,     &kRun,  &kReproduce, &kCheck, &kShow,
                                                      &kMake,  &kConvert, &kList, &kBench,     &kLab,   &kCompletion};
constexpr std::string_view kVersion = BELLWETHER_VERSION;

std::string overview() {
  std::string out = fmt::format(
      "bellwether {}: solves Markov decision processes with a proven error, and measures those who learn "
      "them\n\nusage: {} COMMAND ...\n\ncommands:\n",
      kVersion, program_name());
  for (const Command* command : kCommands) out += two_columns(command->name, command->summary, 16);
  out += two_columns("help", "this text, or the help of a command: help solve", 16);
  if (program_name() == "./bellwether") out += two_columns("test", "builds and runs the tests: test --help", 16);
  out +=
      fmt::format("\ntry:\n  {0} make frozenlake -o lake.csv\n  {0} solve lake.csv --discount 0.99\n", program_name());
  return out;
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const Command* command : kCommands) {
    if (command->name == name) return *command;
    names.emplace_back(command->name);
  }
  if (program_name() == "./bellwether") names.insert(names.end(), {"test", "build"});
  const std::string near = did_you_mean(name, names);
  throw InvalidOption(
      fmt::format("unknown command '{}'{}", name, near.empty() ? "; the commands are " + join_names(names) : near));
}

/// What was typed after the sub-command, read by its own options and those that depend on what was typed.
Arguments read_arguments(const Command& command, const std::vector<std::string>& typed) {
  std::vector<std::string> more;
  if (command.more_options != nullptr) more = command.more_options(typed);
  std::vector<OptionSpec> specs(command.options.begin(), command.options.end());
  for (const std::string& name : more) {
    const bool known = std::any_of(command.options.begin(), command.options.end(),
                                   [&](const OptionSpec& spec) { return spec.name == name; });
    if (!known) specs.push_back({.name = name, .argument = "VALUE", .help = {}});
  }
  return {command.name, specs, typed, command.most_positionals};
}

int run(const std::vector<std::string>& typed) {
  if (typed.empty()) {
    fmt::print(stderr, "{}", overview());
    return kBadInput;
  }
  const std::string& name = typed.front();
  if (name == "--version" || name == "version") {
    fmt::print("bellwether {}\n", kVersion);
    return kSuccess;
  }
  if (name == "help" || name == "--help" || name == "-h") {
    const std::string about = typed.size() > 1 ? typed[1] : "help";
    if (about == "test" || about == "build") {
      fmt::print("{} belongs to the launcher in the source folder; ./bellwether test --help explains both\n", about);
      return kSuccess;
    }
    fmt::print("{}", about == "help" ? overview() : help_text(find_command(about)));
    return kSuccess;
  }
  const Command& command = find_command(name);
  const Arguments arguments = read_arguments(command, {typed.begin() + 1, typed.end()});
  if (arguments.wants_help()) {
    fmt::print("{}", help_text(command));
    return kSuccess;
  }
  return command.run(arguments);
}

/// One line on standard error; that it may be closed or full is no reason to abort.
void complain(const std::string& text) {
  std::fprintf(stderr, "bellwether: %s\n", mdp::printable(plain_message(text)).c_str());
}

/// Output that could not be written (a full disk, a closed pipe) must not pass for success.
int flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  complain("standard output could not be written");
  return code == kSuccess ? kInternalError : code;
}

int run_safely(const std::vector<std::string>& typed) {
  try {
    return run(typed);
  } catch (const std::invalid_argument& error) {
    complain(error.what());
    return kBadInput;
  } catch (const StoppedTooEarly& stopped) {
    complain(stopped.what());
    return kNotMet;
  } catch (const std::bad_alloc&) {
    complain("the machine has not enough memory for this model and question");
    return kInternalError;
  } catch (const std::exception& error) {
    complain(std::string("internal error: ") + error.what());
    return kInternalError;
  }
}

/// Idle OpenMP threads that spin slow down everything else on a busy machine; the runtime reads its environment before
/// main starts, so the program starts itself once more with the setting in place.
void restart_with_short_spin(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  ::setenv("GOMP_SPINCOUNT", "20000", 1);
  ::execv("/proc/self/exe", argv);
}

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

std::string help_text(const Command& command) {
  std::string out = fmt::format("usage: {} {} {}\n\n", program_name(), command.name, command.usage);
  const int width = std::min(terminal_width(), 100);
  std::string_view rest = command.details;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    out += wrapped(rest.substr(0, end), 0, width) + '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out += options_help(command.options);
  if (!command.examples.empty()) out += "\nexamples:\n";
  for (std::string_view lines = command.examples; !lines.empty();) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    out += fmt::format("  {} {}\n", program_name(), lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

}  // namespace bellwether::cli

int main(int argc, char** argv) {
  using namespace bellwether;  // NOLINT(google-build-using-namespace)
  cli::restart_with_short_spin(argv);
  cli::explain_lost_pages();
  const int code = cli::flushed(cli::run_safely({argv + 1, argv + argc}));
  // What was abandoned on Ctrl-C still runs: it must not see the program taken down around it.
  if (solvers::num_abandoned() > 0) std::_Exit(code);
  return code;
}
