#include "apps/cli/terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <unistd.h>

#include <fmt/format.h>
#include <sys/ioctl.h>

#include "core/text.h"
#include "mdp/io/names.h"

namespace bellwether::cli {
namespace {

/// Columns a UTF-8 text takes, counting every code point as one.
std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    longest = std::max(longest, display_width(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return longest;
}

}  // namespace

int terminal_width() {
  constexpr int kUsual = 100, kNarrowest = 40, kWidest = 1000;
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0) return kUsual;
  const char* columns = std::getenv("COLUMNS");
  if (const auto wanted = columns != nullptr ? parse_integer(columns) : std::nullopt; wanted && *wanted > 0)
    return static_cast<int>(std::clamp<std::int64_t>(*wanted, kNarrowest, kWidest));
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return std::clamp<int>(size.ws_col, kNarrowest, kWidest);
}

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) != 0; }

std::string wrapped(std::string_view text, int indent, int width) {
  std::string out;
  int column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const int length = static_cast<int>(display_width(word));
    if (column > indent && column + 1 + length > width) {
      out += '\n' + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string two_columns(std::string_view left, std::string_view right, int column) {
  std::string out = fmt::format("  {}", left);
  const int used = static_cast<int>(display_width(out));
  const int width = std::min(terminal_width(), 110);
  out += used + 2 > column ? '\n' + std::string(static_cast<std::size_t>(column), ' ')
                           : std::string(static_cast<std::size_t>(column - used), ' ');
  return out + wrapped(right, column, width) + '\n';
}

std::string scientific(double bound) {
  constexpr double kLeast = 1e-300;
  if (!std::isfinite(bound)) return bound > 0 ? "inf" : bound < 0 ? "-inf" : "nan";
  if (bound == 0) return "0";
  if (bound < kLeast) return "1e-300";
  std::string text = fmt::format("{:.1e}", bound);  // d.de+dd
  if (*parse_double(text) >= bound) return text;
  const int digits = 10 * (text[0] - '0') + (text[2] - '0') + 1, exponent = std::stoi(text.substr(4));
  return digits < 100 ? fmt::format("{}.{}e{:+03}", digits / 10, digits % 10, exponent)
                      : fmt::format("1.0e{:+03}", exponent + 1);
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.{}f} ms", seconds * 1e3, seconds < 0.01 ? 1 : 0);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string grouped(std::int64_t count, std::string_view noun) {
  return grouped(count) + counted(count, noun).substr(std::to_string(count).size());
}

std::string size_text(const mdp::TabularMdp& model) {
  return fmt::format("{}, {}, {}", grouped(model.num_states(), "state"), grouped(model.num_choices(), "choice"),
                     grouped(model.num_transitions(), "transition"));
}

Table::Table(std::vector<std::string> headings, std::vector<bool> right_aligned)
    : rows_{std::move(headings)}, right_(std::move(right_aligned)) {}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = mdp::printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(int indent) const {
  std::vector<std::size_t> widths(right_.size(), 0), least(right_.size(), 0);  // the least: that of the longest word
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
      least[i] = std::max(least[i], right_[i] ? widths[i] : longest_word(row[i]));
    }
  }
  if (::isatty(STDOUT_FILENO) == 0) return widths;
  const auto room = static_cast<std::size_t>(terminal_width());
  std::size_t total = static_cast<std::size_t>(indent) + 2 * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  while (total > room) {
    std::size_t widest = 0;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > least[i] && (widths[widest] == least[widest] || widths[i] > widths[widest])) widest = i;
    const std::size_t cut = std::min(total - room, widths[widest] - least[widest]);
    if (cut == 0) break;
    widths[widest] -= cut;
    total -= cut;
  }
  return widths;
}

std::string Table::row_text(const std::vector<std::string>& row, const std::vector<std::size_t>& widths,
                            int indent) const {
  std::vector<std::string> rest = row;
  std::string out;
  do {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const bool fits = right_[i] || display_width(rest[i]) <= widths[i];
      const std::string cell = fits ? rest[i] : wrapped(rest[i], 0, static_cast<int>(widths[i]));
      const std::size_t end = fits ? cell.size() : std::min(cell.find('\n'), cell.size());
      line += padded(cell.substr(0, end), widths[i], right_[i]);
      rest[i] = rest[i].substr(std::min(end + 1, rest[i].size()));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  } while (std::ranges::any_of(rest, [](const std::string& cell) { return !cell.empty(); }));
  return out;
}

std::string Table::text(int indent) const {
  const std::vector<std::size_t> fitted = widths(indent);
  std::string out;
  for (const auto& row : rows_) out += row_text(row, fitted, indent);
  return out;
}

std::string program_name() {
  const char* name = std::getenv("BELLWETHER_COMMAND");
  return name != nullptr && *name != 0 ? name : "bellwether";
}

}  // namespace bellwether::cli
