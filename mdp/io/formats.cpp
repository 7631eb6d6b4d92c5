#include "mdp/io/formats.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/bwm.h"
#include "mdp/io/cassandra.h"
#include "mdp/io/csv.h"
#include "mdp/io/drn.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/p_dict.h"
#include "mdp/io/petsc.h"
#include "mdp/io/prism.h"
#include "mdp/io/umb.h"

namespace bellwether::mdp {
namespace {

constexpr std::array<Format, 8> kFormats = {{
    {"csv", ".csv .csv.gz .csv.xz .tsv .tsv.gz .tsv.xz",
     "one transition a line: state,action,next,probability,reward[,costs][,stage][,context]", read_csv, write_csv, true,
     false, true},
    {"bwm", ".bwm", "bellwether's own binary: everything, memory-mapped", read_bwm, write_bwm, true, true, true},
    {"umb", ".umb", "the unified Markov binary of PRISM and Storm", read_umb, write_umb, false, true},
    {"prism", ".tra .tra.gz .tra.xz", "PRISM explicit files, with .lab .srew .trew .sta beside them", read_prism,
     write_prism},
    {"drn", ".drn .drn.gz .drn.xz", "Storm's explicit text format", read_drn, write_drn},
    {"cassandra", ".MDP .POMDP .mdp .pomdp", "Cassandra's MDP and POMDP files", read_cassandra, write_cassandra, false,
     true},
    {"p-dict", ".json .json.gz .json.xz",
     "Gymnasium's P dictionary as JSON: {state: {action: [[p, next, reward, done], ...]}}", read_p_dict, write_p_dict},
    {"petsc", ".bin .petsc", "PETSc matrices as madupite writes them: NAME_P.bin with NAME_g.bin", read_petsc,
     write_petsc},
}};

bool has_extension(const Format& format, std::string_view path) {
  for (std::string_view list = format.extensions; !list.empty();) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (path.ends_with(list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string known_formats() {
  std::string text;
  for (const Format& format : kFormats)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", format.name, format.extensions);
  return text;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format& find_format(const std::string& path, std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& format) {
    return name.empty() ? has_extension(format, path) : format.name == name;
  });
  if (found != kFormats.end()) return *found;
  if (!name.empty()) {
    std::vector<std::string> names;
    for (const Format& format : kFormats) names.emplace_back(format.name);
    throw ParseError(
        fmt::format("no format is named '{}'; there is {}{}", name, known_formats(), did_you_mean(name, names)));
  }
  throw ParseError(fmt::format(
      "{}: its extension tells no format; say it with --format (in convert --from or --to), or use one of {}", path,
      known_formats()));
}

ModelFile read_model(const std::string& path, std::string_view format) {
  // What is wrong with the name comes before what is wrong with its extension.
  std::error_code ignored;
  const bool known = std::any_of(kFormats.begin(), kFormats.end(),
                                 [&](const Format& candidate) { return has_extension(candidate, path); });
  if (format.empty() && !known) {
    if (!std::filesystem::exists(path, ignored)) throw ParseError(fmt::format("{}: no such file", path));
    if (std::filesystem::is_directory(path, ignored))
      throw ParseError(fmt::format("{}: is a directory, expected a file", path));
  }
  const Format& chosen = find_format(path, format);
  const FileStamp stamp(path);
  try {
    ModelFile file = chosen.read(path);
    stamp.require_unchanged();
    return file;
  } catch (const std::invalid_argument&) {
    stamp.require_unchanged();  // says more than what half of the old and half of the new file break
    throw;
  }
}

std::vector<std::string> write_model(const ModelFile& file, const std::string& path, std::string_view format) {
  const Format& chosen = find_format(path, format);
  if (chosen.write == nullptr)
    throw InvalidOption(fmt::format("{}: the format {} can only be read", path, chosen.name));
  std::vector<std::string> lost = chosen.write(file, path);
  if (!chosen.features && !file.linear.empty()) lost.emplace_back("the features of the choices");
  return lost;
}

}  // namespace bellwether::mdp
