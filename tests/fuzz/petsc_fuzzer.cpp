// The first four bytes say how many of the rest are the matrix P; what follows is g.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/petsc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  std::uint32_t first = 0;
  std::memcpy(&first, data, 4);
  const std::string_view rest(reinterpret_cast<const char*>(data) + 4, size - 4);
  const std::size_t cut = std::min<std::size_t>(first, rest.size());
  std::optional<bellwether::mdp::ModelFile> file;
  try {
    file = bellwether::mdp::parse_petsc(rest.substr(0, cut), rest.substr(cut), "input");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  if (file) require_valid(file->model.data());  // nothing else gets through
  return 0;
}
