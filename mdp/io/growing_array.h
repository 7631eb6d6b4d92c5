#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "core/array.h"

namespace bellwether::mdp {

namespace detail {
/// A block of memory (null with 0 bytes) made larger or smaller; std::bad_alloc when there is none. Where the system
/// can, large blocks are moved by their page tables, and go back to it when they are freed, whatever else is allocated.
void* resize_block(void* block, std::size_t old_bytes, std::size_t new_bytes);
void free_block(void* block, std::size_t bytes);
}  // namespace detail

/// Numbers that come one after the other, many of them. Unlike a vector's, growing neither copies them nor holds the
/// old block beside the new one; and what is reserved or extended is not written, so it takes no memory before it is
/// used.
template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowingArray() = default;
  GrowingArray(GrowingArray&& other) noexcept { swap(other); }
  GrowingArray& operator=(GrowingArray&& other) noexcept {
    GrowingArray emptied(std::move(other));
    swap(emptied);
    return *this;
  }
  ~GrowingArray() { detail::free_block(data_, capacity_ * sizeof(T)); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  const T* begin() const { return data_; }
  T* end() { return data_ + size_; }
  const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }

  void reserve(std::size_t size) {
    if (size > capacity_) reallocate(size);
  }
  void push_back(T value) {
    if (size_ == capacity_) make_room(1);
    data_[size_++] = value;
  }
  void append(std::span<const T> values) { std::copy(values.begin(), values.end(), extend(values.size())); }
  void append(std::size_t count, T value) { std::fill_n(extend(count), count, value); }
  /// Makes it longer by elements that the caller writes next; returns where they begin.
  T* extend(std::size_t count) {
    if (count > capacity_ - size_) make_room(count);
    size_ += count;
    return data_ + (size_ - count);
  }
  /// Keeps the memory for what comes next.
  void clear() { size_ = 0; }

  /// As an array that nothing is added to any more; room that was not used goes back.
  static Array<T> finished(GrowingArray numbers) {
    if (numbers.size_ > 0 && numbers.size_ < numbers.capacity_) numbers.reallocate(numbers.size_);
    auto owner = std::make_shared<const GrowingArray>(std::move(numbers));
    return Array<T>(std::span<const T>(*owner), owner);
  }

 private:
  void swap(GrowingArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  void make_room(std::size_t count) { reallocate(std::max({size_ + count, size_ + size_ / 2, std::size_t{64}})); }

  void reallocate(std::size_t capacity) {
    if (capacity > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_alloc();
    data_ = static_cast<T*>(detail::resize_block(data_, capacity_ * sizeof(T), capacity * sizeof(T)));
    capacity_ = capacity;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace bellwether::mdp
