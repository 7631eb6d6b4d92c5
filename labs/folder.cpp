#include "labs/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/file_bytes.h"
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

void write(const std::string& path, std::string_view text) {
  mdp::FileWriter file(path);
  file.write(text);
  file.commit();
}

struct Descriptor {
  explicit Descriptor(int file) : number(file) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

/// Takes back what was written, unless all of it was.
class Undo {
 public:
  ~Undo() {
    std::error_code ignored;
    for (auto at = made_.rbegin(); at != made_.rend(); ++at) fs::remove(*at, ignored);
  }
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  std::string add(const fs::path& path) { return made_.emplace_back(path).string(); }
  void keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;
};

bool is_there(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (error && status.type() != fs::file_type::not_found)
    throw InvalidOption(fmt::format("{}: {}", path.string(), error.message()));
  return fs::exists(status);
}

bool is_to_fill_in(const fs::path& name) {
  return std::ranges::any_of(lab_table(), [&](const Lab& lab) { return name == lab.file; });
}

}  // namespace

void write_folder(const Ticket& ticket, const std::string& folder, const std::string& command) {
  require_student(ticket.student);
  const fs::path root(folder);
  const std::string solution(ticket.lab->file);
  for (const std::string& name : {solution, std::string("lab.h"), std::string(kTicketFile), std::string("README.md"),
                                  std::string("instance.csv")})
    if (is_there(root / name))
      throw InvalidOption(fmt::format("{}: is there already and is not overwritten", (root / name).string()));
  Undo undo;
  std::error_code error;
  if (!is_there(root)) undo.add(root);
  fs::create_directories(root, error);
  if (error) throw ParseError(fmt::format("{}: cannot be made: {}", folder, error.message()));
  const auto exam = exam_of(*ticket.lab, ticket.student);
  write(undo.add(root / solution), student_text(solution));
  write(undo.add(root / "lab.h"), student_text("lab.h"));
  write(undo.add(root / kTicketFile), ticket_text(ticket, *exam));
  write(undo.add(root / "README.md"), readme_text(ticket, command));
  mdp::write_model({.model = exam->model()}, undo.add(root / "instance.csv"));
  undo.keep();
}

std::string handed_in(const std::string& path) {
  constexpr std::size_t kMost = 1 << 20;
  const auto cannot = [&](int error) {
    return NotGraded(fmt::format("{}: cannot be read: {}", path, std::strerror(error)));
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));  // waits for no writer of a pipe
  if (file.number < 0 && (errno == ENOENT || errno == ENOTDIR)) throw ParseError("there is no file " + path);
  struct stat about {};
  if (file.number < 0 && errno != ENXIO) throw cannot(errno);
  if (file.number < 0 || ::fstat(file.number, &about) != 0 || !S_ISREG(about.st_mode))
    throw ParseError(path + " is no regular file");
  std::string text(kMost + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.number, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw cannot(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMost) throw ParseError(path + " is larger than a megabyte");
  text.resize(size);
  return text;
}

Ticket read_ticket(const std::string& folder) {
  const std::string path = (fs::path(folder) / kTicketFile).string();
  std::error_code unknown;
  if (fs::symlink_status(path, unknown).type() == fs::file_type::not_found)
    throw ParseError(fmt::format(
        "{}: no such file, so {} is no folder of a lab; `lab new` makes one, with the student's id", path, folder));
  try {
    const toml::table table = toml::parse(handed_in(path), path);
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
  struct Open {
    fs::path path;
    bool below_a_lab;
  };
  std::vector<std::string> found;
  std::vector<Open> open{{folder, false}};
  while (!open.empty()) {
    const Open here = open.back();
    open.pop_back();
    bool ticket = false, to_fill_in = false;
    std::vector<fs::path> deeper;
    std::error_code error, unknown;
    for (fs::directory_iterator at(here.path, error), end; !error && at != end; at.increment(error)) {
      const fs::path name = at->path().filename();
      ticket = ticket || name == kTicketFile;
      to_fill_in = to_fill_in || is_to_fill_in(name);
      if (at->symlink_status(unknown).type() == fs::file_type::directory) deeper.push_back(at->path());
    }
    if (error && here.path == folder) throw ParseError(fmt::format("{}: {}", folder, error.message()));
    if (error || ticket || (to_fill_in && !here.below_a_lab)) found.push_back(here.path.string());
    for (const fs::path& path : deeper) open.push_back({path, here.below_a_lab || ticket});
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace bellwether::labs
