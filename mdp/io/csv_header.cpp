#include "mdp/io/csv_header.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct KnownColumn {
  std::string_view name;
  CsvRole role;
};

// The second names are CRAAM's.
constexpr std::array<KnownColumn, 10> kKnown = {{{"state", CsvRole::kState},
                                                 {"idstatefrom", CsvRole::kState},
                                                 {"action", CsvRole::kAction},
                                                 {"idaction", CsvRole::kAction},
                                                 {"next", CsvRole::kNext},
                                                 {"idstateto", CsvRole::kNext},
                                                 {"probability", CsvRole::kProbability},
                                                 {"stage", CsvRole::kStage},
                                                 {"context", CsvRole::kContext},
                                                 {"idoutcome", CsvRole::kContext}}};

CsvColumn column_named(const std::string& name) {
  for (const KnownColumn& known : kKnown)
    if (known.name == name) return {.role = known.role, .name = name};
  if (name == "reward") return {.role = CsvRole::kNumber, .name = name, .is_reward = true};
  if (name.starts_with("reward:")) return {.role = CsvRole::kNumber, .name = name.substr(7), .is_reward = true};
  return {.role = CsvRole::kNumber, .name = name};
}

class HeaderReader {
 public:
  HeaderReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  CsvHeader read() {
    if (bytes_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
    CsvHeader header;
    for (std::string_view line; next_line(line);) {
      if (line.empty()) continue;
      if (line.starts_with("#!")) {
        read_directive(line.substr(2), header.directives);
      } else if (line[0] != '#') {
        read_columns(line, header);
        header.body = position_;
        return header;
      }
    }
    fail("has no header; the first line must be state,action,next,probability,reward");
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail_at(name_, line_number_, message); }

  bool next_line(std::string_view& line) {
    if (position_ >= bytes_.size()) return false;
    const std::size_t end = std::min(bytes_.find('\n', position_), bytes_.size());
    line = trimmed(bytes_.substr(position_, end - position_));
    position_ = std::min(end + 1, bytes_.size());
    ++line_number_;
    return true;
  }

  void read_columns(std::string_view line, CsvHeader& header) {
    if (line.size() > 65536 || line.find('\0') != std::string_view::npos) fail("is not a header of a CSV file");
    for (const char separator : {',', ';', '\t'}) {
      if (line.find(separator) != std::string_view::npos) {
        header.separator = separator;
        break;
      }
    }
    for (const std::string_view field : split_fields(line, header.separator)) {
      CsvColumn column = column_named(unquoted(field));
      const bool twice = std::any_of(header.columns.begin(), header.columns.end(), [&](const CsvColumn& c) {
        return c.role == column.role &&
               (c.role != CsvRole::kNumber || (c.name == column.name && c.is_reward == column.is_reward));
      });
      if (twice) fail(fmt::format("column {} is there twice", quoted(column.name)));
      if (column.role == CsvRole::kNumber && column.name.empty()) fail("a column has no name");
      header.columns.push_back(std::move(column));
    }
    require(header, CsvRole::kState, "state");
    require(header, CsvRole::kAction, "action");
    require(header, CsvRole::kNext, "next");
    require(header, CsvRole::kProbability, "probability");
    if (std::none_of(header.columns.begin(), header.columns.end(), [](const CsvColumn& c) { return c.is_reward; })) {
      fail("the header has no column 'reward'");
    }
  }

  void require(const CsvHeader& header, CsvRole role, std::string_view name) const {
    const bool there =
        std::any_of(header.columns.begin(), header.columns.end(), [&](const CsvColumn& c) { return c.role == role; });
    if (!there) {
      fail(fmt::format("the header has no column '{}'; it must be state,action,next,probability,reward in any order",
                       name));
    }
  }

  double number(const std::string& word) const {
    const auto value = parse_double(word);
    if (!value || !std::isfinite(*value)) fail(fmt::format("{} is not a finite number", quoted(word)));
    return *value;
  }

  static std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string_view field : split_fields(trimmed(text), ' ')) {
      if (!field.empty()) words.push_back(unquoted(field));
    }
    return words;
  }

  void read_directive(std::string_view text, CsvDirectives& out) const {
    const std::vector<std::string> words = words_of(text);
    const auto need = [&](std::size_t count) {
      if (words.size() < count) fail(fmt::format("the directive '{}' needs more words", words[0]));
    };
    if (words.empty()) return;
    if (words[0] == "discount") {
      need(2);
      out.discount = number(words[1]);
    } else if (words[0] == "states") {
      need(2);
      const auto count = parse_integer(words[1]);
      if (!count || *count < 1) fail(fmt::format("{} is not a number of states", quoted(words[1])));
      out.states = *count;
    } else if (words[0] == "minimize" || words[0] == "minimise") {
      out.minimise = true;
    } else if (words[0] == "state") {
      need(2);
      out.state_names.push_back(words[1]);
    } else if (words[0] == "action") {
      need(2);
      out.action_names.push_back(words[1]);
    } else if (words[0] == "initial") {
      need(3);
      out.initial.emplace_back(words[1], number(words[2]));
    } else if (words[0] == "label") {
      need(2);
      out.labels.emplace_back(words[1], std::vector<std::string>(words.begin() + 2, words.end()));
    } else if (words[0] == "law") {
      need(5);
      CsvDirectives::Law law{.state = words[1], .action = words[2], .kind = words[3], .numbers = {}};
      for (std::size_t i = 4; i < words.size(); ++i) law.numbers.push_back(number(words[i]));
      out.laws.push_back(std::move(law));
    } else {
      fail(fmt::format(
          "unknown directive '#! {}'; there is discount, states, state, action, initial, label, law and minimize",
          words[0]));
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t position_ = 0;
  std::int64_t line_number_ = 0;
};

}  // namespace

CsvHeader parse_csv_header(std::string_view bytes, const std::string& name) { return HeaderReader(bytes, name).read(); }

std::string unquoted(std::string_view field) {
  field = trimmed(field);
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return std::string(field);
  std::string out;
  for (std::size_t i = 1; i + 1 < field.size(); ++i) {
    out += field[i];
    if (field[i] == '"' && field[i + 1] == '"' && i + 2 < field.size()) ++i;
  }
  return out;
}

std::vector<std::string_view> split_fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') inside = !inside;
    if (i == line.size() || (line[i] == separator && !inside)) {
      fields.push_back(line.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  return fields;
}

}  // namespace bellwether::mdp
