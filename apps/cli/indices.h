#pragma once

#include <string>

#include "apps/cli/arguments.h"
#include "apps/cli/question.h"

namespace bellwether::cli {

/// `solve FILE --index gittins|whittle`: prints the index of every state of the arm in the file, for a reader or as
/// JSON, and returns the exit code: 1 where the arm has no index, or the user stopped the program. InvalidOption where
/// the question, or the shape of the model, is none of an arm.
int print_indices(const std::string& kind, const Arguments& arguments, const Question& question);

}  // namespace bellwether::cli
