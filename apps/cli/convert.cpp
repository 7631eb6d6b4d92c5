#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fact_text.h"
#include "apps/cli/question.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"

namespace bellwether::cli {
namespace {

namespace fs = std::filesystem;

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

/// A folder beside a file, where there is room for what the file will hold; it vanishes with this object.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& beside) {
    const fs::path folder =
        fs::is_regular_file(beside) || !fs::exists(beside) ? fs::path(beside).parent_path() : fs::temp_directory_path();
    path_ = (folder / ".bellwether-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr)
      throw InvalidOption(fmt::format("convert: no folder can be made beside {}: {}", beside, std::strerror(errno)));
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string path(const std::string& name) const { return (path_ / fs::path(name).filename()).string(); }

 private:
  std::string path_;
};

/// What would be lost, found by writing elsewhere; formats of several files need names like the true ones.
std::vector<std::string> losses_of(const mdp::ModelFile& file, const std::string& out, const std::string& format) {
  const ScratchFolder scratch(out);
  const std::string elsewhere = scratch.path(out);
  try {
    return mdp::write_model(file, elsewhere, format);
  } catch (const std::invalid_argument& refusal) {  // speak of the name that was typed
    std::string message = refusal.what();
    if (const std::size_t at = message.find(elsewhere); at != std::string::npos)
      message.replace(at, elsewhere.size(), out);
    throw InvalidOption(message);
  }
}

void require_lossless(const mdp::ModelFile& file, const std::string& out, const std::string& format) {
  const std::vector<std::string> lost = losses_of(file, out, format);
  if (lost.empty()) return;
  throw InvalidOption(fmt::format("convert: {} would lose {}; nothing was written", out, join_names(lost)));
}

int run(const Arguments& arguments) {
  if (arguments.positionals().size() != 2) throw InvalidOption("convert: needs two files: convert IN OUT");
  const std::string& in = arguments.positionals()[0];
  const std::string& out = arguments.positionals()[1];
  mdp::ModelFile file = mdp::read_model(in, arguments.text("from").value_or(""));
  if (const auto name = arguments.text("rewards")) {
    file.model = with_rewards("convert", file.model, *name);
    for (mdp::TabularMdp& stage : file.stages) stage = with_rewards("convert", stage, *name);
    for (mdp::TabularMdp& context : file.contexts) context = with_rewards("convert", context, *name);
  }
  const std::string format = arguments.text("to").value_or("");
  if (arguments.has("strict")) require_lossless(file, out, format);
  const std::vector<std::string> lost = mdp::write_model(file, out, format);
  fmt::print("{}: {}\n", out, size_text(file));
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
