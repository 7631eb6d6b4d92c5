#include "solvers/online/generative/run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mdp/evaluate/discounted.h"
#include "solvers/online/checkpoints.h"

namespace bellwether::online {
namespace {

constexpr std::int64_t kSamplesBetweenLooks = 1 << 20;

/// Measures answers; remembers the last policy, since greedy policies settle.
class Judge {
 public:
  explicit Judge(const GenerativeTask& task) : task_(task), greedy_(static_cast<std::size_t>(task.num_states())) {}

  GenerativeRow row(std::int64_t samples, std::span<const double> q) {
    return {.samples = samples, .value_error = value_error(q), .policy_loss = policy_loss(q)};
  }

 private:
  double value_error(std::span<const double> q) const {
    double worst = 0;
    for (std::int64_t c = 0; c < task_.num_choices(); ++c) {
      const double error = std::abs(task_.from_unit_value(q[static_cast<std::size_t>(c)]) - task_.optimal_q(c));
      if (std::isnan(error)) return error;  // max() would lose it
      worst = std::max(worst, error);
    }
    return worst;
  }

  double policy_loss(std::span<const double> q) {
    const auto begin = task_.model().state_begin();
    std::vector<std::int32_t> greedy(greedy_.size());
    for (std::size_t s = 0; s < greedy.size(); ++s) {
      const auto values =
          q.subspan(static_cast<std::size_t>(begin[s]), static_cast<std::size_t>(begin[s + 1] - begin[s]));
      greedy[s] = static_cast<std::int32_t>(std::ranges::max_element(values) - values.begin());
    }
    if (measured_ && greedy == greedy_) return loss_;
    greedy_ = std::move(greedy);
    measured_ = true;
    const mdp::Evaluation value = mdp::evaluate_discounted(
        mdp::PolicyChain(task_.model(), mdp::Policy::deterministic(greedy_)), task_.discount());
    loss_ = 0;
    for (int s = 0; s < task_.num_states(); ++s) {
      const double loss = task_.optimal_value(s) - value.value[s];
      if (loss > task_.optimal_gap() + value.error[s]) loss_ = std::max(loss_, loss);
    }
    return loss_;
  }

  const GenerativeTask& task_;
  std::vector<std::int32_t> greedy_;
  double loss_ = 0;
  bool measured_ = false;
};

}  // namespace

GenerativeWorld world_of(const GenerativeTask& task, std::int64_t samples) {
  const mdp::TabularMdp& model = task.simulator().model();
  return {.state_begin = model.state_begin(),
          .choice_begin = model.choice_begin(),
          .successor = model.successor(),
          .mean_reward = task.unit_rewards(),
          .discount = task.discount(),
          .samples = samples};
}

std::vector<GenerativeRow> run_generative(const GenerativeTask& task, GenerativeAgent& agent, const Stream& stream,
                                          const GenerativeRunOptions& options) {
  const std::vector<std::int64_t> checkpoints =
      options.checkpoints.empty() ? log_checkpoints(options.samples) : options.checkpoints;
  const std::int64_t piece = std::max<std::int64_t>(1, kSamplesBetweenLooks / task.num_choices());
  SampleSource source(task.simulator(), stream.child("environment"));
  Judge judge(task);
  std::vector<GenerativeRow> rows;
  rows.reserve(checkpoints.size());
  std::int64_t done = 0, looked = 0;
  for (const std::int64_t checkpoint : checkpoints) {
    while (done < checkpoint) {
      const std::int64_t rounds = std::min(checkpoint - done, piece);
      agent.learn(source, rounds);
      done += rounds;
      if (options.observer && done - looked >= piece) {
        looked = done;
        if (!options.observer(done)) return rows;
      }
    }
    agent.plan();
    rows.push_back(judge.row(done, agent.q()));
  }
  return rows;
}

}  // namespace bellwether::online
