#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "mdp/io/formats.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 7> kOptions = {{
    {.name = "output",
     .argument = "FILE",
     .help = "where to write the model; the extension tells the format",
     .group = "options",
     .short_name = "o",
     .words = "@files"},
    {.name = "size",
     .argument = "N",
     .help = "the instance's size (states, side of the grid, ...; --options says which)"},
    {.name = "seed", .argument = "N", .help = "the seed of a random instance (default 1)"},
    {.name = "set",
     .argument = "NAME=VALUE",
     .help = "any parameter of the instance; may be repeated",
     .repeats = true},
    {.name = "format", .argument = "NAME", .help = "write this format, whatever the extension", .words = "@formats"},
    {.name = "options", .argument = "", .help = "list the instance's parameters and known facts, and stop"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

}  // namespace
}  // namespace bellwether::cli
