#include "labs/folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"

namespace bellwether::labs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTicketFile = "lab.toml";

void require_student(const std::string& student) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@';
  };
  if (student.empty() || student.size() > 64 || !std::ranges::all_of(student, plain))
    throw InvalidOption(
        fmt::format("student id is '{}', must be 1 to 64 letters, digits, '.', '_', '-' or '@'", student));
}

std::string ticket_text(const Ticket& ticket, const Exam& exam) {
  std::string text = fmt::format(
      "# Whose work this is. The grader draws the instance from these two lines again.\n"
      "lab = \"{}\"\nstudent = \"{}\"\n\n[instance]\n",
      ticket.lab->name, ticket.student);
  for (const Parameter& p : exam.parameters())
    text += fmt::format("{} = {}  # {}\n", p.name, exact_text(p.value), p.meaning);
  return text;
}

std::string readme_text(const Ticket& ticket, const std::string& command) {
  std::string checks;
  for (const std::string_view check : ticket.lab->checks)
    checks += fmt::format("{}`{}`", checks.empty() ? "" : ", ", check);
  return fmt::format(
      "# Lab {0}, student {1}\n\n"
      "{2}\n"
      "All you need to know stands at the top of `{3}`; change nothing but the marked lines.\n"
      "The instance is yours alone: `instance.csv` has the model, `lab.toml` its numbers.\n\n"
      "    {4} lab grade FOLDER\n\n"
      "FOLDER is where this file lies. What counts: {5}.\n"
      "You pass when all of them do; ask as often as you like. As given, the file runs and does not pass.\n",
      ticket.lab->name, ticket.student, ticket.lab->task, ticket.lab->file, command, checks);
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw ParseError(fmt::format("{}: cannot be written", path.string()));
}

}  // namespace

void write_folder(const Ticket& ticket, const std::string& folder, const std::string& command) {
  require_student(ticket.student);
  const fs::path root(folder);
  const std::string solution(ticket.lab->file);
  for (const std::string& name : {solution, std::string("lab.h"), std::string(kTicketFile), std::string("README.md"),
                                  std::string("instance.csv")})
    if (fs::exists(root / name))
      throw InvalidOption(fmt::format("{}: is there already and is not overwritten", (root / name).string()));
  std::error_code error;
  fs::create_directories(root, error);
  if (error) throw ParseError(fmt::format("{}: cannot be made: {}", folder, error.message()));
  const auto exam = exam_of(*ticket.lab, ticket.student);
  write(root / solution, student_text(solution));
  write(root / "lab.h", student_text("lab.h"));
  write(root / kTicketFile, ticket_text(ticket, *exam));
  write(root / "README.md", readme_text(ticket, command));
  mdp::write_model({.model = exam->model()}, (root / "instance.csv").string());
}

Ticket read_ticket(const std::string& folder) {
  const std::string path = (fs::path(folder) / kTicketFile).string();
  if (!fs::exists(path))
    throw ParseError(fmt::format("{}: no such file, so {} is no folder of a lab; `lab new` makes one", path, folder));
  try {
    const toml::table table = toml::parse_file(path);
    const auto lab = table["lab"].value<std::string>(), student = table["student"].value<std::string>();
    if (!lab || !student) throw ParseError(fmt::format("{}: must say lab = \"...\" and student = \"...\"", path));
    require_student(*student);
    return {.lab = &find_lab(*lab), .student = *student};
  } catch (const toml::parse_error& error) {
    throw ParseError(fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  } catch (const InvalidOption& error) {
    throw ParseError(fmt::format("{}: {}", path, error.what()));
  }
}

std::vector<std::string> find_folders(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  if (fs::exists(fs::path(folder) / kTicketFile, error)) found.push_back(folder);
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error))
    if (at->path().filename() == kTicketFile && at->path().parent_path() != fs::path(folder))
      found.push_back(at->path().parent_path().string());
  if (error) throw ParseError(fmt::format("{}: {}", folder, error.message()));
  std::ranges::sort(found);
  return found;
}

}  // namespace bellwether::labs
