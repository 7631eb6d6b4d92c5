#include "experiments/pages/html.h"

#include <fmt/format.h>

namespace bellwether::experiments {
namespace {

constexpr std::string_view kStyle = R"(
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ddd; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #eee; }
th { font-weight: 600; } .n { text-align: right; white-space: nowrap; } caption { text-align: left; font-weight: 600; padding: .4rem 0; }
figure { margin: 1rem 0; } img { width: 100%; height: auto; } figcaption { color: #555; }
code, pre { background: #f5f5f5; padding: .1rem .3rem; } pre { padding: .6rem; overflow-x: auto; }
.note { color: #555; })";

/// As part of a data URL.
std::string percent_encoded(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~ ,:/=").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

/// Columns in which whatever there is begins as a number: they stand on the right.
std::vector<bool> numeric_columns(const ReportTable& table) {
  std::vector<bool> numeric(table.rows.front().size(), true);
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    for (std::size_t k = 0; k < table.rows[r].size(); ++k) {
      const std::string& text = table.rows[r][k];
      const bool number = text.find_first_not_of("0123456789.,-+e± ") == std::string::npos;
      numeric[k] = numeric[k] && number;
    }
  }
  return numeric;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html(const ReportTable& table) {
  std::string out = "<table>";
  if (!table.caption.empty()) out += fmt::format("<caption>{}</caption>", html_text(table.caption));
  out += '\n';
  const std::vector<bool> numeric = numeric_columns(table);
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += "<tr>";
    const std::string_view cell = r == 0 ? "th" : "td";
    for (std::size_t k = 0; k < table.rows[r].size(); ++k)
      out += fmt::format("<{0}{2}>{1}</{0}>", cell, html_text(table.rows[r][k]), numeric[k] ? " class=\"n\"" : "");
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string html(const ReportFigure& figure) {
  return fmt::format("<figure><img alt=\"{}\" src=\"data:image/svg+xml,{}\"><figcaption>{}</figcaption></figure>\n",
                     html_text(figure.title), percent_encoded(figure.svg), html_text(figure.caption));
}

std::string html_command(std::string_view command) {
  return fmt::format("<h2>To run it again</h2>\n<pre>{}</pre>\n", html_text(command));
}

std::string html_page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n<meta name=\"viewport\" "
      "content=\"width=device-width\"><style>{1}\n</style></head><body>\n<h1>{0}</h1>\n{2}</body></html>\n",
      html_text(title), kStyle, body);
}

}  // namespace bellwether::experiments
