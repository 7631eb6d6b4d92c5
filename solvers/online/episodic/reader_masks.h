#pragma once

#include <cstdint>
#include <vector>

namespace bellwether::online {

/// Who must be computed again when something has changed: for each thing a set of readers, numbered from 0 and kept as
/// words of 64 bits, so that whoever waits to be computed is one bit.
class ReaderMasks {
 public:
  explicit ReaderMasks(std::size_t things = 0) : readers_(things) {}

  bool empty() const { return readers_.empty(); }

  void add(std::size_t thing, std::int64_t reader) {
    for (Part& part : readers_[thing]) {
      if (part.word != reader >> 6) continue;
      part.bits |= bit(reader);
      return;
    }
    readers_[thing].push_back({reader >> 6, bit(reader)});
  }

  /// Sets the bits of all readers of this thing.
  void mark(std::size_t thing, std::uint64_t* words) const {
    for (const Part& part : readers_[thing]) words[part.word] |= part.bits;
  }

  static std::uint64_t bit(std::int64_t i) { return std::uint64_t{1} << (i & 63); }
  static std::int64_t words(std::int64_t bits) { return (bits + 63) / 64; }

 private:
  struct Part {
    std::int64_t word;
    std::uint64_t bits;
  };
  std::vector<std::vector<Part>> readers_;
};

}  // namespace bellwether::online
