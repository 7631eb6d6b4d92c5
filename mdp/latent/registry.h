#pragma once

#include <string_view>
#include <vector>

#include "mdp/instances/registry.h"
#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// A model made from a named instance as a file holds it, seen or not, with what is usually asked of it and what is
/// known about it. Contexts are equally likely.
struct InstanceFile {
  ModelFile file;
  Question question = {};
  std::vector<KnownFact> facts = {};
};

using FileInstance = Family<InstanceFile>;

/// Every instance that can be written to a file, by name: those of instance_table() and those with hidden contexts or
/// states. The list behind `list instances`, `make`, `show` and the instance guide.
const std::vector<FileInstance>& file_instance_table();

/// Whether an instance of this name has hidden contexts or states.
bool is_hidden_instance(std::string_view name);

/// InvalidOption, with the nearest name of all, when there is none of this name.
const FileInstance& find_file_instance(std::string_view name);

}  // namespace bellwether::mdp
