#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether {

/// A counter-based random stream (Philox4x32-10): draw i is a pure function of the stream's identity and i.
/// `child` derives an independent stream without touching the parent; derive by meaning (experiment, replicate,
/// episode, step), never by thread. An identity has 128 bits, so a trillion children collide with odds below 1e-14.
class Stream {
 public:
  using result_type = std::uint64_t;

  explicit Stream(std::uint64_t seed);

  Stream child(std::uint64_t index) const;
  Stream child(std::string_view meaning) const;

  /// The next 64 bits.
  std::uint64_t operator()() {
    if (at_ == filled_) refill();
    return buffer_[at_++];
  }
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }

  /// Uniform on the multiples of 2^-53 in [0, 1).
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

  /// Uniform on {0, ..., bound - 1}, without bias; bound >= 1.
  std::uint64_t below(std::uint64_t bound);

 private:
  Stream(std::uint64_t key, std::uint64_t lane) : key_(key), lane_(lane) {}
  void refill();

  static constexpr std::uint32_t kBlocks = 8;  // drawn at once, of two draws each

  std::uint64_t key_ = 0;    // Philox key
  std::uint64_t lane_ = 0;   // high half of the counter
  std::uint64_t block_ = 0;  // low half: the next block to draw
  std::uint32_t at_ = 0, filled_ = 0;
  std::array<std::uint64_t, 2 * kBlocks> buffer_{};
};

}  // namespace bellwether
