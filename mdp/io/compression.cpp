#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include <lzma.h>
#include <zlib.h>

#include <fmt/format.h>

#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kFirstOutput = std::size_t{1} << 16;
constexpr std::uint64_t kXzMemory = std::uint64_t{1} << 30;  // the largest preset needs 65 MiB

/// Room for more output: doubles, up to the limit and one byte, which tells that there is more.
void grow(std::vector<char>& output, std::size_t used, const std::string& name, std::uint64_t limit) {
  if (used > limit) fail_at(name, 0, fmt::format("holds more than {} bytes when decompressed", limit));
  if (used < output.size()) return;
  const std::uint64_t doubled = std::max<std::uint64_t>(kFirstOutput, 2 * std::uint64_t{output.size()});
  output.resize(std::min(doubled, limit + 1));
}

[[noreturn]] void damaged(const std::string& name, std::string_view kind, std::string_view what) {
  fail_at(name, 0, fmt::format("the {} data are {}", kind, what));
}

std::vector<char> gunzip(std::string_view bytes, const std::string& name, std::uint64_t limit) {
  z_stream z{};
  if (inflateInit2(&z, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> cleanup(&z, inflateEnd);
  std::vector<char> output;
  std::size_t used = 0, taken = 0;
  bool inside = true;
  while (inside) {
    grow(output, used, name, limit);
    const std::size_t room = std::min<std::size_t>(output.size() - used, std::numeric_limits<uInt>::max());
    const std::size_t rest = std::min<std::size_t>(bytes.size() - taken, std::numeric_limits<uInt>::max());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    z.avail_in = static_cast<uInt>(rest);
    z.next_out = reinterpret_cast<Bytef*>(output.data() + used);
    z.avail_out = static_cast<uInt>(room);
    const int status = inflate(&z, Z_NO_FLUSH);
    taken += rest - z.avail_in;
    used += room - z.avail_out;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_BUF_ERROR || (status == Z_OK && taken == bytes.size() && z.avail_out > 0)) {
      damaged(name, "gzip", "truncated");
    }
    if (status == Z_STREAM_END) {  // another member may follow
      inside = taken < bytes.size();
      if (inside && (compression_of_bytes(bytes.substr(taken)) != Compression::kGzip || inflateReset(&z) != Z_OK)) {
        damaged(name, "gzip", "followed by something else");
      }
    } else if (status != Z_OK) {
      damaged(name, "gzip", "damaged");
    }
  }
  if (used > limit) grow(output, used, name, limit);
  output.resize(used);
  return output;
}

std::vector<char> unxz(std::string_view bytes, const std::string& name, std::uint64_t limit) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, kXzMemory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> cleanup(&stream, lzma_end);
  std::vector<char> output;
  std::size_t used = 0;
  stream.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  while (true) {
    grow(output, used, name, limit);
    stream.next_out = reinterpret_cast<std::uint8_t*>(output.data() + used);
    stream.avail_out = output.size() - used;
    const lzma_ret status = lzma_code(&stream, LZMA_FINISH);
    used = output.size() - stream.avail_out;
    if (status == LZMA_STREAM_END) break;
    if (status == LZMA_BUF_ERROR) damaged(name, "xz", "truncated");
    if (status == LZMA_MEM_ERROR) throw std::bad_alloc();
    if (status == LZMA_MEMLIMIT_ERROR) damaged(name, "xz", "compressed with a dictionary of more than 1 GiB");
    if (status != LZMA_OK) damaged(name, "xz", "damaged");
  }
  if (used > limit) grow(output, used, name, limit);
  output.resize(used);
  return output;
}

std::string gzip(std::string_view bytes) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> cleanup(&z, deflateEnd);
  std::string output;
  std::vector<char> room(kFirstOutput);
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const std::size_t part = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(part);
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = static_cast<uInt>(room.size());
    status = deflate(&z, part == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    bytes.remove_prefix(part - z.avail_in);
    output.append(room.data(), room.size() - z.avail_out);
  }
  return output;
}

std::string xz(std::string_view bytes) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_easy_encoder(&stream, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) != LZMA_OK) throw std::bad_alloc();
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> cleanup(&stream, lzma_end);
  std::string output;
  std::vector<char> room(kFirstOutput);
  stream.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  lzma_ret status = LZMA_OK;
  while (status == LZMA_OK) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    stream.avail_out = room.size();
    status = lzma_code(&stream, LZMA_FINISH);
    output.append(room.data(), room.size() - stream.avail_out);
  }
  if (status != LZMA_STREAM_END) throw std::bad_alloc();
  return output;
}

}  // namespace

Compression compression_of_bytes(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\x1f\x8b"sv)) return Compression::kGzip;
  if (bytes.starts_with("\xfd\x37zXZ\0"sv)) return Compression::kXz;
  return Compression::kNone;
}

Compression compression_of_name(std::string_view path) {
  if (path.ends_with(".gz")) return Compression::kGzip;
  if (path.ends_with(".xz")) return Compression::kXz;
  return Compression::kNone;
}

std::vector<char> decompress(std::string_view bytes, Compression kind, const std::string& name, std::uint64_t limit) {
  switch (kind) {
    case Compression::kGzip:
      return gunzip(bytes, name, limit);
    case Compression::kXz:
      return unxz(bytes, name, limit);
    case Compression::kNone:
      break;
  }
  return {bytes.begin(), bytes.end()};
}

std::string compress(std::string_view bytes, Compression kind) {
  switch (kind) {
    case Compression::kGzip:
      return gzip(bytes);
    case Compression::kXz:
      return xz(bytes);
    case Compression::kNone:
      break;
  }
  return std::string(bytes);
}

}  // namespace bellwether::mdp
