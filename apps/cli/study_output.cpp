#include "apps/cli/study_output.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "apps/cli/status_line.h"
#include "apps/cli/terminal.h"

namespace bellwether::cli {
namespace {

constexpr int kWidest = 100;  // of running text

}  // namespace

studies::Outcome play_study(const studies::Study& study, int threads) {
  const InterruptGuard guard;
  StatusLine line;
  return studies::run_study(study, {.threads = threads, .progress = [&](const studies::Progress& progress) {
                                      if (line.due())
                                        line.draw(fmt::format("{}: {} of {} pieces, {}", study.id(), progress.done,
                                                              progress.pieces, duration(line.elapsed())),
                                                  {"   Ctrl-C stops"});
                                      return !InterruptGuard::requested();
                                    }});
}

std::string study_text(const studies::Study& study, const studies::Findings& findings) {
  const int width = std::min(terminal_width(), kWidest);
  std::string out = fmt::format("== {}\n\n{}\n\n", study.title, wrapped(study.summary, 0, width));
  std::vector<bool> right(study.heading.size(), true);
  if (!right.empty()) right.front() = false;
  Table table(study.heading, right);
  for (const auto& row : findings.numbers) table.add(row);
  if (!findings.numbers.empty()) out += table.text(2) + "\n";
  for (const std::string& note : findings.notes) out += wrapped(note, 0, width) + "\n";
  return out;
}

}  // namespace bellwether::cli
