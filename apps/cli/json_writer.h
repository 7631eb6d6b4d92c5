#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace bellwether::cli {

/// Writes JSON as it goes, so an answer of millions of numbers needs no second copy in memory. Numbers read back to the
/// same double; infinities and NaN, which JSON lacks, become null.
class JsonWriter {
 public:
  /// `out` takes the text as it comes, in pieces.
  explicit JsonWriter(std::function<void(std::string_view)> out) : out_(std::move(out)) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(double number);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }

  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  /// Ends the document with a line feed and writes what is buffered.
  void finish();

 private:
  void separate();
  void flush_if_full();

  std::function<void(std::string_view)> out_;
  std::string buffer_;
  bool needs_comma_ = false;
};

}  // namespace bellwether::cli
