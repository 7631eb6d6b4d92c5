#include "apps/cli/json_writer.h"

#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mdp/io/names.h"

namespace bellwether::cli {
namespace {

constexpr std::size_t kBufferSize = 1 << 16;

}  // namespace

void JsonWriter::separate() {
  if (needs_comma_) buffer_ += ',';
  needs_comma_ = false;
}

void JsonWriter::flush_if_full() {
  if (buffer_.size() < kBufferSize) return;
  out_(buffer_);
  buffer_.clear();
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  buffer_ += '{';
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  buffer_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  buffer_ += '[';
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  buffer_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  buffer_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  separate();
  if (std::isfinite(number)) {
    fmt::format_to(std::back_inserter(buffer_), "{}", number);
  } else {
    buffer_ += "null";
  }
  needs_comma_ = true;
  flush_if_full();
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", number);
  needs_comma_ = true;
  flush_if_full();
  return *this;
}

JsonWriter& JsonWriter::value(bool flag) {
  separate();
  buffer_ += flag ? "true" : "false";
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  // The library escapes all that is not ASCII or only what must be; DEL and the control characters from U+0080 on need
  // not, but a terminal would obey them. Bytes that are no UTF-8 (of a file's name) are replaced.
  const bool escape_all = mdp::name_fault(text).has_value();
  buffer_ += nlohmann::json(text).dump(-1, ' ', escape_all, nlohmann::json::error_handler_t::replace);
  needs_comma_ = true;
  flush_if_full();
  return *this;
}

void JsonWriter::finish() {
  buffer_ += '\n';
  out_(buffer_);
  buffer_.clear();
  needs_comma_ = false;
}

}  // namespace bellwether::cli
