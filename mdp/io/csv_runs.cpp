#include "mdp/io/csv_runs.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace bellwether::mdp {

void CsvRuns::push_back(const CsvRun& run) {
  if (in_order_ && !continues_order(run)) list_all();
  if (!in_order_) {
    list_.push_back(run);
  } else {
    if (!named_actions_ && run.action != place_) name_actions();
    if (named_actions_) states_.action.push_back(run.action);
    ++place_;
  }
  largest_state_ = std::max(largest_state_, run.state);
  last_ = run;
  ++size_;
}

/// Opens the state of `run` when that is not the last one's; false when it is none that may come now.
bool CsvRuns::continues_order(const CsvRun& run) {
  if (size_ > 0 && run.group == last_.group && run.state == last_.state) return true;
  const bool next_group = run.state == 0 && run.group == static_cast<std::int32_t>(states_.group_begin.size());
  const bool next_state = size_ > 0 && run.group == last_.group && run.state == last_.state + 1;
  if (!next_group && !next_state) return false;
  if (next_group) states_.group_begin.push_back(states_.begin.size());
  states_.begin.push_back(size_);
  place_ = 0;
  return true;
}

template <class F>
void CsvRuns::for_each_state(const F& f) const {
  const std::vector<std::size_t>& groups = states_.group_begin;
  std::size_t group = 0;
  for (std::size_t i = 0; i < states_.begin.size(); ++i) {
    if (group + 1 < groups.size() && groups[group + 1] == i) ++group;
    f(static_cast<std::int32_t>(group), static_cast<std::int32_t>(i - groups[group]), states_.begin[i],
      i + 1 < states_.begin.size() ? states_.begin[i + 1] : size_);
  }
}

/// Writes out the actions so far, which were 0, 1, 2, ... in each state.
void CsvRuns::name_actions() {
  named_actions_ = true;
  states_.action.reserve(static_cast<std::size_t>(size_) + 1);
  for_each_state([&](std::int32_t, std::int32_t, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) states_.action.push_back(static_cast<std::int32_t>(r - begin));
  });
}

void CsvRuns::list_all() {
  list_.reserve(static_cast<std::size_t>(size_) + 1);
  for_each_state([&](std::int32_t group, std::int32_t state, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int32_t action =
          named_actions_ ? states_.action[static_cast<std::size_t>(r)] : static_cast<std::int32_t>(r - begin);
      list_.push_back({group, state, action});
    }
  });
  in_order_ = false;
  states_ = {};
}

GrowingArray<CsvRun> CsvRuns::take_list() {
  if (in_order_) list_all();
  return std::exchange(*this, CsvRuns()).list_;
}

CsvRuns::States CsvRuns::take_states() {
  states_.begin.push_back(size_);
  states_.group_begin.push_back(states_.begin.size() - 1);
  return std::exchange(*this, CsvRuns()).states_;
}

bool CsvRuns::each_choice_once() const {
  if (!named_actions_) return true;
  bool once = true;
  std::vector<std::int32_t> actions;
  for_each_state([&](std::int32_t, std::int32_t, std::int64_t begin, std::int64_t end) {
    if (std::adjacent_find(states_.action.begin() + begin, states_.action.begin() + end, std::greater_equal<>()) ==
        states_.action.begin() + end)
      return;  // ascending
    actions.assign(states_.action.begin() + begin, states_.action.begin() + end);
    std::sort(actions.begin(), actions.end());
    once &= std::adjacent_find(actions.begin(), actions.end()) == actions.end();
  });
  return once;
}

}  // namespace bellwether::mdp
