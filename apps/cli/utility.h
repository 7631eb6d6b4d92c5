#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bellwether::cli {

/// A utility of the return, linear between the points of a file and beyond them as the first and last pieces are.
class Utility {
 public:
  /// A CSV file `return,utility`, its lines with rising returns. ParseError, naming the line, for anything else.
  static Utility read(const std::string& path);

  double operator()(double x) const;
  double steepest() const;  ///< the largest absolute slope

 private:
  double slope(std::size_t piece) const;
  std::vector<double> at_, value_;
};

}  // namespace bellwether::cli
