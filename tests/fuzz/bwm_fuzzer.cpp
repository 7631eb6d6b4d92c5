// The checksum of the section table is put right first, so that the fuzzer reaches what lies behind it.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "core/errors.h"
#include "mdp/io/bwm.h"
#include "mdp/io/bwm_layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace mdp = bellwether::mdp;
  auto words = std::make_shared<std::vector<std::uint64_t>>(size / 8 + 1);
  char* bytes = reinterpret_cast<char*>(words->data());
  if (size > 0) std::memcpy(bytes, data, size);
  mdp::bwm::Header header{};
  if (size >= sizeof header) {
    std::memcpy(&header, bytes, sizeof header);
    const std::uint64_t table = std::uint64_t{header.sections} * sizeof(mdp::bwm::Section);
    header.file_size = size;
    if (table <= size - sizeof header) header.checksum = mdp::bwm::checksum({bytes + sizeof header, table});
    std::memcpy(bytes, &header, sizeof header);
  }
  try {
    mdp::parse_bwm({bytes, size}, words, "input");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
