#include "solvers/robust/worst_case_search/member_evaluation.h"

#include <algorithm>

#include "core/rounding.h"
#include "mdp/evaluate/discounted.h"
#include "solvers/abandonable.h"
#include "solvers/exact/discounted/rounding_bounds.h"

namespace bellwether::solvers {

std::optional<mdp::Evaluation> evaluate_member(const mdp::TabularMdp& model, const mdp::Policy& policy, double discount,
                                               const std::function<bool()>& keep_going) {
  constexpr int kAtOnce = 500;  // states: some 50 ms at most
  const auto work = [model, policy, discount] {
    return mdp::evaluate_discounted(mdp::PolicyChain(model, policy), discount);
  };
  if (!keep_going || model.num_states() <= kAtOnce) return work();
  return abandonable(work, keep_going);
}

mdp::Evaluation bound_member_by_rewards(const mdp::TabularMdp& model, double discount) {
  const auto [least, most] = std::ranges::minmax(model.reward());
  const discounted::Enclosure tail = discounted::discount_tail(discount);
  const double low = discounted::value_of_staying(least, tail).low;
  const double high = discounted::value_of_staying(most, tail).high;
  const double middle = low / 2 + high / 2;
  const double error = std::max(round_up(high - middle), round_up(middle - low));
  return {.value = Eigen::VectorXd::Constant(model.num_states(), middle),
          .error = Eigen::VectorXd::Constant(model.num_states(), error)};
}

}  // namespace bellwether::solvers
