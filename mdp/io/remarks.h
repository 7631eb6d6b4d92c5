#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {

/// What text formats without a place for it keep in comments of the form `# bellwether: discount 0.95`, which other
/// programs skip: the discount factor, the direction, and the list of action names by identifier.
struct Remarks {
  std::optional<double> discount;
  bool minimise = false;
  std::optional<std::vector<std::string>> actions;
  std::int64_t line_of_actions = 0;

  /// Reads the comment whose text (after the comment sign) is `comment`; other comments change nothing.
  void read(std::string_view comment, const TextScanner& in);
  /// One line for each, starting with `sign`.
  std::string text(std::string_view sign) const;
};

/// Text on its way to a file that is replaced in one step; a name that ends in .gz or .xz has it compressed.
class TextSink {
 public:
  explicit TextSink(const std::string& path) : kind_(compression_of_name(path)), writer_(path) {}

  /// Where to append; `flush_if_large` from time to time keeps it small.
  std::string& buffer() { return buffer_; }
  void flush_if_large();
  void commit();

 private:
  Compression kind_;
  std::string buffer_;
  FileWriter writer_;
};

/// True when the word can stand in a file whose fields are separated by blanks.
bool is_plain_word(std::string_view word);

}  // namespace bellwether::mdp
