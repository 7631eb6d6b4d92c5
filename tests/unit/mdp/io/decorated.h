#pragma once

#include "core/stream.h"
#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// A random model that uses much of what a model can carry: several rewards and costs, by transition or not, reward
/// laws, holes in the action identifiers, awkward names, labels, an initial distribution, a discount.
ModelData random_data(Stream stream, int states);

/// A random file: perhaps with stages or contexts, with features, to be minimised; with intervals and observations on
/// request.
ModelFile random_model_file(Stream stream, bool with_everything);

/// An expectation that fails unless features and mixtures are the same, bit for bit.
void expect_same_features(const LinearStructure& a, const LinearStructure& b);

}  // namespace bellwether::mdp
