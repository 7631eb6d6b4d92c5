#pragma once

#include <cstdint>
#include <string_view>

namespace bellwether::mdp::bwm {

inline constexpr char kMagic[8] = {'B', 'W', 'M', 'O', 'D', 'E', 'L', '\n'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint64_t kAlignment = 64;

/// What a section holds; the numbers are part of the format.
enum class Kind : std::uint32_t {
  kStateBegin = 1,
  kChoiceBegin = 2,
  kSuccessor = 3,
  kProbability = 4,
  kRewardName = 5,
  kRewardExpected = 6,
  kRewardByTransition = 7,
  kCostName = 8,
  kCostExpected = 9,
  kCostByTransition = 10,
  kLaw = 11,
  kLawScale = 12,
  kLawSupportBegin = 13,
  kLawValues = 14,
  kLawWeights = 15,
  kInitial = 16,
  kAction = 17,
  kStateNames = 18,
  kActionNames = 19,
  kLabelName = 20,
  kLabelStates = 21,
  kDiscount = 22,
  kIntervalLower = 23,
  kIntervalUpper = 24,
  kObservationNames = 25,
  kObservationBegin = 26,
  kObservationIndex = 27,
  kObservationProbability = 28,
  kFileFacts = 29,  ///< four 64-bit numbers: stages, contexts, rewards are costs, observations
  kFeatures = 30,
  kMixtureBegin = 31,
  kMixtureSuccessor = 32,
  kMixtureFeatures = 33,
  kMixtureTheta = 34,
};

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t sections;
  std::uint64_t checksum;  ///< of the section table
  std::uint64_t file_size;
};

/// `model` counts stages or contexts, `column` counts rewards, costs or labels.
struct Section {
  std::uint32_t kind, model, column, reserved;
  std::uint64_t offset, size;  ///< bytes
  std::uint64_t checksum;      ///< of these bytes
};

static_assert(sizeof(Header) == 32 && sizeof(Section) == 40);

/// Tells damaged bytes, not forged ones; a single changed word always shows. Defined in docs/guide/formats.md: sums and
/// sums of sums in eight lanes over blocks of 256 KiB (in parallel, at the speed of memory), joined by FNV-1a.
std::uint64_t checksum(std::string_view bytes);

}  // namespace bellwether::mdp::bwm
