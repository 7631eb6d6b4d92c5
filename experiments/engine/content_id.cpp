#include "experiments/engine/content_id.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <fmt/format.h>

namespace bellwether::experiments {
namespace {

// Drawn once; ids of other programs' bytes cannot meet ours.
constexpr boost::uuids::uuid kNamespace = {
    {0x6b, 0x1d, 0x0c, 0x5e, 0x93, 0x27, 0x4a, 0xf8, 0xb2, 0x40, 0x7e, 0x55, 0xd1, 0x9a, 0x3c, 0x86}};

}  // namespace

std::string content_id(std::string_view bytes) {
  boost::uuids::name_generator_sha1 generate(kNamespace);
  std::string text;
  for (const std::uint8_t byte : generate(bytes.data(), bytes.size())) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace bellwether::experiments
