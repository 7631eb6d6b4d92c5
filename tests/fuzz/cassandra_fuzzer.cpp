#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/cassandra.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kEntries = 1 << 14;  // a few words of a file may ask for the whole budget
  try {
    bellwether::mdp::parse_cassandra({reinterpret_cast<const char*>(data), size}, "input.POMDP", kEntries);
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
