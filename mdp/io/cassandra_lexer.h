#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bellwether::mdp {

/// Words, numbers and colons of a Cassandra file; comments run from '#' to the end of the line.
class CassandraLexer {
 public:
  CassandraLexer(std::string_view text, std::string name);

  /// The word `ahead` places on (0 or 1); empty at the end.
  std::string_view peek(int ahead = 0) const { return words_[static_cast<std::size_t>(ahead)]; }
  std::string_view take();
  bool at_end() const { return words_[0].empty(); }
  /// True where the next line of the preamble or of a table begins.
  bool at_keyword() const;
  void expect(std::string_view word, std::string_view where);
  double number(std::string_view what);
  const std::string& name() const { return name_; }
  /// The line of the word taken last.
  std::int64_t line_number() const { return line_taken_; }

  /// Names the line of the word taken last.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string_view next_word();
  void require_line_end() const;

  std::string_view text_;
  std::string name_;
  std::size_t position_ = 0;
  std::int64_t line_ = 1;
  std::array<std::string_view, 2> words_;
  std::array<std::int64_t, 2> lines_{};
  std::int64_t line_taken_ = 1;
};

/// True for words that the format keeps for itself.
bool is_cassandra_keyword(std::string_view word);

/// The states, actions or observations of a file: a number of them, or names.
class CassandraNames {
 public:
  explicit CassandraNames(std::string kind) : kind_(std::move(kind)) {}

  /// What follows "states:"; `most` bounds a number given instead of names.
  void read(CassandraLexer& in, std::int64_t most);
  bool known() const { return count_ > 0; }
  std::int32_t count() const { return count_; }
  const std::vector<std::string>& names() const { return names_; }
  /// The index of the next word, or -1 for '*'.
  std::int32_t select(CassandraLexer& in) const;
  std::string text(std::int32_t index) const;

 private:
  std::string kind_;
  std::int32_t count_ = 0;
  std::vector<std::string> names_;
  std::unordered_map<std::string_view, std::int32_t> index_;  // into the text of the file
};

}  // namespace bellwether::mdp
