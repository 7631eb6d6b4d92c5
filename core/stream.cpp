#include "core/stream.h"

#include <Random123/philox.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

#ifdef __SSE2__
/// Draws of kCount blocks in a row, two blocks side by side in each vector register: Random123 gives one block at a
/// time, whose ten rounds wait for each other. A 32-bit word lies in the low half of a 64-bit lane; high halves may
/// hold anything, the multiplication ignores them.
template <std::uint32_t kCount>
void philox_blocks(std::uint64_t key, std::uint64_t block, std::uint64_t lane, std::uint64_t* out) {
  constexpr std::uint32_t kPairs = kCount / 2;
  const auto both = [](std::uint64_t x) { return _mm_set1_epi64x(static_cast<long long>(x)); };
  __m128i word0[kPairs], word1[kPairs], word2[kPairs], word3[kPairs];
  for (std::uint32_t i = 0; i < kPairs; ++i) {
    word0[i] = _mm_set_epi64x(static_cast<long long>(block + 2 * i + 1), static_cast<long long>(block + 2 * i));
    word1[i] = _mm_srli_epi64(word0[i], 32);
    word2[i] = both(lane);
    word3[i] = both(lane >> 32);
  }
  const __m128i factor0 = both(PHILOX_M4x32_0), factor1 = both(PHILOX_M4x32_1);
  auto key0 = static_cast<std::uint32_t>(key), key1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const __m128i keys0 = both(key0), keys1 = both(key1);
    for (std::uint32_t i = 0; i < kPairs; ++i) {
      const __m128i product0 = _mm_mul_epu32(word0[i], factor0), product1 = _mm_mul_epu32(word2[i], factor1);
      word0[i] = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(product1, 32), word1[i]), keys0);
      word1[i] = product1;
      word2[i] = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(product0, 32), word3[i]), keys1);
      word3[i] = product0;
    }
    key0 += PHILOX_W32_0;
    key1 += PHILOX_W32_1;
  }
  const __m128i low = both(0xffffffff);
  for (std::uint32_t i = 0; i < kPairs; ++i) {
    const __m128i first = _mm_or_si128(_mm_and_si128(word0[i], low), _mm_slli_epi64(word1[i], 32));
    const __m128i second = _mm_or_si128(_mm_and_si128(word2[i], low), _mm_slli_epi64(word3[i], 32));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 4 * i), _mm_unpacklo_epi64(first, second));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 4 * i + 2), _mm_unpackhi_epi64(first, second));
  }
}
#else
template <std::uint32_t kCount>
void philox_blocks(std::uint64_t key, std::uint64_t block, std::uint64_t lane, std::uint64_t* out) {
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const Pair drawn = philox(key, block + i, lane);
    out[2 * i] = drawn.first;
    out[2 * i + 1] = drawn.second;
  }
}
#endif

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
  // Many streams draw once or twice: the first block comes alone.
  if (block_ == 0) {
    const Pair drawn = philox(key_, 0, lane_);
    buffer_[0] = drawn.first;
    buffer_[1] = drawn.second;
    block_ = 1;
    filled_ = 2;
  } else {
    philox_blocks<kBlocks>(key_, block_, lane_, buffer_.data());
    block_ += kBlocks;
    filled_ = 2 * kBlocks;
  }
  at_ = 0;
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
