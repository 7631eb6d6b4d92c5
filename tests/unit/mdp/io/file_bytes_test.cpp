#include "mdp/io/file_bytes.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "core/stream.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::ThrowsMessage;

class Files : public testing::Test {
 protected:
  test::TemporaryFolder folder_;

  std::size_t count_files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path(""))) ++count;
    return count;
  }
};

std::string some_text(std::size_t size) {
  std::string text;
  Stream stream(3);
  while (text.size() < size) text += std::to_string(stream.below(1000)) + (stream.below(5) == 0 ? "\n" : ",");
  return text;
}

TEST_F(Files, AreMappedAndOutliveTheirHandle) {
  const std::string path = folder_.write("a", "hello");
  std::shared_ptr<const void> owner;
  std::string_view view;
  {
    const FileBytes file = FileBytes::open(path);
    owner = file.owner();
    view = file.view();
  }
  EXPECT_EQ(view, "hello");
}

TEST_F(Files, MayReleaseTheirPagesAndComeBack) {
  const std::string text = some_text(300'000);
  const std::string plain = folder_.write("plain", text),
                    packed = folder_.write("packed", compress(text, Compression::kGzip));
  for (const std::string& path : {plain, packed}) {
    const FileBytes file = FileBytes::open_decompressed(path);
    for (const std::size_t begin : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, text.size()}) {
      EXPECT_EQ(file.view(), text);
      file.release(file.view().substr(begin));
      file.release(file.view().substr(begin, 1));
    }
    EXPECT_EQ(file.view(), text);
  }
}

TEST_F(Files, SayWhyTheyCannotBeRead) {
  EXPECT_THAT([&] { FileBytes::open(folder_.path("no")); }, ThrowsMessage<ParseError>(EndsWith("/no: no such file")));
  EXPECT_THAT([&] { FileBytes::open(folder_.path("")); }, ThrowsMessage<ParseError>(HasSubstr("is a directory")));
  const std::string empty = folder_.write("empty", "");
  EXPECT_THAT([&] { FileBytes::open(empty); }, ThrowsMessage<ParseError>(EndsWith("/empty: is empty")));
  const std::string locked = folder_.write("locked", "x");
  ::chmod(locked.c_str(), 0);
  if (::access(locked.c_str(), R_OK) != 0) {  // the superuser may read everything
    EXPECT_THAT([&] { FileBytes::open(locked); }, ThrowsMessage<ParseError>(HasSubstr("cannot be opened: ")));
  }
}

TEST_F(Files, MayBePipes) {
  const std::string path = folder_.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string text = some_text(3 << 20);
  std::jthread writer([&] { std::ofstream(path) << text; });
  EXPECT_EQ(FileBytes::open(path).view(), text);
}

TEST_F(Files, AreDecompressedWhateverTheirName) {
  const std::string text = some_text(500000);
  for (const Compression kind : {Compression::kNone, Compression::kGzip, Compression::kXz}) {
    const std::string packed = compress(text, kind);
    const std::string path = folder_.write("packed", packed);
    EXPECT_EQ(FileBytes::open_decompressed(path).view(), text);
    // Two compressed files one after the other are one.
    const std::string twice = folder_.write("twice", packed + packed);
    EXPECT_EQ(FileBytes::open_decompressed(twice).view(), text + text);
  }
}

TEST(Decompression, RefusesDamageTruncationAndMoreThanItsLimit) {
  const std::string text = some_text(5000);
  for (const auto& [kind, name] : {std::pair(Compression::kGzip, "gzip"), std::pair(Compression::kXz, "xz")}) {
    const std::string packed = compress(text, kind);
    for (std::size_t length = 6; length < packed.size(); length += 7) {
      EXPECT_THAT([&] { decompress(std::string_view(packed).substr(0, length), kind, "f"); },
                  ThrowsMessage<ParseError>(EndsWith("f: the " + std::string(name) + " data are truncated")))
          << length;
    }
    std::string damaged = packed;
    damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
    EXPECT_THROW(decompress(damaged, kind, "f"), ParseError);
    EXPECT_EQ(decompress(packed, kind, "f", text.size()).size(), text.size());
    EXPECT_THAT([&] { decompress(packed, kind, "f", text.size() - 1); },
                ThrowsMessage<ParseError>(HasSubstr("f: holds more than " + std::to_string(text.size() - 1))));
  }
  EXPECT_THAT([&] { decompress(compress("a", Compression::kGzip) + "rest", Compression::kGzip, "f"); },
              ThrowsMessage<ParseError>(HasSubstr("followed by something else")));
}

TEST(LineNumber, CountsFromOne) {
  const std::string_view text = "a\nb\n\nc";
  EXPECT_EQ(line_number(text, text.data()), 1);
  EXPECT_EQ(line_number(text, text.data() + 1), 1);
  EXPECT_EQ(line_number(text, text.data() + 2), 2);
  EXPECT_EQ(line_number(text, text.data() + text.size()), 4);
}

TEST_F(Files, AreReplacedInOneStep) {
  const std::string path = folder_.write("target", "old");
  ::chmod(path.c_str(), 0640);
  {
    FileWriter writer(path);
    writer.write("new ");
    writer.write(some_text(3 << 20));
    EXPECT_EQ(test::read_file(path), "old");
    writer.commit();
  }
  EXPECT_EQ(test::read_file(path), "new " + some_text(3 << 20));
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0640U);
  EXPECT_EQ(count_files(), 1U);
}

TEST_F(Files, StayAsTheyWereWithoutCommit) {
  const std::string path = folder_.write("target", "old");
  FileWriter(path).write(some_text(3 << 20));
  EXPECT_EQ(test::read_file(path), "old");
  EXPECT_EQ(count_files(), 1U);
  FileWriter(folder_.path("never")).write("x");
  EXPECT_EQ(count_files(), 1U);
}

TEST_F(Files, AreReplacedBehindALink) {
  folder_.write("target", "old");
  std::filesystem::create_symlink("target", folder_.path("link"));
  FileWriter writer(folder_.path("link"));
  writer.write("new");
  writer.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.path("link")));
  EXPECT_EQ(test::read_file(folder_.path("target")), "new");
}

TEST_F(Files, CannotBeWrittenWithoutTheirFolder) {
  EXPECT_THAT([&] { FileWriter(folder_.path("no/x.csv")); },
              ThrowsMessage<InvalidOption>(EndsWith("no/x.csv: cannot be written: its folder does not exist")));
  EXPECT_THAT([&] { FileWriter(folder_.path("")); }, ThrowsMessage<InvalidOption>(HasSubstr("cannot be written: ")));
}

TEST_F(Files, AreMadeWhereADanglingLinkLeads) {
  std::filesystem::create_symlink("later", folder_.path("link"));
  FileWriter writer(folder_.path("link"));
  writer.write("new");
  writer.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.path("link")));
  EXPECT_EQ(test::read_file(folder_.path("later")), "new");
}

// What /dev/stdout is when a shell appends to a log: the link stays, and so does what the log held.
TEST_F(Files, BehindAnOpenDescriptorAreAppendedTo) {
  const std::string log = folder_.write("log", "old ");
  const int descriptor = ::open(log.c_str(), O_WRONLY | O_APPEND);
  ASSERT_GE(descriptor, 0);
  const std::string link = folder_.path("link");
  std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(descriptor), link);
  FileWriter writer(link);
  writer.write("new");
  writer.commit();
  ::close(descriptor);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(test::read_file(log), "old new");
}

TEST(FileWriter, ReportsAFullDisk) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "there is no /dev/full";
  EXPECT_THAT(
      [] {
        FileWriter writer("/dev/full");
        writer.write("x");
        writer.commit();
      },
      ThrowsMessage<InvalidOption>(HasSubstr("output /dev/full: cannot be written: No space left")));
}

}  // namespace
}  // namespace bellwether::mdp
