#include "mdp/row_runs.h"

namespace bellwether::mdp {
namespace {

constexpr std::int32_t kShortest = 32;  // states

/// The length that all rows of state s have, or 0.
std::int32_t common_length(std::span<const std::int64_t> state_begin, std::span<const std::int64_t> choice_begin,
                           std::size_t s) {
  const auto first = static_cast<std::size_t>(state_begin[s]), last = static_cast<std::size_t>(state_begin[s + 1]);
  const std::int64_t length = choice_begin[first + 1] - choice_begin[first];
  for (std::size_t c = first + 1; c < last; ++c)
    if (choice_begin[c + 1] - choice_begin[c] != length) return 0;
  return length <= INT32_MAX ? static_cast<std::int32_t>(length) : 0;
}

void append(std::vector<RowRun>& runs, RowRun run) {
  if (!runs.empty() && runs.back().length == run.length) {
    runs.back().end = run.end;
  } else {
    runs.push_back(run);
  }
}

}  // namespace

std::vector<RowRun> find_row_runs(std::span<const std::int64_t> state_begin,
                                  std::span<const std::int64_t> choice_begin) {
  std::vector<RowRun> runs;
  const auto states = static_cast<std::int32_t>(state_begin.size()) - 1;
  for (std::int32_t s = 0; s < states;) {
    RowRun run{s, s + 1, common_length(state_begin, choice_begin, static_cast<std::size_t>(s))};
    while (run.end < states &&
           common_length(state_begin, choice_begin, static_cast<std::size_t>(run.end)) == run.length)
      ++run.end;
    s = run.end;
    if (run.end - run.begin < kShortest) run.length = 0;
    append(runs, run);
  }
  return runs;
}

std::span<const RowRun> RowRuns::get(std::span<const std::int64_t> state_begin,
                                     std::span<const std::int64_t> choice_begin) const {
  std::call_once(once_, [&] { runs_ = find_row_runs(state_begin, choice_begin); });
  return runs_;
}

}  // namespace bellwether::mdp
