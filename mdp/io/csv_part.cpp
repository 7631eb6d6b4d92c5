#include "mdp/io/csv_part.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {

void CsvNumbers::expand(std::span<const std::int64_t> run_begin, std::int64_t num_rows) {
  GrowingArray<double> rows;
  rows.reserve(static_cast<std::size_t>(num_rows));
  for (std::size_t r = 0; r < values.size(); ++r) {
    const std::int64_t end = r + 1 < values.size() ? run_begin[r + 1] : num_rows;
    rows.append(static_cast<std::size_t>(end - run_begin[r]), values[r]);
  }
  values = std::move(rows);
  by_row = true;
}

void CsvPart::clear() {
  next.clear();
  probability.clear();
  runs.clear();
  run_begin.clear();
  for (CsvNumbers& column : numbers) {
    column.values.clear();
    column.by_row = false;
  }
  largest_next = -1;
  state_names.clear();
  action_names.clear();
}

namespace {

constexpr std::int32_t kLargestIdentifier = std::numeric_limits<std::int32_t>::max() - 1;

struct Field {
  const char *begin, *end;
  std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

class PartReader {
 public:
  PartReader(std::string_view bytes, const CsvHeader& header, const std::string& name, CsvUsesNames names,
             CsvPart& part)
      : bytes_(bytes),
        header_(header),
        name_(name),
        states_(names.states ? &part.state_names : nullptr),
        actions_(names.actions ? &part.action_names : nullptr),
        part_(part),
        row_numbers_(part.numbers.size()),
        known_(part.numbers.size()) {}

  void read(std::size_t begin, std::size_t end) {
    end_ = bytes_.data() + end;
    for (const char* at = bytes_.data() + begin; at < end_;) at = read_line(at);
  }

 private:
  /// A field as it stood in the row before, with what ended it.
  template <class Value>
  struct Known {
    const char* text = nullptr;
    std::ptrdiff_t size = 0;
    Value value{};
  };

  [[noreturn]] void fail(const char* where, const std::string& message) const {
    fail_at(name_, line_number(bytes_, where), message);
  }

  /// Reads the line at `at`; returns the start of the next one.
  const char* read_line(const char* at) {
    if (*at == '\n') return at + 1;
    if (*at == '#') {
      if (at + 1 < end_ && at[1] == '!') fail(at, "a directive `#! ...` must stand before the header");
      const char* next = line_end(at);
      const char* stop = next > at && next[-1] == '\n' ? next - 1 : next;
      if (has_lone_return({at, static_cast<std::size_t>(stop - at)})) fail(at, std::string(kLoneReturn));
      return next;
    }
    if (static_cast<unsigned char>(*at) <= ' ' && is_blank(at)) return line_end(at);
    const char* field = at;
    CsvRun run;
    double probability = 0;
    std::int32_t next = 0;
    std::size_t number = 0, read = 0;
    line_ended_ = false;
    for (; read < header_.columns.size() && !line_ended_; ++read) {
      const CsvColumn& column = header_.columns[read];
      switch (column.role) {
        case CsvRole::kState:
          run.state = identifier(field, states_, true, "state", known_state_);
          break;
        case CsvRole::kNext:
          next = identifier(field, states_, true, "next", known_next_);
          break;
        case CsvRole::kAction:
          run.action = identifier(field, actions_, false, "action", known_action_);
          break;
        case CsvRole::kStage:
          run.group = group(take_field(field), "stage");
          break;
        case CsvRole::kContext:
          run.group = group(take_field(field), "context");
          break;
        case CsvRole::kProbability:
          probability = real(field, "probability");
          break;
        case CsvRole::kNumber:
          row_numbers_[number] =
              repeated(field, known_[number], [&](const char*& at_field) { return real(at_field, column.name); });
          ++number;
          break;
      }
    }
    if (read < header_.columns.size()) {
      fail(at, fmt::format("has {}, the header has {}", counted(static_cast<std::int64_t>(read), "field"),
                           header_.columns.size()));
    }
    if (!line_ended_) fail(at, fmt::format("has more than the {} fields of the header", header_.columns.size()));
    if (probability < 0) fail(at, fmt::format("probability is {}, must not be negative", probability));
    append(run, next, probability);
    return field;
  }

  const char* line_end(const char* at) const {
    const char* newline = std::find(at, end_, '\n');
    return newline == end_ ? end_ : newline + 1;
  }

  bool is_blank(const char* at) const {
    while (at < end_ && (*at == ' ' || *at == '\r' || (*at == '\t' && header_.separator != '\t'))) ++at;
    return at == end_ || *at == '\n';
  }

  /// What follows a field that ends at `stop`; null when that is not where a field ends. Notes the end of the line.
  const char* behind(const char* stop) {
    if (stop == end_) return nullptr;
    if (*stop == header_.separator) return stop + 1;
    if (*stop == '\r' && stop + 1 < end_) ++stop;
    if (*stop != '\n') return nullptr;
    line_ended_ = true;
    return stop + 1;
  }

  /// The field at `at`, blanks taken off; moves `at` behind it and its separator or line end.
  Field take_field(const char*& at) {
    while (at < end_ && *at == ' ') ++at;
    const char* begin = at;
    if (at < end_ && *at == '"') {
      ++at;
      while (at < end_ && *at != '\n' && !(*at == '"' && (at + 1 == end_ || at[1] != '"'))) at += (*at == '"') ? 2 : 1;
    }
    while (at < end_ && *at != header_.separator && *at != '\n') ++at;
    const char* stop = at;
    line_ended_ = at >= end_ || *at == '\n';
    if (at < end_) ++at;
    while (begin < stop && (*begin == ' ' || *begin == '\t')) ++begin;
    while (stop > begin && (stop[-1] == ' ' || (stop[-1] == '\r' && line_ended_) || stop[-1] == '\t')) --stop;
    return {begin, stop};
  }

  /// What read(at) gives, without reading when the field is that of the row before.
  template <class Value, class Read>
  Value repeated(const char*& at, Known<Value>& known, const Read& read) {
    if (known.size > 0 && known.size <= end_ - at &&
        std::memcmp(at, known.text, static_cast<std::size_t>(known.size)) == 0) {
      at += known.size;
      line_ended_ = at[-1] == '\n';
      return known.value;
    }
    known.text = at;
    known.value = read(at);
    known.size = at[-1] == '\n' || at[-1] == header_.separator ? at - known.text : 0;
    return known.value;
  }

  // Nearly every field is a number and nothing else, which is read without looking for its end first; what is not is
  // left to the careful functions.

  std::int32_t identifier(const char*& at, CsvNameList* names, bool is_state, std::string_view column,
                          Known<std::int32_t>& known) {
    if (names != nullptr) {
      return repeated(at, known, [&](const char*& field) { return named(take_field(field), *names, column); });
    }
    std::int32_t value = -1;
    const auto [stop, error] = std::from_chars(at, end_, value);
    if (error == std::errc{} && value >= 0 && value <= kLargestIdentifier) {
      if (const char* next = behind(stop)) {
        at = next;
        return value;
      }
    }
    return careful_identifier(take_field(at), is_state, column);
  }

  double real(const char*& at, std::string_view column) {
    double value = 0;
    const auto [stop, error] = std::from_chars(at, end_, value);
    if (error == std::errc{} && std::isfinite(value)) {
      if (const char* next = behind(stop)) {
        at = next;
        return value;
      }
    }
    return careful_real(take_field(at), column);
  }

  std::int32_t named(Field f, CsvNameList& names, std::string_view column) const {
    require_some(f, column);
    if (const auto fault = name_fault(f.text()))
      fail(f.begin, fmt::format("column '{}' is {}, which {}", column, quoted(f.text()), *fault));
    return *f.begin == '"' ? names.number(unquoted(f.text())) : names.number(f.text());
  }

  void require_some(Field f, std::string_view column) const {
    if (f.begin == f.end) fail(f.begin, fmt::format("column '{}' is empty", column));
  }

  std::int32_t careful_identifier(Field f, bool is_state, std::string_view column) const {
    require_some(f, column);
    std::int64_t value = 0;
    const char* begin = f.begin;
    const char* end = f.end;
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') ++begin, --end;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error == std::errc::invalid_argument || (error == std::errc{} && stop != end)) {
      throw CsvUsesNames{.states = is_state, .actions = !is_state};
    }
    if (error != std::errc{} || value < 0 || value > kLargestIdentifier) {
      fail(f.begin,
           fmt::format("column '{}' is {}, must lie in 0 .. {}", column, quoted(f.text()), kLargestIdentifier));
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

  double careful_real(Field f, std::string_view column) const {
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
    const bool continues = !part_.runs.empty() && part_.runs.back() == run;
    if (!continues) {
      part_.runs.push_back(run);
      part_.run_begin.push_back(part_.num_rows());
    }
    const bool possible = probability > 0, first = part_.run_begin.back() == part_.num_rows();
    for (std::size_t k = 0; k < row_numbers_.size(); ++k)
      append_number(part_.numbers[k], row_numbers_[k], continues, possible, first);
    if (!possible) return;
    part_.next.push_back(next);
    part_.probability.push_back(probability);
    part_.largest_next = std::max(part_.largest_next, next);
  }

  /// `continues`: the run is there already. `first`: without a possible row yet.
  void append_number(CsvNumbers& column, double x, bool continues, bool possible, bool first) const {
    GrowingArray<double>& values = column.values;
    if (!column.by_row) {
      if (!continues) return values.push_back(x);
      if (!possible || values.back() == x) return;
      if (first) {
        values.back() = x;
        return;
      }
      column.expand({part_.run_begin.data(), part_.run_begin.size()}, part_.num_rows());
    }
    if (possible) values.push_back(x);
  }

  std::string_view bytes_;
  const char* end_ = nullptr;  // of the part
  const CsvHeader& header_;
  const std::string& name_;
  CsvNameList* const states_;  // null: numbers
  CsvNameList* const actions_;
  CsvPart& part_;
  bool line_ended_ = false;
  std::vector<double> row_numbers_;
  std::vector<Known<double>> known_;  // of each column of kind kNumber
  Known<std::int32_t> known_state_, known_next_, known_action_;
};

}  // namespace

void read_csv_part(std::string_view bytes, std::size_t begin, std::size_t end, const CsvHeader& header,
                   const std::string& name, CsvUsesNames names, CsvPart& part) {
  PartReader(bytes, header, name, names, part).read(begin, end);
}

}  // namespace bellwether::mdp
