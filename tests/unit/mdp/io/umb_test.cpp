#include "mdp/io/umb.h"

#include <cmath>
#include <map>

#include <boost/multiprecision/cpp_int.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/tar.h"
#include "mdp/io/umb_numbers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::Extras;
using test::listed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void expect_round_trip(const Extras& extras) {
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const ModelFile file = test::random_file(seed, extras);
    const std::string path = folder.path("model.umb");
    EXPECT_THAT(write_umb(file, path), IsEmpty());
    test::expect_same(file, read_umb(path));
  }
}

TEST(Umb, KeepsEverything) {
  expect_round_trip({});
  expect_round_trip(
      {.costs = true, .identifiers = true, .laws = true, .parallel = true, .initial = Extras::Initial::kAny});
  expect_round_trip({.labels = false,
                     .other_rewards = false,
                     .names = false,
                     .identifiers = true,
                     .initial = Extras::Initial::kFirst});
}

TEST(Umb, KeepsIntervalsAndTheirNominalProbabilities) {
  expect_round_trip({.intervals = true});
  expect_round_trip({.intervals = true, .own_nominal = true});
}

TEST(Umb, KeepsObservations) {
  expect_round_trip({.identifiers = true, .seen = Extras::Seen::kStates});
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    // Rows that no branch reaches are not in a file; the others come back exactly.
    const ModelFile file = test::random_file(seed, {.seen = Extras::Seen::kActions});
    write_umb(file, folder.path("m.umb"));
    const ModelFile back = read_umb(folder.path("m.umb"));
    ASSERT_TRUE(back.observations);
    const Observations &x = *file.observations, &y = *back.observations;
    for (int s = 0; s < file.model.num_states(); ++s) {
      for (std::int64_t c = file.model.first_choice(s); c < file.model.first_choice(s + 1); ++c) {
        for (const std::int32_t next : file.model.successors(c)) {
          const auto r = static_cast<std::size_t>(file.model.action(c) * file.model.num_states() + next);
          ASSERT_EQ(x.begin[r + 1] - x.begin[r], y.begin[r + 1] - y.begin[r]);
          for (std::int64_t i = 0; i < x.begin[r + 1] - x.begin[r]; ++i) {
            const auto at_x = static_cast<std::size_t>(x.begin[r] + i), at_y = static_cast<std::size_t>(y.begin[r] + i);
            EXPECT_EQ(x.observation[at_x], y.observation[at_y]);
            EXPECT_EQ(x.probability[at_x], y.probability[at_y]);
          }
        }
      }
    }
  }
}

/// Two states; state 0 has choices "go" (1/3 stay, 2/3 on) and "stop"; state 1 loops.
std::map<std::string, std::string> small_members() {
  const std::vector<std::int64_t> to_choices{0, 2, 3}, to_branches{0, 2, 3, 4}, target{0, 1, 0, 1};
  const std::vector<std::int64_t> thirds{1, 3, 2, 3, 1, 1, 5, 5};
  const std::vector<double> state_reward{10, 0}, choice_reward{1, 0, 0}, branch_reward{0, 3, 0, 0};
  const std::vector<std::int64_t> names{0, 4, 6};
  std::map<std::string, std::string> m;
  m["index.json"] = R"({"format-version": 1, "format-revision": 0, "transition-system": {"time": "discrete",
    "#players": 1, "#states": 2, "#initial-states": 1, "#choices": 3, "#choice-actions": 2, "#branches": 4,
    "#branch-actions": 0, "#observations": 0, "branch-probability-type": {"type": "rational"}},
    "annotations": {"rewards": {"z": {"alias": "gain", "applies-to": ["states", "choices", "branches"],
      "type": {"type": "double"}}, "absent": {"applies-to": ["states"], "type": {"type": "double", "size": 64}}},
      "aps": {"done": {"applies-to": ["states"], "type": {"type": "bool"}}},
      "colours": {"a": {"applies-to": ["players"]}}},
    "valuations": {"states": {"unique": true, "classes": [{"variables": [{"name": "x", "type": {"type": "uint",
      "size": 8}}]}]}}})";
  m["state-to-choices.bin"] = umb_bytes(to_choices);
  m["choice-to-branches.bin"] = umb_bytes(to_branches);
  m["branch-to-target.bin"] = umb_bytes(target);
  m["branch-to-probability.bin"] = umb_bytes(thirds);
  m["state-is-initial.bin"] = umb_bits(std::vector<std::int32_t>{1}, 2);
  m["actions/choices/values.bin"] = std::string("\1\0\0\0\0\0\0\0\1\0\0\0", 12);
  m["actions/choices/string-mapping.bin"] = umb_bytes(names);
  m["actions/choices/strings.bin"] = "stopgo";
  m["annotations/rewards/z/states/values.bin"] = umb_bytes(state_reward);
  m["annotations/rewards/z/choices/values.bin"] = umb_bytes(choice_reward);
  m["annotations/rewards/z/branches/values.bin"] = umb_bytes(branch_reward);
  m["annotations/aps/done/states/values.bin"] = umb_bits(std::vector<std::int32_t>{1}, 2);
  m["valuations/states/valuations.bin"] = std::string("\0\1", 2);
  return m;
}

std::string archive(const std::map<std::string, std::string>& members) {
  TarWriter tar;
  for (const auto& [name, bytes] : members) tar.add(name == "index.json" ? "./index.json" : name, bytes);
  return std::move(tar).finish();
}

TEST(Umb, ReadsRationalsAndAddsUpRewards) {
  const ModelFile file = parse_umb(archive(small_members()), "small.umb");
  const TabularMdp& model = file.model;
  EXPECT_THAT(listed(model.probability()), ElementsAre(1.0 / 3, 2.0 / 3, 1.0, 1.0));
  EXPECT_THAT(model.initial(), ElementsAre(0, 1));
  EXPECT_EQ(model.action_name(model.action(0)), "go");
  EXPECT_EQ(model.action_name(model.action(1)), "stop");
  ASSERT_EQ(model.data().rewards.size(), 2U);
  const Column& gain = model.data().rewards[0];
  EXPECT_EQ(gain.name, "gain");
  EXPECT_THAT(listed(gain.by_transition), ElementsAre(11, 14, 10, 0));
  EXPECT_EQ(gain.expected[0], 13);
  EXPECT_THAT(listed(model.data().rewards[1].expected), ElementsAre(0, 0, 0));
  ASSERT_NE(model.find_label("done"), nullptr);
  EXPECT_THAT(listed(model.find_label("done")->states), ElementsAre(1));
  EXPECT_THAT(model.data().state_names, IsEmpty());
}

TEST(Umb, ReadsGzipXzAndPlainArchives) {
  const test::TemporaryFolder folder;
  const std::string tar = archive(small_members());
  const ModelFile plain = read_umb(folder.write("plain.umb", tar));
  test::expect_same(plain, read_umb(folder.write("gz.umb", compress(tar, Compression::kGzip))));
  test::expect_same(plain, read_umb(folder.write("xz.umb", compress(tar, Compression::kXz))));
}

TEST(Umb, AbsentMembersHaveTheirDefaults) {
  std::map<std::string, std::string> m;
  m["index.json"] = R"({"format-version": 1, "format-revision": 0, "transition-system": {"time": "discrete",
    "#players": 0, "#states": 2, "#initial-states": 0, "#choices": 2, "#choice-actions": 0, "#branches": 2,
    "#branch-actions": 0, "#observations": 0}})";
  m["branch-to-target.bin"] = umb_bytes(std::vector<std::int64_t>{1, 0});
  const ModelFile file = parse_umb(archive(m), "ring.umb");
  EXPECT_THAT(listed(file.model.probability()), ElementsAre(1, 1));
  EXPECT_THAT(listed(file.model.successor()), ElementsAre(1, 0));
  EXPECT_THAT(file.model.initial(), ElementsAre(1, 0));
}

TEST(Umb, ActionsThatRepeatInAStateBecomePlaces) {
  auto members = small_members();
  members["actions/choices/values.bin"] = std::string(12, '\0');
  const ModelFile file = parse_umb(archive(members), "small.umb");
  EXPECT_THAT(file.model.data().action_names, IsEmpty());
  EXPECT_EQ(file.model.action(1), 1);
}

TEST(Umb, ZeroBranchesAreLeftOut) {
  auto members = small_members();
  members["branch-to-probability.bin"] = umb_bytes(std::vector<std::int64_t>{0, 3, 1, 1, 1, 1, 5, 5});
  const ModelFile file = parse_umb(archive(members), "small.umb");
  EXPECT_EQ(file.model.num_transitions(), 3);
  EXPECT_THAT(listed(file.model.data().rewards[0].expected), ElementsAre(14, 10, 0));
}

TEST(Umb, LongNamesSurviveTheArchive) {
  TarWriter tar;
  const std::string deep = "annotations/rewards/" + std::string(70, 'a') + "/choices/" + std::string(60, 'b') + ".bin";
  tar.add(deep, "content");
  tar.add("empty", "");
  const std::string bytes = std::move(tar).finish();
  const auto files = read_tar(bytes, "x.tar");
  EXPECT_EQ(files.at(deep), "content");
  EXPECT_EQ(files.at("empty"), "");
}

/// A tar header with this size field, type and name, and the right checksum.
std::string header_of(const std::string& name, std::string size, char type) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  size.resize(12, '\0');
  header.replace(124, 12, size);
  header[156] = type;
  header.replace(148, 8, 8, ' ');
  int sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  for (int digit = 5; digit >= 0; --digit, sum /= 8)
    header[static_cast<std::size_t>(148 + digit)] = static_cast<char>('0' + sum % 8);
  return header;
}

std::string block_of(std::string content) {
  content.resize((content.size() + 511) / 512 * 512, '\0');
  return content;
}

TEST(Tar, ReadsPaxAndGnuHeadersAndLargeSizes) {
  const std::string pax = "19 path=dir/long-x\n9 size=3\n";
  const std::string bytes = header_of("pax", "34", 'x') + block_of(pax) + header_of("short", "1", '0') +
                            block_of("abc") + header_of("gnu", "12", 'L') + block_of("./gnu/name") +
                            header_of("cut", " 2 ", '\0') + block_of("de") + header_of("folder/", "0", '5') +
                            header_of("big", std::string("\x80\0\0\0\0\0\0\0\0\0\0\1", 12), '0') + block_of("f");
  const auto files = read_tar(bytes, "x.tar");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files.at("dir/long-x"), "abc");
  EXPECT_EQ(files.at("gnu/name"), "de");
  EXPECT_EQ(files.at("big"), "f");
  // 2^64, which must not become 0.
  EXPECT_THAT(test::message_of(
                  [] { read_tar(header_of("huge", std::string("\x80\0\0\1\0\0\0\0\0\0\0\0", 12), '0'), "x.tar"); }),
              HasSubstr("has a size that is no number"));
  EXPECT_THAT(test::message_of([] { read_tar(header_of("huge", std::string(12, '\xff'), '0'), "x.tar"); }),
              HasSubstr("the header at byte 0 has a size that is no number"));
  EXPECT_THAT(test::message_of([] { read_tar(header_of("huge", "7777777", '0'), "x.tar"); }),
              HasSubstr("x.tar: is cut short: member 'huge' has 2097151 bytes, 0 are left"));
}

using Integer = boost::multiprecision::cpp_int;

Integer from_words(const std::vector<std::uint64_t>& words) {
  Integer value = 0;
  for (std::size_t i = words.size(); i-- > 0;) value = (value << 64) + words[i];
  return value;
}

/// |num / den - x| times den * 2^1100, exactly.
Integer distance(const Integer& num, const Integer& den, double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  const Integer whole = static_cast<std::int64_t>(std::ldexp(mantissa, 53));
  const Integer scaled =
      exponent >= 53 ? Integer((whole << (exponent - 53)) << 1200) : Integer(whole << (1200 + exponent - 53));
  const Integer difference = (num << 1200) - scaled * den;
  return difference < 0 ? Integer(-difference) : difference;
}

TEST(UmbNumbers, RationalsGoToTheNearestDouble) {
  Stream rng(7);
  for (int trial = 0; trial < 4000; ++trial) {
    const std::size_t words = 1 + rng.below(3);
    std::vector<std::uint64_t> num(words), den(words);
    for (std::uint64_t& w : num) w = rng() >> rng.below(64);
    // Words of ones are those that carry when they are subtracted.
    for (std::uint64_t& w : den) w = rng.below(4) == 0 ? ~std::uint64_t{0} : rng() >> rng.below(64);
    num.back() >>= 1;  // not negative
    if (from_words(den) == 0) den[0] = 3;
    const double x = nearest_double(num, den);
    const Integer n = from_words(num), d = from_words(den);
    const Integer here = distance(n, d, x);
    EXPECT_LE(here, distance(n, d, std::nextafter(x, INFINITY))) << trial;
    if (x > 0) {
      EXPECT_LE(here, distance(n, d, std::nextafter(x, 0.0))) << trial;
    }
  }
}

TEST(UmbNumbers, TiesGoToEvenAndSignsAreKept) {
  using W = std::vector<std::uint64_t>;
  const std::uint64_t big = (std::uint64_t{1} << 54) + 2;  // half-way between 2^54 and 2^54 + 4
  EXPECT_EQ(nearest_double(W{big}, W{1}), 0x1p54);
  EXPECT_EQ(nearest_double(W{big + 4}, W{1}), 0x1p54 + 8);
  EXPECT_EQ(nearest_double(W{big + 1}, W{1}), 0x1p54 + 4);
  EXPECT_EQ(nearest_double(W{big, 0}, W{1, 0}), 0x1p54);
  EXPECT_EQ(nearest_double(W{~std::uint64_t{0}}, W{3}), -1.0 / 3);
  EXPECT_EQ(nearest_double(W{0}, W{5}), 0.0);
  EXPECT_EQ(nearest_double(W{0, 1}, W{0, 3}), 1.0 / 3);
  const W tiny_denominator = [] {
    W words(18, 0);
    words[17] = std::uint64_t{1} << 20;  // 2^1108
    return words;
  }();
  W one(18, 0);
  one[0] = 1;
  EXPECT_EQ(nearest_double(one, tiny_denominator), 0.0);
  one[0] = 0;
  one[0] |= std::uint64_t{1} << 34;  // 2^34 / 2^1108 = 2^-1074, the least double
  EXPECT_EQ(nearest_double(one, tiny_denominator), 0x1p-1074);
  one[0] = std::uint64_t{1} << 33;  // half of it: to even, 0
  EXPECT_EQ(nearest_double(one, tiny_denominator), 0.0);
  one[0] += 1;
  EXPECT_EQ(nearest_double(one, tiny_denominator), 0x1p-1074);
}

}  // namespace
}  // namespace bellwether::mdp
