#include "mdp/io/cassandra_lexer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::string_view kSections[] = {"discount", "values", "states", "actions", "observations",
                                          "start",    "T",      "O",      "R"};
constexpr std::string_view kOtherWords[] = {"uniform", "identity", "reset", "include", "exclude",
                                            "reward",  "rewards",  "cost",  "costs"};

bool is_section(std::string_view word) {
  return std::find(std::begin(kSections), std::end(kSections), word) != std::end(kSections);
}

}  // namespace

bool is_cassandra_keyword(std::string_view word) {
  return is_section(word) || std::find(std::begin(kOtherWords), std::end(kOtherWords), word) != std::end(kOtherWords);
}

CassandraLexer::CassandraLexer(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
  require_newlines(text_, name_);
  take();
  take();
  line_taken_ = 1;
}

std::string_view CassandraLexer::next_word() {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c == '\n') {
      ++line_;
      ++position_;
    } else if (c == '#') {
      const std::size_t end = std::min(text_.find('\n', position_), text_.size());
      if (has_lone_return(text_.substr(position_, end - position_))) fail_at(name_, line_, std::string(kLoneReturn));
      position_ = end;
    } else if (kBlanks.find(c) != std::string_view::npos) {
      if (c == '\r') require_line_end();
      ++position_;
    } else {
      break;
    }
  }
  if (position_ == text_.size()) return {};
  const std::size_t begin = position_;
  if (text_[begin] == ':') return text_.substr(position_++, 1);
  position_ = std::min(text_.find_first_of(" \t\r\f\v\n:#", begin), text_.size());
  return text_.substr(begin, position_ - begin);
}

/// A carriage return at hand must be part of the end of a line.
void CassandraLexer::require_line_end() const {
  const std::size_t behind = text_.find_first_not_of('\r', position_);
  if (behind != std::string_view::npos && text_[behind] != '\n') fail_at(name_, line_, std::string(kLoneReturn));
}

std::string_view CassandraLexer::take() {
  const std::string_view word = words_[0];
  line_taken_ = lines_[0];
  words_[0] = words_[1];
  lines_[0] = lines_[1];
  words_[1] = next_word();
  lines_[1] = line_;
  return word;
}

bool CassandraLexer::at_keyword() const {
  if (!is_section(words_[0])) return false;
  return words_[1] == ":" || (words_[0] == "start" && (words_[1] == "include" || words_[1] == "exclude"));
}

void CassandraLexer::expect(std::string_view word, std::string_view where) {
  const std::string_view found = take();
  if (found != word) fail(fmt::format("'{}' is missing {}, found {}", word, where, quoted(found)));
}

double CassandraLexer::number(std::string_view what) {
  if (at_end()) fail(fmt::format("the file ends where {} is due", what));
  const std::string_view word = take();
  const auto value = parse_double(word);
  if (!value || !std::isfinite(*value)) fail(fmt::format("{} is {}, must be a finite number", what, quoted(word)));
  return *value;
}

void CassandraLexer::fail(const std::string& message) const { fail_at(name_, line_taken_, message); }

void CassandraNames::read(CassandraLexer& in, std::int64_t most) {
  if (known()) in.fail(fmt::format("'{}s' is there twice", kind_));
  if (in.at_end() || in.at_keyword()) in.fail(fmt::format("'{}s:' needs a number or names", kind_));
  const bool single = in.peek(1).empty() || is_section(in.peek(1));
  if (const auto number = parse_integer(in.peek()); number && single) {
    in.take();
    if (*number < 1 || *number > most) {
      in.fail(fmt::format("there are {} {}s, must be 1 to {}", *number, kind_, most));
    }
    count_ = static_cast<std::int32_t>(*number);
    return;
  }
  while (!in.at_end() && !in.at_keyword()) {
    const std::string_view name = in.take();
    if (name == ":" || name == "*") in.fail(fmt::format("{} cannot be the name of a {}", quoted(name), kind_));
    if (const auto fault = name_fault(name))
      in.fail(fmt::format("the name {} of a {} {}", quoted(name), kind_, *fault));
    if (!index_.emplace(name, count_).second) in.fail(fmt::format("{} {} is there twice", kind_, quoted(name)));
    names_.emplace_back(name);
    ++count_;
  }
}

std::int32_t CassandraNames::select(CassandraLexer& in) const {
  if (in.at_end()) in.fail(fmt::format("the file ends where a {} is due", kind_));
  const std::string_view word = in.take();
  if (word == "*") return -1;
  if (const auto found = index_.find(word); found != index_.end()) return found->second;
  const auto number = parse_integer(word);
  if (!number) {
    const auto near = nearest_name(word, names_);
    in.fail(fmt::format("{} is no {}{}", quoted(word), kind_, near ? "; did you mean '" + *near + "'?" : ""));
  }
  if (*number < 0 || *number >= count_) {
    in.fail(fmt::format("{} {} is out of range, there are {}: 0 to {}", kind_, *number, count_, count_ - 1));
  }
  return static_cast<std::int32_t>(*number);
}

std::string CassandraNames::text(std::int32_t index) const {
  return names_.empty() ? std::to_string(index) : "'" + names_[static_cast<std::size_t>(index)] + "'";
}

}  // namespace bellwether::mdp
