#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

// Gymnasium's transition table `env.unwrapped.P` as JSON: {state: {action: [[probability, next, reward, done], ...]}},
// where dictionaries may also be arrays. `done` ends the play: nothing is earned afterwards. A successor that absorbs
// without reward says that already; any other done transition is led to one added state that does.

ModelFile read_p_dict(const std::string& path);
ModelFile parse_p_dict(std::string_view bytes, const std::string& name);
std::vector<std::string> write_p_dict(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
