#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    bellwether::mdp::parse_csv({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
