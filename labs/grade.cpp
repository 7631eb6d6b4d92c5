#include "labs/grade.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <utility>

#include <dlfcn.h>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"

#include "labs/compile.h"

namespace bellwether::labs {
namespace {

/// The function of a compiled file; null when it has none, and `place` says why.
void* find_function(const std::string& library, const Lab& lab, Place& place) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const std::string why = ::dlerror();  // "/tmp/.../solution.so: undefined symbol: _Z4helpi"
    const std::size_t path = why.find(library + ": ");
    place.set(fmt::format("cannot be loaded: {}", path == 0 ? why.substr(library.size() + 2) : why));
    return nullptr;
  }
  void* function = ::dlsym(handle, std::string(lab.symbol).c_str());
  if (function == nullptr) place.set(fmt::format("does not define {}() as it was given", lab.symbol));
  return function;
}

/// What editors write that save "Unicode"; compilers see a mess in it.
bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.find('\0') != text.npos;
}

/// Brings the student's file beside our own lab.h and compiles it there; false, with the stage and the trouble, when
/// that is where it ends.
bool prepare(const std::string& folder, const WorkFolder& work, const GradeOptions& options, Grade& result) {
  const std::string file(result.ticket.lab->file);
  std::string text;
  try {
    text = handed_in((std::filesystem::path(folder) / file).string());
  } catch (const ParseError& error) {
    result.trouble = error.what();
    return false;
  }
  result.stage = Stage::kNotCompiled;
  if (is_utf16(text)) {
    result.trouble = file + " is no UTF-8 text (it looks like UTF-16): save it as UTF-8";
    return false;
  }
  work.write(file, text);
  work.write("lab.h", student_text("lab.h"));
  Limits limits = options.compiling;
  limits.stopped = options.limits.stopped;
  Compiled compiled = compile(file, work, options.compiler, limits);
  result.trouble = std::move(compiled.trouble);
  result.hints = std::move(compiled.warnings);
  return result.trouble.empty();
}

bool is_stopped(const GradeOptions& options) { return options.limits.stopped && options.limits.stopped(); }

constexpr const char* kWasStopped = "not graded: stopped";

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::kNoFile:
      return "no file";
    case Stage::kNotCompiled:
      return "does not compile";
    case Stage::kStopped:
      return "stopped";
    case Stage::kNoLab:
      return "no lab";
    case Stage::kNotGraded:
      return "not graded";
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
  const WorkFolder work(options.scratch);
  if (is_stopped(options)) throw NotGraded(kWasStopped);
  if (!prepare(folder, work, options, result)) return result;
  const auto exam = exam_of(lab, result.ticket.student);
  const std::string library = (work.path() / "solution.so").string();
  const Apart run = run_apart(
      [&](Place& place) {
        place.set("before it was called");
        void* function = find_function(library, lab, place);
        return function == nullptr ? std::vector<double>{} : exam->play(function, place);
      },
      options.limits);
  result.printed = run.printed;
  if (run.finished && run.numbers.empty()) {
    result.trouble = fmt::format("{} {}", lab.file, run.place);
    return result;
  }
  if (!run.finished) {
    if (is_stopped(options)) throw NotGraded(kWasStopped);  // its trouble may be that it was ended
    result.stage = Stage::kStopped;
    result.trouble = fmt::format("{}() {}, {}", lab.symbol, run.trouble, run.place);
    return result;
  }
  result.stage = Stage::kJudged;
  result.checks = exam->judge(run.numbers);
  return result;
}

namespace {

Graded graded(const std::string& folder, const GradeOptions& options) {
  Graded entry{.folder = folder};
  try {
    entry.grade = grade(folder, options);
    entry.stage = entry.grade->stage;
  } catch (const ParseError& error) {
    entry.stage = Stage::kNoLab;
    entry.trouble = error.what();
  } catch (const InvalidOption&) {
    throw;  // of the command, not of this folder
  } catch (const std::exception& error) {
    entry.trouble = error.what();
  }
  return entry;
}

}  // namespace

std::vector<Graded> grade_all(std::span<const std::string> folders, const GradeOptions& options,
                              const std::function<void(std::size_t)>& observer) {
  { const WorkFolder possible(options.scratch); }
  std::vector<Graded> all(folders.size());
  std::size_t done = 0;
  std::mutex one_at_a_time;
  const auto look = [&](std::size_t i) {
    all[i] = graded(folders[i], options);
    if (all[i].stage == Stage::kNotGraded && is_stopped(options)) return;
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
