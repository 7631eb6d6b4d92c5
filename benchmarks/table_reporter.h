#pragma once

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace bellwether::benchmarks {

/// What a reader at the terminal sees: a table for each kind of benchmark, with a heading that says what its columns
/// mean, figures rounded to what a measurement supports, and the next command. Files get the figures unrounded from
/// Google Benchmark's own reporters.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  /// `program` is how the program is called, for the last line.
  explicit TableReporter(std::string program) : program_(std::move(program)) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  void begin_kind(const std::string& kind);
  void report(const Run& run);

  std::string program_, kind_;
};

/// 7.44 us, 381 ns, 12.3 ms, 2.05 s: three digits and a unit.
std::string time_text(double seconds);

/// Three digits: 0.163, 3.36, 136; more before the point only.
std::string figure_text(double figure);

}  // namespace bellwether::benchmarks
