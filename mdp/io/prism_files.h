#pragma once

#include <string>
#include <vector>

namespace bellwether::mdp {

/// A file that belongs to a PRISM explicit model.
struct PrismFile {
  enum class Kind { kLabels, kStates, kStateRewards, kTransitionRewards };
  Kind kind;
  std::string key;  ///< what stands between stem and extension: "", "1", "rew1", "coin_flips"
  std::string path;
  bool ours;  ///< of a form that write_prism uses
};

/// "dir/model" of "dir/model.tra", "dir/model.tra.gz".
std::string prism_stem(const std::string& path);

/// The files beside `path` with its stem, those of another model (model1.tra has model1.srew, and model.tra has
/// model.lab where `path` is model.tra.xz) left out, and of twins only the one compressed as `path` is. Reward files
/// come in the order of their structures: no key, keys that are numbers, names.
std::vector<PrismFile> prism_files_beside(const std::string& path);

}  // namespace bellwether::mdp
