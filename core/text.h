#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether {

/// The shortest decimal that reads back to the same double (at most 17 digits): 0.1, 1e-09, inf, nan.
std::string exact_text(double x);

/// Whole-string conversions; nothing if any character is left over or the number does not fit.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// The candidate nearest in edit distance, if near enough to be what was meant, or else the only one that begins with
/// the word; capital letters count as small ones.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'goal'?" when a candidate is near enough, or the members of the family that the word names ("ucbvi":
/// 'ucbvi-ch' or 'ucbvi-bf'), else nothing: the end of a message.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// So many of a thing: "1 state", "0 states", "12 states"; a noun in -y ("probability", "entry") becomes one in -ies.
std::string counted(std::int64_t count, std::string_view noun);

/// So many significant digits, and no powers of ten below 10^15: "0.3251", "12", "10250".
std::string short_number(double x, int digits);

/// "926.3 ± 7.7": the error with two digits, the number with as many decimals; five digits where there is no error.
std::string with_error(double x, double error);

/// With commas between thousands: "1,234,567".
std::string grouped(std::int64_t count);

/// "a, b and c"
std::string join_names(std::span<const std::string> names);

}  // namespace bellwether
