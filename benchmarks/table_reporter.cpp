#include "benchmarks/table_reporter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <ostream>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace bellwether::benchmarks {
namespace {

enum class Form { kCount, kRatio, kPercent, kRate, kSteps, kBound };

/// A counter of the benchmarks as a column of the table.
struct Column {
  std::string_view counter;
  std::string_view heading;
  Form form;
};

constexpr std::array<Column, 5> kSweepColumns = {{{"bytes_per_second", "rate", Form::kRate},
                                                  {"of_bandwidth", "bandwidth", Form::kPercent},
                                                  {"of_gathers", "gathers", Form::kPercent},
                                                  {"of_products", "products", Form::kPercent},
                                                  {"times_plain", "x plain", Form::kRatio}}};
constexpr std::array<Column, 4> kSolveColumns = {{{"times_plain_cpu", "x plain", Form::kRatio},
                                                  {"iterations", "iterations", Form::kCount},
                                                  {"sweeps_read", "sweeps", Form::kCount},
                                                  {"gap", "gap", Form::kBound}}};
constexpr std::array<Column, 1> kReadColumns = {{{"bytes_per_second", "rate", Form::kRate}}};
constexpr std::array<Column, 3> kLearnColumns = {{{"steps_per_cpu_second", "steps", Form::kSteps},
                                                  {"of_loop", "of loop", Form::kPercent},
                                                  {"of_draws", "of draws", Form::kPercent}}};
constexpr std::array<Column, 3> kBanditColumns = {{{"pulls_per_cpu_second", "pulls", Form::kSteps},
                                                   {"of_loop", "of loop", Form::kPercent},
                                                   {"of_draws", "of draws", Form::kPercent}}};
constexpr std::array<Column, 2> kConstrainedColumns = {
    {{"iterations", "iterations", Form::kCount}, {"gap", "gap", Form::kBound}}};
constexpr std::array<Column, 3> kRobustSweepColumns = {{{"nominal_sweeps_first", "first", Form::kRatio},
                                                        {"nominal_sweeps_settled", "settled", Form::kRatio},
                                                        {"ns_per_row_settled", "ns a row", Form::kRatio}}};
constexpr std::array<Column, 1> kRobustUpdateColumns = {{{"us_per_state", "us a state", Form::kRatio}}};
constexpr std::array<Column, 3> kRobustSolveColumns = {{{"times_plain_cpu", "x plain", Form::kRatio},
                                                        {"iterations", "iterations", Form::kCount},
                                                        {"gap", "gap", Form::kBound}}};
constexpr std::array<Column, 3> kLatentColumns = {
    {{"iterations", "iterations", Form::kCount}, {"kept", "kept", Form::kCount}, {"gap", "gap", Form::kBound}}};
constexpr std::array<Column, 2> kLinearBanditColumns = {
    {{"pulls_per_cpu_second", "pulls", Form::kSteps}, {"of_least_work", "of least", Form::kPercent}}};
constexpr std::array<Column, 1> kMemoryColumns = {{{"times_model", "x model", Form::kRatio}}};

/// A kind of benchmark: what stands before the last two parts of its name.
struct Kind {
  std::string_view name, title, what;
  std::span<const Column> columns;
  std::string_view legend;
};

constexpr std::array<Kind, 12> kKinds = {
    {{"sweep", "One sweep of the optimality operator over the whole model", "sweep", kSweepColumns,
      "time: of one sweep. bandwidth, gathers, products: its share of the rate at which this machine reads an array "
      "of\n"
      "that size, gathers successor values, and multiplies them by probabilities and nothing else; the largest of the\n"
      "three is the bound that binds. x plain: times faster than a plain loop over compressed rows."},
     {"solve", "Whole solves to a proven error of 1e-6", "planner", kSolveColumns,
      "time: until the proof, wall-clock. x plain: times less processor time than plain value iteration, which proves\n"
      "nothing; below 1 is slower. sweeps: how often the whole model was read. gap: the error that was proven."},
     {"read", "Reading a model file, checks included", "format", kReadColumns,
      "time: until the model is there. rate: bytes of the file in a second."},
     {"constrained", "Two budgets, to a proven relative gap of 1e-4", "planner", kConstrainedColumns,
      "time: until the proof, wall-clock. iterations: of Clp, or exact solves. gap: between the optimum and the "
      "policy."},
     {"robust/13_sweeps", "Thirteen sweeps of robust value iteration from zero, sets of radius 0.2", "set",
      kRobustSweepColumns,
      "time: of the thirteen. first, settled: one of the first seven, or of the others, in sweeps of the model "
      "itself."},
     {"robust/all_states", "Updates of every state, one budget for all its rows", "set", kRobustUpdateColumns,
      "time: of all states. us a state: of one."},
     {"robust/solve", "Whole robust solves to a proven error of 1e-6", "planner", kRobustSolveColumns,
      "time: until the proof, wall-clock. x plain: times less processor time than robust value iteration as one would\n"
      "write it first, which proves nothing. gap: the error that was proven."},
     {"latent", "States that are not seen, to a proven gap", "planner", kLatentColumns,
      "time: until the proof, of processor. kept: beliefs or vectors. gap: between the bounds."},
     {"linear-bandits", "Learners of linear bandits, regret checked", "learner", kLinearBanditColumns,
      "time: of all seeds. pulls: in a second of processor time. of least: share of the rate at which the products "
      "that\n"
      "an index on features cannot do without are computed."},
     {"memory", "Peak memory of a process", "work", kMemoryColumns,
      "time: of the process. x model: the peak as a multiple of the arrays that a planner reads."},
     {"learn", "Learners at work, every policy that they play evaluated exactly", "learner", kLearnColumns,
      "time: of four seeds, wall-clock. steps: in a second of processor time. of loop: share of what the loop reaches\n"
      "when nobody learns (the optimal policy is played). of draws: share of the rate of random numbers, one a "
      "step."},
     {"bandits", "Learners of bandits on ten coins, regret checked", "learner", kBanditColumns,
      "time: of all seeds, wall-clock. pulls: in a second of processor time. of loop: share of what the loop reaches\n"
      "when nobody learns. of draws: share of the rate of random numbers; one a pull, four an arm more for "
      "thompson."}}};

constexpr Kind kOther = {"", "Other benchmarks", "benchmark", {}, "time: of one run, wall-clock."};

const Kind& kind_named(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return found == kKinds.end() ? kOther : *found;
}

/// "solve/auto/tiny/threads:1" in its parts.
struct Name {
  std::string kind, what, workload, threads;
};

Name parts_of(const std::string& full) {
  std::vector<std::string> parts;
  for (std::string_view rest = full; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    parts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  constexpr std::string_view kThreads = "threads:";
  Name name;
  if (!parts.empty() && parts.back().starts_with(kThreads)) {
    name.threads = parts.back().substr(kThreads.size());
    parts.pop_back();
  }
  if (parts.size() == 4) {
    parts[0] += '/' + parts[1];
    parts.erase(parts.begin() + 1);
  }
  if (parts.size() != 3 || kind_named(parts[0]).name.empty()) return {{}, full, {}, {}};
  name.kind = parts[0];
  name.what = parts[1];
  name.workload = parts[2];
  return name;
}

std::string rate_text(double bytes) {
  return bytes >= 1e9 ? figure_text(bytes / 1e9) + " GB/s" : figure_text(bytes / 1e6) + " MB/s";
}

std::string cell_text(const Column& column, const benchmark::UserCounters& counters) {
  const auto found = counters.find(std::string(column.counter));
  if (found == counters.end() || !std::isfinite(found->second.value)) return "-";
  const double value = found->second.value;
  switch (column.form) {
    case Form::kCount:
      return value == std::round(value) ? fmt::format("{:.0f}", value) : figure_text(value);
    case Form::kRatio:
      return figure_text(value);
    case Form::kPercent:
      return fmt::format("{:.0f} %", 100 * value);
    case Form::kRate:
      return rate_text(value);
    case Form::kSteps:
      return figure_text(value / 1e6) + " M/s";
    case Form::kBound:
      return value == 0 ? "0" : fmt::format("{:.1e}", value);
  }
  return "-";
}

std::string row_text(std::string_view what, std::string_view workload, std::string_view threads,
                     const std::vector<std::string>& figures) {
  std::string row = fmt::format("  {:<32}  {:<18}  {:>7}", what, workload, threads);
  for (const std::string& figure : figures) row += fmt::format("  {:>10}", figure);
  return row + '\n';
}

std::string memory_text(int bytes) {
  return bytes >= (1 << 20) ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} KiB", bytes >> 10);
}

}  // namespace

std::string figure_text(double figure) {
  constexpr int kDigits = 3;
  if (!std::isfinite(figure)) return fmt::format("{}", figure);
  if (figure == 0) return "0";
  if (std::abs(figure) < 1e-3) return fmt::format("{:.{}e}", figure, kDigits - 1);
  const int leading = static_cast<int>(std::floor(std::log10(std::abs(figure))));
  if (leading + 1 < kDigits) return fmt::format("{:.{}f}", figure, kDigits - 1 - leading);
  return fmt::format("{:.0f}", figure);
}

std::string time_text(double seconds) {
  struct Unit {
    double size;
    std::string_view name;
  };
  // 999.5 of a unit would round to four digits.
  for (const Unit unit : {Unit{1e-9, "ns"}, Unit{1e-6, "us"}, Unit{1e-3, "ms"}})
    if (seconds < 999.5 * unit.size) return fmt::format("{} {}", figure_text(seconds / unit.size), unit.name);
  return fmt::format("{} s ", figure_text(seconds));
}

bool TableReporter::ReportContext(const Context& context) {
  const benchmark::CPUInfo& cpu = context.cpu_info;
  std::string caches;
  for (const benchmark::CPUInfo::CacheInfo& cache : cpu.caches) {
    if (cache.type != "Instruction") caches += fmt::format(", L{} {}", cache.level, memory_text(cache.size));
  }
  std::string text = fmt::format("This machine: {} processor{} of {:.1f} GHz{}\n", cpu.num_cpus,
                                 cpu.num_cpus == 1 ? "" : "s", cpu.cycles_per_second / 1e9, caches);
  const double load = cpu.load_avg.empty() ? 0 : cpu.load_avg.front();
  if (load > 0.5 * cpu.num_cpus) {
    text +=
        fmt::format("It is busy (load {:.1f}): times are longer than they should be, and ratios less sure.\n", load);
  }
  GetOutputStream() << text << std::flush;
  return true;
}

void TableReporter::begin_kind(const std::string& kind) {
  const Kind& described = kind_named(kind);
  std::vector<std::string> headings{"time  "};
  for (const Column& column : described.columns) headings.emplace_back(column.heading);
  GetOutputStream() << fmt::format("\n{}\n{}\n\n{}", described.title, described.legend,
                                   row_text(described.what, "workload", "threads", headings));
  kind_ = kind;
}

void TableReporter::report(const Run& run) {
  std::string full = run.run_name.function_name;
  if (run.run_type == Run::RT_Aggregate) full += "_" + run.aggregate_name;
  const Name name = parts_of(full);
  static const std::string kNone = "?";
  if (kind_.empty() || (name.kind.empty() ? kNone : name.kind) != kind_)
    begin_kind(name.kind.empty() ? kNone : name.kind);
  if (run.error_occurred) {
    std::string row = row_text(name.what, name.workload, name.threads, {});
    row.pop_back();
    GetOutputStream() << row << "  not timed: " << run.error_message << '\n' << std::flush;
    return;
  }
  const double seconds = run.GetAdjustedRealTime() / benchmark::GetTimeUnitMultiplier(run.time_unit);
  std::string time = time_text(seconds);
  std::vector<std::string> figures{std::move(time)};
  for (const Column& column : kind_named(name.kind).columns) figures.push_back(cell_text(column, run.counters));
  GetOutputStream() << row_text(name.what, name.workload, name.threads, figures) << std::flush;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) report(run);
}

void TableReporter::Finalize() {
  if (kind_.empty()) return;
  GetOutputStream()
      << fmt::format("\nnext: {} bench . --json figures.json   (everything, every digit kept: a quarter of an hour)\n",
                     program_)
      << std::flush;
}

}  // namespace bellwether::benchmarks
