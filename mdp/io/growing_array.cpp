#include "mdp/io/growing_array.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace bellwether::mdp::detail {
namespace {

void* or_throw(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

#ifdef __linux__

constexpr std::size_t kPaged = std::size_t{1} << 20;  // blocks from this size on are pages of their own

void* paged(void* block) { return or_throw(block == MAP_FAILED ? nullptr : block); }

}  // namespace

void* resize_block(void* block, std::size_t old_bytes, std::size_t new_bytes) {
  if (old_bytes >= kPaged && new_bytes >= kPaged) return paged(::mremap(block, old_bytes, new_bytes, MREMAP_MAYMOVE));
  if (old_bytes < kPaged && new_bytes < kPaged) return or_throw(std::realloc(block, new_bytes));
  void* const moved =
      new_bytes < kPaged
          ? or_throw(std::malloc(new_bytes))
          : paged(::mmap(nullptr, new_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (block != nullptr) std::memcpy(moved, block, std::min(old_bytes, new_bytes));
  free_block(block, old_bytes);
  return moved;
}

void free_block(void* block, std::size_t bytes) {
  if (bytes >= kPaged) {
    ::munmap(block, bytes);
  } else {
    std::free(block);
  }
}

#else

}  // namespace

void* resize_block(void* block, std::size_t, std::size_t new_bytes) { return or_throw(std::realloc(block, new_bytes)); }

void free_block(void* block, std::size_t) { std::free(block); }

#endif

}  // namespace bellwether::mdp::detail
