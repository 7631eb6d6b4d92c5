// Inputs that begin with '{' are an index with members after it, so that the fuzzer need not invent checksums:
// JSON, then "\n@name\n" and the member's bytes, any number of times. All others are archives.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/errors.h"
#include "mdp/io/tar.h"
#include "mdp/io/umb.h"

namespace {

std::string archive_of(std::string_view text) {
  bellwether::mdp::TarWriter tar;
  std::string_view name = "index.json";
  while (true) {
    const std::size_t end = text.find("\n@");
    tar.add(std::string(name), text.substr(0, end));
    if (end == std::string_view::npos) return std::move(tar).finish();
    text.remove_prefix(end + 2);
    const std::size_t line = text.find('\n');
    name = text.substr(0, std::min<std::size_t>(line, 100));
    text.remove_prefix(line == std::string_view::npos ? text.size() : line + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    if (input.starts_with('{')) {
      const std::string tar = archive_of(input);
      bellwether::mdp::parse_umb(tar, "input.umb");
    } else {
      bellwether::mdp::parse_umb(input, "input.umb");
    }
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
