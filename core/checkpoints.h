#pragma once

#include <cstdint>
#include <vector>

namespace bellwether {

/// 1, 2, 3, ... 10, 11, 13, ...: about twenty a decade and the last.
std::vector<std::int64_t> log_checkpoints(std::int64_t last);

}  // namespace bellwether
