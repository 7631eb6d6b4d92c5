#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.h"

#include "labs/grade.h"

namespace bellwether::test {

/// From one text to another, everywhere in a solution.
using Edits = std::vector<std::pair<std::string, std::string>>;

/// What stands between the marks of a right solution, with some edits; an edit that finds nothing throws.
std::string solution_of(std::string_view lab, const Edits& edits = {});

/// Puts `body` between the marks of a student's file.
void fill_in(const std::string& path, const std::string& body);

/// A student's folder, with `body` between the marks of the file (as given when empty).
class Homework {
 public:
  Homework(std::string_view lab, const std::string& student, const std::string& body = {});
  const std::string& folder() const { return folder_; }
  labs::Grade grade(const labs::GradeOptions& options = {}) const { return labs::grade(folder_, options); }

 private:
  TemporaryFolder root_;
  std::string folder_;
};

/// The check of this name; one with an empty name when there is none.
labs::Check check_of(const labs::Grade& grade, std::string_view name);

/// What is wrong, for messages of failing tests.
std::string all_texts(const labs::Grade& grade);

}  // namespace bellwether::test
