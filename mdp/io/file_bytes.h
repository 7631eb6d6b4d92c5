#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether::mdp {

enum class Compression { kNone, kGzip, kXz };

/// Tells compressed bytes by their first ones, or a file by its last extension (".gz", ".xz").
Compression compression_of_bytes(std::string_view bytes);
Compression compression_of_name(std::string_view path);

/// What a compressed file may become in memory unless the caller says otherwise: 64 GiB.
inline constexpr std::uint64_t kDecompressionLimit = std::uint64_t{1} << 36;

/// How the pages of a mapped file come into memory: as they are touched, or all at once (for arrays used in place).
enum class MapPages { kOnDemand, kAtOnce };

/// Holds a file open and knows when it was last written to.
class FileStamp {
 public:
  explicit FileStamp(std::string path);
  ~FileStamp();
  FileStamp(const FileStamp&) = delete;
  FileStamp& operator=(const FileStamp&) = delete;

  /// ParseError "x.csv: was changed while it was read" when it was written to since, whatever it is called by now. A
  /// file that took its name changes nothing for who has the old one open.
  void require_unchanged() const;

 private:
  struct State {
    std::uint64_t size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  std::optional<State> state() const;

  std::string path_;
  int descriptor_ = -1;         // of a regular file
  std::optional<State> state_;  // when it was opened
};

/// The bytes of a file: memory-mapped, or read into memory when it is a pipe or was compressed. Copies share them.
///
/// A mapped file must stay as it is while its bytes, or a model that uses them in place (.bwm), are in use. One that
/// takes its place in one step (rename) does no harm; writing into it does: the bytes change, and what lies behind the
/// end of a file that became shorter raises SIGBUS when it is touched. A library cannot turn that signal into an
/// exception; a program may install a handler, as apps/cli/lost_pages.cpp does, or read a copy.
class FileBytes {
 public:
  /// ParseError ("x.csv: no such file", "... is a directory", "... is empty") when there are no bytes to be had.
  static FileBytes open(const std::string& path, MapPages pages = MapPages::kOnDemand);
  /// As `open`, with gzip and xz undone (told by the bytes, not by the name). ParseError beyond `limit` bytes.
  static FileBytes open_decompressed(const std::string& path, std::uint64_t limit = kDecompressionLimit);

  std::string_view view() const { return view_; }
  /// Keeps the bytes alive: for `Array<T>(span, owner)`.
  const std::shared_ptr<const void>& owner() const { return owner_; }

  /// Takes the pages of a part of a mapped file out of this process; they come back when they are touched. Does
  /// nothing with bytes that are in memory.
  void release(std::string_view part) const;

 private:
  FileBytes(std::string_view view, std::shared_ptr<const void> owner, bool mapped)
      : view_(view), owner_(std::move(owner)), mapped_(mapped) {}

  std::string_view view_;
  std::shared_ptr<const void> owner_;
  bool mapped_;
};

/// The bytes behind a gzip file (of one or more members) or an xz file (of one or more streams); `name` is for
/// messages. ParseError when they are damaged, truncated or more than `limit`.
std::vector<char> decompress(std::string_view bytes, Compression kind, const std::string& name,
                             std::uint64_t limit = kDecompressionLimit);

/// A gzip or xz file holding the bytes. The same bytes give the same file.
std::string compress(std::string_view bytes, Compression kind);

/// 1 + the newlines in `text` before `where`, which points into it (or at its end).
std::int64_t line_number(std::string_view text, const char* where);

/// Throws ParseError "name:line: message", or "name: message" when line is 0.
[[noreturn]] void fail_at(const std::string& name, std::int64_t line, const std::string& message);

/// Replaces a file in one step: what is written goes to an unnamed file in the target's folder, which `commit` puts in
/// the place of the target once it is on the disk. Without `commit`, or when the process is killed, the target stays
/// as it was. Devices and pipes are written directly. InvalidOption ("output x.csv: no space left on device") on
/// failure. A link is followed; the permissions of the file that is replaced are kept.
class FileWriter {
 public:
  explicit FileWriter(const std::string& path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view bytes);
  template <class T>
  void write_array(std::span<const T> values) {
    write({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
  /// Bytes written so far.
  std::uint64_t size() const { return size_; }
  void commit();

 private:
  void flush();
  void write_through(std::string_view bytes);
  [[noreturn]] void fail(int error) const;
  bool open_unnamed();
  void open_named();
  void give_name();

  std::string path_;       // as the caller calls it
  std::string target_;     // with links resolved
  std::string temporary_;  // its name, once it has one
  int descriptor_ = -1;
  bool direct_ = false;  // a device or a pipe
  std::vector<char> buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace bellwether::mdp
