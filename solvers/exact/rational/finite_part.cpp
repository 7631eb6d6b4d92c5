#include "solvers/exact/rational/finite_part.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace bellwether::solvers {
namespace {

/// Copies a model row by row, leaving out states that are not kept and the choices that may lead to one.
class Selection {
 public:
  Selection(const mdp::TabularMdp& model, std::vector<std::int32_t> number, std::span<const std::int32_t> target)
      : model_(model), number_(std::move(number)) {
    const mdp::Column& column = model.data().rewards.front();
    reward_.name = column.name;
    for (int s = 0; s < model.num_states(); ++s) {
      if (number_[static_cast<std::size_t>(s)] < 0) continue;
      if (std::binary_search(target.begin(), target.end(), s)) {
        add_end(s, column);
        continue;
      }
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        if (stays(c)) add(c, column);
      state_begin_.push_back(static_cast<std::int64_t>(kept_.size()));
    }
  }

  mdp::TabularMdp model() const {
    mdp::ModelData data;
    data.state_begin = state_begin_;
    data.choice_begin = choice_begin_;
    data.successor = successor_;
    data.probability = probability_;
    data.rewards = {{.name = reward_.name, .expected = expected_, .by_transition = by_transition_}};
    return mdp::TabularMdp(std::move(data));
  }

  /// The local index, in its state of the original, of each choice of the copy.
  std::vector<std::int32_t> original_places(const std::vector<std::int32_t>& state) const {
    std::vector<std::int32_t> place;
    for (std::size_t i = 0; i < state.size(); ++i)
      for (auto k = state_begin_[i]; k < state_begin_[i + 1]; ++k)
        place.push_back(static_cast<std::int32_t>(kept_[static_cast<std::size_t>(k)] - model_.first_choice(state[i])));
    return place;
  }

  /// The local index of an original choice in its state of the copy, 0 when it was left out.
  std::int32_t place(std::int64_t choice, std::int32_t state) const {
    const auto begin = kept_.begin() + state_begin_[static_cast<std::size_t>(state)];
    const auto end = kept_.begin() + state_begin_[static_cast<std::size_t>(state) + 1];
    const auto found = std::lower_bound(begin, end, choice);
    return found != end && *found == choice ? static_cast<std::int32_t>(found - begin) : 0;
  }

 private:
  bool stays(std::int64_t c) const {
    const auto next = model_.successors(c);
    return std::all_of(next.begin(), next.end(),
                       [&](std::int32_t to) { return number_[static_cast<std::size_t>(to)] >= 0; });
  }

  /// A self-loop without reward, under the number of the first choice of s.
  void add_end(int s, const mdp::Column& column) {
    kept_.push_back(model_.first_choice(s));
    successor_.push_back(number_[static_cast<std::size_t>(s)]);
    probability_.push_back(1);
    expected_.push_back(0);
    if (!column.by_transition.empty()) by_transition_.push_back(0);
    choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
    state_begin_.push_back(static_cast<std::int64_t>(kept_.size()));
  }

  void add(std::int64_t c, const mdp::Column& column) {
    kept_.push_back(c);
    for (const std::int32_t to : model_.successors(c)) successor_.push_back(number_[static_cast<std::size_t>(to)]);
    const std::span<const double> row = model_.probabilities(c);
    probability_.insert(probability_.end(), row.begin(), row.end());
    expected_.push_back(column.expected[static_cast<std::size_t>(c)]);
    if (!column.by_transition.empty()) {
      const auto begin = model_.choice_begin()[static_cast<std::size_t>(c)];
      by_transition_.insert(by_transition_.end(), column.by_transition.begin() + begin,
                            column.by_transition.begin() + begin + static_cast<std::int64_t>(row.size()));
    }
    choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
  }

  const mdp::TabularMdp& model_;
  std::vector<std::int32_t> number_;
  std::vector<std::int64_t> state_begin_{0}, choice_begin_{0}, kept_;
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, expected_, by_transition_;
  mdp::Column reward_;
};

}  // namespace

FinitePart finite_part(const Problem& problem, const Solution& solved) {
  const mdp::TabularMdp& model = problem.model;
  std::vector<std::int32_t> number(static_cast<std::size_t>(model.num_states()), -1), state;
  for (int s = 0; s < model.num_states(); ++s) {
    if (std::isinf(solved.value[s])) continue;
    number[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(state.size());
    state.push_back(s);
  }
  const Selection selection(model, number, problem.target);
  FinitePart part{.problem = problem, .policy = {}, .state = std::move(state), .original_choice = {}};
  part.problem.model = selection.model();
  part.problem.target.clear();
  for (const std::int32_t s : problem.target)
    if (number[static_cast<std::size_t>(s)] >= 0) part.problem.target.push_back(number[static_cast<std::size_t>(s)]);
  std::vector<std::int32_t> choice;
  for (const std::int32_t s : part.state) {
    const std::int64_t played = model.first_choice(s) + solved.policy.choices()[static_cast<std::size_t>(s)];
    choice.push_back(selection.place(played, number[static_cast<std::size_t>(s)]));
  }
  part.original_choice = selection.original_places(part.state);
  part.policy = mdp::Policy::deterministic(std::move(choice));
  return part;
}

}  // namespace bellwether::solvers
