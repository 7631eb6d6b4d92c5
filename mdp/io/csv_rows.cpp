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
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

constexpr std::int64_t kPartBytes = 1 << 22;

/// Names numbered by first appearance.
class NameList {
 public:
  explicit NameList(const std::vector<std::string>& declared) {
    for (const std::string& name : declared) number(name);
  }
  std::int32_t number(const std::string& name) {
    const auto [entry, added] = numbers_.try_emplace(name, static_cast<std::int32_t>(names_.size()));
    if (added) names_.push_back(name);
    return entry->second;
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::unordered_map<std::string, std::int32_t> numbers_;
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
    rows_.next.reserve((end - begin) / 24);
    rows_.probability.reserve((end - begin) / 24);
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
      fail(at, fmt::format("has {} fields, the header has {}", read, header_.columns.size()));
    }
    if (!line_ended) fail(at, fmt::format("has more than the {} fields of the header", header_.columns.size()));
    if (probability < 0) fail(at, fmt::format("probability is {}, must not be negative", probability));
    if (probability > 0) append(run, next, probability);
    return field;
  }

  const char* after_line(const char* at, const char* end) const {
    const char* newline = std::find(at, end, '\n');
    return newline == end ? end : newline + 1;
  }

  /// The field at `at`, blanks taken off; moves `at` behind it and its separator or line end.
  Field take_field(const char*& at, const char* end, bool& line_ended) const {
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
      return names->number(unquoted(f.text()));
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
    const char* begin = f.begin;
    if (f.end - begin >= 2 && *begin == '+' && begin[1] != '-') ++begin;
    const auto [stop, error] = std::from_chars(begin, f.end, value);
    if (begin == f.end || error != std::errc{} || stop != f.end || !std::isfinite(value)) {
      fail(f.begin, fmt::format("column '{}' is {}, must be a finite number", column, quoted(f.text())));
    }
    return value;
  }

  void append(const CsvRun& run, std::int32_t next, double probability) {
    const bool continues = !rows_.runs.empty() && rows_.runs.back().same_choice(run);
    if (!continues) {
      rows_.runs.push_back(run);
      rows_.runs.back().first_row = rows_.num_rows();
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

/// Appends a part and gives its memory back.
void append_part(CsvRows& rows, CsvRows part) {
  if (part.runs.empty()) return;
  const std::int64_t base = rows.num_rows();
  const bool continues = !rows.runs.empty() && rows.runs.back().same_choice(part.runs.front());
  for (std::size_t k = 0; k < rows.numbers.size(); ++k) {
    CsvNumbers& whole = rows.numbers[k];
    CsvNumbers& added = part.numbers[k];
    const bool seam_differs =
        continues && !whole.by_row && !added.by_row && whole.values.back() != added.values.front();
    if ((added.by_row || seam_differs) && !whole.by_row) rows.expand(whole);
    if (whole.by_row && !added.by_row) part.expand(added);
    const std::ptrdiff_t skip = continues && !whole.by_row ? 1 : 0;
    whole.values.insert(whole.values.end(), added.values.begin() + skip, added.values.end());
  }
  rows.next.insert(rows.next.end(), part.next.begin(), part.next.end());
  rows.probability.insert(rows.probability.end(), part.probability.begin(), part.probability.end());
  for (std::size_t r = continues ? 1 : 0; r < part.runs.size(); ++r) {
    rows.runs.push_back(part.runs[r]);
    rows.runs.back().first_row += base;
  }
}

CsvRows parse_in_parts(std::string_view bytes, const CsvHeader& header, const std::string& name) {
  const std::vector<std::size_t> starts = cut_at_lines(bytes, header.body);
  const auto count = static_cast<std::int64_t>(starts.size()) - 1;
  std::vector<CsvRows> parts(static_cast<std::size_t>(count));
  parallel_for(count, static_cast<std::int64_t>(bytes.size()), [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      parts[i] = PartReader(bytes, header, name, nullptr, nullptr).read(starts[i], starts[i + 1]);
    }
  });
  if (count == 1) return std::move(parts[0]);
  CsvRows rows;
  rows.numbers.resize(parts[0].numbers.size());
  std::size_t total = 0, runs = 0;
  for (const CsvRows& part : parts) total += part.next.size(), runs += part.runs.size();
  rows.next.reserve(total);
  rows.probability.reserve(total);
  rows.runs.reserve(runs);
  for (CsvNumbers& column : rows.numbers) column.values.reserve(runs);
  for (CsvRows& part : parts) append_part(rows, std::exchange(part, {}));
  return rows;
}

/// Names are numbered in the order of the file, so one part after the other.
CsvRows parse_with_names(std::string_view bytes, const CsvHeader& header, const std::string& name, UsesNames uses) {
  for (;;) {
    NameList states(header.directives.state_names), actions(header.directives.action_names);
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

/// True when the runs are ordered by group and state and no choice has two.
bool is_grouped(const CsvRows& rows) {
  std::vector<std::int32_t> actions;
  for (std::size_t r = 0; r < rows.runs.size();) {
    actions.clear();
    const std::size_t first = r;
    while (r < rows.runs.size() && rows.runs[r].state == rows.runs[first].state &&
           rows.runs[r].group == rows.runs[first].group) {
      actions.push_back(rows.runs[r++].action);
    }
    std::sort(actions.begin(), actions.end());
    if (std::adjacent_find(actions.begin(), actions.end()) != actions.end()) return false;
    if (r < rows.runs.size() &&
        std::pair(rows.runs[r].group, rows.runs[r].state) < std::pair(rows.runs[first].group, rows.runs[first].state)) {
      return false;
    }
  }
  return true;
}

/// The runs in their new order: by group, state, and first appearance of the action there.
std::vector<std::size_t> grouped_order(const CsvRows& rows) {
  struct Key {
    std::int32_t group, state, action;
    std::size_t run;
  };
  std::vector<Key> keys(rows.runs.size());
  for (std::size_t r = 0; r < keys.size(); ++r)
    keys[r] = {rows.runs[r].group, rows.runs[r].state, rows.runs[r].action, r};
  const auto same_choice_first = [](const Key& a, const Key& b) {
    return std::tie(a.group, a.state, a.action, a.run) < std::tie(b.group, b.state, b.action, b.run);
  };
  std::sort(keys.begin(), keys.end(), same_choice_first);
  std::vector<std::size_t> first_of(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool new_choice = i == 0 || !rows.runs[keys[i].run].same_choice(rows.runs[keys[i - 1].run]);
    first_of[keys[i].run] = new_choice ? keys[i].run : first_of[keys[i - 1].run];
  }
  std::vector<std::size_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const CsvRun &x = rows.runs[a], &y = rows.runs[b];
    return std::tie(x.group, x.state, first_of[a], a) < std::tie(y.group, y.state, first_of[b], b);
  });
  return order;
}

}  // namespace

void CsvRows::expand(CsvNumbers& column) const {
  std::vector<double> values;
  values.reserve(next.capacity());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    values.insert(values.end(), static_cast<std::size_t>(run_end(r) - runs[r].first_row), column.values[r]);
  }
  column.values = std::move(values);
  column.by_row = true;
}

CsvRows parse_csv_rows(std::string_view bytes, const CsvHeader& header, const std::string& name) {
  const UsesNames declared{.states = !header.directives.state_names.empty(),
                           .actions = !header.directives.action_names.empty()};
  if (declared.states || declared.actions) return parse_with_names(bytes, header, name, declared);
  try {
    return parse_in_parts(bytes, header, name);
  } catch (const UsesNames& uses) {
    return parse_with_names(bytes, header, name, uses);
  }
}

void group_by_choice(CsvRows& rows) {
  if (is_grouped(rows)) return;
  CsvRows sorted;
  sorted.numbers.resize(rows.numbers.size());
  sorted.state_names = std::move(rows.state_names);
  sorted.action_names = std::move(rows.action_names);
  for (CsvNumbers& column : rows.numbers)
    if (!column.by_row) rows.expand(column);
  for (CsvNumbers& column : sorted.numbers) column.by_row = true;
  for (const std::size_t r : grouped_order(rows)) {
    if (sorted.runs.empty() || !sorted.runs.back().same_choice(rows.runs[r])) {
      sorted.runs.push_back(rows.runs[r]);
      sorted.runs.back().first_row = sorted.num_rows();
    }
    for (auto i = static_cast<std::size_t>(rows.runs[r].first_row); i < static_cast<std::size_t>(rows.run_end(r));
         ++i) {
      sorted.next.push_back(rows.next[i]);
      sorted.probability.push_back(rows.probability[i]);
      for (std::size_t k = 0; k < sorted.numbers.size(); ++k)
        sorted.numbers[k].values.push_back(rows.numbers[k].values[i]);
    }
  }
  rows = std::move(sorted);
}

std::int64_t line_of_successor(std::string_view bytes, const CsvHeader& header, std::string_view state) {
  std::size_t column = 0;
  while (header.columns[column].role != CsvRole::kNext) ++column;
  for (std::size_t at = header.body; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const auto fields = split_fields(bytes.substr(at, end - at), header.separator);
    if (bytes[at] != '#' && column < fields.size() && unquoted(fields[column]) == state)
      return line_number(bytes, bytes.data() + at);
    at = end + 1;
  }
  return 0;
}

}  // namespace bellwether::mdp
