#include "solvers/exact/discounted/flow_policy_iteration.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/parallel.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/direct_finish.h"
#include "solvers/exact/discounted/flow_solver.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace discounted {
namespace {

constexpr double kDecay = 0.1;           // sweeps end once they change this share of what the first one changed
constexpr double kTie = 1e-12;           // a choice is replaced when another is better by this share of its value
constexpr double kSelfLoop = 0.05;       // staying more likely than this pays to be solved exactly,
constexpr double kSelfLoopShare = 0.02;  // when so many choices do
constexpr double kLateForcing = 1e-4;    // of evaluations after which few states changed
constexpr int kPair = 2;                 // blocks that one thread sweeps in step
constexpr int kPairs = Blocks::kCount / kPair;

/// The best value of state s from values that are new inside its block and those of a snapshot outside.
struct Relaxation {
  const mdp::TabularMdp& model;
  const Units& units;
  double discount;
  const double* outside;
  double* inside;

  /// Replaces the value of s; how much it changed.
  template <bool SelfLoops>
  double at(std::int64_t s, std::int64_t begin, std::uint64_t width) const {
    const auto value_of = [&](std::int32_t to) {
      return (static_cast<std::uint64_t>(to - begin) < width ? inside : outside)[to];
    };
    const int state = static_cast<int>(s);
    double top = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = model.first_choice(state); c < model.first_choice(state + 1); ++c) {
      const auto successors = model.successors(c);
      const auto probabilities = model.probabilities(c);
      double q = units.reward(model.reward(c)) + discount * mdp::Expectation::sum(successors, probabilities, value_of);
      if constexpr (SelfLoops) {
        // q = rest + stay * V(s) is solved for V(s) = rest / (1 - stay).
        double stay = 0;
        for (std::size_t k = 0; k < successors.size(); ++k) stay += successors[k] == s ? probabilities[k] : 0.0;
        stay *= discount;
        q = (q - stay * inside[s]) / (1 - stay);
      }
      top = std::max(top, q);
    }
    const double change = std::abs(top - inside[s]);
    inside[s] = top;
    return change;
  }
};

}  // namespace

FlowSolver::FlowSolver(Run& run, const FlowPolicyIterationOptions& options)
    : run_(run),
      model_(run.problem().model),
      options_(options),
      discount_(run.problem().discount),
      units_(run.problem()),
      self_loops_(has_self_loops()),
      blocks_(model_.num_states()),
      value_(Eigen::VectorXd::Zero(model_.num_states())) {}

bool FlowSolver::has_self_loops() const {
  const std::int64_t loops = parallel_reduce(
      model_.num_states(), model_.num_transitions(), std::int64_t{0},
      [&](std::int64_t begin, std::int64_t end) {
        std::int64_t count = 0;
        for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s)
          for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
            for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
              if (model_.successors(c)[k] == s && model_.probabilities(c)[k] > kSelfLoop) ++count;
        return count;
      },
      [](std::int64_t a, std::int64_t b) { return a + b; });
  return static_cast<double>(loops) > kSelfLoopShare * static_cast<double>(model_.num_choices());
}

void FlowSolver::allocate() {
  snapshot_.resize(model_.num_states());
  system_.reserve(1);
  system_.emplace_back(model_, blocks_, discount_);
  policy_ = ChoiceList(model_);
}

void FlowSolver::release() {
  snapshot_.resize(0);
  system_.clear();
  policy_ = {};
}

// One Bellman sweep, Gauss-Seidel inside the blocks, the blocks of a pair in step.
template <bool SelfLoops>
double FlowSolver::gauss_seidel(bool forward) {
  snapshot_ = value_;
  const Relaxation relax{model_, units_, discount_, snapshot_.data(), value_.data()};
  std::array<double, kPairs> change{};
  parallel_for(kPairs, model_.num_transitions(), [&](std::int64_t first, std::int64_t last) {
    for (auto pair = static_cast<int>(first); pair < static_cast<int>(last); ++pair) {
      double most = 0;
      const auto one = [&](int block, std::int64_t i) {
        const std::int64_t begin = blocks_.begin(block), end = blocks_.end(block);
        if (i >= end - begin) return;
        const std::int64_t s = forward ? begin + i : end - 1 - i;
        most = std::max(most, relax.at<SelfLoops>(s, begin, static_cast<std::uint64_t>(end - begin)));
      };
      const int a = kPair * pair, b = a + 1;
      const std::int64_t longest = std::max(blocks_.end(a) - blocks_.begin(a), blocks_.end(b) - blocks_.begin(b));
      for (std::int64_t i = 0; i < longest; ++i) {
        one(a, i);
        one(b, i);
      }
      change[static_cast<std::size_t>(pair)] = most;
    }
  });
  run_.read(model_.num_transitions());
  return *std::max_element(change.begin(), change.end());
}

void FlowSolver::sweep(int most) {
  const double target = units_.length(run_.tolerance()) * (1 - discount_);
  double first = 0;
  for (int k = 0; k < most && run_.more(); ++k) {
    const bool forward = k % 2 == 1;
    const double change = self_loops_ ? gauss_seidel<true>(forward) : gauss_seidel<false>(forward);
    if (k == 0) first = change;
    if (change <= kDecay * first && k > 0) break;
    if (change < 0.2 * target) break;
  }
}

// d = TV - V; a state keeps its choice unless another is really better. The changed rows go into the system.
Extent FlowSolver::improve() {
  struct Part {
    Extent extent;
    std::int64_t changed = 0;
    double largest = 0;
  };
  const std::span<const double> v = view(value_);
  const mdp::Expectation expectation;
  const Part all = parallel_reduce(
      Blocks::kCount, model_.num_transitions(), Part{},
      [&](std::int64_t first, std::int64_t last) {
        Part part;
        for (auto block = static_cast<int>(first); block < static_cast<int>(last); ++block) {
          for (std::int64_t s = blocks_.begin(block); s < blocks_.end(block); ++s) {
            const int state = static_cast<int>(s);
            const std::int64_t own = model_.first_choice(state);
            std::int32_t choice = policy_[s];
            double top = -std::numeric_limits<double>::infinity(), mine = top;
            std::int64_t best = own;
            for (std::int64_t c = own; c < model_.first_choice(state + 1); ++c) {
              const double q = units_.reward(model_.reward(c)) +
                               discount_ * expectation(model_.successors(c), model_.probabilities(c), v);
              if (c - own == choice) mine = q;
              if (q > top) {
                top = q;
                best = c;
              }
            }
            if (choice == ChoiceList::kNone || top - mine > kTie * std::abs(top)) {
              choice = static_cast<std::int32_t>(best - own);
              policy_.set(s, choice);
              system_.front().set_row(block, s, best);
              ++part.changed;
            }
            const double d = top - value_[state];
            system_.front().set_right(s, own + choice, d);
            part.extent.add(d);
            part.largest = std::max(part.largest, std::max(std::abs(top), std::abs(value_[state])));
          }
        }
        return part;
      },
      [](const Part& a, const Part& b) {
        return Part{Extent::join(a.extent, b.extent), a.changed + b.changed, std::max(a.largest, b.largest)};
      });
  run_.read(model_.num_transitions());
  num_changed_ = all.changed;
  largest_ = all.largest;
  return all.extent;
}

// V <- V + x, (I - discount P) x = d. Undone when it did not help.
void FlowSolver::evaluate() {
  snapshot_ = value_;
  const double forcing =
      num_changed_ * 1000 < model_.num_states() ? std::min(options_.forcing, kLateForcing) : options_.forcing;
  BlockSystem& system = system_.front();
  const auto result = system.solve(
      policy_, forcing, options_.products,
      [&](std::int64_t products) { return run_.read(products * system.num_entries()); }, value_);
  if (!result.improved || !value_.allFinite()) value_ = snapshot_;
}

void FlowSolver::finish(const Extent& d) {
  const Enclosure interval = outward_product(run_.error().tail(), {d.low, d.high});
  const RunningBound bound{.width = units_.problem_length((interval.high - interval.low) / 2),
                           .floor = run_.error().floor(units_.problem_length(largest_))};
  if (bound.width <= best_width_ / 2) {
    if (evaluations_ >= patience_) patience_ /= 2;
    best_width_ = bound.width;
    evaluations_ = 0;
  }
  run_.finish_iteration(bound, units_.problem_length(d.largest()), [&]() -> const Eigen::VectorXd& {
    release();
    return answer();
  });
  if (!in_problem_units_ || !run_.more()) return;
  units_.from_problem(value_);
  in_problem_units_ = false;
  allocate();
  improve();
}

const Eigen::VectorXd& FlowSolver::answer() {
  if (!in_problem_units_) units_.to_problem(value_);
  in_problem_units_ = true;
  return value_;
}

void FlowSolver::solve() {
  allocate();
  sweep(options_.first_sweeps);
  while (run_.more()) {
    finish(improve());
    if (!run_.more()) break;
    if (evaluations_ < patience_) {
      ++evaluations_;
      evaluate();
    }
    sweep(options_.sweeps);
  }
}

}  // namespace discounted

Solution flow_policy_iteration(const Problem& problem, const FlowPolicyIterationOptions& options,
                               const SolveOptions& run_options) {
  bellwether::require_valid("flow-policy-iteration", options);
  discounted::Run run("flow-policy-iteration", problem, run_options);
  run.expect_few_iterations();
  discounted::FlowSolver solver(run, options);
  solver.solve();
  return discounted::finished(run, solver.answer());
}

}  // namespace bellwether::solvers
