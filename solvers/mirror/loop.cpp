#include "solvers/mirror/loop.h"

#include <utility>

#include "solvers/exact/discounted/sweeps.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers::mirror {

Loop::Loop(std::string_view algorithm, const Problem& problem, const SolveOptions& run_options, std::int64_t iterations,
           const Watch& watch, bool contracts)
    : problem_(problem),
      unit_(problem),
      run_(algorithm, problem, run_options),
      most_(iterations),
      watch_(watch),
      contracts_(contracts) {}

bool Loop::go_on(const Table& weights, double step) {
  const bool allowed = run_.more() && evaluated_ < most_;
  if (!allowed && evaluated_ > 0) return false;
  PolicyValues policy(model(), discount(), weights);
  v_ = policy.value();
  q_ = choice_values(model(), discount(), v_);
  const Eigen::VectorXd value = unit_.problem_values(v_);
  Certificate proof = certify(problem_, discounted::view(value), played(problem_.model, weights));
  ++evaluated_;
  run_.read(2 * problem_.model.num_transitions());
  if (watch_) watch_({evaluated_ - 1, step, value, v_, q_, weights});
  if (!allowed) {
    first_ = std::move(proof);
    return false;
  }
  run_.finish_iteration(std::move(proof), value.lpNorm<Eigen::Infinity>(), contracts_);
  return run_.more() && evaluated_ < most_;
}

Solution Loop::solution() {
  if (first_) return run_.solution(std::move(*first_));
  return run_.solution(Eigen::VectorXd::Zero(problem_.model.num_states()));
}

}  // namespace bellwether::solvers::mirror
