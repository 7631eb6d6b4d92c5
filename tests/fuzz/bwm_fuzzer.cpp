// All checksums are put right first, so that the fuzzer reaches what lies behind them.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/errors.h"
#include "mdp/io/bwm.h"
#include "mdp/io/bwm_layout.h"

namespace {

/// Puts the size and the checksums right where the table lies inside the file.
void reseal(char* bytes, std::size_t size) {
  namespace bwm = bellwether::mdp::bwm;
  bwm::Header header{};
  if (size < sizeof header) return;
  std::memcpy(&header, bytes, sizeof header);
  header.file_size = size;
  if (header.sections <= (size - sizeof header) / sizeof(bwm::Section)) {
    char* table = bytes + sizeof header;
    for (std::uint32_t i = 0; i < header.sections; ++i) {
      bwm::Section section{};
      std::memcpy(&section, table + i * sizeof section, sizeof section);
      if (section.offset > size || section.size > size - section.offset) continue;
      section.checksum = bwm::checksum({bytes + section.offset, section.size});
      std::memcpy(table + i * sizeof section, &section, sizeof section);
    }
    header.checksum = bwm::checksum({table, header.sections * sizeof(bwm::Section)});
  }
  std::memcpy(bytes, &header, sizeof header);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace mdp = bellwether::mdp;
  auto words = std::make_shared<std::vector<std::uint64_t>>(size / 8 + 1);
  char* bytes = reinterpret_cast<char*>(words->data());
  if (size > 0) std::memcpy(bytes, data, size);
  reseal(bytes, size);
  std::optional<bellwether::mdp::ModelFile> file;
  try {
    file = mdp::parse_bwm({bytes, size}, words, "input");
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  if (file) require_valid(file->model.data());  // nothing else gets through
  return 0;
}
