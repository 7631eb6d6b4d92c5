#include <algorithm>
#include <tuple>
#include <utility>

#include "mdp/io/csv_rows.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

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
    const bool new_choice = i == 0 || rows.runs[keys[i].run] != rows.runs[keys[i - 1].run];
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
    if (sorted.runs.empty() || sorted.runs.back() != rows.runs[r]) {
      sorted.runs.push_back(rows.runs[r]);
      sorted.run_begin.push_back(sorted.num_rows());
    }
    for (auto i = static_cast<std::size_t>(rows.run_begin[r]); i < static_cast<std::size_t>(rows.run_end(r)); ++i) {
      sorted.next.push_back(rows.next[i]);
      sorted.probability.push_back(rows.probability[i]);
      for (std::size_t k = 0; k < sorted.numbers.size(); ++k)
        sorted.numbers[k].values.push_back(rows.numbers[k].values[i]);
    }
  }
  rows = std::move(sorted);
}

void drop_impossible(CsvRows& rows) {
  if (std::find(rows.probability.begin(), rows.probability.end(), 0.0) == rows.probability.end()) return;
  std::size_t kept = 0;
  for (std::size_t r = 0; r < rows.runs.size(); ++r) {
    const auto begin = static_cast<std::size_t>(rows.run_begin[r]), end = static_cast<std::size_t>(rows.run_end(r));
    rows.run_begin[r] = static_cast<std::int64_t>(kept);
    for (std::size_t i = begin; i < end; ++i) {
      if (rows.probability[i] == 0) continue;
      rows.next[kept] = rows.next[i];
      rows.probability[kept] = rows.probability[i];
      for (CsvNumbers& column : rows.numbers)
        if (column.by_row) column.values[kept] = column.values[i];
      ++kept;
    }
  }
  rows.next.resize(kept);
  rows.probability.resize(kept);
  for (CsvNumbers& column : rows.numbers)
    if (column.by_row) column.values.resize(kept);
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

}  // namespace

std::int64_t line_of_successor(std::string_view bytes, const CsvHeader& header, std::string_view state) {
  const std::size_t next = column_of(header, CsvRole::kNext);
  return first_line(bytes, header,
                    [&](const auto& fields) { return next < fields.size() && unquoted(fields[next]) == state; });
}

std::int64_t line_of_choice(std::string_view bytes, const CsvHeader& header, std::string_view state,
                            std::string_view action) {
  const std::size_t from = column_of(header, CsvRole::kState), played = column_of(header, CsvRole::kAction);
  return first_line(bytes, header, [&](const auto& fields) {
    return std::max(from, played) < fields.size() && unquoted(fields[from]) == state &&
           unquoted(fields[played]) == action;
  });
}

}  // namespace bellwether::mdp
