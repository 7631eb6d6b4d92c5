#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp.h"

#include "labs/sandbox.h"

namespace bellwether::labs {

/// One thing that is looked at, and what was found, in words for a student.
struct Check {
  std::string name;
  bool passed = false;
  std::string text;
};

/// A number that belongs to a student's instance.
struct Parameter {
  std::string name;
  double value = 0;
  std::string meaning;
};

/// A lab as one student meets it: an instance of the student's own, and what is looked at.
class Exam {
 public:
  virtual ~Exam() = default;
  virtual const mdp::TabularMdp& model() const = 0;
  virtual std::vector<Parameter> parameters() const = 0;
  /// Calls the student's function (the address of the symbol) and returns what the checks need. Runs in a process of
  /// its own, so it may enter no parallel loop, and it keeps `place` up to date.
  virtual std::vector<double> play(void* function, Place& place) const = 0;
  /// What the numbers of play() say.
  virtual std::vector<Check> judge(std::span<const double> numbers) const = 0;
};

/// A row of the table of labs.
struct Lab {
  std::string_view name;     ///< "ucb"
  std::string_view summary;  ///< one line
  std::string_view file;     ///< what the student fills in: "ucb.cpp"
  std::string_view symbol;   ///< the function in it
  std::string_view task;     ///< one or two lines of the README
  std::vector<std::string_view> checks;
  std::unique_ptr<Exam> (*exam)(const Stream& student);
};

std::span<const Lab> lab_table();

/// InvalidOption, with what was probably meant, when there is none of this name.
const Lab& find_lab(std::string_view name);

/// The exam of a student: the same for ever, and different for every student.
std::unique_ptr<Exam> exam_of(const Lab& lab, std::string_view student);

/// The text of a file that travels with the program: the student's files by name, and "lab.h".
std::string_view student_text(std::string_view file);

}  // namespace bellwether::labs
