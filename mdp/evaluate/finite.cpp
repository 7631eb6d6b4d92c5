#include "mdp/evaluate/finite.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"

namespace bellwether::mdp {
namespace {

void require_discount(double discount) {
  if (!(discount >= 0 && discount <= 1))
    throw InvalidOption(fmt::format("evaluate_finite: 'discount' is {}, must be between 0 and 1", discount));
}

/// v(s) = r(s) + discount sum of p later(j), with the error of `later` carried along.
Evaluation one_stage(const PolicyChain& chain, const Evaluation& step, double discount, const Evaluation& later) {
  const MarkovChain& rows = chain.chain();
  Evaluation now{Eigen::VectorXd(chain.num_states()), Eigen::VectorXd(chain.num_states())};
  parallel_for(
      chain.num_states(), static_cast<std::int64_t>(rows.successor.size()), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t s = first; s < last; ++s) {
          const auto begin = static_cast<std::size_t>(rows.row_begin[static_cast<std::size_t>(s)]);
          const auto end = static_cast<std::size_t>(rows.row_begin[static_cast<std::size_t>(s) + 1]);
          double sum = 0, magnitude = 0, carried = 0;
          bool nothing = true;
          for (std::size_t k = begin; k < end; ++k) {
            const double value = later.value[rows.successor[k]], error = later.error[rows.successor[k]];
            const double term = rows.probability[k] * value;
            sum += term;
            magnitude += std::abs(term);
            carried += rows.probability[k] * error;
            nothing = nothing && value == 0 && error == 0;
          }
          now.value[s] = step.value[s] + discount * sum;
          // n products and additions, the product with the discount and its reading, and the last addition, which loses
          // u |now| <= u (|step| + discount magnitude): the error of the step has room for its part. The rest of the
          // counts (the share has four to spare) covers the rounding of this bound in rows of less than 2^25 entries.
          const double inherited = chain.share(static_cast<int>(s)) + rounding_error(static_cast<int>(end - begin) + 4);
          const double error = step.error[s] + discount * (inherited * magnitude + (1 + inherited) * carried);
          now.error[s] = std::isfinite(now.value[s]) && std::isfinite(error) ? error + (nothing ? 0 : kUnderflowSlack)
                                                                             : std::numeric_limits<double>::infinity();
        }
      });
  return now;
}

Evaluation nothing(int states) { return {Eigen::VectorXd::Zero(states), Eigen::VectorXd::Zero(states)}; }

}  // namespace

std::vector<Evaluation> evaluate_finite(const FiniteHorizonMdp& task, const StagePolicy& policy, double discount,
                                        std::string_view column, const std::function<bool()>& keep_going) {
  require_discount(discount);
  if (policy.size() != static_cast<std::size_t>(task.horizon())) {
    throw InvalidModel(fmt::format("evaluate_finite: {} policies for {} stages; one a stage is needed", policy.size(),
                                   task.horizon()));
  }
  std::vector<Evaluation> value{nothing(task.num_states())};
  for (int h = task.horizon() - 1; h >= 0; --h) {
    if (keep_going && !keep_going()) return {};
    const PolicyChain chain(task.stage(h), policy[static_cast<std::size_t>(h)]);
    value.push_back(one_stage(chain, chain.step_values(column), discount, value.back()));
  }
  std::reverse(value.begin(), value.end());
  return value;
}

std::vector<Evaluation> evaluate_finite(const PolicyChain& chain, int horizon, double discount,
                                        std::string_view column) {
  require_discount(discount);
  if (horizon < 0) throw InvalidOption(fmt::format("evaluate_finite: 'horizon' is {}, must be at least 0", horizon));
  const Evaluation step = chain.step_values(column);
  std::vector<Evaluation> value{nothing(chain.num_states())};
  for (int h = 0; h < horizon; ++h) value.push_back(one_stage(chain, step, discount, value.back()));
  std::reverse(value.begin(), value.end());
  return value;
}

}  // namespace bellwether::mdp
