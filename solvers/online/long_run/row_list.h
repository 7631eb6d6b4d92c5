#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bellwether::online {

/// Rows of entries, one after the other in one array; refilled without allocating once it has grown.
template <class Entry>
class RowList {
 public:
  void clear() {
    begin_.assign(1, 0);
    entry_.clear();
  }
  void push(const Entry& entry) { entry_.push_back(entry); }
  void end_row() { begin_.push_back(entry_.size()); }

  std::int64_t num_rows() const { return static_cast<std::int64_t>(begin_.size()) - 1; }
  std::span<Entry> row(std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    return {entry_.data() + begin_[at], begin_[at + 1] - begin_[at]};
  }

 private:
  std::vector<std::size_t> begin_{0};
  std::vector<Entry> entry_;
};

/// Inserts entry after entry by `key` (a strict order without ties): linear time when the row is in that order already,
/// as it nearly is from one sweep to the next.
template <class Entry, class Key>
void settle_order(std::span<Entry> row, const Key& key) {
  for (std::size_t i = 1; i < row.size(); ++i) {
    const auto mine = key(row[i]);
    if (!(mine < key(row[i - 1]))) continue;
    const Entry moved = row[i];
    std::size_t place = i;
    while (place > 0 && mine < key(row[place - 1])) {
      row[place] = row[place - 1];
      --place;
    }
    row[place] = moved;
  }
}

}  // namespace bellwether::online
