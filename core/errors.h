#pragma once

#include <stdexcept>

namespace bellwether {

// Wrong input throws at the boundary, once. The message names the object, the place, the value and the rule.

/// A model that breaks a rule: a row that does not sum to one, a successor out of range.
class InvalidModel : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// An option out of range, unknown, or in conflict with another.
class InvalidOption : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A file that cannot be read: the message starts with `file:line:` where there are lines.
class ParseError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace bellwether
