#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers::discounted {
namespace {

struct KeepingGreedy {
  double sign, margin;
  std::int32_t* choice;

  template <class Q>
  double operator()(int state, std::int64_t first, std::int64_t last, Q&& q) const {
    const std::int64_t present = first + choice[state];
    const double kept = q(present);
    double best = kept;
    std::int64_t which = present;
    for (std::int64_t c = first; c < last; ++c) {
      const double x = q(c);
      if (sign * x > sign * best) {
        best = x;
        which = c;
      }
    }
    if (sign * best > sign * kept + margin) choice[state] = static_cast<std::int32_t>(which - first);
    return best;
  }
};

}  // namespace

bool cannot_be_left(const mdp::TabularMdp& model, int s) {
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    const auto successors = model.successors(c);
    if (successors.size() != 1 || successors[0] != s) return false;
  }
  return true;
}

mdp::Change jacobi_sweep(const Problem& problem, std::span<const double> v, std::span<double> out) {
  return with_choose(problem, [&](const auto& choose) {
    return mdp::backup_with_change(problem.model, problem.discount, v, out, mdp::Expectation{}, choose);
  });
}

mdp::Change greedy_sweep(const Problem& problem, std::span<const double> v, std::span<double> out, Choices& choice) {
  choice.resize(v.size());
  return mdp::backup_with_change(problem.model, problem.discount, v, out, mdp::Expectation{},
                                 mdp::Greedy{problem.sign(), choice.data()});
}

mdp::Change keeping_sweep(const Problem& problem, std::span<const double> v, std::span<double> out, double margin,
                          Choices& choice) {
  return mdp::backup_with_change(problem.model, problem.discount, v, out, mdp::Expectation{},
                                 KeepingGreedy{problem.sign(), margin, choice.data()});
}

}  // namespace bellwether::solvers::discounted
