#pragma once

#include <cstdint>
#include <vector>

#include "mdp/io/growing_array.h"

namespace bellwether::mdp {

/// Consecutive rows of the same stage or context, state and action.
struct CsvRun {
  std::int32_t group = 0, state = 0, action = 0;

  friend bool operator==(const CsvRun&, const CsvRun&) = default;
};

/// The runs of a file, in its order. Most files name the groups (stages, contexts), and in each the states, as 0, 1,
/// 2, ...; then it is enough to keep where each state begins, which the model needs anyway, and the actions where they
/// are not 0, 1, 2, ... themselves. The runs of other files are kept one by one.
class CsvRuns {
 public:
  bool empty() const { return size_ == 0; }
  std::int64_t size() const { return size_; }
  const CsvRun& back() const { return last_; }
  std::int32_t largest_state() const { return largest_state_; }

  void push_back(const CsvRun& run);

  /// Groups 0, 1, 2, ..., in each the states 0, 1, 2, ... up to some number. (A choice may have several runs.)
  bool in_order() const { return in_order_; }

  /// No choice has two runs; for runs in order.
  bool each_choice_once() const;

  /// The runs one by one; nothing is left here.
  GrowingArray<CsvRun> take_list();

  /// The states of all groups, one group after the other.
  struct States {
    GrowingArray<std::int64_t> begin;      ///< the first run of each, and the number of runs
    std::vector<std::size_t> group_begin;  ///< the first state of each group, and the number of states
    GrowingArray<std::int32_t> action;     ///< of each run; none when they are 0, 1, 2, ... in each state
  };
  /// For runs in order; nothing is left here.
  States take_states();

 private:
  bool continues_order(const CsvRun& run);
  void list_all();
  void name_actions();
  /// Calls f(group, state, first run, one after the last).
  template <class F>
  void for_each_state(const F& f) const;

  bool in_order_ = true, named_actions_ = false;
  std::int64_t size_ = 0;
  CsvRun last_;
  std::int32_t largest_state_ = 0;
  std::int32_t place_ = 0;  // the next run's in its state
  States states_;           // without the numbers at the ends
  GrowingArray<CsvRun> list_;
};

}  // namespace bellwether::mdp
