#include "mdp/io/names.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace bellwether::mdp {
namespace {

constexpr std::uint32_t kNoCharacter = 0xffffffff;

struct Character {
  std::uint32_t code;
  std::size_t size;  // bytes
};

/// The character that begins at `at`; kNoCharacter, of one byte, where the bytes are no UTF-8 (an overlong form, a
/// surrogate, a number beyond U+10FFFF).
Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || size > text.size() - at) return {kNoCharacter, 1};
  std::uint32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {kNoCharacter, 1};
    code = code << 6 | (byte(at + i) & 0x3f);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kSmallest[size] || surrogate || code > 0x10ffff) return {kNoCharacter, 1};
  return {code, size};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

/// Nearly every name: nothing to look at closely.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::optional<std::string> fault(std::string_view word, bool controls_too) {
  if (is_plain(word)) return std::nullopt;
  for (std::size_t at = 0; at < word.size();) {
    const auto [code, size] = character_at(word, at);
    if (code == kNoCharacter)
      return fmt::format("is not UTF-8 (byte 0x{:02x})", static_cast<unsigned>(static_cast<unsigned char>(word[at])));
    if (controls_too && is_control(code)) return fmt::format("holds the control character U+{:04X}", code);
    at += size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> name_fault(std::string_view word) { return fault(word, true); }

std::optional<std::string> encoding_fault(std::string_view word) { return fault(word, false); }

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size] = character_at(text, at);
    if (code != '\n' && code != '\t' && (code == kNoCharacter || is_control(code))) {
      for (std::size_t i = at; i < at + size; ++i)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                       static_cast<unsigned>(static_cast<unsigned char>(text[i])));
    } else {
      out += text.substr(at, size);
    }
    at += size;
  }
  return out;
}

}  // namespace bellwether::mdp
