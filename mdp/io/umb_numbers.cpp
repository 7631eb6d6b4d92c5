#include "mdp/io/umb_numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::mdp {
namespace {

using Words = std::vector<std::uint64_t>;

template <class T>
T load(std::string_view bytes, std::size_t index) {
  T value;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  } else {
    char reversed[sizeof(T)];
    std::reverse_copy(bytes.data() + index * sizeof(T), bytes.data() + (index + 1) * sizeof(T), reversed);
    std::memcpy(&value, reversed, sizeof(T));
  }
  return value;
}

template <class T>
void append(std::string& bytes, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) std::reverse(raw, raw + sizeof(T));
  bytes.append(raw, sizeof(T));
}

void require_size(std::string_view bytes, std::uint64_t count, std::uint64_t element, const std::string& member) {
  if (count <= bytes.size() / element && count * element == bytes.size()) return;
  fail_at(member, 0, fmt::format("has {} bytes, must have {} elements of {} bytes", bytes.size(), count, element));
}

int bit_length(const Words& words) {
  for (std::size_t i = words.size(); i-- > 0;)
    if (words[i] != 0) return static_cast<int>(64 * i) + static_cast<int>(std::bit_width(words[i]));
  return 0;
}

bool bit_of(const Words& words, int i) {
  return i >= 0 && (words[static_cast<std::size_t>(i) / 64] >> (i % 64) & 1) != 0;
}

/// r = 2 r + bit, then r -= d when r >= d; says whether it was subtracted.
bool divide_step(Words& r, const Words& d, bool bit) {
  std::uint64_t carry = bit ? 1 : 0;
  for (std::uint64_t& word : r) {
    const std::uint64_t out = word >> 63;
    word = word << 1 | carry;
    carry = out;
  }
  for (std::size_t i = r.size(); i-- > 0;) {
    if (r[i] > d[i]) break;
    if (r[i] < d[i]) return false;
  }
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const std::uint64_t less = d[i] + borrow;
    const bool wraps = less < borrow;  // d[i] was all ones: nothing is taken off, the borrow goes on
    const std::uint64_t before = r[i];
    r[i] = before - less;
    borrow = wraps || before < less ? 1 : 0;
  }
  return true;
}

/// num / den of magnitudes, rounded to nearest even.
double quotient(const Words& num, Words den) {
  const int n = bit_length(num), d = bit_length(den);
  if (n == 0) return 0;
  const std::size_t words = std::max(num.size(), den.size()) + 1;
  den.resize(words);
  Words rest(words, 0);
  // The quotient of num * 2^shift has 63 or 64 bits: more than the 53 of a double, whatever is left over is sticky.
  const int shift = 64 - (n - d) - 1;
  std::uint64_t q = 0;
  for (int i = n + shift - 1; i >= 0; --i) q = q << 1 | (divide_step(rest, den, bit_of(num, i - shift)) ? 1 : 0);
  if (shift < 0) {  // the bits of num below the last quotient bit
    for (int i = std::min(n, -shift) - 1; i >= 0; --i)
      if (bit_of(num, i)) rest[0] |= 1;
  }
  const bool sticky = std::any_of(rest.begin(), rest.end(), [](std::uint64_t word) { return word != 0; });
  // ldexp of at most 53 bits is exact; the two lowest bits of 55 decide the rounding, sticky breaks the tie. Results
  // below 2^-1022 keep fewer bits.
  const int width = static_cast<int>(std::bit_width(q));
  const int exponent = width - shift;  // the quotient lies in [2^(exponent - 1), 2^exponent)
  if (exponent < -1074) return 0;
  const int keep = std::min(exponent + 1074, 53);
  const int drop = width - keep;
  const std::uint64_t kept = drop == 64 ? 0 : q >> drop;
  const std::uint64_t low = drop == 64 ? q : q & ((std::uint64_t{1} << drop) - 1);
  const std::uint64_t half = std::uint64_t{1} << (drop - 1);
  const bool up = low > half || (low == half && (sticky || (kept & 1) != 0));
  return std::ldexp(static_cast<double>(kept + (up ? 1 : 0)), drop - shift);
}

/// A rational at word `at`, each part `words` words long.
double rational_at(std::string_view bytes, std::size_t at, std::size_t words, const std::string& member) {
  Words numerator(words), denominator(words);
  for (std::size_t i = 0; i < words; ++i) {
    numerator[i] = load<std::uint64_t>(bytes, at + i);
    denominator[i] = load<std::uint64_t>(bytes, at + words + i);
  }
  if (bit_length(denominator) == 0) {
    fail_at(member, 0, fmt::format("rational number {} has the denominator 0", at / (2 * words)));
  }
  return nearest_double(numerator, denominator);
}

double finite(double value, std::size_t i, const std::string& member) {
  if (!std::isfinite(value)) fail_at(member, 0, fmt::format("element {} is {}, must be finite", i, value));
  return value;
}

}  // namespace

double nearest_double(std::span<const std::uint64_t> numerator, std::span<const std::uint64_t> denominator) {
  Words num(numerator.begin(), numerator.end());
  const Words den(denominator.begin(), denominator.end());
  const bool negative = !num.empty() && num.back() >> 63 != 0;
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint64_t& word : num) {
      word = ~word + carry;
      carry = carry != 0 && word == 0 ? 1 : 0;
    }
  }
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  double value;
  if (num.size() == 1 && den.size() == 1 && num[0] <= kExact && den[0] <= kExact) {
    value = static_cast<double>(num[0]) / static_cast<double>(den[0]);
  } else {
    value = quotient(num, den);
  }
  return negative ? -value : value;
}

std::vector<std::int64_t> umb_integers(std::string_view bytes, std::uint64_t count, const std::string& member) {
  require_size(bytes, count, 8, member);
  std::vector<std::int64_t> values(count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = load<std::uint64_t>(bytes, i);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      fail_at(member, 0, fmt::format("element {} is {}, which is out of range", i, value));
    }
    values[i] = static_cast<std::int64_t>(value);
  }
  return values;
}

std::vector<std::int32_t> umb_small_integers(std::string_view bytes, std::uint64_t count, const std::string& member) {
  require_size(bytes, count, 4, member);
  std::vector<std::int32_t> values(count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = load<std::uint32_t>(bytes, i);
    if (value > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max())) {
      fail_at(member, 0, fmt::format("element {} is {}, which is out of range", i, value));
    }
    values[i] = static_cast<std::int32_t>(value);
  }
  return values;
}

std::vector<double> umb_numbers(std::string_view bytes, UmbType type, std::uint64_t count, const std::string& member) {
  require_size(bytes, count, type.bits / 8, member);
  std::vector<double> values(count);
  const std::size_t words = type.bits / 64;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value =
        type.kind == UmbType::Kind::kDouble ? load<double>(bytes, i) : rational_at(bytes, i * words, words / 2, member);
    values[i] = finite(value, i, member);
  }
  return values;
}

UmbBounds umb_bounds(std::string_view bytes, UmbType type, std::uint64_t count, const std::string& member) {
  require_size(bytes, count, type.bits / 8, member);
  UmbBounds bounds{std::vector<double>(count), std::vector<double>(count)};
  const std::size_t words = type.bits / 64;
  for (std::size_t i = 0; i < count; ++i) {
    const bool doubles = type.kind == UmbType::Kind::kDoubleInterval;
    const double low = doubles ? load<double>(bytes, 2 * i) : rational_at(bytes, i * words, words / 4, member);
    const double high =
        doubles ? load<double>(bytes, 2 * i + 1) : rational_at(bytes, i * words + words / 2, words / 4, member);
    if (const auto fault = interval_fault(low, high)) fail_at(member, 0, fmt::format("number {}: {}", i, *fault));
    bounds.lower[i] = low;
    bounds.upper[i] = high;
  }
  return bounds;
}

std::vector<std::int32_t> umb_set_bits(std::string_view bytes, std::uint64_t count, const std::string& member) {
  require_size(bytes, count / 64 + (count % 64 != 0 ? 1 : 0), 8, member);
  std::vector<std::int32_t> set;
  for (std::size_t word = 0; word < bytes.size() / 8; ++word) {
    for (std::uint64_t bits = load<std::uint64_t>(bytes, word); bits != 0; bits &= bits - 1) {
      const std::uint64_t index = 64 * word + static_cast<std::uint64_t>(std::countr_zero(bits));
      if (index >= count) fail_at(member, 0, fmt::format("bit {} is set, there are only {}", index, count));
      set.push_back(static_cast<std::int32_t>(index));
    }
  }
  return set;
}

std::string umb_bytes(std::span<const std::int64_t> values) {
  std::string bytes;
  bytes.reserve(values.size_bytes());
  for (const std::int64_t value : values) append(bytes, static_cast<std::uint64_t>(value));
  return bytes;
}

std::string umb_bytes(std::span<const double> values) {
  std::string bytes;
  bytes.reserve(values.size_bytes());
  for (const double value : values) append(bytes, value);
  return bytes;
}

std::string umb_bits(std::span<const std::int32_t> set, std::uint64_t count) {
  std::vector<std::int64_t> words((count + 63) / 64, 0);
  for (const std::int32_t i : set)
    words[static_cast<std::size_t>(i) / 64] |= static_cast<std::int64_t>(std::uint64_t{1} << (i % 64));
  return umb_bytes(words);
}

}  // namespace bellwether::mdp
