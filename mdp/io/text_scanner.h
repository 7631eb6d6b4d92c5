#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bellwether::mdp {

/// Reads a text line by line and word by word without copying it; `fail` and the readers of numbers throw
/// ParseError with the file's name and the number of the current line.
class TextScanner {
 public:
  /// ParseError when the text has no newlines (see require_newlines).
  TextScanner(std::string_view text, std::string name);

  /// Goes to the next line (without its line end); false after the last one.
  bool next_line();
  /// Goes to the next line that has a word in it.
  bool next_filled_line();
  std::string_view line() const { return line_; }
  std::int64_t line_number() const { return line_number_; }
  const std::string& name() const { return name_; }
  std::size_t size() const { return text_.size(); }

  /// The next word of the line, as far as a blank or a tab; empty at the end of the line.
  std::string_view word();
  /// What is left of the line, without blanks around it.
  std::string_view rest() const;
  /// Takes a prefix off the rest of the line if it is there.
  bool skip(std::string_view prefix);
  /// What lies before the next `end`, which is skipped too; fails when the line has no such character.
  std::string_view until(char end, std::string_view what);
  void expect_end() const;

  std::int64_t integer(std::string_view what);
  /// An index in [0, count).
  std::int32_t index(std::string_view what, std::int64_t count);
  double number(std::string_view what);
  /// A finite number, possibly written as a fraction "1/3".
  double number_from(std::string_view word, std::string_view what) const;
  std::int64_t integer_from(std::string_view word, std::string_view what) const;

  /// The word as the name of a `what`; fails when it cannot be one (see name_fault).
  std::string name_from(std::string_view word, std::string_view what) const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string_view text_, line_, rest_;
  std::size_t position_ = 0;
  std::int64_t line_number_ = 0;
  std::string name_;
};

/// Without blanks, tabs and carriage returns at both ends.
std::string_view trimmed(std::string_view text);

/// Throws ParseError when the lines of a text end in carriage returns alone, as before Mac OS X: it would be one line.
void require_newlines(std::string_view text, const std::string& name);

/// True when a carriage return stands in the line, which has no newline in it any more, before its end: then another
/// line, or two, may be hidden in it, behind the sign of a comment too.
bool has_lone_return(std::string_view line);

/// What to say of such a line.
inline constexpr std::string_view kLoneReturn =
    "a carriage return stands inside the line; lines must end in newlines (or in both) throughout the file";

/// A word for a message: in quotes, cut when it is long, with unprintable bytes shown as "\x1b".
std::string quoted(std::string_view word);

}  // namespace bellwether::mdp
