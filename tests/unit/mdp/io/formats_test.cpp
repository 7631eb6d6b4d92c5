#include "mdp/io/formats.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

ModelFile tiny() {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1}});
  return {.model = std::move(builder).build()};
}

TEST(Formats, AreToldByTheirExtension) {
  for (const auto& [path, name] : std::vector<std::pair<std::string, std::string>>{{"a.csv", "csv"},
                                                                                   {"a.csv.gz", "csv"},
                                                                                   {"a.tsv", "csv"},
                                                                                   {"a.tsv.xz", "csv"},
                                                                                   {"a.bwm", "bwm"},
                                                                                   {"a.json", "p-dict"},
                                                                                   {"a.json.gz", "p-dict"},
                                                                                   {"a.umb", "umb"},
                                                                                   {"a.tra", "prism"},
                                                                                   {"a.tra.gz", "prism"},
                                                                                   {"a.drn", "drn"},
                                                                                   {"a.drn.xz", "drn"},
                                                                                   {"a.MDP", "cassandra"},
                                                                                   {"a.pomdp", "cassandra"},
                                                                                   {"a_P.bin", "petsc"},
                                                                                   {"b.csv/a.bwm", "bwm"}}) {
    EXPECT_EQ(find_format(path).name, name) << path;
  }
  EXPECT_EQ(find_format("a.csv", "bwm").name, "bwm");
}

TEST(Formats, HaveNamesAndExtensionsOfTheirOwn) {
  std::set<std::string> seen;
  for (const Format& format : formats()) {
    EXPECT_TRUE(seen.insert(std::string(format.name)).second) << format.name;
    EXPECT_FALSE(format.description.empty());
    EXPECT_NE(format.read, nullptr);
    std::string list(format.extensions);
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t end = std::min(list.find(' ', at), list.size());
      EXPECT_TRUE(seen.insert(list.substr(at, end - at)).second) << list;
      at = end + 1;
    }
  }
}

TEST(Formats, ListThemselvesWhenNoneFits) {
  EXPECT_THAT(
      [] { find_format("model.xyz"); },
      ThrowsMessage<ParseError>(AllOf(HasSubstr("model.xyz: its extension tells no format"), HasSubstr("--format"),
                                      HasSubstr("--from"), HasSubstr("csv (.csv"), HasSubstr("petsc"))));
  EXPECT_THAT([] { find_format("model.csv", "excel"); },
              ThrowsMessage<ParseError>(AllOf(HasSubstr("no format is named 'excel'"), HasSubstr("csv (.csv"))));
}

TEST(Formats, SayWhatIsWrongWithAFile) {
  const test::TemporaryFolder folder;
  for (const char* extension : {".csv", ".bwm", ".json", ".umb", ".tra", ".drn", ".MDP"}) {
    const std::string name = std::string("x") + extension;
    EXPECT_THAT([&] { read_model(folder.path(name)); }, ThrowsMessage<ParseError>(HasSubstr(name + ": no such file")));
    folder.write(name, "");
    EXPECT_THAT([&] { read_model(folder.path(name)); }, ThrowsMessage<ParseError>(HasSubstr(name + ": is empty")));
    folder.write(name, std::string("\x01\x02\xff\0garbage\n", 11));
    EXPECT_THROW(read_model(folder.path(name)), std::invalid_argument) << name;
  }
}

TEST(Formats, AreWrittenInOneStepOrNotAtAll) {
  const test::TemporaryFolder folder;
  for (const char* name : {"x.csv", "x.bwm", "x.json", "x.umb", "x.tra", "x.drn", "x.MDP", "x_P.bin"}) {
    EXPECT_THAT([&] { write_model(tiny(), folder.path(std::string("no/") + name)); },
                ThrowsMessage<InvalidOption>(HasSubstr("its folder does not exist")));
    write_model(tiny(), folder.path(name));
    EXPECT_EQ(read_model(folder.path(name)).model.num_states(), 1) << name;
  }
}

TEST(Formats, ReportAFullDisk) {
  for (const char* format : {"csv", "bwm", "p-dict", "drn"}) {
    EXPECT_THAT([&] { write_model(tiny(), "/dev/full", format); },
                ThrowsMessage<InvalidOption>(HasSubstr("No space left on device")))
        << format;
  }
}

TEST(Formats, KeepTheSignOfZero) {
  const test::TemporaryFolder folder;
  const std::string text =
      "state,action,next,probability,reward,other,fuel\n"
      "0,0,0,0.5,-0,-0,-0\n0,0,1,0.5,1,-0,-1\n1,0,1,1,-0,-0,-0\n";
  const ModelFile file = read_model(folder.write("m.csv", text));
  ASSERT_TRUE(std::signbit(file.model.data().rewards[0].by_transition[0]));
  ASSERT_TRUE(std::signbit(file.model.data().costs[0].expected[0]));
  for (const std::string name : {"back.csv", "m.bwm", "m.umb"}) {
    EXPECT_THAT(write_model(file, folder.path(name)), testing::IsEmpty());
    const ModelFile back = read_model(folder.path(name));
    const auto expect_same_signs = [&](const Array<double>& x, const Array<double>& y) {
      ASSERT_EQ(x.size(), y.size()) << name;
      for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(std::signbit(x[i]), std::signbit(y[i])) << name << ' ' << i;
    };
    expect_same_signs(back.model.data().rewards[0].by_transition, file.model.data().rewards[0].by_transition);
    for (std::size_t k = 0; k < 2; ++k) {
      expect_same_signs(back.model.data().costs[k].by_transition, file.model.data().costs[k].by_transition);
      expect_same_signs(back.model.data().costs[k].expected, file.model.data().costs[k].expected);
    }
  }
}

/// Each file with its line ends in both characters is the same model; with one of them alone, it is refused.
TEST(Formats, RefuseACarriageReturnInsideALine) {
  const test::TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> files{
      {"m.tra", "# Transitions (MDP)\n1 1 1\n# note\n0 0 0 1 go\n"},
      {"m.drn",
       "@type: MDP\n@parameters\n\n@reward_models\ngain\n@nr_states\n1\n@model\n// note\nstate 0 [0] init\n\taction go "
       "[0]\n\t\t0 : 1\n"},
      {"m.MDP", "discount: 0.9\n# note\nvalues: reward\nstates: 1\nactions: 1\nT: *\nidentity\nR: * : * : * : * 1\n"}};
  for (const auto& [name, text] : files) {
    const ModelData plain = read_model(folder.write(name, text)).model.data();
    std::string both;
    int line = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      both += text[i] == '\n' ? "\r\n" : std::string(1, text[i]);
      if (text[i] != '\n' || i + 1 == text.size()) continue;
      ++line;
      std::string alone = text;
      alone[i] = '\r';
      if (alone[i + 1] == '\n') continue;  // it ends a line after all
      try {
        read_model(folder.write(name, alone));
        ADD_FAILURE() << name << ": the return behind line " << line << " was accepted";
      } catch (const ParseError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(name + ":" + std::to_string(line) + ": a carriage return"))
            << alone;
      }
    }
    EXPECT_EQ(read_model(folder.write(name, both)).model.data(), plain) << name;
  }
}

}  // namespace
}  // namespace bellwether::mdp
