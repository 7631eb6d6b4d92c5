#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bellwether::mdp {

/// Why a word of a text file cannot be a name, if it cannot: "is not UTF-8 (byte 0xff)", "holds the control character
/// U+001B". Two names that differ in such bytes alone would look the same, or write over the terminal.
std::optional<std::string> name_fault(std::string_view word);

/// As above for names of binary files, which may hold line ends and other control characters.
std::optional<std::string> encoding_fault(std::string_view word);

/// The text with every control character but the line feed, and every byte that is no UTF-8, as "\x1b": what can be
/// shown on a terminal.
std::string printable(std::string_view text);

}  // namespace bellwether::mdp
