#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::optional<bellwether::mdp::ModelFile> file;
  try {
    file = bellwether::mdp::parse_csv({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  if (file) require_valid(file->model.data());  // nothing else gets through
  return 0;
}
