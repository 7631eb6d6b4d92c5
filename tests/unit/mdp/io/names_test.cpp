#include "mdp/io/names.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/formats.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Names, AreUtf8WithoutControlCharacters) {
  for (const char* good : {"", "go", "a b", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc2\xa0", "\xef\xbf\xbd",
                           "\xf4\x8f\xbf\xbf"})
    EXPECT_FALSE(name_fault(good)) << good;
  // A stray byte, a continuation alone, a cut sequence, overlong forms, a surrogate, beyond U+10FFFF.
  for (const char* bad : {"\xff", "a\xe9z", "\x80", "\xc3", "\xe2\x82", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
                          "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_THAT(name_fault(bad).value_or(""), HasSubstr("is not UTF-8")) << printable(bad);
    EXPECT_TRUE(encoding_fault(bad)) << printable(bad);
  }
  for (const auto& [bad, said] : std::vector<std::pair<const char*, const char*>>{{"\x1b[2J", "U+001B"},
                                                                                  {"a\tb", "U+0009"},
                                                                                  {"\x7f", "U+007F"},
                                                                                  {"\xc2\x80", "U+0080"},
                                                                                  {"\xc2\x9f", "U+009F"}}) {
    EXPECT_THAT(name_fault(bad).value_or(""), HasSubstr(said));
    EXPECT_FALSE(encoding_fault(bad));
  }
}

TEST(Names, AreShownWithoutHarm) {
  EXPECT_EQ(printable("caf\xc3\xa9\nx"), "caf\xc3\xa9\nx");
  EXPECT_EQ(printable("\x1b[2J\x7f\xc2\x9b\xff\r"), "\\x1b[2J\\x7f\\xc2\\x9b\\xff\\x0d");
}

class NamesInFiles : public testing::Test {
 protected:
  /// What is wrong with the file in which '@' stands for the name.
  std::string refusal(const std::string& file, std::string text, const std::string& name) const {
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; at += name.size())
      text.replace(at, 1, name);
    try {
      read_model(folder_.write(file, text));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  }
  test::TemporaryFolder folder_;
};

TEST_F(NamesInFiles, AreRefusedWithTheirLineWhenTheyAreNone) {
  const std::string header = "state,action,next,probability,reward",
                    drn = "%type: MDP\n%parameters\n\n%reward_models\n";
  const auto with_at = [](std::string text) {
    for (char& c : text)
      if (c == '%') c = '@';
    return text;
  };
  const auto expect = [&](const std::string& file, const std::string& text, int line) {
    EXPECT_EQ(refusal(file, text, "n\xc3\xa9"), "accepted") << file << '\n' << text;
    const std::string place = file + ":" + std::to_string(line) + ": ";
    EXPECT_THAT(refusal(file, text, "n\xe9"), AllOf(HasSubstr(place), HasSubstr("not UTF-8 (byte 0xe9)"))) << text;
    EXPECT_THAT(refusal(file, text, "n\xc2\x85"), AllOf(HasSubstr(place), HasSubstr("U+0085"))) << text;
    EXPECT_THAT(refusal(file, text, "n\x7f"), AllOf(HasSubstr(place), HasSubstr("U+007F"))) << text;
  };
  expect("state.csv", header + "\n@,a,@,1,5\n", 2);
  expect("next.csv", header + "\nx,a,x,1,5\n@,a,x,1,5\n", 3);
  expect("action.csv", header + "\n0,\"@\",0,1,5\n", 2);
  expect("column.csv", header + ",reward:@\n0,0,0,1,5,6\n", 1);
  expect("label.csv", "# \xe9\n#! label @ 0\n" + header + "\n0,0,0,1,5\n", 2);
  expect("action.tra", "1 1 1\n0 0 0 1 @\n", 2);
  expect("goal.MDP", "discount: 0.9\nvalues: reward\nstates: @\nactions: 1\nT: * identity\n", 3);
  const auto expect_drn = [&](const std::string& reward, const std::string& label, const std::string& action,
                              int line) {
    const auto text = [&](const std::string& name) {
      std::string out =
          drn + reward + "\n%nr_states\n1\n%model\nstate 0 [0] init " + label + "\naction " + action + " [0]\n0 : 1\n";
      for (std::size_t at = 0; (at = out.find('@', at)) != std::string::npos; at += name.size())
        out.replace(at, 1, name);
      return with_at(out);
    };
    EXPECT_EQ(refusal("m.drn", text("n\xc3\xa9"), "@"), "accepted");
    EXPECT_THAT(refusal("m.drn", text("n\xe9"), "@"), HasSubstr("m.drn:" + std::to_string(line) + ": "));
  };
  expect_drn("@", "goal", "go", 5);
  expect_drn("gain", "@", "go", 9);
  expect_drn("gain", "goal", "@", 10);
}

TEST_F(NamesInFiles, OfPrismFilesBesideAreHeldToTheSame) {
  folder_.write("m.tra", "1 1 1\n0 0 0 1\n");
  const auto expect = [&](const std::string& file, const std::string& before, const std::string& after, int line) {
    const auto read = [&](const std::string& name) {
      folder_.write(file, before + name + after);
      try {
        read_model(folder_.path("m.tra"));
      } catch (const std::invalid_argument& error) {
        return std::string(error.what());
      }
      return std::string("accepted");
    };
    EXPECT_EQ(read("n\xc3\xa9"), "accepted");
    EXPECT_THAT(read("n\xe9"), HasSubstr(file + ":" + std::to_string(line) + ": "));
    read("n");
  };
  expect("m.lab", "# Labels\n0=\"init\" 1=\"", "\"\n0: 0 1\n", 2);
  expect("m.lab", "#DECLARATION\ninit ", "\n#END\n0 init\n", 2);
  expect("m.sta", "(x)\n0:(", ")\n", 2);
  expect("m.trew", "# Reward structure \"", "\"\n# Transition rewards\n1 1 1\n0 0 0 1\n", 1);
}

TEST_F(NamesInFiles, OfBinaryFilesAreUtf8Too) {
  const auto model = [&](const std::string& name) {
    ModelFile file =
        read_model(folder_.write("plain.csv", "state,action,next,probability,reward\nplace,go,place,1,5\n"));
    ModelData data = file.model.data();
    data.state_names = {name};
    file.model = TabularMdp(std::move(data));
    return file;
  };
  for (const std::string path : {folder_.path("m.bwm"), folder_.path("m.umb")}) {
    EXPECT_THROW(write_model(model("n\xe9"), path), InvalidModel);
    write_model(model("a\tb\n\x1b"), path);
    EXPECT_EQ(read_model(path).model.state_name(0), "a\tb\n\x1b");
  }
}

}  // namespace
}  // namespace bellwether::mdp
