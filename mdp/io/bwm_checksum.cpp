#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/parallel.h"
#include "mdp/io/bwm_layout.h"

namespace bellwether::mdp::bwm {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18, kLanes = 8;
using Word = std::uint64_t;
using Lanes = std::array<Word, kLanes>;

Word mix(Word hash, Word word) {
  hash = (hash ^ word) * 0x100000001b3;
  return hash ^ (hash >> 29);
}

void add(const char* bytes, Lanes& sum, Lanes& sum_of_sums) {
  Lanes words;
  std::memcpy(words.data(), bytes, sizeof words);
  for (std::size_t i = 0; i < kLanes; ++i) {
    sum[i] += words[i];
    sum_of_sums[i] += sum[i];
  }
}

/// The last bytes of a block count as if zeros followed up to a multiple of 64.
Word block_checksum(std::string_view block) {
  Lanes sum{}, sum_of_sums{};
  std::size_t at = 0;
  for (; at + sizeof(Lanes) <= block.size(); at += sizeof(Lanes)) add(block.data() + at, sum, sum_of_sums);
  if (at < block.size()) {
    std::array<char, sizeof(Lanes)> rest{};
    std::memcpy(rest.data(), block.data() + at, block.size() - at);
    add(rest.data(), sum, sum_of_sums);
  }
  Word hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < kLanes; ++i) hash = mix(mix(hash, sum[i]), sum_of_sums[i]);
  return hash;
}

}  // namespace

std::uint64_t checksum(std::string_view bytes) {
  const std::size_t blocks = (bytes.size() + kBlock - 1) / kBlock;
  std::vector<Word> parts(blocks);
  parallel_for(static_cast<std::int64_t>(blocks), static_cast<std::int64_t>(bytes.size() / 16),
               [&](std::int64_t begin, std::int64_t end) {
                 for (auto b = static_cast<std::size_t>(begin); b < static_cast<std::size_t>(end); ++b) {
                   parts[b] = block_checksum(bytes.substr(b * kBlock, kBlock));
                 }
               });
  Word hash = mix(0xcbf29ce484222325, bytes.size());
  for (const Word part : parts) hash = mix(hash, part);
  return hash;
}

}  // namespace bellwether::mdp::bwm
