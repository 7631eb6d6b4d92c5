#include "experiments/engine/store.h"

#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "experiments/engine/store_record.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

Series series_of(double first) {
  return {.metrics = {"value-regret", "mistakes"}, .at = {1, 10}, .values = {first, 2, 3, 4}};
}

std::string store_file(const test::TemporaryFolder& folder) { return folder.path("cells.bwstore"); }

/// A store with the keys "a", "b" and "c".
void fill(const test::TemporaryFolder& folder) {
  Store store(folder.path(""), Store::Mode::kWrite);
  store.append("a", series_of(1));
  store.append("b", series_of(2));
  store.append("c", series_of(3));
}

std::size_t record_size() { return encode_record("a", series_of(1)).size(); }

TEST(Store, GivesBackWhatItTook) {
  const test::TemporaryFolder folder;
  const std::string inner = folder.path("made/on/the/way");
  {
    Store store(inner, Store::Mode::kWrite);
    EXPECT_EQ(store.size(), 0u);
    store.append("a", series_of(1.5));
    EXPECT_EQ(store.find("a"), series_of(1.5));
  }
  const Store store(inner, Store::Mode::kRead);
  EXPECT_EQ(store.find("a"), series_of(1.5));
  EXPECT_EQ(store.find("b"), std::nullopt);
  EXPECT_THAT(store.notes(), IsEmpty());
}

TEST(Store, KeepsEveryBitOfADouble) {
  const test::TemporaryFolder folder;
  const Series odd{.metrics = {"m"}, .at = {1, 2, 3}, .values = {-0.0, 5e-324, 0.1}};
  Store(folder.path(""), Store::Mode::kWrite).append("odd", odd);
  const auto got = Store(folder.path(""), Store::Mode::kRead).find("odd");
  ASSERT_TRUE(got);
  EXPECT_TRUE(std::signbit(got->values[0]));
  EXPECT_EQ(got->values, odd.values);
}

TEST(Store, WithoutAFileIsEmptyToReaders) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(Store(folder.path("nowhere"), Store::Mode::kRead).size(), 0u);
  EXPECT_FALSE(std::filesystem::exists(folder.path("nowhere")));
}

// A kill leaves any prefix of the file. What is whole stays; the rest is moved aside, byte for byte; the next append
// goes on behind the last whole record.
TEST(Store, SurvivesBeingCutAtEveryByte) {
  const test::TemporaryFolder whole_folder;
  fill(whole_folder);
  const std::string whole = test::read_file(store_file(whole_folder));
  ASSERT_EQ(whole.size(), kStoreHeader.size() + 3 * record_size());
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const test::TemporaryFolder folder;
    folder.write("cells.bwstore", whole.substr(0, length));
    const std::size_t records = length < kStoreHeader.size() ? 0 : (length - kStoreHeader.size()) / record_size();
    EXPECT_EQ(Store(folder.path(""), Store::Mode::kRead).size(), records) << length;
    EXPECT_EQ(test::read_file(store_file(folder)).size(), length) << "a reader changes nothing";
    {
      Store store(folder.path(""), Store::Mode::kWrite);
      EXPECT_EQ(store.size(), records) << length;
      const std::size_t end = kStoreHeader.size() + records * record_size();
      const bool torn = length > end;
      EXPECT_EQ(store.notes().size(), torn ? 1u : 0u) << length;
      if (torn) {
        EXPECT_EQ(test::read_file(folder.path("cells-tail-1.bin")), whole.substr(end, length - end));
      }
      if (records < 3) store.append("c", series_of(3));
    }
    EXPECT_EQ(Store(folder.path(""), Store::Mode::kRead).find("c"), series_of(3)) << length;
  }
}

// A changed byte anywhere but in the last record is damage: reported with its place, and the file stays as it is. In
// the last record it cannot be told from an interrupted write.
TEST(Store, ReportsDamageAtEveryByte) {
  const test::TemporaryFolder whole_folder;
  fill(whole_folder);
  const std::string whole = test::read_file(store_file(whole_folder));
  const std::size_t last = kStoreHeader.size() + 2 * record_size();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const test::TemporaryFolder folder;
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    folder.write("cells.bwstore", damaged);
    if (at >= last) {
      EXPECT_EQ(Store(folder.path(""), Store::Mode::kWrite).size(), 2u) << at;
      EXPECT_EQ(test::read_file(folder.path("cells-tail-1.bin")), damaged.substr(last)) << at;
      continue;
    }
    const std::size_t record = at < kStoreHeader.size() ? 0 : (at - kStoreHeader.size()) / record_size();
    const std::size_t offset = at < kStoreHeader.size() ? 0 : kStoreHeader.size() + record * record_size();
    EXPECT_THAT([&] { Store(folder.path(""), Store::Mode::kWrite); },
                ThrowsMessage<StoreError>(
                    AllOf(HasSubstr("cells.bwstore: "), HasSubstr("offset " + std::to_string(offset) + ":"))))
        << at;
    EXPECT_EQ(test::read_file(store_file(folder)), damaged) << at;
  }
}

TEST(Store, RefusesForeignFiles) {
  for (const std::string content : {"instance,learner\nriverswim,psrl\n", "x", "bellwether cells, version 2\n"}) {
    const test::TemporaryFolder folder;
    folder.write("cells.bwstore", content);
    for (const Store::Mode mode : {Store::Mode::kRead, Store::Mode::kWrite})
      EXPECT_THAT([&] { Store(folder.path(""), mode); },
                  ThrowsMessage<StoreError>(HasSubstr("offset 0: this is no store of runs")));
    EXPECT_EQ(test::read_file(store_file(folder)), content);
  }
}

TEST(Store, TailsOfSeveralKillsAreAllKept) {
  const test::TemporaryFolder folder;
  fill(folder);
  const std::string whole = test::read_file(store_file(folder));
  for (const std::string tail : {"first", "second"}) {
    folder.write("cells.bwstore", whole + tail);
    Store(folder.path(""), Store::Mode::kWrite);
  }
  EXPECT_EQ(test::read_file(folder.path("cells-tail-1.bin")), "first");
  EXPECT_EQ(test::read_file(folder.path("cells-tail-2.bin")), "second");
  EXPECT_EQ(test::read_file(store_file(folder)), whole);
}

TEST(Store, OneWriterAtATime) {
  const test::TemporaryFolder folder;
  {
    const Store first(folder.path(""), Store::Mode::kWrite);
    EXPECT_THAT([&] { Store(folder.path(""), Store::Mode::kWrite); },
                ThrowsMessage<InvalidOption>(HasSubstr("another process is writing its runs here")));
    EXPECT_THAT([&] { Store::put_aside(folder.path("")); }, ThrowsMessage<InvalidOption>(HasSubstr("another process")));
    EXPECT_NO_THROW(Store(folder.path(""), Store::Mode::kRead));
  }
  EXPECT_NO_THROW(Store(folder.path(""), Store::Mode::kWrite));
}

TEST(Store, IsPutAsideUnderFreeNames) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(Store::put_aside(folder.path("")), std::nullopt);
  for (const std::string name : {"cells-1.bwstore", "cells-2.bwstore"}) {
    fill(folder);
    EXPECT_EQ(Store::put_aside(folder.path("")), folder.path(name));
  }
  EXPECT_FALSE(std::filesystem::exists(store_file(folder)));
  EXPECT_TRUE(std::filesystem::exists(folder.path("cells-1.bwstore")));
}

/// While it lives no file of this process grows beyond so many bytes, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : previous_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &previous_);
    const rlimit limit{bytes, previous_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }

 private:
  rlimit previous_{};
  void (*previous_handler_)(int);
};

TEST(Store, AFullDiskLeavesItAsItWas) {
  const test::TemporaryFolder folder;
  fill(folder);
  const std::string whole = test::read_file(store_file(folder));
  {
    Store store(folder.path(""), Store::Mode::kWrite);
    {
      const FileSizeLimit limit(whole.size() + record_size() / 2);
      EXPECT_THAT([&] { store.append("d", series_of(4)); },
                  ThrowsMessage<InvalidOption>(HasSubstr("cells.bwstore: cannot be written: ")));
      EXPECT_FALSE(store.has("d"));
    }
    EXPECT_EQ(test::read_file(store_file(folder)), whole);
    store.append("d", series_of(4));
    EXPECT_EQ(store.find("d"), series_of(4));
  }
  EXPECT_EQ(Store(folder.path(""), Store::Mode::kRead).size(), 4u);
}

TEST(Store, NamesAFolderThatCannotBe) {
  const test::TemporaryFolder folder;
  folder.write("file", "x");
  EXPECT_THAT([&] { Store(folder.path("file/inner"), Store::Mode::kWrite); },
              ThrowsMessage<InvalidOption>(HasSubstr("file/inner")));
}

}  // namespace
}  // namespace bellwether::experiments
