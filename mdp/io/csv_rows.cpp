#include "mdp/io/csv_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/parallel.h"
#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kPartBytes = std::size_t{1} << 19;
constexpr std::size_t kPartsAtATime = 64;

/// Names numbered by first appearance, after those that the header lists.
class NameList {
 public:
  NameList(const std::vector<std::string>& declared, std::string_view kind, const std::string& file) {
    for (const std::string& name : declared) {
      const std::size_t before = names_.size();
      number(name);
      if (names_.size() == before) fail_at(file, 0, fmt::format("the header names two {} {}", kind, quoted(name)));
    }
  }
  std::int32_t number(std::string_view name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    const auto added = static_cast<std::int32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(names_.back(), added);
    return added;
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> numbers_;
  std::vector<std::string> names_;
};

/// Thrown inside a part that meets a word where numbers were expected: the file is then read by names.
struct UsesNames {
  bool states = false, actions = false;
};

struct Field {
  const char *begin, *end;
  std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

/// Parses the rows of one part of the file.
class PartReader {
 public:
  PartReader(std::string_view bytes, const CsvHeader& header, const std::string& name, NameList* states,
             NameList* actions)
      : bytes_(bytes), header_(header), name_(name), states_(states), actions_(actions) {
    for (const CsvColumn& column : header.columns) numbers_ += column.role == CsvRole::kNumber;
    row_numbers_.resize(numbers_);
    rows_.numbers.resize(numbers_);
  }

  CsvRows read(std::size_t begin, std::size_t end) {
    for (const char* at = bytes_.data() + begin; at < bytes_.data() + end;) at = read_line(at, bytes_.data() + end);
    return std::move(rows_);
  }

 private:
  [[noreturn]] void fail(const char* where, const std::string& message) const {
    fail_at(name_, line_number(bytes_, where), message);
  }

  /// Reads the line at `at`; returns the start of the next one.
  const char* read_line(const char* at, const char* end) {
    if (*at == '\n') return at + 1;
    if (*at == '#') {
      if (at + 1 < end && at[1] == '!') fail(at, "a directive `#! ...` must stand before the header");
      return after_line(at, end);
    }
    const char* field = at;
    CsvRun run;
    double probability = 0;
    std::int32_t next = 0;
    std::size_t number = 0, read = 0;
    bool line_ended = false;
    for (const CsvColumn& column : header_.columns) {
      if (line_ended) break;
      const Field f = take_field(field, end, line_ended);
      if (read == 0 && line_ended && f.begin == f.end) return field;  // a line of blanks
      ++read;
      switch (column.role) {
        case CsvRole::kState:
          run.state = identifier(f, states_, true, "state");
          break;
        case CsvRole::kNext:
          next = identifier(f, states_, true, "next");
          break;
        case CsvRole::kAction:
          run.action = identifier(f, actions_, false, "action");
          break;
        case CsvRole::kStage:
          run.group = group(f, "stage");
          break;
        case CsvRole::kContext:
          run.group = group(f, "context");
          break;
        case CsvRole::kProbability:
          probability = real(f, "probability");
          break;
        case CsvRole::kNumber:
          row_numbers_[number++] = real(f, column.name);
          break;
      }
    }
    if (read < header_.columns.size()) {
      fail(at, fmt::format("has {}, the header has {}", counted(static_cast<std::int64_t>(read), "field"),
                           header_.columns.size()));
    }
    if (!line_ended) fail(at, fmt::format("has more than the {} fields of the header", header_.columns.size()));
    if (probability < 0) fail(at, fmt::format("probability is {}, must not be negative", probability));
    append(run, next, probability);
    return field;
  }

  const char* after_line(const char* at, const char* end) const {
    const char* newline = std::find(at, end, '\n');
    return newline == end ? end : newline + 1;
  }

  /// The field at `at`, blanks taken off; moves `at` behind it and its separator or line end.
  Field take_field(const char*& at, const char* end, bool& line_ended) const {
    while (at < end && *at == ' ') ++at;
    const char* begin = at;
    if (at < end && *at == '"') {
      ++at;
      while (at < end && *at != '\n' && !(*at == '"' && (at + 1 == end || at[1] != '"'))) at += (*at == '"') ? 2 : 1;
    }
    while (at < end && *at != header_.separator && *at != '\n') ++at;
    const char* stop = at;
    line_ended = at >= end || *at == '\n';
    if (at < end) ++at;
    while (begin < stop && (*begin == ' ' || *begin == '\t')) ++begin;
    while (stop > begin && (stop[-1] == ' ' || stop[-1] == '\r' || stop[-1] == '\t')) --stop;
    return {begin, stop};
  }

  std::int32_t identifier(Field f, NameList* names, bool is_state, std::string_view column) const {
    if (f.begin == f.end) fail(f.begin, fmt::format("column '{}' is empty", column));
    if (names != nullptr) {
      if (std::any_of(f.begin, f.end, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        fail(f.begin, fmt::format("column '{}' is {}, which is no name", column, quoted(f.text())));
      }
      return *f.begin == '"' ? names->number(unquoted(f.text())) : names->number(f.text());
    }
    std::int64_t value = 0;
    const char* begin = f.begin;
    const char* end = f.end;
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') ++begin, --end;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error == std::errc::invalid_argument || (error == std::errc{} && stop != end)) {
      throw UsesNames{.states = is_state, .actions = !is_state};
    }
    if (error != std::errc{} || value < 0 || value >= std::numeric_limits<std::int32_t>::max()) {
      fail(f.begin, fmt::format("column '{}' is {}, must lie in 0 .. {}", column, quoted(f.text()),
                                std::numeric_limits<std::int32_t>::max() - 1));
    }
    return static_cast<std::int32_t>(value);
  }

  std::int32_t group(Field f, std::string_view column) const {
    std::int32_t value = -1;
    const auto [stop, error] = std::from_chars(f.begin, f.end, value);
    if (error != std::errc{} || stop != f.end || value < 0) {
      fail(f.begin, fmt::format("column '{}' is {}, must be a whole number from 0 on", column, quoted(f.text())));
    }
    return value;
  }

  double real(Field f, std::string_view column) const {
    double value = 0;
    const char *begin = f.begin, *end = f.end;
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') ++begin, --end;
    if (end - begin >= 2 && *begin == '+' && begin[1] != '-') ++begin;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error == std::errc::result_out_of_range) {
      fail(f.begin, fmt::format("column '{}' is {}, beyond the range of a double", column, quoted(f.text())));
    }
    if (begin == end || error != std::errc{} || stop != end || !std::isfinite(value)) {
      const bool comma = header_.separator != ',' && f.text().find(',') != std::string_view::npos;
      fail(f.begin, fmt::format("column '{}' is {}, must be a finite number{}", column, quoted(f.text()),
                                comma ? " with a decimal point" : ""));
    }
    return value;
  }

  void append(const CsvRun& run, std::int32_t next, double probability) {
    const bool continues = !rows_.runs.empty() && rows_.runs.back() == run;
    if (!continues) {
      rows_.runs.push_back(run);
      rows_.run_begin.push_back(rows_.num_rows());
    }
    for (std::size_t k = 0; k < numbers_; ++k) {
      CsvNumbers& column = rows_.numbers[k];
      if (!column.by_row && continues && column.values.back() != row_numbers_[k]) rows_.expand(column);
      if (column.by_row || !continues) column.values.push_back(row_numbers_[k]);
    }
    rows_.next.push_back(next);
    rows_.probability.push_back(probability);
  }

  std::string_view bytes_;
  const CsvHeader& header_;
  const std::string& name_;
  NameList* states_;
  NameList* actions_;
  std::size_t numbers_ = 0;
  std::vector<double> row_numbers_;
  CsvRows rows_;
};

/// Starts of parts: multiples of kPartBytes moved to the next line start. They depend on the file alone.
std::vector<std::size_t> cut_at_lines(std::string_view bytes, std::size_t body) {
  std::vector<std::size_t> starts{body};
  for (std::size_t at = body + kPartBytes; at < bytes.size(); at = starts.back() + kPartBytes) {
    const std::size_t newline = bytes.find('\n', at);
    if (newline == std::string_view::npos || newline + 1 >= bytes.size()) break;
    starts.push_back(newline + 1);
  }
  starts.push_back(bytes.size());
  return starts;
}

template <class T>
void append_from(std::vector<T>& whole, const std::vector<T>& part, std::size_t skip = 0) {
  whole.insert(whole.end(), part.begin() + static_cast<std::ptrdiff_t>(skip), part.end());
}

void append_part(CsvRows& rows, CsvRows part) {
  if (part.runs.empty()) return;
  const std::int64_t base = rows.num_rows();
  const bool continues = !rows.runs.empty() && rows.runs.back() == part.runs.front();
  for (std::size_t k = 0; k < rows.numbers.size(); ++k) {
    CsvNumbers& whole = rows.numbers[k];
    CsvNumbers& added = part.numbers[k];
    const bool seam_differs =
        continues && !whole.by_row && !added.by_row && whole.values.back() != added.values.front();
    if ((added.by_row || seam_differs) && !whole.by_row) rows.expand(whole);
    if (whole.by_row && !added.by_row) part.expand(added);
    append_from(whole.values, added.values, continues && !whole.by_row ? 1 : 0);
  }
  append_from(rows.next, part.next);
  append_from(rows.probability, part.probability);
  append_from(rows.runs, part.runs, continues ? 1 : 0);
  for (std::size_t r = continues ? 1 : 0; r < part.runs.size(); ++r) {
    rows.run_begin.push_back(base + part.run_begin[r]);
  }
}

/// Address space for the rows that are still to come, judged by those read so far; only what is used becomes memory.
void reserve_for(CsvRows& rows, double share_read) {
  const auto whole = [&](std::size_t so_far) {
    return static_cast<std::size_t>(static_cast<double>(so_far) / share_read * 1.1) + 1024;
  };
  rows.next.reserve(whole(rows.next.size()));
  rows.probability.reserve(whole(rows.next.size()));
  rows.runs.reserve(whole(rows.runs.size()));
  rows.run_begin.reserve(whole(rows.runs.size()));
  for (CsvNumbers& column : rows.numbers) column.values.reserve(whole(column.values.size()));
}

CsvRows parse_in_parts(std::string_view bytes, const CsvHeader& header, const std::string& name) {
  const std::vector<std::size_t> starts = cut_at_lines(bytes, header.body);
  const std::size_t count = starts.size() - 1;
  CsvRows rows;
  rows.numbers.resize(static_cast<std::size_t>(std::count_if(
      header.columns.begin(), header.columns.end(), [](const CsvColumn& c) { return c.role == CsvRole::kNumber; })));
  for (std::size_t first = 0; first < count; first += kPartsAtATime) {
    const std::size_t last = std::min(first + kPartsAtATime, count);
    std::vector<CsvRows> parts(last - first);
    parallel_for(static_cast<std::int64_t>(parts.size()), static_cast<std::int64_t>(starts[last] - starts[first]),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
                     PartReader reader(bytes, header, name, nullptr, nullptr);
                     parts[i] = reader.read(starts[first + i], starts[first + i + 1]);
                   }
                 });
    for (CsvRows& part : parts) append_part(rows, std::exchange(part, {}));
    if (first == 0 && last < count) {
      reserve_for(rows, static_cast<double>(starts[last]) / static_cast<double>(bytes.size()));
    }
  }
  return rows;
}

/// Names are numbered in the order of the file, so one part after the other.
CsvRows parse_with_names(std::string_view bytes, const CsvHeader& header, const std::string& name, UsesNames uses) {
  for (;;) {
    NameList states(header.state_names, "states", name), actions(header.action_names, "actions", name);
    try {
      CsvRows rows = PartReader(bytes, header, name, uses.states ? &states : nullptr, uses.actions ? &actions : nullptr)
                         .read(header.body, bytes.size());
      rows.state_names = uses.states ? states.take() : std::vector<std::string>{};
      rows.action_names = uses.actions ? actions.take() : std::vector<std::string>{};
      return rows;
    } catch (const UsesNames& also) {
      uses = {uses.states || also.states, uses.actions || also.actions};
    }
  }
}

}  // namespace

void CsvRows::expand(CsvNumbers& column) const {
  std::vector<double> values;
  values.reserve(next.capacity());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    values.insert(values.end(), static_cast<std::size_t>(run_end(r) - run_begin[r]), column.values[r]);
  }
  column.values = std::move(values);
  column.by_row = true;
}

CsvRows parse_csv_rows(std::string_view bytes, const CsvHeader& header, const std::string& name) {
  const UsesNames declared{.states = !header.state_names.empty(), .actions = !header.action_names.empty()};
  if (declared.states || declared.actions) return parse_with_names(bytes, header, name, declared);
  try {
    return parse_in_parts(bytes, header, name);
  } catch (const UsesNames& uses) {
    return parse_with_names(bytes, header, name, uses);
  }
}

}  // namespace bellwether::mdp
