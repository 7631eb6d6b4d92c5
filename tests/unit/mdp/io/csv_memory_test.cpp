// What memory reading takes: a program of its own, in whose heap no other test leaves holes.

#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/io/csv.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/memory_peak.h"

namespace bellwether::mdp {
namespace {

constexpr const char* kHeader = "state,action,next,probability,reward\n";

test::MemoryPeak peak_of_reading(const std::string& path, const test::TemporaryFolder& folder) {
  const std::string small =
      folder.write("small.csv", kHeader + std::string("0,0,0,0.333333333333,1\n0,0,0,0.666666666666,1\n"));
  const ThreadCount guard(1);
  return test::memory_peak([&] { read_csv(small); }, [&] { read_csv(path); });
}

TEST(CsvMemory, TakesLittleMoreMemoryThanTheModel) {
  const test::TemporaryFolder folder;
  const int states = 40'000, actions = 3, successors = 6;
  const auto write = [&](const std::string& name, bool by_action) {
    std::ofstream file(folder.path(name));
    file << kHeader;
    const auto rows = [&](int s, int a) {  // that miss one, so each is divided by its sum
      for (int k = 0; k < successors; ++k)
        file << fmt::format("{},{},{},0.166666666667,{}\n", s, a, (s * 7 + k) % states, 0.1 * a);
    };
    for (int i = 0; i < states * actions; ++i)
      by_action ? rows(i % states, i / states) : rows(i / actions, i % actions);
    return folder.path(name);
  };
  const double choices = states * actions, model = states * 8.0 + choices * (8 + 8) + choices * successors * (4 + 8);
  const test::MemoryPeak sorted = peak_of_reading(write("sorted.csv", false), folder);
  if (sorted.own < 0) GTEST_SKIP() << "memory cannot be measured here";
  EXPECT_GT(sorted.own, model);  // else nothing was measured
  EXPECT_LT(sorted.all, 1.2 * model);
  const test::MemoryPeak by_action = peak_of_reading(write("by_action.csv", true), folder);
  EXPECT_GT(by_action.own, model);
  EXPECT_LT(by_action.all, 1.8 * model);
}

/// Names of 12 letters in sorted rows: a string of 32 bytes each in the model, which are made while their letters and
/// where each ends are still there.
TEST(CsvMemory, TakesLittleMemoryForNames) {
  const test::TemporaryFolder folder;
  const int states = 300'000;
  {
    std::ofstream file(folder.path("named.csv"));
    file << kHeader;
    for (int s = 0; s < states; ++s) {
      for (int k = 0; k < 2; ++k) file << fmt::format("place{:07},go,place{:07},0.5,1\n", s, (s + k + 1) % states);
    }
  }
  const test::MemoryPeak peak = peak_of_reading(folder.path("named.csv"), folder);
  if (peak.own < 0) GTEST_SKIP() << "memory cannot be measured here";
  const double model = states * (8.0 + 8 + 2 * 12 + 8), names = states * 32.0, list = states * (12 + 8.0);
  const double rest = 5e5;  // buffers
  EXPECT_GT(peak.own, model + names);
  EXPECT_LT(peak.own, model + names + list + rest);
}

}  // namespace
}  // namespace bellwether::mdp
