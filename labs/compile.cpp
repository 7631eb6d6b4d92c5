#include "labs/compile.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>

#include <stdlib.h>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::labs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLines = 12;  ///< of a compiler's messages
constexpr std::string_view kLibrary = "solution.so";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// Compilers name their temporary files ccXXXXXX: the same file must be told the same every time.
std::string without_random_names(std::string text, const std::string& folder) {
  constexpr std::size_t kRandom = 8;
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    text.erase(at, folder.size());
    if (text.compare(at, 2, "cc") == 0) text.replace(at, std::min(kRandom, text.size() - at), "temporary");
  }
  return text;
}

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != text.npos; });
}

/// Whether a line names a place in a file and an error there: "ucb.cpp:12:3: error: ...", not "collect2: error: ...".
bool is_error_at_a_place(const std::string& line) {
  std::size_t at = std::min(line.find(": error: "), line.find(": fatal error: "));
  if (at == std::string::npos) return false;
  const std::size_t end = at;
  while (at > 0 && std::isdigit(static_cast<unsigned char>(line[at - 1])) != 0) --at;
  return at < end && at > 0 && line[at - 1] == ':';
}

/// The first lines from the first that `begins` on.
template <class Begins>
std::string excerpt(const std::vector<std::string>& lines, Begins&& begins) {
  const auto first = std::ranges::find_if(lines, begins);
  std::string out;
  std::size_t count = 0;
  for (auto at = first == lines.end() ? lines.begin() : first; at != lines.end() && count < kMostLines; ++at, ++count)
    out += fmt::format("{}{}", out.empty() ? "" : "\n", *at);
  return out;
}

/// What a file is to blame for that was not compiled; NotGraded when that is nothing.
std::string blame(const ProgramRun& run, const std::string& compiler, const Limits& limits) {
  constexpr std::array<std::string_view, 6> kMachine = {"No space left on device", "File too large",
                                                        "Disk quota exceeded",     "Read-only file system",
                                                        "Input/output error",      "Too many open files"};
  constexpr std::array<std::string_view, 5> kMemoryGone = {
      "out of memory", "virtual memory exhausted", "Cannot allocate memory", "cannot allocate memory", "bad_alloc"};
  if (run.code == -2) throw NotGraded(fmt::format("not graded: the compiler '{}' {}", compiler, run.trouble));
  const std::vector<std::string> lines = lines_of(run.printed);
  const auto error = std::ranges::find_if(lines, is_error_at_a_place);
  if (error != lines.end() && !has_any(*error, kMachine)) return excerpt(lines, is_error_at_a_place);
  if (run.printed.find("CPU time limit exceeded") != std::string::npos)
    return fmt::format("compiling took longer than {:g} seconds of processor time", limits.seconds);
  // It had some of it: what a machine without memory refuses is small.
  if (has_any(run.printed, kMemoryGone) && run.memory > limits.memory / 8)
    return fmt::format("compiling asks for more than {} MB of memory", limits.memory >> 20);
  const auto says_error = [&](const std::string& line) {
    return line.find("error") != std::string::npos || has_any(line, kMachine);
  };
  throw NotGraded(fmt::format("not graded: the compiler '{}' failed and names no error of the file: {}", compiler,
                              excerpt(lines, says_error)));
}

std::string reason() { return std::strerror(errno); }

}  // namespace

WorkFolder::WorkFolder(const std::string& scratch) {
  std::error_code error;
  const fs::path root = scratch.empty() ? fs::temp_directory_path(error) : fs::path(scratch);
  if (error) throw NotGraded(fmt::format("there is no folder for temporary files (TMPDIR): {}", error.message()));
  std::string name = (root / "bellwether-lab-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw NotGraded(fmt::format("no temporary folder can be made in {}: {}", root.string(), reason()));
  path_ = name;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void WorkFolder::write(const std::string& name, std::string_view text) const {
  const fs::path path = path_ / name;
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw NotGraded(fmt::format("{}: cannot be written: {}", path_.parent_path().string(), reason()));
}

Compiled compile(const std::string& file, const WorkFolder& folder, const std::string& compiler, const Limits& limits) {
  std::vector<std::string> compilers{BELLWETHER_COMPILER, "c++", "g++", "clang++"};
  if (!compiler.empty()) compilers = {compiler};
  for (const std::string& name : compilers) {
    // -Werror=return-type: a function without a return would crash in a way that nobody understands.
    ProgramRun run = run_program(
        {name, "-std=c++20", "-O1", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wno-unused", "-Werror=return-type",
         "-fdiagnostics-color=never", "-D_GLIBCXX_ASSERTIONS", file, "-o", std::string(kLibrary)},
        folder.path().string(), limits);
    run.printed = without_random_names(run.printed, folder.path().string() + "/");
    if (run.code == -1) continue;
    if (limits.stopped && limits.stopped()) throw NotGraded("not graded: stopped");
    if (run.code != 0) return {.trouble = blame(run, name, limits)};
    std::error_code error;
    if (!fs::is_regular_file(folder.path() / kLibrary, error))
      throw NotGraded(fmt::format("not graded: the compiler '{}' says that all is well and has written nothing", name));
    Compiled result;
    for (const std::string& line : lines_of(run.printed))
      if (line.find(": warning: ") != std::string::npos && result.warnings.size() < kMostLines)
        result.warnings.push_back(line);
    return result;
  }
  throw InvalidOption(compiler.empty() ? "no C++ compiler was found; install one (sudo apt-get install g++)"
                                       : fmt::format("the compiler '{}' cannot be started", compiler));
}

}  // namespace bellwether::labs
