#include "solvers/exact/rational/work_limit.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers::rational {

void WorkLimit::charge(double work, double bytes, const std::string& what) {
  work_ += work;
  bytes_ += bytes;
  if (work_ > max_work_)
    throw InvalidOption(
        fmt::format("certify 'rational': {} would take about {:.1e} word operations, the limit is {:.1e}; "
                    "certify with 'interval', or raise RationalOptions::max_work from C++",
                    what, work_, max_work_));
  if (bytes_ > max_bytes_)
    throw InvalidOption(
        fmt::format("certify 'rational': {} would need about {:.1f} GB, the limit is {:.1f} GB; "
                    "certify with 'interval', or raise RationalOptions::max_bytes from C++",
                    what, bytes_ / 1e9, max_bytes_ / 1e9));
}

}  // namespace bellwether::solvers::rational
