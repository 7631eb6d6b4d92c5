#include "mdp/io/file_bytes.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kBufferSize = std::size_t{1} << 20;

std::string error_text(int error) { return std::generic_category().message(error); }

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

std::vector<char> read_to_end(int descriptor, const std::string& path) {
  std::vector<char> bytes;
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(std::max(kBufferSize, bytes.size() * 2));
    const ssize_t got = ::read(descriptor, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_at(path, 0, "cannot be read: " + error_text(errno));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

/// Null when the file system cannot map the file.
std::shared_ptr<const void> map_file(int descriptor, std::size_t size, MapPages pages) {
  int flags = MAP_PRIVATE;
#ifdef MAP_POPULATE
  if (pages == MapPages::kAtOnce) flags |= MAP_POPULATE;
#else
  (void)pages;
#endif
  void* address = ::mmap(nullptr, size, PROT_READ, flags, descriptor, 0);
  if (address == MAP_FAILED) return nullptr;
  return {address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); }};
}

std::pair<std::string_view, std::shared_ptr<const void>> owned(std::vector<char> bytes) {
  auto owner = std::make_shared<const std::vector<char>>(std::move(bytes));
  const std::string_view view(owner->data(), owner->size());
  return {view, std::move(owner)};
}

/// Calls attempt(name) with new names beside the target until one is free; sets temporary_.
template <class Attempt>
int with_free_name(const std::string& target, std::string& temporary, Attempt&& attempt) {
  static std::atomic<unsigned> counter{0};
  for (int tries = 0; tries < 1000; ++tries) {
    const std::string name = fmt::format("{}.{}-{}.tmp", target, ::getpid(), counter++);
    if (attempt(name.c_str())) {
      temporary = name;
      return 0;
    }
    if (errno != EEXIST) return errno;
  }
  return EEXIST;
}

}  // namespace

FileStamp::FileStamp(std::string path) : path_(std::move(path)) {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;  // opening a pipe would wait for its writer
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  state_ = state();
}

FileStamp::~FileStamp() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<FileStamp::State> FileStamp::state() const {
  struct stat info {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &info) != 0) return std::nullopt;
  return State{.size = static_cast<std::uint64_t>(info.st_size),
               .seconds = info.st_mtim.tv_sec,
               .nanoseconds = info.st_mtim.tv_nsec};
}

void FileStamp::require_unchanged() const {
  if (state() != state_) fail_at(path_, 0, "was changed while it was read; read it again");
}

FileBytes FileBytes::open(const std::string& path, MapPages pages) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) fail_at(path, 0, "no such file");
    fail_at(path, 0, "cannot be opened: " + error_text(errno));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail_at(path, 0, "cannot be read: " + error_text(errno));
  if (S_ISDIR(info.st_mode)) fail_at(path, 0, "is a directory, expected a file");
  if (S_ISREG(info.st_mode) && info.st_size > 0) {
    const auto size = static_cast<std::size_t>(info.st_size);
    if (auto owner = map_file(file.get(), size, pages)) {
      const std::string_view view(static_cast<const char*>(owner.get()), size);
      return {view, std::move(owner), true};
    }
  }
  auto [view, owner] = owned(read_to_end(file.get(), path));
  if (view.empty()) fail_at(path, 0, "is empty");
  return {view, std::move(owner), false};
}

FileBytes FileBytes::open_decompressed(const std::string& path, std::uint64_t limit) {
  FileBytes file = open(path);
  const Compression kind = compression_of_bytes(file.view());
  if (kind == Compression::kNone) return file;
  auto [view, owner] = owned(decompress(file.view(), kind, path, limit));
  if (view.empty()) fail_at(path, 0, "is empty");
  return {view, std::move(owner), false};
}

void FileBytes::release(std::string_view part) const {
#ifdef MADV_DONTNEED
  if (!mapped_ || part.empty()) return;
  // Pages that hold a border go when the part beyond it does; the last one stays until the end.
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(part.data()) / page * page,
                       end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
  // A file that nobody writes to loses nothing; that the advice is refused does no harm.
  if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
#else
  (void)part;
#endif
}

std::int64_t line_number(std::string_view text, const char* where) { return 1 + std::count(text.data(), where, '\n'); }

void fail_at(const std::string& name, std::int64_t line, const std::string& message) {
  throw ParseError(line > 0 ? fmt::format("{}:{}: {}", name, line, message) : fmt::format("{}: {}", name, message));
}

namespace {

/// Where a name leads when it is followed through symbolic links, also to a file that is not there yet.
std::string behind_links(std::string path) {
  constexpr int kMostLinks = 40;
  for (int k = 0; k < kMostLinks && !path.starts_with("/proc/"); ++k) {
    std::vector<char> text(4096);
    const ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
    if (length < 0 || length == static_cast<ssize_t>(text.size())) return path;
    const std::string next(text.data(), static_cast<std::size_t>(length));
    const std::size_t slash = path.rfind('/');
    path = next.front() == '/' || slash == std::string::npos ? next : path.substr(0, slash + 1) + next;
  }
  return path;
}

bool same_file(const std::string& path, const struct stat& info) {
  struct stat other {};
  return ::stat(path.c_str(), &other) == 0 && other.st_dev == info.st_dev && other.st_ino == info.st_ino;
}

}  // namespace

FileWriter::FileWriter(const std::string& path) : path_(path), target_(behind_links(path)) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) fail(EISDIR);
  // A link like /dev/stdout may lead to a file that has no name any more or that others are writing to: it is written
  // as it is, and nothing takes its place.
  const bool open_already = exists && target_.starts_with("/proc/");
  direct_ = exists && (!S_ISREG(info.st_mode) || open_already || !same_file(target_, info));
  if (direct_) {
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (S_ISREG(info.st_mode) ? O_APPEND : 0));
    if (descriptor_ < 0) fail(errno);
  } else {
    if (exists && ::access(path.c_str(), W_OK) != 0) fail(errno);
    if (!open_unnamed()) open_named();
    if (exists) (void)::fchmod(descriptor_, info.st_mode & 07777);  // a foreign file system may not know permissions
  }
  buffer_.reserve(kBufferSize);
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

/// An unnamed file vanishes with the process, however it ends. Not every file system has them.
bool FileWriter::open_unnamed() {
#ifdef O_TMPFILE
  const std::size_t slash = target_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : target_.substr(0, slash + 1);
  descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  if (descriptor_ >= 0 && ::access(fmt::format("/proc/self/fd/{}", descriptor_).c_str(), F_OK) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
  return descriptor_ >= 0;
#else
  return false;
#endif
}

void FileWriter::open_named() {
  const int error = with_free_name(target_, temporary_, [&](const char* name) {
    descriptor_ = ::open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    return descriptor_ >= 0;
  });
  if (error != 0) fail(error);
}

void FileWriter::give_name() {
  const std::string self = fmt::format("/proc/self/fd/{}", descriptor_);
  const int error = with_free_name(target_, temporary_, [&](const char* name) {
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
  });
  if (error != 0) fail(error);
}

void FileWriter::fail(int error) const {
  std::string text = error_text(error);
  if (error == ENOENT) text = "its folder does not exist";
  throw InvalidOption(fmt::format("output {}: cannot be written: {}", path_, text));
}

void FileWriter::write(std::string_view bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferSize) flush();
  if (bytes.size() >= kBufferSize) return write_through(bytes);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void FileWriter::flush() {
  write_through({buffer_.data(), buffer_.size()});
  buffer_.clear();
}

void FileWriter::write_through(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileWriter::commit() {
  flush();
  if (direct_) {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
    return;
  }
  // A file system may report a full disk only now. EINVAL: it has nothing to synchronise.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOSYS) fail(errno);
  if (temporary_.empty()) give_name();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

}  // namespace bellwether::mdp
