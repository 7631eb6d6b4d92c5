#include <cmath>

#include "core/alias_table.h"
#include "mdp/simulate/policy_sampler.h"
#include "mdp/simulate/simulator.h"
#include "solvers/mirror/dynamic_policy_gradient.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers::mirror {
namespace {

/// What plays need of each stage; the policies are those of one step.
class Players {
 public:
  Players(const UnitProblem& unit, std::span<const mdp::Simulator> simulators, const std::vector<Table>& weights,
          std::span<const double> mu, int from)
      : unit_(unit), start_(mu) {
    for (int h = from; h < unit.horizon(); ++h) {
      simulator_.push_back(&simulators[simulators.size() == 1 ? 0 : static_cast<std::size_t>(h)]);
      sampler_.emplace_back(unit.stage(h), played(unit.stage(h), weights[static_cast<std::size_t>(h)]));
    }
  }

  struct Play {
    std::vector<int> state;
    std::vector<std::int64_t> choice;
    std::vector<double> reward;
  };

  Play draw(Stream stream) const {
    Play play;
    int s = start_.sample(stream);
    for (std::size_t i = 0; i < simulator_.size(); ++i) {
      const std::int64_t c = sampler_[i].draw(s, stream);
      const mdp::Step step = simulator_[i]->draw_step(c, stream);
      play.state.push_back(s);
      play.choice.push_back(c);
      play.reward.push_back(step.reward);
      s = step.next;
    }
    return play;
  }

  /// Discounted rewards from step i of the play on.
  double to_go(const Play& play, std::size_t i) const {
    double sum = 0;
    for (std::size_t k = play.reward.size(); k-- > i;) sum = play.reward[k] + unit_.discount() * sum;
    return sum;
  }

 private:
  const UnitProblem& unit_;
  AliasTable start_;
  std::vector<const mdp::Simulator*> simulator_;
  std::vector<mdp::PolicySampler> sampler_;
};

/// Adds factor * (e_choice - pi(.|s)).
void add_score(const mdp::TabularMdp& model, const Table& weights, int s, std::int64_t choice, double factor,
               Table& gradient) {
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    const auto i = static_cast<std::size_t>(c);
    gradient[i] += factor * ((c == choice ? 1.0 : 0.0) - weights[i]);
  }
}

}  // namespace

Table bandit_gradient(const mdp::TabularMdp& model, std::span<const double> mu, const Table& q, const Table& weights) {
  Table gradient(q.size());
  for (int s = 0; s < model.num_states(); ++s) {
    const auto own = of_state(model, q, s), pi = of_state(model, weights, s);
    const auto out = of_state(model, gradient, s);
    double v = 0;
    for (std::size_t i = 0; i < own.size(); ++i) v += pi[i] * own[i];
    for (std::size_t i = 0; i < own.size(); ++i) out[i] = mu[static_cast<std::size_t>(s)] * pi[i] * (own[i] - v);
  }
  return gradient;
}

std::vector<Eigen::VectorXd> stage_values(const UnitProblem& unit, const std::vector<Table>& weights) {
  std::vector<Eigen::VectorXd> value(static_cast<std::size_t>(unit.horizon()) + 1,
                                     Eigen::VectorXd::Zero(unit.model().num_states()));
  for (int h = unit.horizon() - 1; h >= 0; --h) {
    const auto i = static_cast<std::size_t>(h);
    const mdp::TabularMdp& model = unit.stage(h);
    const Table q = choice_values(model, unit.discount(), value[i + 1]);
    for (int s = 0; s < model.num_states(); ++s) {
      const auto own = of_state(model, q, s), pi = of_state(model, weights[i], s);
      for (std::size_t k = 0; k < own.size(); ++k) value[i][s] += pi[k] * own[k];
    }
  }
  return value;
}

StageGradient stage_gradient(const UnitProblem& unit, const std::vector<Table>& weights, std::span<const double> mu) {
  StageGradient result{{}, stage_values(unit, weights)};
  std::vector<double> reached(mu.begin(), mu.end());  // g^h P(s_h = s)
  for (int h = 0; h < unit.horizon(); ++h) {
    const auto i = static_cast<std::size_t>(h);
    const mdp::TabularMdp& model = unit.stage(h);
    const Table q = choice_values(model, unit.discount(), result.value[i + 1]);
    result.gradient.push_back(bandit_gradient(model, reached, q, weights[i]));
    std::vector<double> next(reached.size(), 0.0);
    for (int s = 0; s < model.num_states(); ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const double mass =
            unit.discount() * reached[static_cast<std::size_t>(s)] * weights[i][static_cast<std::size_t>(c)];
        const auto to = model.successors(c);
        const auto p = model.probabilities(c);
        for (std::size_t k = 0; k < to.size(); ++k) next[static_cast<std::size_t>(to[k])] += mass * p[k];
      }
    }
    reached = std::move(next);
  }
  return result;
}

std::vector<mdp::Simulator> stage_simulators(const UnitProblem& unit) {
  std::vector<mdp::Simulator> simulators;
  for (int h = 0; h < unit.num_models(); ++h) simulators.emplace_back(unit.stage(h));
  return simulators;
}

Table sampled_stage_gradient(const UnitProblem& unit, std::span<const mdp::Simulator> simulators, int h,
                             const std::vector<Table>& weights, std::span<const double> mu, std::int64_t batch,
                             const Eigen::VectorXd* baseline, const Stream& stream) {
  const Players players(unit, simulators, weights, mu, h);
  const Table& own = weights[static_cast<std::size_t>(h)];
  Table gradient(own.size(), 0.0);
  for (std::int64_t n = 0; n < batch; ++n) {
    const Players::Play play = players.draw(stream.child(static_cast<std::uint64_t>(n)));
    const double advantage = players.to_go(play, 0) - (baseline != nullptr ? (*baseline)[play.state[0]] : 0);
    add_score(unit.stage(h), own, play.state[0], play.choice[0], advantage / static_cast<double>(batch), gradient);
  }
  return gradient;
}

std::vector<Table> sampled_joint_gradient(const UnitProblem& unit, std::span<const mdp::Simulator> simulators,
                                          const std::vector<Table>& weights, std::span<const double> mu,
                                          std::int64_t batch, const std::vector<Eigen::VectorXd>* baseline,
                                          const Stream& stream) {
  const Players players(unit, simulators, weights, mu, 0);
  std::vector<Table> gradient;
  for (const Table& w : weights) gradient.emplace_back(w.size(), 0.0);
  for (std::int64_t n = 0; n < batch; ++n) {
    const Players::Play play = players.draw(stream.child(static_cast<std::uint64_t>(n)));
    double weight = 1 / static_cast<double>(batch);
    for (std::size_t h = 0; h < play.state.size(); ++h, weight *= unit.discount()) {
      const double advantage = players.to_go(play, h) - (baseline != nullptr ? (*baseline)[h][play.state[h]] : 0);
      add_score(unit.stage(static_cast<int>(h)), weights[h], play.state[h], play.choice[h], weight * advantage,
                gradient[h]);
    }
  }
  return gradient;
}

}  // namespace bellwether::solvers::mirror
