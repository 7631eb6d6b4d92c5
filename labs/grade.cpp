#include "labs/grade.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include <dlfcn.h>
#include <stdlib.h>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"

namespace bellwether::labs {
namespace {

namespace fs = std::filesystem;

constexpr double kCompileSeconds = 60;
constexpr std::size_t kMostLines = 12;       ///< of a compiler's messages
constexpr std::size_t kMostBytes = 1 << 20;  ///< of a student's file

class WorkFolder {
 public:
  WorkFolder() {
    std::string name = (fs::temp_directory_path() / "bellwether-lab-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made: " + name);
    path_ = name;
  }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// The messages from the first error on.
std::string errors_in(const std::string& printed) {
  const std::vector<std::string> lines = lines_of(printed);
  const auto first =
      std::ranges::find_if(lines, [](const std::string& line) { return line.find("error") != std::string::npos; });
  std::string out;
  std::size_t count = 0;
  for (auto at = first == lines.end() ? lines.begin() : first; at != lines.end() && count < kMostLines; ++at, ++count)
    out += fmt::format("{}{}", out.empty() ? "" : "\n", *at);
  return out;
}

std::vector<std::string> warnings_in(const std::string& printed) {
  std::vector<std::string> out;
  for (const std::string& line : lines_of(printed))
    if (line.find(": warning: ") != std::string::npos && out.size() < kMostLines) out.push_back(line);
  return out;
}

/// Compiles `file` in `folder` with the first compiler that there is.
ProgramRun compile(const std::string& file, const std::string& folder, const GradeOptions& options) {
  const std::string& asked = options.compiler;
  std::vector<std::string> compilers{BELLWETHER_COMPILER, "c++", "g++", "clang++"};
  if (!asked.empty()) compilers = {asked};
  for (const std::string& compiler : compilers) {
    // -Werror=return-type: a function without a return would crash in a way that nobody understands.
    ProgramRun run = run_program(
        {compiler, "-std=c++20", "-O1", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wno-unused", "-Werror=return-type",
         "-fdiagnostics-color=never", "-D_GLIBCXX_ASSERTIONS", file, "-o", "solution.so"},
        folder, {.seconds = kCompileSeconds, .stopped = options.limits.stopped});
    if (run.code != -1) return run;
  }
  throw InvalidOption(asked.empty() ? "no C++ compiler was found; install one (sudo apt-get install g++)"
                                    : fmt::format("the compiler '{}' cannot be started", asked));
}

void* find_function(const std::string& library, const Lab& lab) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* function = handle == nullptr ? nullptr : ::dlsym(handle, std::string(lab.symbol).c_str());
  if (function == nullptr) {
    const char* why = ::dlerror();
    throw std::runtime_error(fmt::format("{} does not define {}() as it was given ({})", lab.file, lab.symbol,
                                         why == nullptr ? "no reason known" : why));
  }
  return function;
}

/// Copies the student's file beside our own lab.h; what is wrong with it, or nothing.
std::string bring(const fs::path& solution, const fs::path& work) {
  std::error_code error;
  if (!fs::is_regular_file(solution, error)) return fmt::format("there is no file {}", solution.string());
  if (fs::file_size(solution, error) > kMostBytes)
    return fmt::format("{} is larger than a megabyte", solution.string());
  fs::copy_file(solution, work / solution.filename(), error);
  if (error) return fmt::format("{} cannot be read: {}", solution.string(), error.message());
  std::ofstream(work / "lab.h") << student_text("lab.h");
  return {};
}

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::kNoFile:
      return "no file";
    case Stage::kNotCompiled:
      return "does not compile";
    case Stage::kStopped:
      return "stopped";
    case Stage::kJudged:
      break;
  }
  return "judged";
}

int Grade::points() const {
  return static_cast<int>(std::ranges::count_if(checks, [](const Check& check) { return check.passed; }));
}

Grade grade(const std::string& folder, const GradeOptions& options) {
  Grade result{.ticket = read_ticket(folder)};
  const Lab& lab = *result.ticket.lab;
  const WorkFolder work;
  result.trouble = bring(fs::path(folder) / lab.file, work.path());
  if (!result.trouble.empty()) return result;
  const ProgramRun compiled = compile(std::string(lab.file), work.path().string(), options);
  if (compiled.code != 0) {
    result.stage = Stage::kNotCompiled;
    result.trouble = compiled.code == -2 ? fmt::format("compiling took longer than {:g} seconds", kCompileSeconds)
                                         : errors_in(compiled.printed);
    return result;
  }
  result.hints = warnings_in(compiled.printed);
  const auto exam = exam_of(lab, result.ticket.student);
  const std::string library = (work.path() / "solution.so").string();
  const Apart run = run_apart(
      [&](Place& place) {
        place.set("before it was called");
        return exam->play(find_function(library, lab), place);
      },
      options.limits);
  result.printed = run.printed;
  if (!run.finished) {
    result.stage = Stage::kStopped;
    result.trouble = fmt::format("{}() {}, {}", lab.symbol, run.trouble, run.place);
    return result;
  }
  result.stage = Stage::kJudged;
  result.checks = exam->judge(run.numbers);
  return result;
}

std::vector<Graded> grade_all(std::span<const std::string> folders, const GradeOptions& options,
                              const std::function<void(std::size_t)>& observer) {
  const auto stopped = [&] { return options.limits.stopped && options.limits.stopped(); };
  std::vector<Graded> all(folders.size());
  std::size_t done = 0;
  std::mutex one_at_a_time;
  const auto look = [&](std::size_t i) {
    Graded& entry = all[i];
    entry.folder = folders[i];
    try {
      entry.stopped = stopped();
      if (!entry.stopped) entry.grade = labs::grade(folders[i], options);
      if (entry.grade && entry.grade->stage != Stage::kJudged && stopped()) {  // its trouble may be that it was ended
        entry.grade.reset();
        entry.stopped = true;
      }
    } catch (const ParseError& error) {
      entry.trouble = error.what();
    }
    if (entry.stopped) {
      entry.trouble = "not graded: stopped";
      return;
    }
    const std::lock_guard guard(one_at_a_time);
    ++done;
    if (observer) observer(done);
  };
  // A student is worth a thread, whatever their number.
  parallel_for(std::ssize(folders), detail::kSerialBelow, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) look(static_cast<std::size_t>(i));
  });
  return all;
}

}  // namespace bellwether::labs
