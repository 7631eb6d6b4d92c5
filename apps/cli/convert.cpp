#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 5> kOptions = {{
    {.name = "from",
     .argument = "NAME",
     .help = "read IN as this format, whatever its extension",
     .group = "options",
     .words = "@formats"},
    {.name = "to", .argument = "NAME", .help = "write OUT as this format, whatever its extension", .words = "@formats"},
    {.name = "strict", .argument = "", .help = "fail, with exit code 2, when the new format cannot hold everything"},
    {.name = "rewards", .argument = "NAME", .help = "put this reward structure first (some formats hold only one)"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

/// Writes to the null device to learn what would be lost.
void require_lossless(const mdp::ModelFile& file, const std::string& out, const std::string& format) {
  const mdp::Format& chosen = mdp::find_format(out, format);
  const std::vector<std::string> lost = mdp::write_model(file, "/dev/null", chosen.name);
  if (lost.empty()) return;
  throw InvalidOption(fmt::format("convert: {} would lose {}; nothing was written", out, join_names(lost)));
}

int run(const Arguments& arguments) {
  if (arguments.positionals().size() != 2) throw InvalidOption("convert: needs two files: convert IN OUT");
  const std::string& in = arguments.positionals()[0];
  const std::string& out = arguments.positionals()[1];
  mdp::ModelFile file = mdp::read_model(in, arguments.text("from").value_or(""));
  if (const auto name = arguments.text("rewards")) {
    file.model = file.model.with_rewards(*name);
    for (mdp::TabularMdp& stage : file.stages) stage = stage.with_rewards(*name);
    for (mdp::TabularMdp& context : file.contexts) context = context.with_rewards(*name);
  }
  const std::string format = arguments.text("to").value_or("");
  if (arguments.has("strict")) require_lossless(file, out, format);
  const std::vector<std::string> lost = mdp::write_model(file, out, format);
  fmt::print("{}: {}\n", out, size_text(file.model));
  for (const std::string& thing : lost)
    fmt::print(stderr, "bellwether: not kept, the format has no place for it: {}\n", thing);
  return kSuccess;
}

}  // namespace

const Command kConvert = {
    .name = "convert",
    .usage = "IN OUT [options]",
    .summary = "a model file in another format",
    .details =
        "Reads IN and writes OUT; the extensions tell the formats (`list formats`). Numbers are written so that they "
        "read back to the same bits. What the new format has no place for is named on standard error.",
    .examples = "convert model.tra model.bwm\nconvert lake.csv lake.umb",
    .options = kOptions,
    .most_positionals = 2,
    .completes = "@files",
    .run = run,
};

}  // namespace bellwether::cli
