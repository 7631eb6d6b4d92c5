#include "experiments/engine/store_record.h"

#include <bit>
#include <cstring>
#include <span>

#include <zlib.h>

namespace bellwether::experiments {
namespace {

static_assert(std::endian::native == std::endian::little, "stores are little-endian");

// No text holds the first byte, so a scan for records in a foreign file finds none by chance.
constexpr std::string_view kMarker =
    "\x93"
    "BWCELL\n";
constexpr std::size_t kHead = kMarker.size() + sizeof(std::uint64_t) + sizeof(std::uint32_t);

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint64_t>(text.size()));
  out += text;
}

template <class T>
void put_array(std::string& out, std::span<const T> values) {
  put(out, static_cast<std::uint64_t>(values.size()));
  out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

/// Takes numbers, texts and arrays off the front of a payload; `good` turns false when it is too short.
struct Reader {
  std::string_view left;
  bool good = true;

  template <class T>
  T number() {
    T value{};
    if (left.size() < sizeof value) {
      good = false;
      return value;
    }
    std::memcpy(&value, left.data(), sizeof value);
    left.remove_prefix(sizeof value);
    return value;
  }

  std::string_view bytes(std::uint64_t count) {
    if (count > left.size()) {
      good = false;
      return {};
    }
    const std::string_view taken = left.substr(0, count);
    left.remove_prefix(count);
    return taken;
  }

  std::string_view text() { return bytes(number<std::uint64_t>()); }

  template <class T>
  std::vector<T> array() {
    const auto count = number<std::uint64_t>();
    if (count > left.size() / sizeof(T)) {
      good = false;
      return {};
    }
    std::vector<T> values(count);
    const std::string_view taken = bytes(count * sizeof(T));
    if (count > 0) std::memcpy(values.data(), taken.data(), taken.size());
    return values;
  }
};

}  // namespace

std::string encode_record(const std::string& key, const Series& series) {
  std::string payload;
  put_text(payload, key);
  put(payload, static_cast<std::uint64_t>(series.metrics.size()));
  for (const std::string& metric : series.metrics) put_text(payload, metric);
  put_array<std::int64_t>(payload, series.at);
  put_array<double>(payload, series.values);
  std::string record(kMarker);
  put(record, static_cast<std::uint64_t>(payload.size()));
  put(record, checksum(record));
  record += payload;
  put(record, checksum(payload));
  return record;
}

std::optional<Framed> framed_record(std::string_view bytes) {
  if (bytes.size() < kHead || !bytes.starts_with(kMarker)) return std::nullopt;
  Reader reader{bytes.substr(kMarker.size())};
  const auto length = reader.number<std::uint64_t>();
  if (reader.number<std::uint32_t>() != checksum(bytes.substr(0, kHead - sizeof(std::uint32_t)))) return std::nullopt;
  const std::string_view payload = reader.bytes(length);
  const auto sum = reader.number<std::uint32_t>();
  if (!reader.good || sum != checksum(payload)) return std::nullopt;
  return Framed{payload, kHead + payload.size() + sizeof sum};
}

std::optional<std::size_t> find_record(std::string_view bytes) {
  for (std::size_t at = bytes.find(kMarker); at != std::string_view::npos; at = bytes.find(kMarker, at + 1))
    if (framed_record(bytes.substr(at))) return at;
  return std::nullopt;
}

std::optional<Record> decode_payload(std::string_view payload) {
  Reader reader{payload};
  Record record;
  record.key = reader.text();
  const auto metrics = reader.number<std::uint64_t>();
  for (std::uint64_t m = 0; m < metrics && reader.good; ++m) record.series.metrics.emplace_back(reader.text());
  record.series.at = reader.array<std::int64_t>();
  record.series.values = reader.array<double>();
  const bool whole = reader.good && reader.left.empty() &&
                     record.series.values.size() == record.series.at.size() * record.series.metrics.size();
  if (!whole) return std::nullopt;
  return record;
}

std::optional<std::string_view> key_of_payload(std::string_view payload) {
  Reader reader{payload};
  const std::string_view key = reader.text();
  if (!reader.good) return std::nullopt;
  return key;
}

}  // namespace bellwether::experiments
