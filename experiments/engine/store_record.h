#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "solvers/online/trial.h"

namespace bellwether::experiments {

/// What a store begins with.
inline constexpr std::string_view kStoreHeader = "bellwether cells, version 1\n";

/// A record as it lies in the file: the frame that Store describes, around a key and a series.
std::string encode_record(const std::string& key, const Series& series);

/// A whole record at the beginning of these bytes.
struct Framed {
  std::string_view payload;
  std::size_t size = 0;  ///< of the frame with everything in it
};
/// Nothing when there is none: cut short, or a checksum does not match.
std::optional<Framed> framed_record(std::string_view bytes);

/// The offset of the first whole record anywhere in these bytes.
std::optional<std::size_t> find_record(std::string_view bytes);

struct Record {
  std::string key;
  Series series;
};
/// Nothing when the payload, though its checksum matches, is not one that encode_record wrote.
std::optional<Record> decode_payload(std::string_view payload);
/// The key alone.
std::optional<std::string_view> key_of_payload(std::string_view payload);

}  // namespace bellwether::experiments
