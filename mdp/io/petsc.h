#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

// PETSc binary files in pairs, as madupite writes them: a sparse matrix P of S * A rows (state by state) and S columns,
// and a matrix g of S rows and A columns with the cost of each choice. The names differ in one word, P or g:
// P.bin with g.bin, maze_P.bin with maze_g.bin, pend_P_441_9.bin with pend_g_441_9.bin. Either may be named.
// An empty row of P, or an infinite cost, means that the state lacks the action.

ModelFile read_petsc(const std::string& path);

/// The same from memory.
ModelFile parse_petsc(std::string_view transitions, std::string_view costs, const std::string& name);

std::vector<std::string> write_petsc(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
