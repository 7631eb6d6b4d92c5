#include "mdp/io/prism_files.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>

#include "core/text.h"

namespace bellwether::mdp {
namespace {

namespace fs = std::filesystem;

struct Ending {
  std::string_view text;
  PrismFile::Kind kind;
  bool ours;
};

// The longer of two that fit stands first.
constexpr Ending kEndings[] = {
    {".state.rew", PrismFile::Kind::kStateRewards, false},
    {".trans.rew", PrismFile::Kind::kTransitionRewards, false},
    {".srew", PrismFile::Kind::kStateRewards, true},
    {".trew", PrismFile::Kind::kTransitionRewards, true},
    {".lab", PrismFile::Kind::kLabels, true},
    {".sta", PrismFile::Kind::kStates, true},
};

/// ".gz", ".xz" or nothing.
std::string_view compression_ending(std::string_view name) {
  for (const std::string_view ending : {".gz", ".xz"})
    if (name.ends_with(ending)) return ending;
  return {};
}

std::string_view without_compression(std::string_view name) {
  return name.substr(0, name.size() - compression_ending(name).size());
}

/// m.tra and m.tra.xz are two models: m.lab goes with the first, m.lab.xz with the second. A file whose compression no
/// model has goes with all, unless it has a twin that is compressed as `path` is.
void keep_those_of(const std::string& path, const std::set<std::string_view>& compressions,
                   std::vector<PrismFile>& files) {
  const std::string_view own = compression_ending(path);
  const auto is_own = [&](const PrismFile& file) { return compression_ending(file.path) == own; };
  std::set<std::string, std::less<>> twins;
  for (const PrismFile& file : files)
    if (is_own(file)) twins.emplace(without_compression(file.path));
  std::erase_if(files, [&](const PrismFile& file) {
    return !is_own(file) &&
           (compressions.contains(compression_ending(file.path)) || twins.contains(without_compression(file.path)));
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Kind and key of `name`, a file name that starts with the stem.
std::optional<PrismFile> classify(std::string_view name, std::string_view stem) {
  std::string_view middle = without_compression(name).substr(std::min(stem.size(), without_compression(name).size()));
  for (const Ending& ending : kEndings) {
    if (!middle.ends_with(ending.text)) continue;
    middle.remove_suffix(ending.text.size());
    const bool rewards = ending.kind != PrismFile::Kind::kLabels && ending.kind != PrismFile::Kind::kStates;
    if (middle.empty() || (rewards && is_number(middle))) {
      return PrismFile{ending.kind, std::string(middle), {}, ending.ours};
    }
    if (!rewards || middle[0] != '.' || middle.size() < 2) return std::nullopt;
    return PrismFile{ending.kind, std::string(middle.substr(1)), {}, false};
  }
  return std::nullopt;
}

auto order_of(const PrismFile& file) {
  std::string_view digits = file.key;
  if (digits.starts_with("rew")) digits.remove_prefix(3);
  const bool number = is_number(digits);
  const int group = file.key.empty() ? 0 : number ? 1 : 2;
  return std::tuple(group, number ? *parse_integer(digits) : 0, file.key, file.kind, file.path);
}

}  // namespace

std::string prism_stem(const std::string& path) {
  std::string_view stem = without_compression(path);
  if (stem.ends_with(".tra")) stem.remove_suffix(4);
  return std::string(stem);
}

std::vector<PrismFile> prism_files_beside(const std::string& path) {
  const fs::path stem_path = prism_stem(path);
  const std::string stem = stem_path.filename().string();
  const fs::path folder = stem_path.has_parent_path() ? stem_path.parent_path() : fs::path(".");
  std::set<std::string> models;             // stems of the .tra files beside it
  std::set<std::string_view> compressions;  // of the .tra files with this stem
  std::vector<PrismFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(stem)) continue;
    if (without_compression(name).ends_with(".tra")) models.insert(fs::path(prism_stem(name)).string());
    if (without_compression(name) == stem + ".tra") compressions.insert(compression_ending(name));
    if (auto file = classify(name, stem)) {
      file->path = (stem_path.has_parent_path() ? folder / name : fs::path(name)).string();
      files.push_back(std::move(*file));
    }
  }
  std::erase_if(files, [&](const PrismFile& file) {
    return !file.key.empty() && (models.contains(stem + file.key) || models.contains(stem + "." + file.key));
  });
  keep_those_of(path, compressions, files);
  std::sort(files.begin(), files.end(),
            [](const PrismFile& a, const PrismFile& b) { return order_of(a) < order_of(b); });
  return files;
}

}  // namespace bellwether::mdp
