#include "core/stream.h"

#include <Random123/philox.h>

namespace bellwether {
namespace {

struct Pair {
  std::uint64_t first, second;
};

Pair philox(std::uint64_t key, std::uint64_t low, std::uint64_t high) {
  const auto half = [](std::uint64_t x, int shift) { return static_cast<std::uint32_t>(x >> shift); };
  const r123::Philox4x32::ctr_type counter = {{half(low, 0), half(low, 32), half(high, 0), half(high, 32)}};
  const r123::Philox4x32::key_type keys = {{half(key, 0), half(key, 32)}};
  const r123::Philox4x32::ctr_type out = r123::Philox4x32{}(counter, keys);
  const auto join = [](std::uint32_t lo, std::uint32_t hi) { return (static_cast<std::uint64_t>(hi) << 32) | lo; };
  return {join(out[0], out[1]), join(out[2], out[3])};
}

// Identities are derived under keys that no stream draws with unless 64 random bits collide.
constexpr std::uint64_t kChildDomain = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kSeedDomain = 0xd1b54a32d192ed03;

// FNV-1a: names of children are few and short; Philox does the mixing.
std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Stream::Stream(std::uint64_t seed) {
  const Pair identity = philox(kSeedDomain, seed, 0);
  key_ = identity.first;
  lane_ = identity.second;
}

Stream Stream::child(std::uint64_t index) const {
  const Pair identity = philox(key_ ^ kChildDomain, index, lane_);
  return {identity.first, identity.second};
}

Stream Stream::child(std::string_view meaning) const { return child(hash_name(meaning)); }

void Stream::refill() {
  const Pair drawn = philox(key_, block_++, lane_);
  buffer_ = {drawn.first, drawn.second};
  left_ = 2;
}

std::uint64_t Stream::operator()() {
  if (left_ == 0) refill();
  return buffer_[static_cast<std::size_t>(2 - left_--)];
}

std::uint64_t Stream::below(std::uint64_t bound) {
  // Lemire's multiply-and-reject.
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>((*this)()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<Wide>((*this)()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace bellwether
