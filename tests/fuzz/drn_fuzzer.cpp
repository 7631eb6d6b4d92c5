#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/drn.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    bellwether::mdp::parse_drn({reinterpret_cast<const char*>(data), size}, "input.drn");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
