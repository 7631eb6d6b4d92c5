#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// Columns of the terminal behind standard output, or what COLUMNS says they are, but at least 40; 100 when it is a
/// file or a pipe.
int terminal_width();
bool stderr_is_terminal();

/// Text wrapped at blanks, continuation lines indented.
std::string wrapped(std::string_view text, int indent, int width);

/// "  left            right column wrapped\n" with the right column at `column`.
std::string two_columns(std::string_view left, std::string_view right, int column);

/// A bound of at least 0 in two digits, rounded up so that what is shown is a bound too: 3.1e-08; 0 for 0 alone. What
/// only the end of the range of doubles could lose, some 1e-308, is 1e-300.
std::string scientific(double bound);
/// Short forms: 1.2 ms, 3.4 s, 2 min 5 s; 12,345; 3.2 GB.
std::string duration(double seconds);
using bellwether::grouped;

/// "1 state", "12,345 states".
std::string grouped(std::int64_t count, std::string_view noun);

/// "64 states, 256 choices, 674 transitions".
std::string size_text(const mdp::TabularMdp& model);

/// Columns of text, aligned: numbers to the right, words to the left. On a terminal too narrow for it the widest
/// columns of words are wrapped; files and pipes get every row in one line.
class Table {
 public:
  explicit Table(std::vector<std::string> headings, std::vector<bool> right_aligned);
  void add(std::vector<std::string> cells);
  std::string text(int indent = 0) const;

 private:
  std::vector<std::size_t> widths(int indent) const;
  std::string row_text(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, int indent) const;

  std::vector<std::vector<std::string>> rows_;  // the headings first
  std::vector<bool> right_;
};

/// How the program is called, for hints: "./bellwether" through the launcher, else its own name.
std::string program_name();

}  // namespace bellwether::cli
