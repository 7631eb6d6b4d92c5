#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "experiments/studies/study.h"

namespace bellwether::studies {

/// All studies, paper by paper.
std::span<const Study> study_table();

/// Those of a paper, in the order in which they are told.
std::vector<const Study*> studies_of(std::string_view paper);

}  // namespace bellwether::studies
