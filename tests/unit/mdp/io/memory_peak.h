#pragma once

#include <functional>

namespace bellwether::test {

/// The most memory held at a time, in bytes, page by page; negative where the system does not say.
struct MemoryPeak {
  double own = -1;  ///< the heap and arrays: the same in every run
  double all = -1;  ///< with pages of mapped files and of the program, which the system brings and takes as it likes
};

/// What `work` takes beyond what is there after `first`, which brings the pages of the program itself. Both run in a
/// child, which has no other thread.
MemoryPeak memory_peak(const std::function<void()>& first, const std::function<void()>& work);

}  // namespace bellwether::test
