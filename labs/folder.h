#pragma once

#include <string>
#include <vector>

#include "labs/lab.h"

namespace bellwether::labs {

/// Whose folder it is.
struct Ticket {
  const Lab* lab = nullptr;
  std::string student = {};
};

/// Writes the folder of a student: the file to fill in, lab.h, the instance (instance.csv), README.md and lab.toml,
/// which says whose it is. InvalidOption when the student's id is no plain word or the folder has a file of the same
/// name already: a student's work is never overwritten. `command` is how the program is called there.
void write_folder(const Ticket& ticket, const std::string& folder, const std::string& command);

/// Reads lab.toml. ParseError when there is none, or it is none of ours; NotGraded when it cannot be read.
Ticket read_ticket(const std::string& folder);

/// The bytes of what was handed in. ParseError when there is no such file, when it is none (a pipe would keep its
/// reader waiting for ever) or has more than a megabyte; NotGraded when it cannot be read.
std::string handed_in(const std::string& path);

/// All folders at or below this one that have a lab.toml, or a file to fill in (unless they lie below one that has a
/// lab.toml: a copy that somebody kept), or that cannot be looked into; in the order of their names.
std::vector<std::string> find_folders(const std::string& folder);

}  // namespace bellwether::labs
