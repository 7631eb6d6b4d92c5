#include "mdp/io/csv_header.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kReward = "reward:", kCost = "cost:";
constexpr std::size_t kLongestHeader = 65536;
constexpr std::string_view kMustBe = "state,action,next,probability,reward in any order, and costs";

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

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

CsvColumn column_named(const std::string& title) {
  const std::string low = lower_case(title);
  for (const KnownColumn& known : kKnown)
    if (known.name == low) return {.role = known.role, .name = low};
  if (low == "reward") return {.role = CsvRole::kNumber, .name = low, .is_reward = true};
  if (low.starts_with(kReward)) return {.name = title.substr(kReward.size()), .is_reward = true};
  if (low.starts_with(kCost)) return {.name = title.substr(kCost.size())};
  return {.name = title};
}

/// True for a column that a cost could not be; a line without any is no header.
bool is_known(const std::string& title) {
  const CsvColumn column = column_named(title);
  return column.role != CsvRole::kNumber || column.is_reward;
}

constexpr std::string_view kDirectives =
    "discount, minimize, states, state, action, initial, label, law, expected, by-transition, features, mixture, theta "
    "and part";

class HeaderReader {
 public:
  HeaderReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  CsvHeader read() {
    if (bytes_.starts_with("\xff\xfe") || bytes_.starts_with("\xfe\xff"))
      fail_at(name_, 1, "is UTF-16; save it as UTF-8");
    require_newlines(bytes_, name_);
    if (bytes_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
    for (std::string_view line; next_line(line);) {
      if (line.empty()) continue;
      if (line.starts_with("#!")) {
        read_directive(line.substr(2));
      } else if (line[0] != '#') {
        read_columns(line);
        header_.body = position_;
        return std::move(header_);
      }
    }
    fail(fmt::format("there is no header; it must be {}", kMustBe));
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail_at(name_, line_number_, message); }

  bool next_line(std::string_view& line) {
    if (position_ >= bytes_.size()) return false;
    const std::size_t end = std::min(bytes_.find('\n', position_), bytes_.size());
    const std::string_view whole = bytes_.substr(position_, end - position_);
    line = trimmed(whole);
    position_ = std::min(end + 1, bytes_.size());
    ++line_number_;
    if (has_lone_return(whole)) fail(std::string(kLoneReturn));
    return true;
  }

  void read_columns(std::string_view line) {
    if (line.size() > kLongestHeader || line.find('\0') != std::string_view::npos) {
      fail(fmt::format("this is no CSV file; its header must be {}", kMustBe));
    }
    for (const char separator : {',', ';', '\t'}) {
      if (split_fields(line, separator).size() > 1) {
        header_.separator = separator;
        break;
      }
    }
    const auto fields = split_fields(line, header_.separator);
    if (std::none_of(fields.begin(), fields.end(), [](std::string_view field) { return is_known(unquoted(field)); })) {
      fail(fmt::format("there is no header; it must be {}", kMustBe));
    }
    for (const std::string_view field : fields) add_column(unquoted(field));
    require(CsvRole::kState, "state");
    require(CsvRole::kAction, "action");
    require(CsvRole::kNext, "next");
    require(CsvRole::kProbability, "probability");
    const auto is_reward = [](const CsvColumn& c) { return c.is_reward; };
    if (std::none_of(header_.columns.begin(), header_.columns.end(), is_reward)) fail_without("reward");
  }

  void add_column(const std::string& title) {
    if (title.empty()) fail(fmt::format("column {} of the header has no name", header_.columns.size() + 1));
    if (const auto fault = name_fault(title)) fail(fmt::format("column {} of the header {}", quoted(title), *fault));
    CsvColumn column = column_named(title);
    const bool twice = std::any_of(header_.columns.begin(), header_.columns.end(), [&](const CsvColumn& c) {
      return c.role == column.role &&
             (c.role != CsvRole::kNumber || (c.name == column.name && c.is_reward == column.is_reward));
    });
    if (twice) fail(fmt::format("column {} is there twice", quoted(title)));
    header_.columns.push_back(std::move(column));
  }

  void require(CsvRole role, std::string_view name) const {
    const auto has_role = [role](const CsvColumn& c) { return c.role == role; };
    if (std::none_of(header_.columns.begin(), header_.columns.end(), has_role)) fail_without(name);
  }

  [[noreturn]] void fail_without(std::string_view name) const {
    std::vector<std::string> others;
    for (const CsvColumn& column : header_.columns)
      if (column.role == CsvRole::kNumber && !column.is_reward) others.push_back(column.name);
    const auto meant = nearest_name(name, others);
    fail(fmt::format("the header has no column '{}'{}; it must be {}", name,
                     meant ? fmt::format(" (is it '{}'?)", *meant) : "", kMustBe));
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

  void read_directive(std::string_view text) {
    const std::vector<std::string> words = words_of(text);
    if (words.empty()) return;
    for (const std::string& word : words)
      if (const auto fault = name_fault(word)) fail(fmt::format("the directive's word {} {}", quoted(word), *fault));
    const std::string& what = words[0];
    const auto need = [&](std::size_t least, std::size_t most, std::string_view form) {
      require_words(words, least, most, form);
    };
    CsvDirectives& out = header_.parts.empty() ? header_.directives : header_.parts.back().second;
    if (what == "discount") {
      need(2, 2, "NUMBER");
      out.discount = number(words[1]);
    } else if (what == "states") {
      need(2, 2, "COUNT");
      header_.states = count(words[1], 1);
    } else if (what == "minimize" || what == "minimise") {
      need(1, 1, "");
      header_.minimise = true;
    } else if (what == "state") {
      need(2, 2, "NAME");
      header_.state_names.push_back(words[1]);
    } else if (what == "action") {
      need(2, 2, "NAME");
      header_.action_names.push_back(words[1]);
    } else if (what == "part") {
      need(2, 2, "STAGE");
      header_.parts.emplace_back(count(words[1], 0), CsvDirectives{});
      header_.parts.back().second.line = line_number_;
    } else if (what == "initial") {
      need(3, 3, "STATE PROBABILITY");
      out.initial.push_back({words[1], number(words[2]), line_number_});
    } else if (what == "label") {
      need(2, kAny, "NAME STATE ...");
      out.labels.push_back({words[1], {words.begin() + 2, words.end()}, line_number_});
    } else if (what == "law") {
      need(4, kAny, "STATE ACTION bernoulli HIGH | gaussian SD | finite VALUE WEIGHT ... | deterministic");
      CsvDirectives::Law law{.state = words[1],
                             .action = words[2],
                             .kind = words[3],
                             .numbers = numbers_from(words, 4),
                             .line = line_number_};
      require_form(law);
      out.laws.push_back(std::move(law));
    } else if (what == "expected") {
      need(5, 5, "COLUMN STATE ACTION VALUE");
      out.expected.push_back({words[1], words[2], words[3], number(words[4]), line_number_});
    } else if (what == "by-transition") {
      need(2, 2, "COLUMN");
      out.by_transition.push_back({words[1], line_number_});
    } else if (!read_linear(words, out)) {
      fail(fmt::format("unknown directive '#! {}'; there is {}", what, kDirectives));
    }
  }

  static constexpr std::size_t kAny = static_cast<std::size_t>(-1);

  void require_words(const std::vector<std::string>& words, std::size_t least, std::size_t most,
                     std::string_view form) const {
    if (words.size() < least || words.size() > most) fail(fmt::format("must have the form '#! {} {}'", words[0], form));
  }

  /// The directives of linear models; false when it is another one.
  bool read_linear(const std::vector<std::string>& words, CsvDirectives& out) {
    const std::string& what = words[0];
    if (what == "features") {
      require_words(words, 4, kAny, "STATE ACTION X ...");
      require_before_parts(what);
      header_.features.push_back({words[1], words[2], "", numbers_from(words, 3), line_number_});
    } else if (what == "mixture") {
      require_words(words, 5, kAny, "STATE ACTION NEXT X ...");
      require_before_parts(what);
      header_.mixture.push_back({words[1], words[2], words[3], numbers_from(words, 4), line_number_});
    } else if (what == "theta") {
      require_words(words, 2, kAny, "X ...");
      if (out.theta.line > 0) fail(fmt::format("line {} has a theta already", out.theta.line));
      out.theta = {numbers_from(words, 1), line_number_};
    } else {
      return false;
    }
    return true;
  }

  void require_before_parts(std::string_view what) const {
    if (!header_.parts.empty())
      fail(fmt::format("'#! {}' is for all stages or contexts and stands before the first '#! part'", what));
  }

  std::vector<double> numbers_from(const std::vector<std::string>& words, std::size_t first) const {
    std::vector<double> numbers;
    for (std::size_t i = first; i < words.size(); ++i) numbers.push_back(number(words[i]));
    return numbers;
  }

  void require_form(const CsvDirectives::Law& law) const {
    const std::size_t n = law.numbers.size();
    const bool good = law.kind == "finite"          ? n >= 2 && n % 2 == 0
                      : law.kind == "deterministic" ? n == 0
                                                    : (law.kind == "bernoulli" || law.kind == "gaussian") && n == 1;
    if (!good) {
      fail(
          fmt::format("a reward law is bernoulli HIGH, gaussian SD, finite VALUE WEIGHT ... or deterministic, not {} "
                      "with {}",
                      quoted(law.kind), counted(static_cast<std::int64_t>(n), "number")));
    }
  }

  std::int64_t count(const std::string& word, std::int64_t least) const {
    const auto value = parse_integer(word);
    if (!value || *value < least) fail(fmt::format("{} is not a whole number from {} on", quoted(word), least));
    return *value;
  }

  std::string_view bytes_;
  const std::string& name_;
  CsvHeader header_;
  std::size_t position_ = 0;
  std::int64_t line_number_ = 0;
};

}  // namespace

CsvHeader parse_csv_header(std::string_view bytes, const std::string& name) { return HeaderReader(bytes, name).read(); }

std::string csv_title(std::string_view name, bool is_reward) {
  const std::string own(name);
  if (is_reward) return own == "reward" ? own : std::string(kReward) + own;
  const CsvColumn read = column_named(own);
  const bool keeps = !own.empty() && read.role == CsvRole::kNumber && !read.is_reward && read.name == own;
  return keeps ? own : std::string(kCost) + own;
}

std::string csv_word(std::string_view name, bool in_quotes) {
  if (!in_quotes && !name.empty() && name.find_first_of(",;\" #") == std::string_view::npos) return std::string(name);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

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
