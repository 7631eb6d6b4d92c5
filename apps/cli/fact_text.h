#pragma once

#include <string>

#include "mdp/instances/instance.h"
#include "mdp/io/model_file.h"

namespace bellwether::cli {

/// "optimum (finite, horizon 20): 12.5 (closed form: ...)".
std::string fact_text(const mdp::KnownFact& fact);

/// "64 states, 256 choices, 674 transitions"; with the hidden contexts or the observations when there are any.
std::string size_text(const mdp::ModelFile& file);

/// All transitions: state, choice, reward, probabilities.
std::string transition_table(const mdp::TabularMdp& model);

}  // namespace bellwether::cli
