#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <pty.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "apps/cli/number_column.h"
#include "core/stream.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using cli::aligned_numbers;
using cli::meaningful;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(NumberColumn, ShowsTheDecimalsThatTheErrorSupports) {
  const std::vector<double> values{0.123456789, 0.5, 0};
  EXPECT_THAT(aligned_numbers(values, 9.3e-7), ElementsAre("0.123457", "0.500000", "0.000000"));
  EXPECT_THAT(aligned_numbers(values, 1.1e-6), ElementsAre("0.12346", "0.50000", "0.00000"));
  EXPECT_THAT(aligned_numbers(values, 1e-13), ElementsAre("0.12345679", "0.50000000", "0.00000000"));
  EXPECT_THAT(aligned_numbers(values, 0), ElementsAre("0.12345679", "0.50000000", "0.00000000"));
  // Without a proof nothing says which digits hold; six are shown.
  EXPECT_THAT(aligned_numbers(values, kInf), ElementsAre("0.123457", "0.500000", "0.000000"));
}

TEST(NumberColumn, GivesEveryRowTheSameDecimals) {
  const std::vector<double> values{123.25, -7.5, 0.0078125};
  EXPECT_THAT(aligned_numbers(values, 1e-12), ElementsAre("123.25000", "-7.50000", "0.00781"));
  EXPECT_THAT(aligned_numbers(std::vector<double>{85.137614678899, 68.623853211}, 1e-14),
              ElementsAre("85.137615", "68.623853"));
}

TEST(NumberColumn, DropsZerosThatAllRowsEndWith) {
  EXPECT_THAT(aligned_numbers(std::vector<double>{3, -12, kInf, 0}, 1e-12), ElementsAre("3", "-12", "inf", "0"));
  EXPECT_THAT(aligned_numbers(std::vector<double>{3, 0.25}, 1e-12), ElementsAre("3.00", "0.25"));
  EXPECT_EQ(meaningful(0.5, 1e-12), "0.5");
  EXPECT_EQ(meaningful(100, 1e-12), "100");
  EXPECT_EQ(meaningful(0, 1e-12), "0");
}

TEST(NumberColumn, RoundsWhatTheErrorLeavesOpen) {
  EXPECT_THAT(aligned_numbers(std::vector<double>{353, -48}, 20), ElementsAre("350", "-50"));
  EXPECT_THAT(aligned_numbers(std::vector<double>{12345.678, 2}, 1), ElementsAre("12346", "2"));
  EXPECT_THAT(aligned_numbers(std::vector<double>{0.34, -0.01}, 30), ElementsAre("0.3", "0.0"));  // one digit, no -0
}

TEST(NumberColumn, UsesExponentsWhereTheRangeForbidsDecimals) {
  EXPECT_THAT(aligned_numbers(std::vector<double>{1234567.5, 1.25e-7, 0}, 1e-12),
              ElementsAre("1.2345675e+06", "1.25000e-07  ", "0            "));
  EXPECT_THAT(aligned_numbers(std::vector<double>{1234567.5, 1.25e-7, 0}, 1e-4),
              ElementsAre("1234567.5", "0.0", "0.0"));  // nothing tells the small one from zero
  EXPECT_EQ(meaningful(1.23e-9, 1e-10), "1.2e-09");
  EXPECT_EQ(meaningful(-3e15, 1e3), "-3.000000000e+15");
  EXPECT_EQ(meaningful(std::numeric_limits<double>::quiet_NaN(), 1), "nan");
}

TEST(NumberColumn, GivesEachNumberTheDigitsOfItsOwnBounds) {
  const auto around = [](double value, double error) { return cli::Bounds{value - error, value + error}; };
  const std::vector<double> wide{1e17, 150, -2000};
  const std::vector<cli::Bounds> wide_bounds{around(1e17, 670), around(150, 1e-12), around(-2000, 1e-11)};
  EXPECT_THAT(aligned_numbers(wide, wide_bounds), ElementsAre("1.0000000e+17", "1.5000000e+02", "-2.0000000e+03"));
  const std::vector<double> mixed{1000040, 3.25, 0.4};
  const std::vector<cli::Bounds> mixed_bounds{around(1000040, 200), around(3.25, 1e-12), around(0.4, 1e-12)};
  EXPECT_THAT(aligned_numbers(mixed, mixed_bounds), ElementsAre("1000000    ", "3.250", "0.400"));
  // One error for all would leave the same decimals; so do bounds that all support some.
  const std::vector<double> alike{0.123456789, 0.5};
  const std::vector<cli::Bounds> alike_bounds{around(0.123456789, 9e-5), around(0.5, 1e-12)};
  EXPECT_THAT(aligned_numbers(alike, alike_bounds), ElementsAre("0.1235", "0.5000"));
  // 140 would lie outside.
  EXPECT_EQ(meaningful(136, cli::Bounds{96, 136}), "136");
  EXPECT_EQ(meaningful(150, cli::Bounds{-kInf, kInf}), "150");
}

/// What a number as it is printed stands for, and one unit of its last digit.
std::pair<double, double> as_printed(const std::string& text) {
  const std::size_t exponent = std::min(text.find('e'), text.size()), point = text.find('.');
  const auto decimals =
      point == std::string::npos ? 0.0 : static_cast<double>(text.find_last_of("0123456789", exponent - 1) - point);
  const double power = exponent < text.size() ? std::stod(text.substr(exponent + 1)) : 0;
  return {std::stod(text), std::pow(10.0, power - decimals)};
}

TEST(NumberColumn, NeverPrintsANumberOutsideItsBounds) {
  Stream stream(7);
  for (int round = 0; round < 3000; ++round) {
    std::vector<double> values;
    std::vector<cli::Bounds> bounds;
    const double span = round % 3 == 0 ? 25 : 4, from = round % 2 == 0 ? -8 : 0;
    for (int i = 0; i < 6; ++i) {
      const double value = (stream.uniform() - 0.5) * std::pow(10.0, from + span * stream.uniform());
      const double error = std::pow(10.0, from - 6 + (span + 8) * stream.uniform()), share = stream.uniform();
      values.push_back(value);
      bounds.push_back({value - share * error, value + (1 - share) * error});
    }
    const std::vector<std::string> cells = aligned_numbers(values, bounds);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto [shown, unit] = as_printed(cells[i]);
      const double slack = unit * (1 + 1e-9) + 1e-12 * std::abs(shown);
      EXPECT_GE(shown, bounds[i].lower - slack) << cells[i] << " of " << values[i];
      EXPECT_LE(shown, bounds[i].upper + slack) << cells[i] << " of " << values[i];
    }
  }
}

TEST(SolveText, ShowsWhatIsProvenOfEachState) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("scale.csv", "state,action,next,probability,reward\n0,0,0,1,1e15\n1,0,1,1,1.5\n2,0,2,1,-20\n");
  const Finished done = run_program({"solve", file, "--discount", ".99", "--initial", "1"});
  EXPECT_THAT(done.out, HasSubstr("  value      150 expected"));
  EXPECT_THAT(done.out, HasSubstr("  1.5000000e+02  "));
  EXPECT_THAT(done.out, HasSubstr("  -2.0000000e+03  "));
}

TEST(SolveText, CallsADiscountOfMinusZeroZero) {
  const TemporaryFolder folder;
  const std::string file = folder.write("one.csv", "state,action,next,probability,reward\n0,0,0,1,1\n");
  EXPECT_THAT(run_program({"solve", file, "--discount", "-0"}).out, HasSubstr("discounted by 0, maximise"));
  EXPECT_THAT(run_program({"solve", file, "--discount", "-0", "--json"}).out, HasSubstr("\"discount\":0,"));
}

TEST(SolveText, SendsNoControlCharactersToTheTerminal) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a\x1b[2J\xc2\x9b.csv", "state,action,next,probability,reward\n0,0,0,1,1\n");
  const Finished solved = run_program({"solve", file, "--discount", "0.5", "--rewards", "x"});
  EXPECT_EQ(solved.code, 2);
  const Finished good = run_program({"solve", file, "--discount", "0.5"});
  EXPECT_THAT(good.out, HasSubstr("a\\x1b[2J\\xc2\\x9b.csv: 1 state"));
  const Finished bad = run_program({"solve", folder.path("\x1b[31m.csv"), "--discount", "0.5"});
  EXPECT_THAT(bad.err, HasSubstr("\\x1b[31m.csv: no such file"));
  for (const std::string& text : {good.out, bad.err, solved.err}) EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

/// The output of the program on a terminal of 120 columns, with COLUMNS set.
std::string on_terminal(const char* columns, const std::vector<std::string>& arguments) {
  winsize size{.ws_row = 40, .ws_col = 120, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    columns == nullptr ? ::unsetenv("COLUMNS") : ::setenv("COLUMNS", columns, 1);
    std::vector<char*> argv{const_cast<char*>(BELLWETHER_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(BELLWETHER_PROGRAM, argv.data());
    ::_exit(127);
  }
  std::string text(1 << 16, '\0');
  std::size_t used = 0;
  for (ssize_t got; used < text.size() && (got = ::read(terminal, text.data() + used, text.size() - used)) > 0;)
    used += static_cast<std::size_t>(got);
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  text.resize(used);
  return text;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream in(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(in, line);) longest = std::max(longest, line.find_last_not_of('\r') + 1);
  return longest;
}

TEST(Terminal, IsAsWideAsColumnsSays) {
  const std::vector<std::string> help{"solve", "--help"};
  const std::size_t usual = longest_line(on_terminal(nullptr, help)), narrow = longest_line(on_terminal("60", help));
  EXPECT_GT(usual, 90U);
  EXPECT_LE(narrow, 80U);  // examples are not wrapped
  EXPECT_EQ(longest_line(on_terminal("none", help)), usual);
}

TEST(Terminal, WrapsTheWordsOfTablesThatAreTooWide) {
  const std::vector<std::string> matrix{"show", "hard-linear-mdp", "--matrix"};
  const auto table = [](const std::string& shown) { return shown.substr(shown.find("goes to")); };
  const std::string narrow = table(on_terminal("60", matrix));
  EXPECT_GT(longest_line(table(on_terminal("1000", matrix))), 60U);
  EXPECT_LE(longest_line(narrow), 60U);
  // Nothing is lost.
  const auto words = [](const std::string& text) {
    std::istringstream in(text);
    std::multiset<std::string> all;
    for (std::string word; in >> word;) all.insert(word);
    return all;
  };
  EXPECT_EQ(words(narrow), words(table(on_terminal("1000", matrix))));
  EXPECT_EQ(words(narrow), words(table(run_program(matrix).out)));
}

TEST(Hints, AreCommandsThatWork) {
  const TemporaryFolder folder;
  const auto hint_of = [](const std::string& text) {
    const std::size_t at = text.find("next: bellwether ");
    return at == std::string::npos ? "" : text.substr(at + 17, text.find('\n', at) - at - 17);
  };
  const auto in_shell = [&](const std::string& hint) {
    const std::string command = "cd '" + folder.path("") + "' && " BELLWETHER_PROGRAM " " + hint + " >out 2>err";
    return std::system(command.c_str());
  };
  const Finished run = run_program({"run", "riverswim", "--horizon", "4", "-a", "psrl", "--episodes", "20", "--seeds",
                                    "2", "--fresh", "--no-figures", "-o", "my runs"},
                                   folder.path(""));
  EXPECT_EQ(hint_of(run.out),
            "run riverswim --horizon 4 --algorithm psrl --episodes 20 --seeds 20 --no-figures --out 'my runs'");
  EXPECT_EQ(in_shell(hint_of(run.out)), 0) << read_file(folder.path("err"));
  EXPECT_THAT(read_file(folder.path("out")), HasSubstr("18 runs computed, 2 found from before"));

  const Finished made = run_program({"make", "frozenlake", "-o", "my lake.csv"}, folder.path(""));
  EXPECT_THAT(hint_of(made.out), testing::StartsWith("solve 'my lake.csv' --"));
  EXPECT_EQ(in_shell(hint_of(made.out)), 0) << read_file(folder.path("err"));

  const std::string file = folder.write("-it's $HOME.csv", "state,action,next,probability,reward\n0,0,0,1,1\n");
  const Finished solved = run_program({"solve", "--discount", ".5", "--", "-it's $HOME.csv"}, folder.path(""));
  EXPECT_EQ(in_shell(hint_of(solved.out)), 0) << solved.out << solved.err << read_file(folder.path("err"));
  EXPECT_THAT(read_file(folder.path("out")), HasSubstr("exact"));

  // An exact proof takes the policy that is found; where none was, it could not help.
  const std::string large = folder.write("large.csv", "state,action,next,probability,reward\n0,0,0,1,1.7e308\n");
  const Finished trouble = run_program({"solve", large, "--discount", ".9"});
  EXPECT_EQ(trouble.code, 3);
  EXPECT_EQ(hint_of(trouble.out), "");
}

/// Columns of the decimal points of the second word of each row, from the line that begins with "  state" on.
std::vector<std::size_t> points_of_table(const std::string& text) {
  std::vector<std::size_t> columns;
  std::istringstream in(text.substr(text.find("\n  state ") + 1));
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line) && !line.empty() && line.find("...") == std::string::npos)
    columns.push_back(line.find('.'));
  return columns;
}

TEST(SolveText, LinesUpAtTheDecimalPoint) {
  const TemporaryFolder folder;
  const std::string lake = folder.path("lake.csv");
  ASSERT_EQ(run_program({"make", "frozenlake", "-o", lake}).code, 0);
  for (const char* algorithm : {"auto", "value-iteration"}) {
    const Finished done = run_program({"solve", lake, "--discount", "0.99", "--algorithm", algorithm});
    const std::vector<std::size_t> points = points_of_table(done.out);
    ASSERT_EQ(points.size(), 16U) << done.out;
    EXPECT_THAT(points, testing::Each(points.front())) << done.out;
  }
}

TEST(SolveText, CountsOneThingInTheSingular) {
  const TemporaryFolder folder;
  const std::string file = folder.write("one.csv", "state,action,next,probability,reward\n0,0,0,1,1\n");
  const Finished solved = run_program({"solve", file, "--horizon", "1"});
  EXPECT_THAT(solved.out, HasSubstr("one.csv: 1 state, 1 choice, 1 transition\n"));
  EXPECT_THAT(solved.out, HasSubstr("problem    1 stage, maximise"));
  EXPECT_THAT(run_program({"solve", file, "--horizon", "2"}).out, HasSubstr("2 stages, maximise"));
  const Finished converted = run_program({"convert", file, folder.path("one.bwm")});
  EXPECT_THAT(converted.out, HasSubstr("one.bwm: 1 state, 1 choice, 1 transition\n"));
  const Finished made = run_program({"make", "garnet", "--states", "21", "--actions", "1", "-o", folder.path("g.csv")});
  EXPECT_THAT(made.out, HasSubstr("21 states, 21 choices"));
  EXPECT_THAT(run_program({"solve", folder.path("g.csv"), "--discount", "0.5"}).out,
              HasSubstr("... 1 more state: --all lists it"));
}

}  // namespace
}  // namespace bellwether::test
