#include "experiments/engine/store.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/text.h"
#include "experiments/engine/store_record.h"

namespace bellwether::experiments {
namespace {

namespace fs = std::filesystem;

constexpr int kRecordsBetweenSyncs = 32;

std::string error_text(int error) { return std::generic_category().message(error); }

std::string store_path(const std::string& folder) { return (fs::path(folder) / "cells.bwstore").string(); }

/// folder/stem-1ending, folder/stem-2ending, ...: the first that is free.
std::string free_name(const std::string& folder, std::string_view stem, std::string_view ending) {
  for (int number = 1;; ++number) {
    const std::string path = (fs::path(folder) / fmt::format("{}-{}{}", stem, number, ending)).string();
    if (!fs::exists(path)) return path;
  }
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

std::string read_all(int descriptor, const std::string& path, std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  std::uint64_t used = 0;
  while (used < length) {
    const ssize_t got = ::pread(descriptor, bytes.data() + used, length - used, static_cast<off_t>(offset + used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw StoreError(fmt::format("{}: cannot be read: {}", path, error_text(errno)));
    if (got == 0) break;  // another process cut it meanwhile
    used += static_cast<std::uint64_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

void lock_or_refuse(int descriptor, const std::string& path) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK)
    throw InvalidOption(fmt::format(
        "{}: another process is writing its runs here; wait until it has ended, or choose another folder", path));
  throw InvalidOption(fmt::format("{}: cannot be locked: {}", path, error_text(errno)));
}

void synchronise(int descriptor) {
  // Where the file system cannot (EINVAL), the process may still be killed at any moment; only the machine may not.
  (void)::fsync(descriptor);
}

}  // namespace

Store::Store(const std::string& folder, Mode mode)
    : folder_(folder), path_(store_path(folder)), writable_(mode == Mode::kWrite) {
  open(mode);
  if (descriptor_ < 0) return;
  try {
    if (writable_) lock_or_refuse(descriptor_, path_);
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
      throw StoreError(fmt::format("{}: is no regular file", path_));
    scan(read_all(descriptor_, path_, 0, static_cast<std::uint64_t>(status.st_size)));
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Store::~Store() {
  if (descriptor_ < 0) return;
  if (unsynchronised_ > 0) synchronise(descriptor_);
  ::close(descriptor_);
}

void Store::open(Mode mode) {
  if (mode == Mode::kRead) {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0 && errno != ENOENT)
      throw StoreError(fmt::format("{}: cannot be opened: {}", path_, error_text(errno)));
    return;
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw InvalidOption(fmt::format("folder {}: cannot be made: {}", folder_, error_text(error.value())));
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw InvalidOption(fmt::format("{}: cannot be written: {}", path_, error_text(errno)));
}

void Store::scan(std::string_view bytes) {
  if (!bytes.starts_with(kStoreHeader)) {
    if (!kStoreHeader.starts_with(bytes))
      throw StoreError(
          fmt::format("{}: offset 0: this is no store of runs (it does not begin with \"{}\"); move it away or choose "
                      "another folder",
                      path_, kStoreHeader.substr(0, kStoreHeader.size() - 1)));
    // Killed while the file was made.
    if (!writable_) return;
    if (::ftruncate(descriptor_, 0) != 0 || !write_all(descriptor_, kStoreHeader)) fail_to_write(errno);
    end_ = kStoreHeader.size();
    return;
  }
  end_ = kStoreHeader.size();
  while (end_ < bytes.size()) {
    const std::string_view rest = bytes.substr(end_);
    const auto record = framed_record(rest);
    const auto key = record ? key_of_payload(record->payload) : std::nullopt;
    if (!key) {
      if (const auto next = find_record(rest.substr(1)))
        throw StoreError(
            fmt::format("{}: offset {}: record {} is damaged, and whole records follow at offset {}, so this is no "
                        "interrupted write; restore the file, or move it away to compute its cells again",
                        path_, end_, records_.size() + 1, end_ + 1 + *next));
      keep_tail(rest);
      return;
    }
    const auto offset = static_cast<std::uint64_t>(record->payload.data() - bytes.data());
    records_[std::string(*key)] = {offset, record->payload.size()};
    end_ += record->size;
  }
}

void Store::keep_tail(std::string_view tail) {
  const std::string what = fmt::format("{}: the last {} at offset {} are no whole record (an interrupted write)", path_,
                                       counted(static_cast<std::int64_t>(tail.size()), "byte"), end_);
  if (!writable_) {
    notes_.push_back(what + "; they were left out");
    return;
  }
  const std::string kept = free_name(folder_, "cells-tail", ".bin");
  const int copy = ::open(kept.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (copy < 0) throw InvalidOption(fmt::format("{}: cannot be written: {}", kept, error_text(errno)));
  const bool written = write_all(copy, tail);
  synchronise(copy);
  if (::close(copy) != 0 || !written)
    throw InvalidOption(fmt::format("{}: cannot be written: {}", kept, error_text(errno)));
  if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) fail_to_write(errno);
  notes_.push_back(fmt::format("{}; they were moved to {}", what, kept));
}

void Store::fail_to_write(int error) const {
  throw InvalidOption(fmt::format("{}: cannot be written: {}", path_, error_text(error)));
}

std::optional<Series> Store::find(const std::string& key) const {
  const auto found = records_.find(key);
  if (found == records_.end()) return std::nullopt;
  auto record = decode_payload(read_all(descriptor_, path_, found->second.offset, found->second.length));
  if (!record || record->key != key)
    throw StoreError(
        fmt::format("{}: offset {}: the record is not what its checksum says", path_, found->second.offset));
  return std::move(record->series);
}

void Store::append(const std::string& key, const Series& series) {
  const std::string record = encode_record(key, series);
  if (!write_all(descriptor_, record)) {
    const int error = errno;
    (void)::ftruncate(descriptor_, static_cast<off_t>(end_));
    fail_to_write(error);
  }
  const auto framed = framed_record(record);
  const auto offset = static_cast<std::uint64_t>(framed->payload.data() - record.data());
  records_[key] = {end_ + offset, framed->payload.size()};
  end_ += record.size();
  if (++unsynchronised_ < kRecordsBetweenSyncs) return;
  synchronise(descriptor_);
  unsynchronised_ = 0;
}

std::optional<std::string> Store::put_aside(const std::string& folder) {
  const std::string path = store_path(folder);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return std::nullopt;
    throw InvalidOption(fmt::format("{}: cannot be written: {}", path, error_text(errno)));
  }
  try {
    lock_or_refuse(descriptor, path);
    const std::string kept = free_name(folder, "cells", ".bwstore");
    fs::rename(path, kept);
    ::close(descriptor);
    return kept;
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

}  // namespace bellwether::experiments
