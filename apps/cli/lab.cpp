#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_writer.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "mdp/io/file_bytes.h"

#include "labs/grade.h"

namespace bellwether::cli {
namespace {

using labs::Grade;

constexpr std::array<OptionSpec, 9> kOptions = {{
    {.name = "student",
     .argument = "ID",
     .help = "new: whose lab it is; the instance is drawn from lab and id",
     .group = "options"},
    {.name = "out",
     .argument = "PATH",
     .help = "new: the folder (default NAME-ID); grade --all: the CSV file (default: standard output)",
     .short_name = "o",
     .words = "@files"},
    {.name = "all", .argument = "", .help = "grade: every lab folder at or below FOLDER, as a table (CSV)"},
    {.name = "json", .argument = "", .help = "grade: one JSON object (a list of them with --all)"},
    {.name = "seconds", .argument = "S", .help = "grade: processor time that a student's code may take (default 30)"},
    {.name = "memory", .argument = "MB", .help = "grade: megabytes that it may take (default 1024)"},
    {.name = "threads",
     .argument = "N",
     .help = "grade --all: students at a time (default: all cores); the grades do not depend on it"},
    {.name = "compiler",
     .argument = "CXX",
     .help = "grade: the C++ compiler (default: the one that built the program)"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

int list_labs() {
  std::string out = "labs, for `lab new NAME --student ID`:\n\n";
  for (const labs::Lab& lab : labs::lab_table()) out += two_columns(lab.name, std::string(lab.summary), 20);
  out += fmt::format("\nnext: {} lab new ucb --student ada\n", program_name());
  fmt::print("{}", out);
  return kSuccess;
}

int new_lab(const Arguments& arguments) {
  if (arguments.positionals().size() < 2)
    throw InvalidOption(fmt::format("lab new: which lab? `{} lab list` names them", program_name()));
  const auto student = arguments.text("student");
  if (!student) throw InvalidOption("lab new: for whom? --student ID: the instance is drawn from lab and id");
  const labs::Ticket ticket{.lab = &labs::find_lab(arguments.positionals()[1]), .student = *student};
  const std::string folder = arguments.text("out").value_or(fmt::format("{}-{}", ticket.lab->name, *student));
  labs::write_folder(ticket, folder, program_name());
  const std::string file = (std::filesystem::path(folder) / ticket.lab->file).string();
  fmt::print("{}: {} for student {}\nnext: fill in {}, then {} lab grade {}\n", folder, ticket.lab->name, *student,
             file, program_name(), folder);
  return kSuccess;
}

labs::GradeOptions grade_options(const Arguments& arguments) {
  labs::GradeOptions options;
  if (const char* scratch = std::getenv("TMPDIR")) options.scratch = scratch;
  if (const auto compiler = arguments.text("compiler")) options.compiler = *compiler;
  if (const auto seconds = arguments.number("seconds", between(1, 36000))) options.limits.seconds = *seconds;
  if (const auto megabytes = arguments.whole_number("memory", between(16, 1 << 20)))
    options.limits.memory = static_cast<std::size_t>(*megabytes) << 20;
  return options;
}

std::string indented(const std::string& text) {
  std::string out = "    ";
  for (const char c : text) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
  return out + '\n';
}

std::string verdict(const Grade& grade) {
  if (grade.passed()) return "passed";
  if (grade.stage != labs::Stage::kJudged) return fmt::format("not yet: {}", to_string(grade.stage));
  return fmt::format("not yet: {} of {} checks pass", grade.points(), grade.most_points());
}

std::string grade_text(const Grade& grade) {
  std::string out = fmt::format("lab {}, student {}\n\n", grade.ticket.lab->name, grade.ticket.student);
  if (grade.stage != labs::Stage::kJudged) out += indented(grade.trouble);
  for (const labs::Check& check : grade.checks)
    out += two_columns(fmt::format("{} {}", check.passed ? "ok " : "NO ", check.name), check.text, 20);
  if (!grade.passed() && !grade.hints.empty()) {
    out += "\nthe compiler warns:\n";
    for (const std::string& hint : grade.hints) out += indented(hint);
  }
  if (!grade.printed.empty()) out += "\nyour code printed:\n" + indented(grade.printed);
  return out + fmt::format("\n{}\n", verdict(grade));
}

using labs::Graded;  // a row of the lecturer's table

/// One object a folder, whatever became of it.
void write_row(JsonWriter& json, const Graded& entry) {
  const Grade* g = entry.grade ? &*entry.grade : nullptr;
  json.begin_object()
      .member("folder", entry.folder)
      .member("lab", g ? g->ticket.lab->name : "")
      .member("student", g ? g->ticket.student : "")
      .member("passed", g != nullptr && g->passed())
      .member("points", g ? g->points() : 0)
      .member("of", g ? g->most_points() : 0)
      .member("stage", to_string(entry.stage))
      .member("trouble", g ? g->trouble : entry.trouble);
  json.key("checks").begin_array();
  for (const labs::Check& check : g ? g->checks : std::vector<labs::Check>{})
    json.begin_object()
        .member("name", check.name)
        .member("passed", check.passed)
        .member("text", check.text)
        .end_object();
  json.end_array().key("warnings").begin_array();
  for (const std::string& hint : g ? g->hints : std::vector<std::string>{}) json.value(hint);
  json.end_array().member("printed", g ? g->printed : "").end_object();
}

JsonWriter json_on_stdout() {
  return JsonWriter([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
}

/// A field of a CSV file; line feeds would make it two rows for most readers.
std::string csv_field(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string reasons(const Graded& entry) {
  if (!entry.grade) return entry.trouble;
  if (entry.grade->stage != labs::Stage::kJudged) return entry.grade->trouble;
  std::string out;
  for (const labs::Check& check : entry.grade->checks)
    if (!check.passed) out += fmt::format("{}{}: {}", out.empty() ? "" : " | ", check.name, check.text);
  return out;
}

std::string grade_table(const std::vector<Graded>& entries) {
  std::string out = "student,lab,passed,points,of,stage,folder,why_not\n";
  for (const Graded& entry : entries) {
    const Grade* g = entry.grade ? &*entry.grade : nullptr;
    out += fmt::format("{},{},{},{},{},{},{},{}\n", g ? g->ticket.student : "", g ? g->ticket.lab->name : "",
                       g && g->passed() ? 1 : 0, g ? g->points() : 0, g ? g->most_points() : 0, to_string(entry.stage),
                       csv_field(entry.folder), csv_field(reasons(entry)));
  }
  return out;
}

/// On Ctrl-C what is graded already is kept.
std::vector<Graded> grade_folders(const std::vector<std::string>& folders, labs::GradeOptions options, int threads) {
  const InterruptGuard guard;
  const ThreadCount students(threads);
  options.limits.stopped = InterruptGuard::requested;
  const auto tell = [&](std::size_t done) {
    if (stderr_is_terminal()) fmt::print(stderr, "\r{} of {} graded", done, folders.size());
  };
  tell(0);
  std::vector<Graded> entries = labs::grade_all(folders, options, tell);
  if (stderr_is_terminal()) fmt::print(stderr, "\n");
  return entries;
}

/// Several folders of one student and lab: somebody handed in somebody else's, or twice.
void warn_of_twins(const std::vector<Graded>& entries) {
  std::map<std::pair<std::string_view, std::string>, std::vector<std::string>> folders;
  for (const Graded& entry : entries)
    if (entry.grade) folders[{entry.grade->ticket.lab->name, entry.grade->ticket.student}].push_back(entry.folder);
  for (const auto& [whose, same] : folders)
    if (same.size() > 1)
      fmt::print(stderr, "bellwether: {} are {} lab {} of student {}\n", join_names(same),
                 same.size() == 2 ? "both" : "all", whose.first, whose.second);
}

std::string summary(const std::vector<Graded>& entries, std::size_t passed) {
  const auto open = std::ranges::count(entries, labs::Stage::kNotGraded, &Graded::stage);
  return fmt::format("{} of {} passed{}", passed, entries.size(), open > 0 ? fmt::format(", {} not graded", open) : "");
}

int grade_all(const std::string& folder, const Arguments& arguments) {
  const auto threads = static_cast<int>(arguments.whole_number("threads", between(1, 1024)).value_or(thread_count()));
  const std::vector<std::string> folders = labs::find_folders(folder);
  if (folders.empty()) throw InvalidOption(fmt::format("lab grade: no folder of a lab in {}", folder));
  std::optional<mdp::FileWriter> file;  // refused now, not after the work
  if (const auto path = arguments.text("out")) file.emplace(*path);
  const std::vector<Graded> entries = grade_folders(folders, grade_options(arguments), threads);
  warn_of_twins(entries);
  std::size_t passed = 0;
  for (const Graded& entry : entries)
    if (entry.grade && entry.grade->passed()) ++passed;
  if (file) {
    file->write(grade_table(entries));
    file->commit();
    if (!arguments.has("json")) fmt::print("{}: {}\n", *arguments.text("out"), summary(entries, passed));
  }
  if (arguments.has("json")) {
    JsonWriter json = json_on_stdout();
    json.begin_array();
    for (const Graded& entry : entries) write_row(json, entry);
    json.end_array().finish();
  } else if (!arguments.has("out")) {
    fmt::print("{}", grade_table(entries));
  }
  return passed == entries.size() ? kSuccess : kNotMet;
}

int grade_lab(const Arguments& arguments) {
  const std::string folder = arguments.positionals().size() > 1 ? arguments.positionals()[1] : ".";
  if (arguments.has("all")) return grade_all(folder, arguments);
  for (const char* option : {"out", "threads"})
    if (arguments.has(option)) throw InvalidOption(fmt::format("lab grade: --{} goes with --all", option));
  const InterruptGuard guard;  // leaves nothing behind
  labs::GradeOptions options = grade_options(arguments);
  options.limits.stopped = InterruptGuard::requested;
  const Grade grade = labs::grade(folder, options);
  if (arguments.has("json")) {
    JsonWriter json = json_on_stdout();
    write_row(json, {.folder = folder, .stage = grade.stage, .grade = grade});
    json.finish();
  } else {
    fmt::print("{}", grade_text(grade));
  }
  return grade.passed() ? kSuccess : kNotMet;
}

/// An option or a word that the sub-command would not look at.
void require_used(const Arguments& arguments, std::string_view what, const std::vector<std::string_view>& options,
                  std::size_t most_words) {
  for (const OptionSpec& spec : kOptions)
    if (arguments.has(spec.name) && std::ranges::find(options, spec.name) == options.end())
      throw InvalidOption(fmt::format("lab {}: --{} does not go with it; `{} lab --help` says with what", what,
                                      spec.name, program_name()));
  if (arguments.positionals().size() > most_words)
    throw InvalidOption(fmt::format("lab {}: '{}' is one argument too many", what, arguments.positionals().back()));
}

int run(const Arguments& arguments) {
  const std::vector<std::string> words{"list", "new", "grade"};
  const std::string what = arguments.positionals().empty() ? "" : arguments.positionals().front();
  if (what == "list") require_used(arguments, what, {}, 1);
  if (what == "new") require_used(arguments, what, {"student", "out"}, 2);
  if (what == "grade")
    require_used(arguments, what, {"out", "all", "json", "seconds", "memory", "threads", "compiler"}, 2);
  if (what == "list") return list_labs();
  if (what == "new") return new_lab(arguments);
  if (what == "grade") return grade_lab(arguments);
  throw InvalidOption(
      what.empty()
          ? fmt::format("lab: what? One of {}; for a first one: {} lab list", join_names(words), program_name())
          : fmt::format("lab: '{}' is none of {}{}", what, join_names(words), did_you_mean(what, words)));
}

}  // namespace

const Command kLab = {
    .name = "lab",
    .usage = "list | new NAME --student ID | grade [FOLDER] [options]",
    .summary = "exercises for a class: a function to fill in, an instance a student, grades in words",
    .details =
        "`lab new` writes a folder with one C++ function to fill in and an instance that belongs to this student "
        "alone. "
        "`lab grade` compiles the file, runs it in a process of its own (a crash or an endless loop is told in words), "
        "compares it with the reference and says what is wrong. `lab grade --all` makes a table of all folders below "
        "one.\n"
        "Exit code 0 when everything passed, 1 when not yet, 2 when the command was wrong or nothing could be graded. "
        "The separate process "
        "protects from accidents, not from malice: grade what strangers send in a container.",
    .examples = "lab list\nlab new ucb --student ada\nlab grade ucb-ada\nlab grade --all handed-in -o grades.csv",
    .options = kOptions,
    .most_positionals = 2,
    .completes = "list new grade value-iteration q-learning ucb ucbvi",
    .run = run,
};

}  // namespace bellwether::cli
