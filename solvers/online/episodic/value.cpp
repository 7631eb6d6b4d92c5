#include "solvers/online/episodic/value.h"

#include <bit>

#include "mdp/operators.h"

namespace bellwether::online {

PolicyValue::PolicyValue(const EpisodicTask& task)
    : task_(&task),
      states_(static_cast<std::size_t>(task.num_states())),
      value_(states_ * (static_cast<std::size_t>(task.horizon()) + 1)),
      words_((states_ + 63) / 64),
      waiting_(words_ * static_cast<std::size_t>(task.horizon())) {}

// V_h(s) = sum over c of pi_h(c | s) (r(c) + sum over s' of p(s' | c) V_{h+1}(s')).
inline double PolicyValue::evaluate(const EpisodicPolicy& policy, int stage, int s) const {
  const mdp::TabularMdp& model = task_->model(stage);
  const double* next = value_.data() + static_cast<std::size_t>(stage + 1) * states_;
  const auto q = [&](std::int64_t c) {
    return model.reward(c) + mdp::Expectation::sum(model.successors(c), model.probabilities(c),
                                                   [&](std::int32_t to) { return next[to]; });
  };
  if (!policy.randomised()) return q(policy.choice(stage, s));
  double sum = 0;
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
    sum += policy.probability(stage, c) * q(c);
  return sum;
}

void PolicyValue::update(const EpisodicPolicy& policy, int last_changed) {
  for (int h = last_changed; h >= 0; --h) {
    double* now = value_.data() + static_cast<std::size_t>(h) * states_;
    for (int s = 0; s < static_cast<int>(states_); ++s) now[s] = evaluate(policy, h, s);
  }
}

void PolicyValue::follow(EpisodicPolicy& policy, int last_changed) {
  if (last_changed < 0) return;
  if (readers_.empty()) find_readers();
  for (int h = last_changed; h >= 0; --h) {
    double* now = value_.data() + static_cast<std::size_t>(h) * states_;
    std::uint64_t* waiting = waiting_.data() + static_cast<std::size_t>(h) * words_;
    std::uint64_t* before = h > 0 ? waiting - words_ : nullptr;
    const std::size_t part = task_->same_at_every_stage() || h == 0 ? 0 : static_cast<std::size_t>(h - 1) * states_;
    const std::span<std::uint64_t> changed = policy.changed_states(h);
    for (std::size_t w = 0; w < words_; ++w) {
      for (std::uint64_t bits = waiting[w] | changed[w]; bits != 0; bits &= bits - 1) {
        const std::size_t s = 64 * w + static_cast<std::size_t>(std::countr_zero(bits));
        if (s >= states_) break;
        const double value = evaluate(policy, h, static_cast<int>(s));
        if (value == now[s]) continue;
        now[s] = value;
        if (before != nullptr) readers_.mark(part + s, before);
      }
      waiting[w] = changed[w] = 0;
    }
  }
}

void PolicyValue::find_readers() {
  const int stages = task_->same_at_every_stage() ? 1 : task_->horizon();
  readers_ = ReaderMasks(states_ * static_cast<std::size_t>(stages));
  for (int h = 0; h < stages; ++h) {
    const mdp::TabularMdp& model = task_->model(h);
    for (int s = 0; s < static_cast<int>(states_); ++s)
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        for (const std::int32_t next : model.successors(c))
          readers_.add(static_cast<std::size_t>(h) * states_ + static_cast<std::size_t>(next), s);
  }
}

}  // namespace bellwether::online
