#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether::mdp {

/// A number type of a UMB file.
struct UmbType {
  enum class Kind { kNone, kBool, kInt, kUint, kDouble, kRational, kDoubleInterval, kRationalInterval, kString };
  Kind kind = Kind::kNone;
  std::uint32_t bits = 0;

  bool is_interval() const { return kind == Kind::kDoubleInterval || kind == Kind::kRationalInterval; }
  /// double, rational, or an interval of one of them.
  bool is_continuous() const { return is_interval() || kind == Kind::kDouble || kind == Kind::kRational; }
};

/// The double nearest to numerator / denominator, two's complement and unsigned little-endian words; ties go to even.
/// The denominator must not be 0.
double nearest_double(std::span<const std::uint64_t> numerator, std::span<const std::uint64_t> denominator);

// Little-endian arrays. Each throws ParseError "file: member: ..." unless the member holds exactly `count` elements.
std::vector<std::int64_t> umb_integers(std::string_view bytes, std::uint64_t count, const std::string& member);
std::vector<std::int32_t> umb_small_integers(std::string_view bytes, std::uint64_t count, const std::string& member);
/// Finite numbers of type double or rational.
std::vector<double> umb_numbers(std::string_view bytes, UmbType type, std::uint64_t count, const std::string& member);
/// Lower and upper bounds of an interval type.
struct UmbBounds {
  std::vector<double> lower, upper;
};
UmbBounds umb_bounds(std::string_view bytes, UmbType type, std::uint64_t count, const std::string& member);
/// The indices of the bits set.
std::vector<std::int32_t> umb_set_bits(std::string_view bytes, std::uint64_t count, const std::string& member);

// The same arrays as bytes.
std::string umb_bytes(std::span<const std::int64_t> values);
std::string umb_bytes(std::span<const double> values);
std::string umb_bits(std::span<const std::int32_t> set, std::uint64_t count);

}  // namespace bellwether::mdp
