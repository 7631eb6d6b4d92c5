// What a lab file may use: a few plain types, and the functions to fill in. It lies beside every student's file, which
// so compiles by itself; the grader compiles with its own copy of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace lab {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// An index that is not 0, 1, ..., size - 1 ends the program, with a message.
inline int checked(const char* of, std::int64_t index, std::int64_t size) {
  if (index < 0 || index >= size)
    throw std::out_of_range("there is no " + std::string(of) + " " + std::to_string(index) + ", there are " +
                            std::to_string(size) + " and the first is 0");
  return static_cast<int>(index);
}

/// Numbers to read: numbers[0] to numbers[numbers.size() - 1].
class Numbers {
 public:
  Numbers(const double* first, int size) : first_(first), size_(size) {}
  int size() const { return size_; }
  double operator[](int i) const { return first_[checked("number", i, size_)]; }

 private:
  const double* first_;
  int size_;
};

/// Where an action may lead: to state(i) with weight(i), for i = 0, ..., size() - 1.
class Successors {
 public:
  Successors(const std::int32_t* state, const double* weight, int size) : state_(state), weight_(weight), size_(size) {}
  int size() const { return size_; }
  int state(int i) const { return state_[checked("successor", i, size_)]; }
  double weight(int i) const { return weight_[checked("successor", i, size_)]; }

 private:
  const std::int32_t* state_;
  const double* weight_;
  int size_;
};

// --- lab value-iteration ------------------------------------------------------------------------------------------

/// A Markov decision process. The play is over in a state without actions, which is worth 0.
class Model {
 public:
  struct Arrays {
    int states;
    const std::int64_t *first_choice, *first_successor;
    const double* reward;
    const std::int32_t* successor;
    const double* probability;
    double discount;
  };
  explicit Model(const Arrays& arrays) : m_(arrays) {}

  int states() const { return m_.states; }
  double discount() const { return m_.discount; }
  /// Actions of a state: 0, 1, ..., actions(state) - 1.
  int actions(int state) const {
    const int s = checked("state", state, m_.states);
    return static_cast<int>(m_.first_choice[s + 1] - m_.first_choice[s]);
  }
  /// Expected reward of an action in a state.
  double reward(int state, int action) const { return m_.reward[choice(state, action)]; }
  /// Next states with their probabilities.
  Successors successors(int state, int action) const {
    const std::int64_t c = choice(state, action), first = m_.first_successor[c];
    return {m_.successor + first, m_.probability + first, static_cast<int>(m_.first_successor[c + 1] - first)};
  }

 private:
  std::int64_t choice(int state, int action) const {
    return m_.first_choice[state] + checked("action", action, actions(state));
  }
  Arrays m_;
};

/// The value of a state and the action that attains it.
struct Best {
  double value;
  int action;
};

extern "C" Best backup(const Model& model, int state, const Numbers& value);

// --- lab ucb ------------------------------------------------------------------------------------------------------

extern "C" double ucb_index(double total, int pulls, int round, double alpha);

// --- lab ucbvi ----------------------------------------------------------------------------------------------------

/// What the learner knows of one state and action.
struct Seen {
  int visits;       ///< how often it was taken
  Successors next;  ///< weight(i): how often it led to state(i)
  double reward;    ///< its mean reward, which is known
};

/// The values that were computed before: value(stage, state), for stages 0 to horizon (where it is 0).
class Stages {
 public:
  Stages(const double* value, int horizon, int states) : value_(value), horizon_(horizon), states_(states) {}
  int horizon() const { return horizon_; }
  double operator()(int stage, int state) const {
    return value_[checked("stage", stage, horizon_ + 1) * states_ + checked("state", state, states_)];
  }

 private:
  const double* value_;
  int horizon_, states_;
};

extern "C" double optimistic_value(const Seen& seen, int stage, const Stages& value, double scale, double log_term);

// --- lab q-learning -----------------------------------------------------------------------------------------------

/// A table of action values: q(state, action) may be read and written.
class Table {
 public:
  Table(double* value, int states, int actions) : value_(value), states_(states), actions_(actions) {}
  int states() const { return states_; }
  int actions() const { return actions_; }
  double& operator()(int state, int action) {
    return value_[checked("state", state, states_) * actions_ + checked("action", action, actions_)];
  }

 private:
  double* value_;
  int states_, actions_;
};

/// One step of the play: from `state`, `action` brought `reward` and led to `next`.
struct Step {
  int state, action;
  double reward;
  int next;
  bool ended;  ///< the play is over: nothing comes after `next`
};

extern "C" void q_update(Table& q, const Step& step, double rate, double discount);

}  // namespace lab
