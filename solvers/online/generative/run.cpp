#include "solvers/online/generative/run.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "core/checkpoints.h"
#include "mdp/evaluate/discounted.h"
#include "solvers/abandonable.h"

namespace bellwether::online {
namespace {

constexpr std::int64_t kSamplesBetweenLooks = 1 << 20;

constexpr int kJudgedAtOnce = 1000;  // states: an evaluation takes milliseconds

/// Measures answers; remembers the last policy, since greedy policies settle.
class Judge {
 public:
  Judge(const GenerativeTask& task, const std::function<bool()>& keep_going)
      : task_(task), keep_going_(keep_going), greedy_(static_cast<std::size_t>(task.num_states())) {}

  /// Nothing once the run is stopped.
  std::optional<GenerativeRow> row(std::int64_t samples, std::span<const double> q) {
    const auto loss = policy_loss(q);
    if (!loss) return std::nullopt;
    return GenerativeRow{.samples = samples, .value_error = value_error(q), .policy_loss = *loss};
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

  std::optional<mdp::Evaluation> evaluate(const mdp::Policy& policy) const {
    const auto work = [model = task_.model(), policy, discount = task_.discount()] {
      return mdp::evaluate_discounted(mdp::PolicyChain(model, policy), discount);
    };
    if (!keep_going_ || task_.num_states() <= kJudgedAtOnce) return work();
    return solvers::abandonable(work, keep_going_);
  }

  std::optional<double> policy_loss(std::span<const double> q) {
    const auto begin = task_.model().state_begin();
    std::vector<std::int32_t> greedy(greedy_.size());
    for (std::size_t s = 0; s < greedy.size(); ++s) {
      const auto values =
          q.subspan(static_cast<std::size_t>(begin[s]), static_cast<std::size_t>(begin[s + 1] - begin[s]));
      greedy[s] = static_cast<std::int32_t>(std::ranges::max_element(values) - values.begin());
    }
    if (measured_ && greedy == greedy_) return loss_;
    const auto value = evaluate(mdp::Policy::deterministic(greedy));
    if (!value) return std::nullopt;
    greedy_ = std::move(greedy);
    measured_ = true;
    loss_ = 0;
    for (int s = 0; s < task_.num_states(); ++s) {
      const double loss = task_.optimal_value(s) - value->value[s];
      if (loss > task_.optimal_gap() + value->error[s]) loss_ = std::max(loss_, loss);
    }
    return loss_;
  }

  const GenerativeTask& task_;
  const std::function<bool()>& keep_going_;
  std::vector<std::int32_t> greedy_;
  double loss_ = 0;
  bool measured_ = false;
};

/// While it lives, the agent's planning asks `keep_going`.
class Asking {
 public:
  Asking(GenerativeAgent& agent, const std::function<bool()>& keep_going) : agent_(agent) { agent.ask(keep_going); }
  ~Asking() { agent_.ask(nullptr); }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

 private:
  GenerativeAgent& agent_;
};

}  // namespace

GenerativeWorld world_of(const GenerativeTask& task, std::int64_t samples) {
  const mdp::TabularMdp& model = task.simulator().model();
  return {.state_begin = model.state_begin(),
          .choice_begin = model.choice_begin(),
          .successor = model.successor(),
          .mean_reward = task.unit_rewards(),
          .discount = task.discount(),
          .samples = samples,
          .features = task.linear().features.get()};
}

std::vector<GenerativeRow> run_generative(const GenerativeTask& task, GenerativeAgent& agent, const Stream& stream,
                                          const GenerativeRunOptions& options) {
  const std::vector<std::int64_t> checkpoints =
      options.checkpoints.empty() ? log_checkpoints(options.samples) : options.checkpoints;
  const std::int64_t piece = std::max<std::int64_t>(1, kSamplesBetweenLooks / task.num_choices());
  SampleSource source(task.simulator(), stream.child("environment"));
  std::vector<GenerativeRow> rows;
  rows.reserve(checkpoints.size());
  std::int64_t done = 0, looked = 0;
  bool stopped = false;
  std::function<bool()> keep_going;
  if (options.observer) keep_going = [&] { return !(stopped = stopped || !options.observer(done)); };
  const Asking asking(agent, keep_going);
  Judge judge(task, keep_going);
  for (const std::int64_t checkpoint : checkpoints) {
    while (done < checkpoint) {
      const std::int64_t rounds = std::min(checkpoint - done, piece);
      agent.learn(source, rounds);
      done += rounds;
      if (keep_going && done - looked >= piece) {
        looked = done;
        if (!keep_going()) return rows;
      }
    }
    agent.plan();
    if (stopped) return rows;
    const auto row = judge.row(done, agent.q());
    if (!row) return rows;
    rows.push_back(*row);
  }
  return rows;
}

}  // namespace bellwether::online
