#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace bellwether {

/// A read-only array whose owner is shared: a vector that was moved in, or a part of a memory-mapped file.
/// Copies share the elements, so models that differ in one column share all others.
template <class T>
class Array {
 public:
  Array() = default;

  Array(std::vector<T> values) {  // NOLINT(google-explicit-constructor): a vector is an array with one owner
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    view_ = *owner;
    owner_ = std::move(owner);
  }

  Array(std::span<const T> view, std::shared_ptr<const void> owner) : view_(view), owner_(std::move(owner)) {}

  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  const T* data() const { return view_.data(); }
  const T* begin() const { return view_.data(); }
  const T* end() const { return view_.data() + view_.size(); }
  const T& operator[](std::size_t i) const { return view_[i]; }
  const T& back() const { return view_.back(); }
  operator std::span<const T>() const { return view_; }  // NOLINT(google-explicit-constructor)
  std::span<const T> view() const { return view_; }

  friend bool operator==(const Array& a, const Array& b) {
    if (a.size() != b.size()) return false;
    if (a.data() == b.data()) return true;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!(a[i] == b[i])) return false;
    return true;
  }

 private:
  std::span<const T> view_;
  std::shared_ptr<const void> owner_;
};

}  // namespace bellwether
