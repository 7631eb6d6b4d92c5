#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <unistd.h>

#include <sys/mman.h>

#include "core/text.h"
#include "mdp/io/csv_rows.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

/// A run among those of its state.
struct PlacedRun {
  std::uint64_t state = 0;  ///< group and state
  std::int64_t run = 0;

  friend auto operator<=>(const PlacedRun&, const PlacedRun&) = default;
};

/// Brings the runs of one state, in the order of the file, into that of the first appearance of their actions.
void order_by_appearance(std::span<PlacedRun> placed, const GrowingArray<CsvRun>& runs) {
  const auto action_of = [&](const PlacedRun& p) { return runs[static_cast<std::size_t>(p.run)].action; };
  const auto not_ascending = [&](const PlacedRun& a, const PlacedRun& b) { return action_of(a) >= action_of(b); };
  if (std::adjacent_find(placed.begin(), placed.end(), not_ascending) == placed.end()) return;
  struct Entry {
    std::int32_t action;
    std::int64_t run, first;
  };
  std::vector<Entry> entries;
  for (const PlacedRun& p : placed) entries.push_back({action_of(p), p.run, p.run});
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.action, a.run) < std::tie(b.action, b.run); });
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].action == entries[i - 1].action) entries[i].first = entries[i - 1].first;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.first, a.run) < std::tie(b.first, b.run); });
  for (std::size_t i = 0; i < placed.size(); ++i) placed[i].run = entries[i].run;
}

/// The runs in their new order: by group, state, and first appearance of the action there.
std::vector<PlacedRun> grouped_order(const GrowingArray<CsvRun>& runs) {
  std::vector<PlacedRun> order(runs.size());
  for (std::size_t r = 0; r < order.size(); ++r) {
    const auto group = static_cast<std::uint64_t>(runs[r].group), state = static_cast<std::uint64_t>(runs[r].state);
    order[r] = {group << 32 | state, static_cast<std::int64_t>(r)};
  }
  std::sort(order.begin(), order.end());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && order[end].state == order[begin].state) ++end;
    order_by_appearance(std::span(order).subspan(begin, end - begin), runs);
  }
  return order;
}

/// Gives the pages of an array back as soon as everything on them has been copied away. In files that are sorted by
/// action pages empty one after the other, so that the copy takes hardly more memory than the array.
class EmptyingPages {
 public:
  EmptyingPages(const void* begin, std::size_t bytes)
      : page_(static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE))),
        first_(reinterpret_cast<std::uintptr_t>(begin) / page_),
        left_(bytes / page_ + 2, page_) {}

  /// What lies here is not needed any more.
  void take(const void* begin, std::size_t bytes) {
    const auto at = reinterpret_cast<std::uintptr_t>(begin), end = at + bytes;
    for (std::uintptr_t from = at, to = 0; from < end; from = to) {
      const std::uintptr_t page = from / page_;
      to = std::min(end, (page + 1) * page_);
      std::size_t& left = left_[page - first_];
      left -= to - from;
      // A page that others share never becomes empty here.
      if (left == 0) (void)::madvise(reinterpret_cast<void*>(page * page_), page_, MADV_DONTNEED);
    }
  }

 private:
  std::uintptr_t page_, first_;
  std::vector<std::size_t> left_;  // bytes
};

/// The pieces of `numbers` that the runs own, in a new order.
template <class T>
GrowingArray<T> gathered(GrowingArray<T> numbers, const std::vector<PlacedRun>& order,
                         std::span<const std::int64_t> run_begin, std::int64_t num_rows) {
  EmptyingPages pages(numbers.data(), numbers.size() * sizeof(T));
  GrowingArray<T> out;
  out.reserve(numbers.size());
  for (const PlacedRun& placed : order) {
    const auto r = static_cast<std::size_t>(placed.run);
    const std::int64_t end = r + 1 < run_begin.size() ? run_begin[r + 1] : num_rows;
    const auto piece = std::span<const T>(numbers).subspan(static_cast<std::size_t>(run_begin[r]),
                                                           static_cast<std::size_t>(end - run_begin[r]));
    out.append(piece);
    pages.take(piece.data(), piece.size_bytes());
  }
  return out;
}

/// One value for each run that is the first of its choice, if the others of the choice have the same.
bool gather_by_run(GrowingArray<double>& values, const std::vector<PlacedRun>& order,
                   const GrowingArray<CsvRun>& runs) {
  GrowingArray<double> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto r = static_cast<std::size_t>(order[i].run);
    if (i == 0 || runs[r] != runs[static_cast<std::size_t>(order[i - 1].run)]) {
      out.push_back(values[r]);
    } else if (values[r] != out.back()) {
      return false;
    }
  }
  values = std::move(out);
  return true;
}

}  // namespace

void group_by_choice(CsvRows& rows) {
  if (rows.runs.in_order() && rows.runs.each_choice_once()) return;
  GrowingArray<CsvRun> runs = rows.runs.take_list();
  const std::vector<PlacedRun> order = grouped_order(runs);
  for (CsvNumbers& column : rows.numbers)
    if (!column.by_row && !gather_by_run(column.values, order, runs)) column.expand(rows.begins(), rows.num_rows());
  const std::int64_t num_rows = rows.num_rows();
  GrowingArray<std::int64_t> run_begin;
  std::int64_t row = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto r = static_cast<std::size_t>(order[i].run);
    if (i == 0 || runs[r] != runs[static_cast<std::size_t>(order[i - 1].run)]) {
      rows.runs.push_back(runs[r]);
      run_begin.push_back(row);
    }
    row += (r + 1 < runs.size() ? rows.run_begin[r + 1] : num_rows) - rows.run_begin[r];
  }
  runs = {};
  for (CsvNumbers& column : rows.numbers)
    if (column.by_row) column.values = gathered(std::move(column.values), order, rows.begins(), num_rows);
  rows.next = gathered(std::move(rows.next), order, rows.begins(), num_rows);
  rows.probability = gathered(std::move(rows.probability), order, rows.begins(), num_rows);
  rows.run_begin = std::move(run_begin);
}

namespace {

std::size_t column_of(const CsvHeader& header, CsvRole role) {
  std::size_t column = 0;
  while (header.columns[column].role != role) ++column;
  return column;
}

/// The first line after the header whose fields are as asked, or 0.
template <class Asked>
std::int64_t first_line(std::string_view bytes, const CsvHeader& header, const Asked& asked) {
  for (std::size_t at = header.body; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    if (bytes[at] != '#' && asked(split_fields(bytes.substr(at, end - at), header.separator)))
      return line_number(bytes, bytes.data() + at);
    at = end + 1;
  }
  return 0;
}

/// The stage or context of a line, 0 in a file without.
std::int64_t group_of(const std::vector<std::string_view>& fields, const CsvHeader& header) {
  for (std::size_t i = 0; i < std::min(fields.size(), header.columns.size()); ++i)
    if (header.columns[i].role == CsvRole::kStage || header.columns[i].role == CsvRole::kContext)
      return parse_integer(unquoted(fields[i])).value_or(0);
  return 0;
}

}  // namespace

std::int64_t line_of_successor(std::string_view bytes, const CsvHeader& header, std::string_view state) {
  const std::size_t next = column_of(header, CsvRole::kNext);
  return first_line(bytes, header,
                    [&](const auto& fields) { return next < fields.size() && unquoted(fields[next]) == state; });
}

std::int64_t line_of_state(std::string_view bytes, const CsvHeader& header, std::string_view state) {
  const std::size_t from = column_of(header, CsvRole::kState), next = column_of(header, CsvRole::kNext);
  return first_line(bytes, header, [&](const auto& fields) {
    return std::max(from, next) < fields.size() && (unquoted(fields[from]) == state || unquoted(fields[next]) == state);
  });
}

std::int64_t line_of_choice(std::string_view bytes, const CsvHeader& header, std::string_view state,
                            std::string_view action, std::size_t group) {
  const std::size_t from = column_of(header, CsvRole::kState), played = column_of(header, CsvRole::kAction);
  return first_line(bytes, header, [&](const auto& fields) {
    return std::max(from, played) < fields.size() && unquoted(fields[from]) == state &&
           unquoted(fields[played]) == action && group_of(fields, header) == static_cast<std::int64_t>(group);
  });
}

std::int64_t line_after_group(std::string_view bytes, const CsvHeader& header, std::size_t group) {
  return first_line(bytes, header, [&](const auto& fields) {
    return fields.size() == header.columns.size() && group_of(fields, header) > static_cast<std::int64_t>(group);
  });
}

std::int64_t line_of_header(std::string_view bytes, const CsvHeader& header) {
  return line_number(bytes, bytes.data() + header.body - 1);
}

}  // namespace bellwether::mdp
