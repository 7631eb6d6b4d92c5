#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mdp/io/growing_array.h"

namespace bellwether::mdp {

/// Finds numbered names by their text without keeping the text: a table of numbers alone, four bytes a place, at most
/// half full. `name_of(number)` gives the text of a name that is in the table.
class NameTable {
 public:
  /// The number of a name, or -1.
  template <class NameOf>
  std::int32_t find(std::string_view name, const NameOf& name_of) const {
    return places_.empty() ? -1 : places_[place_of(name, name_of)];
  }

  /// Enters a name that is not there yet; its text must be known to `name_of`.
  template <class NameOf>
  void add(std::int32_t number, const NameOf& name_of) {
    if (2 * (count_ + 1) > places_.size()) grow(name_of);
    places_[place_of(name_of(number), name_of)] = number;
    ++count_;
  }

  bool empty() const { return count_ == 0; }

  /// Keeps the memory.
  void clear() {
    std::fill(places_.begin(), places_.end(), -1);
    count_ = 0;
  }

 private:
  /// Where the name is, or else the free place where it would be.
  template <class NameOf>
  std::size_t place_of(std::string_view name, const NameOf& name_of) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t place = std::hash<std::string_view>()(name) & mask;
    while (places_[place] >= 0 && name_of(places_[place]) != name) place = (place + 1) & mask;
    return place;
  }

  template <class NameOf>
  void grow(const NameOf& name_of) {
    constexpr std::size_t kSmallest = 64;  // a power of two, as all sizes
    GrowingArray<std::int32_t> old;
    std::swap(old, places_);
    const std::size_t size = old.empty() ? kSmallest : 2 * old.size();
    places_.reserve(size);
    places_.append(size, -1);
    for (const std::int32_t number : old)
      if (number >= 0) places_[place_of(name_of(number), name_of)] = number;
  }

  GrowingArray<std::int32_t> places_;
  std::size_t count_ = 0;
};

/// Names numbered by first appearance. Their text lies in one piece, so that a name costs its letters and about twenty
/// bytes.
class CsvNameList {
 public:
  std::int32_t number(std::string_view name);
  std::size_t size() const { return end_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : end_[i - 1];
    return {text_.data() + begin, static_cast<std::size_t>(end_[i] - begin)};
  }
  /// All names; the list is empty afterwards.
  std::vector<std::string> take();
  void clear();

 private:
  GrowingArray<char> text_;
  GrowingArray<std::uint64_t> end_;  // of each name
  NameTable table_;
};

}  // namespace bellwether::mdp
