// Damaged files end in ParseError or InvalidModel, or in a model: never in anything else.

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/io/cassandra.h"
#include "mdp/io/drn.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/prism.h"
#include "mdp/io/tar.h"
#include "mdp/io/umb.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::Extras;

/// The text with up to four bytes or stretches changed; words of numbers that sit at limits are among the changes.
std::string damaged(std::string text, Stream& rng) {
  static const std::vector<std::string> kPieces = {
      "-1", "0", "2147483648",         "9223372036854775807", "1e308", "nan", "[", "]", ":", "*", "\n", " ", "#", "\"",
      "/",  ",", std::string(1, '\0'), std::string(8, '\xff')};
  for (std::uint64_t change = 0, changes = 1 + rng.below(4); change < changes && !text.empty(); ++change) {
    const auto at = static_cast<std::size_t>(rng.below(text.size()));
    const auto length = static_cast<std::size_t>(rng.below(12));
    switch (rng.below(5)) {
      case 0:
        text[at] = static_cast<char>(rng.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(static_cast<std::size_t>(rng.below(text.size())), length));
        break;
      case 3:
        text.replace(at, std::min<std::size_t>(1 + length / 4, text.size() - at), kPieces[rng.below(kPieces.size())]);
        break;
      default:
        if (rng.below(8) == 0) text.resize(at);
    }
  }
  return text;
}

int survivors(const std::string& text, const std::function<void(const std::string&)>& parse) {
  int models = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Stream rng(seed);
    const std::string bad = damaged(text, rng);
    try {
      parse(bad);
      ++models;
    } catch (const ParseError&) {
    } catch (const InvalidModel&) {
    } catch (const std::exception& error) {
      ADD_FAILURE() << "seed " << seed << ": " << error.what();
    }
  }
  return models;
}

/// A model that uses every part of the formats, in the bytes that `write` makes of it.
std::string written(const Extras& extras, const std::string& name,
                    const std::function<void(const ModelFile&, const std::string&)>& write) {
  const test::TemporaryFolder folder;
  write(test::random_file(11, extras), folder.path(name));
  const FileBytes bytes = FileBytes::open_decompressed(folder.path(name));
  return std::string(bytes.view());
}

TEST(DamagedFiles, Umb) {
  for (const bool intervals : {false, true}) {
    const std::string tar = written({.costs = true,
                                     .intervals = intervals,
                                     .own_nominal = true,
                                     .laws = !intervals,
                                     .initial = Extras::Initial::kAny,
                                     .seen = Extras::Seen::kActions},
                                    "m.umb", write_umb);
    // A flipped bit of a header is caught by its checksum, so the members are changed one by one as well.
    survivors(tar, [](const std::string& bad) { parse_umb(bad, "m.umb"); });
    const auto members = read_tar(tar, "m.umb");
    for (const auto& [changed, bytes] : members) {
      for (std::uint64_t seed = 0; seed < (changed == "index.json" ? 3000U : 150U); ++seed) {
        Stream rng(seed);
        TarWriter broken;
        for (const auto& [name, content] : members)
          broken.add(name, name == changed ? damaged(std::string(content), rng) : std::string(content));
        const std::string bad = std::move(broken).finish();
        try {
          parse_umb(bad, "m.umb");
        } catch (const ParseError&) {
        } catch (const InvalidModel&) {
        } catch (const std::exception& error) {
          ADD_FAILURE() << changed << ", seed " << seed << ": " << error.what();
        }
      }
    }
  }
}

TEST(DamagedFiles, Drn) {
  for (const Extras& extras : {Extras{.seen = Extras::Seen::kStates}, Extras{.intervals = true}}) {
    const std::string text = written(extras, "m.drn", write_drn);
    EXPECT_GT(survivors(text, [](const std::string& bad) { parse_drn(bad, "m.drn"); }), 0);
  }
}

TEST(DamagedFiles, Cassandra) {
  const std::string text =
      written({.names = false, .same_actions = true, .seen = Extras::Seen::kActions}, "m.POMDP", write_cassandra);
  constexpr std::int64_t kFew = 1 << 16;
  EXPECT_GT(survivors(text, [](const std::string& bad) { parse_cassandra(bad, "m.POMDP", kFew); }), 0);
  const std::string short_forms =
      "discount: 0.9\nvalues: cost\nstates: a b c\nactions: 2\nobservations: 2\nstart exclude: a\nT: * uniform\n"
      "T: 0 identity\nT: 1 : b reset\nO: * uniform\nO: 1 : c\n0.25 0.75\nR: * : * : * : * 1\nR: 0 : a : b\n1 2\n"
      "R: 1 : b\n1 2 3 4 5 6\n";
  EXPECT_GT(survivors(short_forms, [](const std::string& bad) { parse_cassandra(bad, "m.POMDP", kFew); }), 0);
}

TEST(DamagedFiles, Prism) {
  const test::TemporaryFolder folder;
  write_prism(test::random_file(11, {.intervals = true}), folder.path("m.tra"));
  std::vector<std::string> text;
  for (const char* name : {"m.tra", "m.lab", "m.sta", "m1.trew", "m2.trew"})
    text.push_back(test::read_file(folder.path(name)));
  for (std::size_t changed = 0; changed < text.size(); ++changed) {
    survivors(text[changed], [&](const std::string& bad) {
      const auto of = [&](std::size_t i) { return PrismText{"m", i == changed ? bad : text[i]}; };
      parse_prism({.transitions = of(0),
                   .labels = of(1),
                   .states = of(2),
                   .rewards = {{"a", std::nullopt, of(3)}, {"b", std::nullopt, of(4)}}});
    });
  }
  const std::string storm = "mdp\n0 0 1 1/2 go\n0 0 0 0.5 go\n0 1 0 1 stay\n1 0 1 1 go\n";
  EXPECT_GT(survivors(storm, [](const std::string& bad) { parse_prism({.transitions = {"m.tra", bad}}); }), 0);
  const std::string labels = "#DECLARATION\ninit end\n#END\n0 init\n1 end\n";
  EXPECT_GT(survivors(labels,
                      [&](const std::string& bad) {
                        parse_prism({.transitions = {"m.tra", storm}, .labels = PrismText{"m.lab", bad}});
                      }),
            0);
}

}  // namespace
}  // namespace bellwether::mdp
