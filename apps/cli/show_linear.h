#pragma once

#include <string>

#include "mdp/instances/instance.h"

namespace bellwether::cli {

/// Whether `linear_facts` takes seconds at most.
bool linear_facts_are_cheap(const mdp::NamedInstance& instance);

/// What `show` says of a linear model: dimension, rank, norms with what theorems want of them, and how far the model is
/// from linear.
std::string linear_facts(const mdp::NamedInstance& instance);

}  // namespace bellwether::cli
