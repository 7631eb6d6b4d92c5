#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// A file of a PRISM explicit model: its name, for messages, and its content.
struct PrismText {
  std::string name = {};
  std::string_view text = {};
};

/// The files of one reward structure.
struct PrismRewardTexts {
  std::string name = {};  ///< used unless a file has a `# Reward structure "name"` line
  std::optional<PrismText> states = {}, transitions = {};
};

struct PrismTexts {
  PrismText transitions = {};
  std::optional<PrismText> labels = {}, states = {};
  std::vector<PrismRewardTexts> rewards = {};
};

/// PRISM explicit files, in PRISM's dialect or that of Storm and MRMC: MDPs, DTMCs and their interval variants.
/// docs/guide/formats.md, "PRISM explicit", says what is read beside `path` and how it is understood.
ModelFile read_prism(const std::string& path);
ModelFile parse_prism(const PrismTexts& texts);

/// Writes `path` (PRISM's dialect) and, beside it under the same stem, .lab, .srew or .trew for each reward structure,
/// and .sta where the names of the states have its form, all compressed as `path` is. When `path` is replaced, files of
/// these kinds that belonged to it are removed; other files that will be read with it are left alone and returned.
std::vector<std::string> write_prism(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
