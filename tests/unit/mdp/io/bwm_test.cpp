#include "mdp/io/bwm.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/io/bwm_layout.h"
#include "mdp/io/formats.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/decorated.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;

bool same(const ModelFile& a, const ModelFile& b) {
  const auto all_same = [](const std::vector<TabularMdp>& x, const std::vector<TabularMdp>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const TabularMdp& p, const TabularMdp& q) { return p.data() == q.data(); });
  };
  return a.model.data() == b.model.data() && a.intervals == b.intervals && a.observations == b.observations &&
         a.rewards_are_costs == b.rewards_are_costs && all_same(a.stages, b.stages) && all_same(a.contexts, b.contexts);
}

ModelFile parse(const std::string& bytes) {
  auto words = std::make_shared<std::vector<std::uint64_t>>(bytes.size() / 8 + 1);
  std::memcpy(words->data(), bytes.data(), bytes.size());
  const std::string_view view(reinterpret_cast<const char*>(words->data()), bytes.size());
  return parse_bwm(view, words, "x.bwm");
}

std::string refusal(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string bytes_of(const ModelFile& file) {
  const test::TemporaryFolder folder;
  write_model(file, folder.path("m.bwm"));
  return test::read_file(folder.path("m.bwm"));
}

/// Puts all checksums right after a change.
void reseal(std::string& bytes) {
  bwm::Header header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  std::vector<bwm::Section> sections(header.sections);
  std::memcpy(sections.data(), bytes.data() + sizeof header, sections.size() * sizeof(bwm::Section));
  for (bwm::Section& section : sections) {
    if (section.offset <= bytes.size() && section.size <= bytes.size() - section.offset) {
      section.checksum = bwm::checksum(std::string_view(bytes).substr(section.offset, section.size));
    }
  }
  std::memcpy(bytes.data() + sizeof header, sections.data(), sections.size() * sizeof(bwm::Section));
  header.checksum =
      bwm::checksum(std::string_view(bytes).substr(sizeof header, sections.size() * sizeof(bwm::Section)));
  header.file_size = bytes.size();
  std::memcpy(bytes.data(), &header, sizeof header);
}

/// Changes the table entry of a kind of section and seals the file again.
template <class Change>
std::string with_section(std::string bytes, bwm::Kind kind, Change&& change) {
  bwm::Header header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    bwm::Section section{};
    char* at = bytes.data() + sizeof header + i * sizeof section;
    std::memcpy(&section, at, sizeof section);
    if (section.kind != static_cast<std::uint32_t>(kind)) continue;
    change(section, bytes.data() + section.offset);
    std::memcpy(at, &section, sizeof section);
  }
  reseal(bytes);
  return bytes;
}

TEST(Bwm, KeepsRandomFilesToTheLastBit) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const ModelFile file = random_model_file(Stream(seed), seed % 2 == 0);
    const ModelFile back = parse(bytes_of(file));
    EXPECT_TRUE(same(back, file)) << "seed " << seed;
    expect_same_features(back.linear, file.linear);
  }
}

TEST(Bwm, IsUsedWhereItLies) {
  const test::TemporaryFolder folder;
  const ModelFile file = random_model_file(Stream(4), false);
  write_model(file, folder.path("m.bwm"));
  std::optional<TabularMdp> model;
  {
    const ModelFile mapped = read_model(folder.path("m.bwm"));
    model = mapped.model;
    write_model(random_model_file(Stream(5), false), folder.path("m.bwm"));  // the mapped file lives on, unnamed
  }
  EXPECT_EQ(model->data(), file.model.data());
}

TEST(Bwm, RefusesEveryPrefix) {
  const std::string bytes = bytes_of(random_model_file(Stream(6), true));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string why = refusal(bytes.substr(0, length));
    EXPECT_THAT(why, testing::AnyOf(HasSubstr("is not a bellwether model"), HasSubstr("truncated"))) << length;
  }
}

TEST(Bwm, NoticesEveryFlippedBitThatMatters) {
  const ModelFile file = random_model_file(Stream(7), true);
  const std::string bytes = bytes_of(file);
  int refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    std::optional<ModelFile> read;
    try {
      read = parse(damaged);
    } catch (const std::invalid_argument&) {
      ++refused;
    }
    EXPECT_TRUE(!read || same(*read, file)) << "byte " << i;  // padding does not matter
    if (read) expect_same_features(read->linear, file.linear);
  }
  EXPECT_GT(refused, static_cast<int>(bytes.size() / 4));
}

TEST(Bwm, SaysWhatIsWrong) {
  const std::string bytes = bytes_of(random_model_file(Stream(8), true));
  EXPECT_THAT(refusal("state,action\n"),
              HasSubstr("x.bwm: is not a bellwether model (its first bytes are not BWMODEL)"));
  std::string newer = bytes;
  newer[8] = 9;
  EXPECT_THAT(refusal(newer), HasSubstr("has version 9 of the format, this program reads version 1"));
  EXPECT_THAT(refusal(bytes + "x"), HasSubstr("truncated or damaged"));
  std::string many = bytes;
  many[12] = many[13] = many[14] = static_cast<char>(0xff);
  EXPECT_THAT(refusal(many), HasSubstr("sections, more than fit"));
  std::string table = bytes;
  table[sizeof(bwm::Header)] ^= 1;
  EXPECT_THAT(refusal(table), HasSubstr("its section table is damaged"));
  std::string data = bytes;
  data.back() ^= 1;
  EXPECT_THAT(refusal(data), HasSubstr("is damaged (its checksum differs)"));
}

TEST(Bwm, ChecksWhatASealedFileClaims) {
  const std::string bytes = bytes_of(random_model_file(Stream(8), true));
  const auto outside = [](std::uint64_t offset, std::uint64_t size) {
    return [=](bwm::Section& section, char*) {
      section.offset = offset;
      section.size = size;
    };
  };
  using bwm::Kind;
  EXPECT_THAT(refusal(with_section(bytes, Kind::kSuccessor, outside(~std::uint64_t{63}, 128))),
              HasSubstr("lies outside"));
  EXPECT_THAT(refusal(with_section(bytes, Kind::kSuccessor, outside(64, ~std::uint64_t{0}))),
              HasSubstr("lies outside"));
  EXPECT_THAT(refusal(with_section(bytes, Kind::kSuccessor, outside(68, 8))), HasSubstr("lies outside"));
  const auto shorter = [](bwm::Section& section, char*) { section.size -= 4; };
  EXPECT_THAT(refusal(with_section(bytes, Kind::kProbability, shorter)), HasSubstr("a section of kind 4 has"));
  EXPECT_THAT(refusal(with_section(bytes, Kind::kSuccessor, shorter)), HasSubstr("successors but"));
  const auto negative = [](bwm::Section&, char* at) { at[3] = static_cast<char>(0xff); };
  EXPECT_THAT(refusal(with_section(bytes, Kind::kSuccessor, negative)), HasSubstr("is out of range"));
  const auto huge = [](bwm::Section&, char* at) { at[15] = 0x7f; };
  EXPECT_THAT(refusal(with_section(bytes, Kind::kChoiceBegin, huge)), HasSubstr("are not a range of the"));
  EXPECT_THAT(refusal(with_section(bytes, Kind::kObservationBegin, huge)), HasSubstr("observation"));
  EXPECT_THAT(refusal(with_section(bytes, Kind::kRewardName, huge)), testing::Not(HasSubstr("bad_alloc")));
  const auto latin = [](bwm::Section& section, char* at) { at[section.size - 1] = static_cast<char>(0xe9); };
  EXPECT_THAT(refusal(with_section(bytes, Kind::kRewardName, latin)), HasSubstr("is not UTF-8 (byte 0xe9)"));
}

TEST(Bwm, ChecksTheFeaturesOfASealedFile) {
  ModelFile file = random_model_file(Stream(8), true);
  file.stages.clear();
  file.contexts.clear();
  const auto choices = static_cast<std::size_t>(file.model.num_choices());
  file.linear.features = std::make_shared<const FeatureMap>(2, std::vector<double>(2 * choices, 0.5));
  MixtureBasisBuilder basis(2);
  for (std::size_t c = 0; c < choices; ++c) basis.next(0, {1, 0}).end_choice();
  file.linear.mixture = std::move(basis).build(file.model.num_states());
  file.linear.mixture_theta = {{1, 2}};
  const std::string bytes = bytes_of(file);
  expect_same_features(parse(bytes).linear, file.linear);
  using bwm::Kind;
  const auto shorter = [](bwm::Section& section, char*) { section.size -= 8; };
  const auto nan = [](bwm::Section&, char* at) { std::memset(at, 0xff, 8); };
  const auto negative = [](bwm::Section&, char* at) { at[3] = static_cast<char>(0xff); };
  const auto says = [&](Kind kind, const auto& change, const std::string& what) {
    EXPECT_THAT(refusal(with_section(bytes, kind, change)), testing::AllOf(HasSubstr("x.bwm: "), HasSubstr(what)));
  };
  says(Kind::kFeatures, shorter, "are no features of");
  says(Kind::kFeatures, nan, "feature 0 of choice 0");
  says(Kind::kMixtureFeatures, shorter, "are no features of");
  says(Kind::kMixtureBegin, shorter, "rows do not divide");
  says(Kind::kMixtureSuccessor, negative, "is no state");
  says(Kind::kMixtureTheta, shorter, "theta 0 has 1 numbers, the features have 2");
}

TEST(Bwm, ChecksumDoesNotDependOnThreadsAndSeesEveryWord) {
  std::string bytes(1 << 20, 'x');
  Stream stream(2);
  for (char& c : bytes) c = static_cast<char>(stream.below(256));
  const auto sum = [&](int threads) {
    const ThreadCount guard(threads);
    return bwm::checksum(bytes);
  };
  const std::uint64_t whole = sum(1);
  EXPECT_EQ(sum(2), whole);
  for (int trial = 0; trial < 50; ++trial) {
    const std::size_t i = stream.below(bytes.size());
    bytes[i] ^= 4;
    EXPECT_NE(sum(1), whole);
    bytes[i] ^= 4;
  }
  std::swap(bytes[0], bytes[64]);  // the same sum in the same lane
  ASSERT_NE(bytes[0], bytes[64]);
  EXPECT_NE(sum(1), whole);
  EXPECT_NE(bwm::checksum(std::string("a")), bwm::checksum(std::string("a\0", 2)));
}

}  // namespace
}  // namespace bellwether::mdp
