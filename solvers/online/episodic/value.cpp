#include "solvers/online/episodic/value.h"

#include "mdp/operators.h"

namespace bellwether::online {

PolicyValue::PolicyValue(const EpisodicTask& task)
    : task_(&task),
      states_(static_cast<std::size_t>(task.num_states())),
      value_(states_ * (static_cast<std::size_t>(task.horizon()) + 1)) {}

void PolicyValue::update(const EpisodicPolicy& policy, int last_changed) {
  for (int h = last_changed; h >= 0; --h) evaluate_stage(policy, h);
}

// V_h(s) = sum over c of pi_h(c | s) (r(c) + sum over s' of p(s' | c) V_{h+1}(s')).
void PolicyValue::evaluate_stage(const EpisodicPolicy& policy, int stage) {
  const mdp::TabularMdp& model = task_->model(stage);
  double* now = value_.data() + static_cast<std::size_t>(stage) * states_;
  const std::span<const double> next(now + states_, states_);
  const mdp::Expectation expectation;
  const auto q = [&](std::int64_t c) {
    return model.reward(c) + expectation(model.successors(c), model.probabilities(c), next);
  };
  for (int s = 0; s < static_cast<int>(states_); ++s) {
    if (!policy.randomised()) {
      now[s] = q(policy.choice(stage, s));
      continue;
    }
    now[s] = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      now[s] += policy.probability(stage, c) * q(c);
  }
}

}  // namespace bellwether::online
