#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/errors.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {

/// A store that cannot be used: damaged in the middle, or another program's file. The message names file and offset.
class StoreError : public ParseError {
 public:
  using ParseError::ParseError;
};

/// The finished cells of a folder, in the file `cells.bwstore`: a header line, then records, appended only. A record is
///
///     marker (8 bytes) | payload length (8) | CRC-32 of these 16 bytes (4) | payload | CRC-32 of the payload (4)
///
/// and its payload a key with a series, so the file needs no index and may be cut anywhere. What a killed write left at
/// the end is told from damage by what follows it: nothing whole. It is put aside in a file of its own, never deleted.
class Store {
 public:
  enum class Mode { kRead, kWrite };

  /// kWrite makes folder and file when there are none, and holds the file's lock for as long as it lives: InvalidOption
  /// when another process has it. kRead needs neither, and takes no file for an empty one. StoreError, as above.
  Store(const std::string& folder, Mode mode);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  bool has(const std::string& key) const { return records_.contains(key); }
  std::optional<Series> find(const std::string& key) const;
  std::size_t size() const { return records_.size(); }

  /// One write; on the disk for certain after the next synchronisation, which comes every few records and at the end.
  /// One thread at a time. InvalidOption when the disk is full; the store is then as before.
  void append(const std::string& key, const Series& series);

  /// What was put aside or skipped, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Renames the store of a folder, if there is one, to the first free name of cells-1.bwstore, cells-2.bwstore, ...
  /// and returns the new path. InvalidOption when another process writes to it.
  static std::optional<std::string> put_aside(const std::string& folder);

 private:
  struct Place {
    std::uint64_t offset, length;  // of the payload
  };

  void open(Mode mode);
  void scan(std::string_view bytes);
  void keep_tail(std::string_view tail);
  [[noreturn]] void fail_to_write(int error) const;

  std::string folder_, path_;
  int descriptor_ = -1;
  bool writable_ = false;
  std::uint64_t end_ = 0;  // behind the last whole record
  int unsynchronised_ = 0;
  std::unordered_map<std::string, Place> records_;
  std::vector<std::string> notes_;
};

}  // namespace bellwether::experiments
