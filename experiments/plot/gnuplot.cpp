#include "experiments/plot/gnuplot.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>
#include <gnuplot-iostream.h>

#include "core/errors.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::experiments {
namespace {

constexpr std::string_view kMissing =
    "no figure was drawn: gnuplot is not installed (sudo apt-get install gnuplot-nox); the numbers are complete";

bool gnuplot_is_there() {
  static const bool there = std::system("command -v gnuplot >/dev/null 2>&1") == 0;
  return there;
}

/// Lines of the legend, which stands below the axes and would else take their room, beyond those that there is room
/// for.
double rows_beyond(const Figure& figure) {
  constexpr std::ptrdiff_t kRoom = 5;
  const std::ptrdiff_t rows =
      std::ranges::count_if(figure.lines, [](const FigureLine& line) { return !line.label.empty(); });
  return static_cast<double>(std::max<std::ptrdiff_t>(0, rows - kRoom));
}

std::string terminal_for(std::string_view extension, const Figure& figure) {
  const double rows = rows_beyond(figure);
  if (extension == ".svg")
    return fmt::format("svg size 960,{} font 'DejaVu Sans,14' background '#ffffff'", 600 + 25 * rows);
  if (extension == ".png") return fmt::format("pngcairo size 1200,{} font 'DejaVu Sans,14'", 750 + 29 * rows);
  if (extension == ".pdf") return fmt::format("pdfcairo size 20cm,{}cm font 'DejaVu Sans,11'", 12.5 + 0.65 * rows);
  return {};
}

/// Runs the program and returns what gnuplot complained of. The program travels through gnuplot-iostream's pipe; its
/// messages through a file beside the output, since a pipe has one direction only. A figure whose file cannot be opened
/// would go to standard output, which is the caller's.
std::string run(const std::string& script, const std::string& messages) {
  {
    Gnuplot pipe(fmt::format("gnuplot >/dev/null 2>'{}' || true", messages));
    pipe << script;
    pipe.flush();
  }
  std::ifstream file(messages);
  std::string text(std::istreambuf_iterator<char>(file), {});
  file.close();
  std::error_code ignored;
  std::filesystem::remove(messages, ignored);
  return text;
}

void require_known_extension(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension != ".gp" && terminal_for(extension, {}).empty())
    throw InvalidOption(fmt::format("{}: figures are written as .svg, .png, .pdf or .gp (a gnuplot program)", path));
}

struct TemporaryFile {
  TemporaryFile() {
    std::array<char, 32> name{"/tmp/bellwether-XXXXXX"};
    const int descriptor = ::mkstemp(name.data());
    if (descriptor >= 0) ::close(descriptor);
    path = name.data();
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path;
};

}  // namespace

void require_figure_path(const std::string& path) {
  require_known_extension(path);
  const mdp::FileWriter trial(path);  // makes sure of the place; without commit() nothing is written
}

std::optional<std::string> draw(const Figure& figure, const std::string& path) {
  require_known_extension(path);
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".gp") {
    std::ofstream file(path);
    file << gnuplot_script(figure, terminal_for(".svg", figure), std::filesystem::path(path).stem().string() + ".svg");
    file.close();
    if (!file) return fmt::format("{} could not be written: {}", path, std::strerror(errno));
    return std::nullopt;
  }
  if (!gnuplot_is_there()) return std::string(kMissing);
  const TemporaryFile messages;
  const std::string unfinished = path + ".unfinished";
  const std::string complaint = run(gnuplot_script(figure, terminal_for(extension, figure), unfinished), messages.path);
  std::error_code error;
  if (!complaint.empty() || std::filesystem::file_size(unfinished, error) == 0 || error) {
    std::filesystem::remove(unfinished, error);
    return fmt::format("{} was not drawn: gnuplot says {}", path, complaint.empty() ? "nothing" : complaint);
  }
  std::filesystem::rename(unfinished, path, error);
  if (error) return fmt::format("{} could not be written: {}", path, error.message());
  return std::nullopt;
}

std::string text_figure(const Figure& figure, int columns, int rows) {
  if (!gnuplot_is_there()) return std::string(kMissing) + "\n";
  const TemporaryFile output, messages;
  Figure spaced = figure;  // gnuplot leaves no room between a line's sample and its label
  for (FigureLine& line : spaced.lines)
    if (!line.label.empty()) line.label.insert(0, " ");
  const std::string complaint =
      run(gnuplot_script(spaced, fmt::format("dumb noenhanced size {},{}", columns, rows), output.path), messages.path);
  if (!complaint.empty()) return fmt::format("no figure: gnuplot says {}\n", complaint);
  std::ifstream file(output.path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace bellwether::experiments
