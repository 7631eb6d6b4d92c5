#include <array>
#include <string>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "bandits/arms/family.h"
#include "bandits/registry.h"
#include "core/errors.h"
#include "experiments/papers/papers.h"
#include "mdp/io/formats.h"
#include "mdp/latent/registry.h"
#include "solvers/online/registry.h"
#include "solvers/registry.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 1> kOptions = {{
    {.name = "help", .argument = "", .help = "this text", .group = "options", .short_name = "h"},
}};

/// What `compgen` should offer for an OptionSpec::words entry.
std::string generator(std::string_view words) {
  if (words == "@files") return "-f";
  std::string list;
  if (words == "@algorithms") {
    for (const solvers::SolverRow& row : solvers::solver_table()) list += fmt::format("{} ", row.name);
  } else if (words == "@formats") {
    for (const mdp::Format& format : mdp::formats()) list += fmt::format("{} ", format.name);
  } else if (words == "@learners") {
    for (const auto& row : online::episodic_table()) list += fmt::format("{} ", row.name);
    for (const auto& row : online::average_table()) list += fmt::format("{} ", row.name);
    for (const auto& row : online::constrained_table()) list += fmt::format("{} ", row.name);
    for (const auto& row : online::discounted_table()) list += fmt::format("{} ", row.name);
    for (const auto& row : online::generative_table()) list += fmt::format("{} ", row.name);
    for (const auto& row : bandits::learner_table()) list += fmt::format("{} ", row.name);
  } else if (words == "@papers") {
    for (const auto& row : experiments::paper_table()) list += fmt::format("{} ", row.name);
  } else if (words == "@instances") {
    for (const auto& instance : mdp::file_instance_table()) list += fmt::format("{} ", instance.name);
    for (const auto& family : bandits::family_table()) list += fmt::format("{} ", family.name);
  } else {
    list = words;
  }
  return fmt::format("-W '{}'", list);
}

std::string option_case(const OptionSpec& spec) {
  if (spec.argument.empty()) return {};
  const std::string flags =
      spec.short_name.empty() ? fmt::format("--{}", spec.name) : fmt::format("--{}|-{}", spec.name, spec.short_name);
  const std::string values = spec.words.empty()
                                 ? "COMPREPLY=()"
                                 : fmt::format("COMPREPLY=($(compgen {} -- \"$word\"))", generator(spec.words));
  return fmt::format("        {}) {}; return ;;\n", flags, values);
}

std::string command_case(const Command& command) {
  std::string flags, cases;
  for (const OptionSpec& spec : command.options) {
    flags += fmt::format("--{} ", spec.name);
    cases += option_case(spec);
  }
  const std::string positional = command.completes.empty() ? "-W ''" : generator(command.completes);
  return fmt::format(
      "    {0})\n      case \"$before\" in\n{1}      esac\n"
      "      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '{2}' -- \"$word\"))\n"
      "      else COMPREPLY=($(compgen {3} -- \"$word\")); fi ;;\n",
      command.name, cases, flags, positional);
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty() || arguments.positionals().front() != "bash") {
    throw InvalidOption("completion: for which shell? There is `completion bash`");
  }
  std::string names = "help ", cases;
  for (const Command* command : commands()) {
    names += fmt::format("{} ", command->name);
    cases += command_case(*command);
  }
  fmt::print(
      "# bash completion for bellwether; load it with: source <(./bellwether completion bash)\n"
      "_bellwether() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '{0}test build' -- \"$word\")); return; fi\n"
      "  case ${{COMP_WORDS[1]}} in\n"
      "    help) COMPREPLY=($(compgen -W '{0}' -- \"$word\")) ;;\n"
      "    test) COMPREPLY=($(compgen -W '--fast --full --preset --help' -- \"$word\")) ;;\n"
      "{1}"
      "  esac\n"
      "}}\n"
      "complete -o filenames -F _bellwether bellwether ./bellwether\n",
      names, cases);
  return kSuccess;
}

}  // namespace

const Command kCompletion = {
    .name = "completion",
    .usage = "bash",
    .summary = "a script that completes commands and options in the shell",
    .details = "Prints a bash completion script made from the same tables as the help texts.",
    .examples = "completion bash > ~/.local/share/bash-completion/completions/bellwether",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "bash",
    .run = run,
};

}  // namespace bellwether::cli
