#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bellwether::experiments {

/// A figure as SVG text, which holds its title; the caption says something else.
struct ReportFigure {
  std::string title;
  std::string caption;
  std::string svg;
};

/// A table of words; the first row is the heading.
struct ReportTable {
  std::string caption;  ///< may be empty
  std::vector<std::vector<std::string>> rows;
};

/// Text as it may stand in HTML.
std::string html_text(std::string_view text);

/// A table whose columns of numbers stand on the right.
std::string html(const ReportTable& table);
/// A figure inside the page, as a data URL.
std::string html(const ReportFigure& figure);

/// "To run it again": the command that makes a page.
std::string html_command(std::string_view command);

/// One page that needs no other file and no network; `body` is HTML, the title words.
std::string html_page(std::string_view title, std::string_view body);

}  // namespace bellwether::experiments
