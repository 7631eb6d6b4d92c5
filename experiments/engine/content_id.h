#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bellwether::experiments {

/// 32 hexadecimal digits that stand for these bytes: their version 5 UUID in a namespace of ours (122 bits of SHA-1).
std::string content_id(std::string_view bytes);

template <class T>
std::string content_id(std::span<const T> values) {
  return content_id(std::string_view(reinterpret_cast<const char*>(values.data()), values.size_bytes()));
}

}  // namespace bellwether::experiments
