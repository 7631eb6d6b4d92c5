#include "mdp/io/tar.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kChecksumAt = 148, kChecksumSize = 8;

/// A text field ends at its first zero byte.
std::string_view text_field(std::string_view header, std::size_t at, std::size_t size) {
  const std::string_view field = header.substr(at, size);
  return field.substr(0, std::min(field.find('\0'), size));
}

/// Octal digits (12 at most), or a big-endian number when the first bit is set.
std::optional<std::uint64_t> number_field(std::string_view field) {
  std::uint64_t value = 0;
  if (static_cast<unsigned char>(field[0]) & 0x80) {
    for (std::size_t i = 0; i < field.size(); ++i) {
      const auto byte = static_cast<unsigned char>(i == 0 ? field[0] & 0x7f : field[i]);
      if (value >> 56) return std::nullopt;
      value = value << 8 | byte;
    }
    return value;
  }
  bool digits = false;
  for (const char c : field) {
    if (c >= '0' && c <= '7') {
      value = value << 3 | static_cast<std::uint64_t>(c - '0');
      digits = true;
    } else if (c != ' ' && c != '\0') {
      return std::nullopt;
    } else if (digits) {
      break;
    }
  }
  return value;
}

std::uint64_t checksum(std::string_view header) {
  std::uint64_t sum = kChecksumSize * ' ';
  for (std::size_t i = 0; i < kBlock; ++i)
    if (i < kChecksumAt || i >= kChecksumAt + kChecksumSize) sum += static_cast<unsigned char>(header[i]);
  return sum;
}

std::string clean_path(std::string_view path) {
  while (path.starts_with("./") || path.starts_with('/')) path.remove_prefix(path.starts_with('/') ? 1 : 2);
  return std::string(path);
}

/// Path and size from the records "27 path=some/name\n" of a pax header.
struct PaxRecords {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;
};

PaxRecords read_pax(std::string_view records) {
  PaxRecords found;
  while (!records.empty()) {
    const std::size_t blank = records.find(' ');
    if (blank == std::string_view::npos) break;
    const auto length = parse_integer(records.substr(0, blank));
    if (!length || *length <= static_cast<std::int64_t>(blank) + 1 ||
        *length > static_cast<std::int64_t>(records.size()))
      break;
    std::string_view record = records.substr(blank + 1, static_cast<std::size_t>(*length) - blank - 1);
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.starts_with("path=")) found.path = std::string(record.substr(5));
    if (const auto size = record.starts_with("size=") ? parse_integer(record.substr(5)) : std::nullopt;
        size && *size >= 0)
      found.size = static_cast<std::uint64_t>(*size);
    records.remove_prefix(static_cast<std::size_t>(*length));
  }
  return found;
}

}  // namespace

std::unordered_map<std::string, std::string_view> read_tar(std::string_view bytes, const std::string& name) {
  std::unordered_map<std::string, std::string_view> files;
  PaxRecords pax;
  std::size_t at = 0;
  while (at + kBlock <= bytes.size()) {
    const std::string_view header = bytes.substr(at, kBlock);
    if (std::all_of(header.begin(), header.end(), [](char c) { return c == '\0'; })) break;
    const auto fail = [&](const std::string& what) {
      fail_at(name, 0, fmt::format("not a tar archive, or a damaged one: the header at byte {} {}", at, what));
    };
    if (number_field(header.substr(kChecksumAt, kChecksumSize)) != checksum(header)) fail("has a wrong checksum");
    auto size = number_field(header.substr(124, 12));
    if (pax.size) size = pax.size;
    if (!size) fail("has a size that is no number");
    at += kBlock;
    if (*size > bytes.size() - at) {
      fail_at(name, 0,
              fmt::format("is cut short: member {} has {} bytes, {} are left", quoted(text_field(header, 0, 100)),
                          *size, bytes.size() - at));
    }
    const std::string_view content = bytes.substr(at, static_cast<std::size_t>(*size));
    at += std::min(bytes.size() - at, (content.size() + kBlock - 1) / kBlock * kBlock);
    const char type = header[156];
    if (type == 'x') {
      pax = read_pax(content);
      continue;
    }
    if (type == 'L') {
      pax.path = std::string(content.substr(0, std::min(content.find('\0'), content.size())));
      continue;
    }
    if (type == '0' || type == '\0') {
      const bool posix = header.substr(257, 5) == "ustar";
      const std::string prefix = posix ? std::string(text_field(header, 345, 155)) : "";
      const std::string path = (prefix.empty() ? "" : prefix + "/") + std::string(text_field(header, 0, 100));
      const std::string clean = clean_path(pax.path.value_or(path));
      if (!files.emplace(clean, content).second)
        fail_at(name, 0, fmt::format("member {} is there twice", quoted(clean)));
    }
    if (type != 'g') pax = {};
  }
  return files;
}

void TarWriter::add(const std::string& path, std::string_view content) {
  std::string header(kBlock, '\0');
  const auto put = [&](std::size_t position, std::string_view text) {
    std::memcpy(header.data() + position, text.data(), text.size());
  };
  // The layout of a name beyond 100 characters: the part before some '/' goes to the prefix field.
  const std::size_t slash = path.size() > 100 ? path.find('/', path.size() - 101) : std::string::npos;
  put(0, slash == std::string::npos ? path : path.substr(slash + 1));
  if (slash != std::string::npos) put(345, path.substr(0, slash));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  if (content.size() < (std::uint64_t{1} << 33)) {
    put(124, fmt::format("{:011o}", content.size()));
  } else {
    header[124] = '\x80';
    for (std::size_t i = 0; i < 8; ++i)
      header[135 - i] = static_cast<char>(static_cast<std::uint64_t>(content.size()) >> (8 * i) & 0xff);
  }
  put(136, "00000000000");  // no time of writing: the same model gives the same file
  header[156] = '0';
  put(257, std::string_view("ustar\00000", 8));
  put(kChecksumAt, fmt::format("{:06o}", checksum(header)));
  header[kChecksumAt + 7] = ' ';
  bytes_ += header;
  bytes_ += content;
  bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

std::string TarWriter::finish() && {
  bytes_.append(2 * kBlock, '\0');
  return std::move(bytes_);
}

}  // namespace bellwether::mdp
