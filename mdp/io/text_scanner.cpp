#include "mdp/io/text_scanner.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"

namespace bellwether::mdp {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool has_lone_return(std::string_view line) {
  const std::size_t end = line.find_last_not_of('\r');
  return end != std::string_view::npos && line.substr(0, end).find('\r') != std::string_view::npos;
}

void require_newlines(std::string_view text, const std::string& name) {
  const std::size_t first = text.find_first_of("\r\n");
  if (first == std::string_view::npos || text[first] == '\n' || text.find('\n', first) != std::string_view::npos)
    return;
  if (text.find_first_not_of('\r', first) == std::string_view::npos) return;
  fail_at(name, 1,
          "the lines end in carriage returns alone (old Mac OS); turn them into newlines: tr '\\r' '\\n' <OLD >NEW");
}

std::string quoted(std::string_view word) {
  constexpr std::size_t kLongest = 40;
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(word[at]) & 0xc0) == 0x80; };
  std::size_t size = std::min(word.size(), kLongest);
  for (int back = 0; back < 3 && size > 0 && size < word.size() && continues(size); ++back)
    --size;  // no half character
  std::string text = printable(word.substr(0, size));
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "\\x0a");
  return "'" + text + (word.size() > kLongest ? "...'" : "'");
}

TextScanner::TextScanner(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
  require_newlines(text_, name_);
}

bool TextScanner::next_line() {
  if (position_ >= text_.size()) return false;
  const void* end = std::memchr(text_.data() + position_, '\n', text_.size() - position_);
  const std::size_t stop =
      end == nullptr ? text_.size() : static_cast<std::size_t>(static_cast<const char*>(end) - text_.data());
  line_ = text_.substr(position_, stop - position_);
  ++line_number_;
  position_ = stop + 1;
  if (has_lone_return(line_)) fail(std::string(kLoneReturn));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  rest_ = line_;
  return true;
}

bool TextScanner::next_filled_line() {
  while (next_line())
    if (!rest().empty()) return true;
  return false;
}

std::string_view TextScanner::word() {
  std::size_t begin = 0;
  while (begin < rest_.size() && kBlanks.find(rest_[begin]) != std::string_view::npos) ++begin;
  std::size_t end = begin;
  while (end < rest_.size() && kBlanks.find(rest_[end]) == std::string_view::npos) ++end;
  const std::string_view found = rest_.substr(begin, end - begin);
  rest_.remove_prefix(end);
  return found;
}

std::string_view TextScanner::rest() const { return trimmed(rest_); }

bool TextScanner::skip(std::string_view prefix) {
  const std::size_t begin = std::min(rest_.find_first_not_of(kBlanks), rest_.size());
  if (!rest_.substr(begin).starts_with(prefix)) return false;
  rest_.remove_prefix(begin + prefix.size());
  return true;
}

std::string_view TextScanner::until(char end, std::string_view what) {
  const std::size_t stop = rest_.find(end);
  if (stop == std::string_view::npos) fail(fmt::format("{} needs a closing '{}'", what, end));
  const std::string_view found = rest_.substr(0, stop);
  rest_.remove_prefix(stop + 1);
  return found;
}

void TextScanner::expect_end() const {
  if (!rest().empty()) fail(fmt::format("{} is left over at the end of the line", quoted(rest())));
}

std::int64_t TextScanner::integer(std::string_view what) { return integer_from(word(), what); }

std::int64_t TextScanner::integer_from(std::string_view word, std::string_view what) const {
  if (word.empty()) fail(fmt::format("{} is missing", what));
  const auto value = parse_integer(word);
  if (!value) fail(fmt::format("{} is {}, must be an integer", what, quoted(word)));
  return *value;
}

std::int32_t TextScanner::index(std::string_view what, std::int64_t count) {
  const std::int64_t value = integer(what);
  if (value < 0 || value >= count) {
    fail(fmt::format("{} {} is out of range, there are {}: 0 to {}", what, value, count, count - 1));
  }
  return static_cast<std::int32_t>(value);
}

double TextScanner::number(std::string_view what) { return number_from(word(), what); }

double TextScanner::number_from(std::string_view word, std::string_view what) const {
  if (word.empty()) fail(fmt::format("{} is missing", what));
  auto value = parse_double(word);
  if (const std::size_t slash = word.find('/'); !value && slash != std::string_view::npos) {
    // Correctly rounded while numerator and denominator are below 2^53.
    const auto numerator = parse_double(word.substr(0, slash)), denominator = parse_double(word.substr(slash + 1));
    if (numerator && denominator && *denominator > 0) value = *numerator / *denominator;
  }
  if (!value) fail(fmt::format("{} is {}, must be a number", what, quoted(word)));
  if (!std::isfinite(*value)) fail(fmt::format("{} is {}, must be finite", what, *value));
  return *value;
}

std::string TextScanner::name_from(std::string_view word, std::string_view what) const {
  if (const auto fault = name_fault(word)) fail(fmt::format("the name {} of {} {}", quoted(word), what, *fault));
  return std::string(word);
}

void TextScanner::fail(const std::string& message) const { fail_at(name_, line_number_, message); }

}  // namespace bellwether::mdp
